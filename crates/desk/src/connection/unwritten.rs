//! Whether the books take what is to be written, as last found: another program may lock them, a disk may be full or gone.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Connection;
use crate::ipc::Event;

/// How many wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Unwritten(AtomicUsize);

/// Something that waits to be written, for as long as this lives.
pub(crate) struct WaitsToBeWritten<'a>(&'a Connection);

impl Connection {
    /// Tells the window that something cannot be written, until the answer is dropped.
    pub(crate) fn waits_to_be_written(&self) -> WaitsToBeWritten<'_> {
        self.unwritten.0.fetch_add(1, Ordering::Relaxed);
        self.tell(Event::ConnectionChanged);
        WaitsToBeWritten(self)
    }

    /// Whether something waits to be written.
    pub(crate) fn cannot_write(&self) -> bool {
        self.unwritten.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for WaitsToBeWritten<'_> {
    fn drop(&mut self) {
        self.0.unwritten.0.fetch_sub(1, Ordering::Relaxed);
        self.0.tell(Event::ConnectionChanged);
    }
}
