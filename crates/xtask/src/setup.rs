//! What a bare machine lacks: system libraries (apt), npm packages, the built UI.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::place;
use crate::process::{answer, must};
use crate::say::say;

/// To build the window (Debian 12 and its like).
const TO_BUILD: &[&str] = &[
    "build-essential",
    "ca-certificates",
    "file",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// Debian's browser and its driver; Ubuntu has packages of these names that only point to a snap.
const CHROMIUM: [&str; 2] = ["chromium", "chromium-driver"];

/// To open the window without a screen and drive it: display, session bus, keychain, browsers and their drivers.
const TO_DRIVE: &[&str] = &[
    CHROMIUM[0],
    CHROMIUM[1],
    "dbus",
    "desktop-file-utils",
    "fonts-dejavu-core",
    "gnome-keyring",
    "libglib2.0-bin",
    "webkit2gtk-driver",
    "xdg-utils",
    "xvfb",
];

/// All that building and testing needs.
pub(crate) fn everything() -> Result<()> {
    system(&[TO_BUILD, TO_DRIVE].concat())?;
    ui()
}

/// All that building needs.
pub(crate) fn for_building() -> Result<()> {
    system(TO_BUILD)?;
    ui()
}

fn system(packages: &[&str]) -> Result<()> {
    if cfg!(target_os = "macos") {
        if answer(&["xcode-select", "-p"]).is_none() {
            bail!("Apple's command line tools are missing: run `xcode-select --install`.");
        }
        return Ok(());
    }
    if cfg!(windows) {
        // The MSVC linker is checked by rustc itself; WebView2 comes with Windows 10 and 11.
        return Ok(());
    }
    if answer(&["apt-get", "--version"]).is_none() {
        say("This is not a Debian system. Needed, by their Debian names:");
        say(&format!("  {}", packages.join(" ")));
        return Ok(());
    }
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.iter().any(|package| CHROMIUM.contains(package)) && is_ubuntu() {
        bail!(
            "Ubuntu has Chromium only as a snap, which tests cannot drive: install chromium and chromium-driver from elsewhere as Debian packages, or test on Debian. `cargo xtask run` needs neither."
        );
    }
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!(
        "Installing {} system packages: {}",
        missing.len(),
        missing.join(" ")
    ));
    install(&missing)
}

fn is_ubuntu() -> bool {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    system.lines().any(|line| line == "ID=ubuntu")
}

fn is_installed(package: &str) -> bool {
    // A package of another architecture than the first is listed by its own line.
    answer(&[
        "dpkg-query",
        "--show",
        "--showformat=${db:Status-Status}\\n",
        package,
    ])
    .is_some_and(|states| states.lines().any(|state| state == "installed"))
}

fn install(packages: &[&str]) -> Result<()> {
    let as_root: &[&str] = if answer(&["id", "-u"]).as_deref() == Some("0") {
        &[]
    } else {
        &["sudo"]
    };
    let apt: &[&str] = &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let update: Vec<&str> = [as_root, apt, &["update"]].concat();
    let install: &[&str] = &["install", "--yes", "--no-install-recommends"];
    let install: Vec<&str> = [as_root, apt, install, packages].concat();
    must(&update, &place::root())?;
    must(&install, &place::root()).context("the system packages could not be installed")
}

fn ui() -> Result<()> {
    let wanted = engines()?;
    let Some(node) = answer(&["node", "--version"]) else {
        bail!("Node.js is missing: install version {wanted}, from your system or https://nodejs.org");
    };
    if !fits(&node, &wanted) {
        bail!("Node.js {node} does not do: version {wanted} is needed (https://nodejs.org)");
    }
    if answer(&["npm", "--version"]).is_none() {
        bail!("npm is missing: it comes with Node.js (https://nodejs.org), or as Debian's package npm");
    }
    if !packages_are_current(&place::ui()) {
        must(&["npm", "ci", "--no-audit", "--no-fund"], &place::ui())?;
    }
    must(&["npm", "run", "build"], &place::ui())
}

/// The versions of Node that the UI's tools run on, as its package.json says: `^20.19 || >=22.12`.
fn engines() -> Result<String> {
    let package = fs::read_to_string(place::ui().join("package.json")).context("ui/package.json")?;
    let package: serde_json::Value = serde_json::from_str(&package).context("ui/package.json")?;
    let engines = package["engines"]["node"].as_str().map(str::to_owned);
    engines.context("ui/package.json names no engines.node")
}

/// Whether `version` is one of `wanted`: `^` stays within its major version, `>=` does not.
fn fits(version: &str, wanted: &str) -> bool {
    let numbers = |version: &str| -> Option<(u32, u32)> {
        let mut numbers = version.split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next().unwrap_or(Some(0))?))
    };
    let Some(found) = numbers(version.trim_start_matches('v')) else {
        return false;
    };
    wanted.split("||").map(str::trim).any(|range| {
        if let Some(least) = range.strip_prefix(">=").and_then(numbers) {
            return found >= least;
        }
        let least = range.strip_prefix('^').and_then(numbers);
        least.is_some_and(|least| found >= least && found.0 == least.0)
    })
}

/// Whether npm has written its own record after the lock file was last changed.
fn packages_are_current(ui: &Path) -> bool {
    let changed = |name: &str| -> Option<SystemTime> { fs::metadata(ui.join(name)).ok()?.modified().ok() };
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{engines, fits};

    #[test]
    fn node_is_judged_by_what_the_ui_asks_for() {
        let wanted = "^20.19 || >=22.12";
        for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0", "v100.0.0"] {
            assert!(fits(good, wanted), "{good}");
        }
        for bad in ["v18.19.0", "v20.18.3", "v21.7.0", "v22.11.0", "node", ""] {
            assert!(!fits(bad, wanted), "{bad}");
        }
    }

    #[test]
    fn what_the_ui_asks_for_is_understood() {
        let wanted = engines().unwrap();
        assert!(
            fits("v22.12.0", &wanted) && !fits("v20.18.0", &wanted),
            "{wanted}"
        );
    }
}
