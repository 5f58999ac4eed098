//! `cargo xtask demo`: the main job in the built program, by real clicks, on a virtual display.
//!
//! Everything on the way is the real thing: the window, the browser, HTTP, SQLite, the session's keychain, the link from
//! the browser back into the program. Deliberately absent: any look into the program's insides. What is expected is
//! expected of what a person would see.

#[cfg(target_os = "linux")]
mod by_role;
#[cfg(target_os = "linux")]
mod endings;
#[cfg(target_os = "linux")]
mod page;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod steps;
#[cfg(target_os = "linux")]
mod story;
#[cfg(target_os = "linux")]
mod until;

use std::path::PathBuf;

use anyhow::Result;

use crate::say::say;
use crate::{place, run, setup};

/// How the demo went.
pub(crate) struct Played {
    /// Steps that happened.
    pub(crate) passed: u32,
    /// Why it stopped, if it did.
    pub(crate) failure: Option<anyhow::Error>,
}

/// Sets up, builds, and plays.
pub(crate) fn demo() -> Result<()> {
    possible()?;
    setup::everything()?;
    run::build()?;
    demo_with_what_is_built()
}

/// Whether it can be played on this system at all.
pub(crate) fn possible() -> Result<()> {
    anyhow::ensure!(
        cfg!(target_os = "linux"),
        "the demo needs Linux: only there can the real window be driven without a screen"
    );
    Ok(())
}

/// Plays only.
pub(crate) fn demo_with_what_is_built() -> Result<()> {
    let played = play();
    match played.failure {
        None => {
            say(&format!(
                "\nAll {} steps happened. Pictures and log: {}",
                played.passed,
                folder().display()
            ));
            Ok(())
        }
        Some(problem) => Err(problem.context(format!("the demo stopped; see {}", folder().display()))),
    }
}

/// Plays with what is built.
pub(crate) fn play() -> Played {
    let mut passed = 0;
    let failure = played(&mut passed).err();
    Played { passed, failure }
}

#[cfg(not(target_os = "linux"))]
fn played(_passed: &mut u32) -> Result<()> {
    possible()
}

#[cfg(target_os = "linux")]
fn played(passed: &mut u32) -> Result<()> {
    use anyhow::Context as _;
    let program = place::program()?;
    anyhow::ensure!(program.exists(), "{} is not built", program.display());
    let runtime = tokio::runtime::Runtime::new().context("no asynchronous runtime")?;
    runtime.block_on(async {
        let mut steps = steps::Steps::begin(folder())?;
        let outcome = acts(&mut steps, &program).await;
        *passed = steps.done();
        steps.write(outcome.as_ref().err())?;
        outcome
    })
}

#[cfg(target_os = "linux")]
async fn acts(steps: &mut steps::Steps, program: &std::path::Path) -> Result<()> {
    use anyhow::Context as _;
    let mut session = session::Session::begin(program)
        .await
        .context("the virtual session did not start")?;
    let told = tokio::select! {
        told = story::tell(steps, &mut session) => told,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    if told.is_err() {
        session.logs().iter().for_each(|log| steps.keep_log(log));
    }
    // Whatever happened, nothing of it stays.
    let ended = session.end().await;
    told.and(ended)
}

fn folder() -> PathBuf {
    place::root().join("target").join("demo")
}
