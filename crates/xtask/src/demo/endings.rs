//! Nothing stays behind: every process of the demo carries a mark in its environment, and is found by it.
//!
//! Chromium writes its title over its environment as soon as it likes, so one that was told to live in the demo's folder is
//! found by that, too.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::until::until;
use crate::process;

/// The variable that marks the demo's own processes.
pub(crate) const MARK: &str = "KVIT_DEMO";

/// The folder that everything of the demo with this mark lives in.
pub(crate) fn folder(mark: &str) -> PathBuf {
    std::env::temp_dir().join(format!("kvit-demo-{mark}"))
}

/// Ids of the running processes that carry `mark`; only those of `program`, if one is given.
pub(crate) fn marked(mark: &str, program: Option<&std::path::Path>) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let home = format!("--user-data-dir={}/", folder(mark).display());
    let carries = |id: &str| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let mut told = environment.split(|byte| *byte == 0);
        told.any(|entry| entry == wanted.as_bytes()) || String::from_utf8_lossy(&line).contains(&home)
    };
    let runs = |id: &str| {
        program.is_none_or(|program| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program))
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    ids.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|id| carries(id) && runs(id))
        .collect()
}

/// Sends `signal` (`TERM`, `KILL`) to these processes.
pub(crate) fn signal(signal: &str, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    // The shell's own `kill`: a minimal Debian has no other.
    let script = format!("kill -{signal} \"$@\"");
    let mut line = vec!["sh", "-c", &script, "sh"];
    line.extend(ids.iter().map(String::as_str));
    // One of them may have ended by itself meanwhile.
    let _ = process::answer(&line);
}

/// Ends every process that carries `mark`, politely at first.
pub(crate) async fn end_all(mark: &str) -> Result<()> {
    for (how, patience) in [("TERM", Duration::from_secs(8)), ("KILL", Duration::from_secs(8))] {
        signal(how, &marked(mark, None));
        let gone = until("the demo's processes to end", patience, async || {
            Ok(marked(mark, None).is_empty().then_some(()))
        });
        if gone.await.is_ok() {
            return Ok(());
        }
    }
    let left = marked(mark, None);
    Err(anyhow::anyhow!("processes stayed behind: {}", left.join(" "))).context("the end of the demo")
}
