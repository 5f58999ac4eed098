//! Runs programs of a test under a D-Bus and a keyring of their own, in a home of their own.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test program uses its own part of it"
)]

use std::path::Path;
use std::process::{Command, Output};

/// Says that a program below was started by its test. Without it, it has nothing to say and passes.
pub const INSIDE: &str = "KVIT_TEST_KEYCHAIN";

pub const UNLOCKED: &str =
    r#"eval "$(printf test | gnome-keyring-daemon --unlock --components=secrets | sed 's/^/export /')""#;
pub const NEVER_UNLOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";
pub const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
     org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";

pub fn alone(home: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    let kept = ["PATH", "LD_LIBRARY_PATH", "LANG"];
    command.env_clear().envs(
        kept.iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?))),
    );
    command.env("HOME", home).env(INSIDE, "1");
    command
}

pub fn with_keyring(preparation: &str, program: &str) {
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("run");
    std::fs::create_dir(&runtime).unwrap();
    let script = format!(r#"{preparation} && exec "$0" --exact "$1" --nocapture"#);
    let mut command = alone(home.path(), "dbus-run-session");
    command
        .env("XDG_RUNTIME_DIR", runtime)
        .args(["--", "sh", "-c", &script]);
    command.arg(std::env::current_exe().unwrap()).arg(program);
    passed(command.output().unwrap());
}

pub fn passed(output: Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{complained}"
    );
}

pub fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}
