//! The place of the one sign-in: where it stands from its first step until its answer has been checked.

use std::sync::Arc;

use login::{Attempt, Registration};
use tokio_util::sync::CancellationToken;

use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{SigninView, World};

/// A sign-in that waits for its answer.
pub(crate) struct Waiting {
    pub(super) attempt: Attempt,
    /// Whose tokens they will be, whatever is open when they come.
    pub(super) connection: Arc<Connection>,
    pub(super) registration: Registration,
    pub(super) view: SigninView,
    /// Whether it was given up, also while its answer is being checked. Ends its listener and its time limit.
    pub(super) over: CancellationToken,
}

/// At most one sign-in: it is beginning, it waits, or its answer is being checked.
#[derive(Default)]
pub(crate) struct Place {
    over: CancellationToken,
    pub(super) waiting: Option<Waiting>,
}

impl Place {
    /// Ends the sign-in that is here. Answers the one that waited.
    pub(super) fn clear(&mut self) -> Option<Waiting> {
        self.over.cancel();
        self.waiting.take()
    }

    /// Takes the place for a new sign-in, which is over as soon as the returned token is cancelled.
    pub(super) fn take(&mut self) -> CancellationToken {
        self.over = CancellationToken::new();
        self.over.clone()
    }
}

impl Waiting {
    /// Whether its connection is still the open one.
    ///
    /// A sign-in of a connection that is left ends, and is not finished into it: the merchant no longer sees it, its books
    /// are closed, and another Kvit may have its session by now.
    pub(super) fn is_of_the_open_connection(&self, desk: &Desk) -> bool {
        Arc::ptr_eq(&self.connection, &desk.current())
    }

    /// The world as links name it.
    pub(super) fn world(&self) -> &'static str {
        world_word(&self.connection)
    }
}

/// The world of a connection as links name it.
pub(super) fn world_word(connection: &Connection) -> &'static str {
    match connection.saved.view.world {
        World::Practice => "practice",
        World::Sandbox => "sandbox",
        World::Production => "production",
    }
}
