//! The ledger on a thread of its own. SQLite is synchronous and has one writer; nothing else may wait for it.

use std::sync::mpsc;
use std::thread;

use ledger::Ledger;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Ledger) + Send>;

/// A handle to the thread that owns one ledger. Dropping the last one closes the file.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    jobs: mpsc::Sender<Job>,
}

/// The ledger's thread has ended, which happens only when the program closes or a job panicked.
#[derive(Debug, thiserror::Error)]
#[error("the books are closed")]
pub(crate) struct BooksClosed;

impl Books {
    /// Moves `ledger` to its own thread.
    pub(crate) fn keep(mut ledger: Ledger) -> Self {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let spawned = thread::Builder::new().name("books".into()).spawn(move || {
            for job in inbox {
                job(&mut ledger);
            }
        });
        if let Err(error) = spawned {
            // The receiver is dropped with the closure, so every job is answered with `BooksClosed`.
            tracing::error!(%error, "no thread for the books");
        }
        Self { jobs }
    }

    /// Does `job` with the ledger, in order with all others.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Ledger) -> T + Send + 'static,
    ) -> Result<T, BooksClosed> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |ledger| {
            // Nobody waits any more when the command was dropped; the work is done all the same.
            let _ = answer.send(job(ledger));
        });
        self.jobs.send(job).map_err(|_| BooksClosed)?;
        answered.await.map_err(|_| BooksClosed)
    }
}
