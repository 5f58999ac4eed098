//! The ledger on a thread of its own. SQLite is synchronous and has one writer; nothing else may wait for it.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use ledger::Ledger;
use tokio::sync::{oneshot, watch};

type Job = Box<dyn FnOnce(&mut Ledger) + Send>;

/// A handle to the thread that owns one ledger.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    jobs: Arc<Mutex<Option<mpsc::Sender<Job>>>>,
    /// Becomes true when the thread has let go of the file.
    closed: watch::Receiver<bool>,
}

/// The ledger's thread has ended, which happens only when the connection closes or a job panicked.
#[derive(Debug, thiserror::Error)]
#[error("the books are closed")]
pub(crate) struct BooksClosed;

impl Books {
    /// Moves `ledger` to its own thread.
    pub(crate) fn keep(mut ledger: Ledger) -> Self {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (done, closed) = watch::channel(false);
        let spawned = thread::Builder::new().name("books".into()).spawn(move || {
            for job in inbox {
                job(&mut ledger);
            }
            drop(ledger);
            done.send_replace(true);
        });
        if let Err(error) = spawned {
            // The receiver is dropped with the closure, so every job is answered with `BooksClosed`.
            tracing::error!(%error, "no thread for the books");
        }
        Self {
            jobs: Arc::new(Mutex::new(Some(jobs))),
            closed,
        }
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
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.ok_or(BooksClosed)?.send(job).map_err(|_| BooksClosed)?;
        answered.await.map_err(|_| BooksClosed)
    }

    /// Ends what was begun, takes nothing new, and waits until the file is free.
    pub(crate) async fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        // An error means that the thread is gone, and with it the file.
        let _ = self.closed.clone().wait_for(|closed| *closed).await;
    }
}
