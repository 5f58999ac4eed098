//! `cargo xtask run`: Kvit in the practice world, on this screen.

use anyhow::Result;

use crate::say::say;
use crate::{demo, place, process, setup};

/// Sets up, builds, and opens Kvit. Where there is no screen it plays the demo instead.
pub(crate) fn run() -> Result<()> {
    if !has_display() {
        say(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY): playing the demo on a virtual one instead.",
        );
        return demo::demo();
    }
    setup::for_building()?;
    build()?;
    say("Kvit opens. Close its window to end.");
    let program = place::program()?;
    process::must(&[&program.display().to_string()], &place::root())
}

/// Builds every program of the workspace with one set of features, the same that the tests use.
pub(crate) fn build() -> Result<()> {
    process::must(
        &[
            "cargo",
            "build",
            "--locked",
            "--workspace",
            "--bins",
            "--exclude",
            "xtask",
        ],
        &place::root(),
    )
}

fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
