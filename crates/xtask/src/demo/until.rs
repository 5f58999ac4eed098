//! Waiting for a condition, with an end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(80);

/// Usual patience: generous, because a busy machine is slow and a condition that comes ends the wait at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Waits until `look` answers something, at most `patience`. `what` names the condition in the error.
pub(crate) async fn until<T>(
    what: impl std::fmt::Display,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        let seen = look().await;
        if let Ok(Some(found)) = seen {
            return Ok(found);
        }
        if begun.elapsed() > patience {
            match seen {
                Err(problem) => {
                    return Err(problem.context(format!("waited {} s for {what}", patience.as_secs())));
                }
                Ok(_) => bail!("waited {} s in vain for {what}", patience.as_secs()),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
