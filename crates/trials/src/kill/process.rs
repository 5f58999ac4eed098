//! The core as a process: started, asked by HTTP, and ended without warning.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A fault ends the trial instead of hanging it.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// Whoever holds it can end the core, from any task.
#[derive(Clone, Default)]
pub(crate) struct Victim(Arc<Mutex<Option<Child>>>);

impl Victim {
    /// SIGKILL, now.
    pub(crate) fn kill(&self) {
        if let Some(child) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // An error means that it is dead already.
            let _ = child.start_kill();
        }
    }

    /// The number of its process, while it lives.
    pub(crate) fn pid(&self) -> Option<u32> {
        let child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        child.as_ref().and_then(Child::id)
    }

    fn is_dead(&self) -> bool {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        child
            .as_mut()
            .is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    async fn buried(&self) -> Result<Option<ExitStatus>> {
        let child = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut child) = child else { return Ok(None) };
        let ended = tokio::time::timeout(LONGEST, child.wait()).await;
        Ok(Some(ended.context("the core survived its end")??))
    }
}

/// A running core.
pub(crate) struct Core {
    url: String,
    bearer: String,
    http: reqwest::Client,
    victim: Victim,
}

/// What a command came to.
pub(crate) enum Said {
    /// It answered.
    Yes(Value),
    /// It refused, with its code.
    No(String),
    /// It died.
    Dead,
}

impl Core {
    /// Starts it; `None` if it died before it could say where it listens.
    pub(crate) async fn start(
        program: &Path,
        folder: &Path,
        ahead: i64,
        dies_at: &str,
        victim: &Victim,
        http: &reqwest::Client,
    ) -> Result<Option<Self>> {
        let mut child = Command::new(program)
            .arg("--data")
            .arg(folder)
            .args(["--ahead", &ahead.to_string()])
            .env("KVIT_DIES_AT", dies_at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let out = child.stdout.take().context("its output was asked for")?;
        *victim.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        let mut line = String::new();
        let read = tokio::time::timeout(LONGEST, BufReader::new(out).read_line(&mut line)).await;
        if read.context("the core does not start")?? == 0 {
            return Ok(None);
        }
        let said: Value = serde_json::from_str(&line)?;
        let word = |name: &str| said[name].as_str().map(str::to_owned).context("a first line");
        Ok(Some(Self {
            url: word("url")?,
            bearer: word("bearer")?,
            http: http.clone(),
            victim: victim.clone(),
        }))
    }

    /// Calls a command of the table.
    pub(crate) async fn call(&self, name: &str, input: Value) -> Result<Said> {
        self.post(&format!("/commands/{name}"), input).await
    }

    /// Sets its clock and wakes it.
    pub(crate) async fn set_clock(&self, ahead: i64) -> Result<Said> {
        self.post("/trial/clock", ahead.into()).await
    }

    async fn post(&self, path: &str, input: Value) -> Result<Said> {
        let request = self
            .http
            .post(format!("{}{path}", self.url))
            .bearer_auth(&self.bearer)
            .json(&input);
        let answered = async {
            let answer = request.send().await?;
            let good = answer.status().is_success();
            Ok::<_, reqwest::Error>((good, answer.text().await?))
        };
        let Ok(answered) = tokio::time::timeout(LONGEST, answered).await else {
            bail!("{path} does not answer");
        };
        match answered {
            Err(_) => Ok(Said::Dead),
            Ok((true, text)) => Ok(Said::Yes(serde_json::from_str(&text).unwrap_or(Value::Null))),
            Ok((false, text)) => {
                let refusal: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
                Ok(Said::No(refusal["code"].as_str().unwrap_or(&text).to_owned()))
            }
        }
    }

    /// Whether it lives.
    pub(crate) fn lives(&self) -> bool {
        !self.victim.is_dead()
    }
}

/// Ends whatever runs, and makes sure that it ended by that and not by a fault of its own.
pub(crate) async fn bury(victim: &Victim) -> Result<()> {
    victim.kill();
    let Some(status) = victim.buried().await? else {
        return Ok(());
    };
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if status.signal() != Some(9) {
            bail!("the core ended by itself: {status}");
        }
    }
    let _ = status;
    Ok(())
}
