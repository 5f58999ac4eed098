//! Named places at which a trial may end the program, as a power cut would: SIGKILL, no destructor, no flush.
//!
//! Ordinary builds hold an empty function here. With the feature `armed` (only `trials` sets it) the variable
//! `KVIT_DIES_AT` names places in the order in which they are to be passed; at the last one the process ends, so
//! `begin_sending,commit.before` ends it before that one commit and no other.

/// Passes the place called `name`, if the trial lets us.
#[cfg(not(feature = "armed"))]
#[inline]
pub const fn pass(_name: &str) {}

/// Passes the place called `name`, if the trial lets us.
#[cfg(feature = "armed")]
pub fn pass(name: &str) {
    if armed::is_last(name) {
        armed::end();
    }
}

#[cfg(feature = "armed")]
mod armed {
    use std::collections::VecDeque;
    use std::sync::{LazyLock, Mutex, PoisonError};

    static AHEAD: LazyLock<Mutex<VecDeque<String>>> = LazyLock::new(|| {
        let names = std::env::var("KVIT_DIES_AT").unwrap_or_default();
        let names = names.split(',').filter(|name| !name.is_empty());
        Mutex::new(names.map(str::to_owned).collect())
    });

    /// Whether `name` is the place that was waited for, and no other is to follow.
    pub(super) fn is_last(name: &str) -> bool {
        let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.front().is_none_or(|next| next != name) {
            return false;
        }
        ahead.pop_front();
        ahead.is_empty()
    }

    #[cfg(unix)]
    pub(super) fn end() -> ! {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort()
    }

    #[cfg(not(unix))]
    pub(super) fn end() -> ! {
        std::process::abort()
    }
}
