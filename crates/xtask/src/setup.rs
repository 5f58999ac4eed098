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

/// To open the window without a screen and drive it: display, session bus, keychain, browsers and their drivers.
const TO_DRIVE: &[&str] = &[
    "chromium",
    "chromium-driver",
    "dbus",
    "desktop-file-utils",
    "fonts-dejavu-core",
    "gnome-keyring",
    "libglib2.0-bin",
    "webkit2gtk-driver",
    "xdg-utils",
    "xvfb",
];

/// The oldest Node that the UI's tools run on.
const NODE: u32 = 20;

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
    let node = answer(&["node", "--version"]);
    let node = node
        .context("Node.js is missing: install version 20 or later, from your system or https://nodejs.org")?;
    if !is_new_enough(&node) {
        bail!("Node.js {node} is too old: version {NODE} or later is needed (https://nodejs.org)");
    }
    if answer(&["npm", "--version"]).is_none() {
        bail!("npm is missing: it comes with Node.js (https://nodejs.org), or as Debian's package npm");
    }
    if !packages_are_current(&place::ui()) {
        must(&["npm", "ci", "--no-audit", "--no-fund"], &place::ui())?;
    }
    must(&["npm", "run", "build"], &place::ui())
}

fn is_new_enough(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next();
    major
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major >= NODE)
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
    use super::is_new_enough;

    #[test]
    fn node_is_judged_by_its_major_version() {
        assert!(is_new_enough("v20.20.2"));
        assert!(is_new_enough("v100.0.0"));
        assert!(!is_new_enough("v18.19.0"));
        assert!(!is_new_enough("node"));
    }
}
