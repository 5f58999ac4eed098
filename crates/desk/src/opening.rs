//! Opening a connection: the one that is wanted, or the practice world, so that Kvit is never shut as a whole because one
//! connection's books are.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use login::Clock;
use tokio::sync::broadcast;

use crate::callbacks;
use crate::connection::{Connection, Opening};
use crate::credentials::{Credentials, Kept};
use crate::ipc::{Event, NotOpened, Refusal, RefusalCode, World};
use crate::pace::Paces;
use crate::practice::Practice;
use crate::refuse::Outcome;
use crate::settings::{DataFolder, SavedConnection};
use crate::trade_clock::TradeClock;

/// What opening a connection needs of the desk.
pub(crate) struct Parts<'a> {
    pub(crate) practice: &'a Practice,
    pub(crate) folder: &'a DataFolder,
    pub(crate) credentials: &'a Credentials,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) events: &'a broadcast::Sender<Event>,
    pub(crate) in_front: &'a Arc<AtomicBool>,
    pub(crate) paces: &'a Paces,
}

impl Parts<'_> {
    /// Opens `saved`.
    pub(crate) async fn open(&self, saved: SavedConnection) -> Outcome<Arc<Connection>> {
        let Kept {
            session,
            gateway,
            wanting,
        } = self.credentials.of(&saved, Arc::clone(self.clock)).await?;
        let pace = self.paces.of(saved.view.world);
        let ahead = (saved.view.world == World::Practice).then(|| self.practice.ahead());
        let opened = Connection::open(Opening {
            books: self.folder.books(&saved.view.id),
            saved,
            session,
            gateway,
            wanting,
            clock: TradeClock::new(Arc::clone(self.clock), ahead),
            events: self.events.clone(),
            in_front: Arc::clone(self.in_front),
            pace,
        })
        .await?;
        // A receiver that does not start is said in Settings, and is no reason not to open the books.
        if let Err(refusal) = callbacks::resume(&opened, self.credentials).await {
            tracing::warn!(%refusal, "callbacks are not heard");
        }
        Ok(opened)
    }

    /// Opens `saved` as the first one, or the practice world and says why. Books that a second Kvit on this folder has open keep
    /// this one shut: the merchant is at work in that one.
    pub(crate) async fn open_first(
        &self,
        saved: SavedConnection,
    ) -> Outcome<(Arc<Connection>, Option<NotOpened>)> {
        let refusal = match self.open(saved.clone()).await {
            Ok(opened) => return Ok((opened, None)),
            Err(refusal) => refusal,
        };
        if refusal.code == RefusalCode::BooksInUse {
            return Err(refusal);
        }
        match self.open_practice().await {
            Ok(opened) => Ok((opened, Some(self.not_opened(&saved, refusal)))),
            Err(_) => Err(refusal),
        }
    }

    /// Opens the practice world, of whichever country can be: some connection is open always.
    async fn open_practice(&self) -> Outcome<Arc<Connection>> {
        let [danish, finnish] = self.practice.connections();
        match self.open(danish.clone()).await {
            Ok(opened) => Ok(opened),
            Err(refusal) => {
                tracing::warn!(%refusal, "the Danish practice shop does not open");
                self.open(finnish.clone()).await
            }
        }
    }

    /// What the window is told of a connection that was to be open and is not.
    pub(crate) fn not_opened(&self, saved: &SavedConnection, refusal: Refusal) -> NotOpened {
        tracing::warn!(%refusal, connection = saved.view.id, "the practice world is open instead");
        NotOpened {
            id: saved.view.id.clone(),
            name: saved.view.name.clone(),
            books: self.folder.books(&saved.view.id).display().to_string(),
            refusal,
        }
    }
}
