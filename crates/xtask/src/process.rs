//! Other programs: run to their end, with their output shown and, where it is counted, kept.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::place;
use crate::say::say;

/// A command line, in the root of the repository, that never waits for a person.
pub(crate) fn command(line: &[&str]) -> Command {
    let (program, arguments) = line.split_first().expect("a command line names its program");
    let mut command = Command::new(on_this_system(program));
    command
        .args(arguments)
        .current_dir(place::root())
        // Results are read and counted; Vitest colours them even into a pipe.
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        .stdin(Stdio::null());
    command
}

/// npm is a script on Windows.
fn on_this_system(program: &str) -> &str {
    if cfg!(windows) && program == "npm" {
        "npm.cmd"
    } else {
        program
    }
}

/// Runs `line` in `folder`; its output goes where ours goes.
pub(crate) fn must(line: &[&str], folder: &Path) -> Result<()> {
    say(&format!("$ {}", line.join(" ")));
    let status = command(line)
        .current_dir(folder)
        .status()
        .with_context(|| format!("{} could not be started", line[0]))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line.join(" "));
    }
    Ok(())
}

/// Runs `line` in `folder`, shows its output and hands each line of it to `read`. Answers whether it succeeded.
pub(crate) fn watched(line: &[&str], folder: &Path, mut read: impl FnMut(&str)) -> Result<bool> {
    say(&format!("$ {}", line.join(" ")));
    let mut child = command(line)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", line[0]))?;
    let output = child.stdout.take().expect("the output was asked for");
    for text in BufReader::new(output).split(b'\n') {
        let text = text?;
        let text = String::from_utf8_lossy(&text);
        let text = text.trim_end_matches('\r');
        say(text);
        read(text);
    }
    Ok(child.wait()?.success())
}

/// What `line` prints, or nothing when it fails or is not there.
pub(crate) fn answer(line: &[&str]) -> Option<String> {
    let output = command(line).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
