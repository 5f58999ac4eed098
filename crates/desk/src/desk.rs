//! The desk: the connection in the window and those that work beside it, the practice world, one sign-in at most, and the events.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use ledger::Ledger;
use login::{Clock, SecretStore, SystemClock};
use paper::Press;
use tokio::sync::{Mutex, broadcast};

use crate::beside::Beside;
use crate::browser::Browser;
use crate::callbacks;
use crate::commands::Importing;
use crate::connection::Connection;
use crate::credentials::Credentials;
use crate::ipc::{Event, NotOpened, Refusal, RefusalCode};
use crate::opening::Parts;
use crate::pace::Paces;
use crate::practice::Practice;
use crate::refuse::Outcome;
use crate::settings::{DataFolder, Remembered, SavedConnection};
use crate::signin;

/// What a host gives to open a desk.
pub struct Setup {
    /// The folder of everything: books, settings, the practice world.
    pub data: PathBuf,
    /// The merchant's browser.
    pub browser: Arc<dyn Browser>,
    /// Where secrets are kept; see [`crate::keychain`].
    pub secrets: Arc<dyn SecretStore>,
    /// Where papers are saved that the merchant asks for.
    pub documents: PathBuf,
    /// Version of the program.
    pub version: String,
    /// The return page, as the practice world's merchant hosts it.
    pub return_page: &'static str,
}

/// Why a desk could not be opened; each is a sentence for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("Kvit cannot write to its folder {folder}: {reason}")]
    Folder {
        /// Which folder.
        folder: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The practice world did not start.
    #[error("The practice world could not be started: {0}")]
    Practice(simulator::StartError),
    /// The books could not be opened.
    #[error("The books could not be opened: {0}")]
    Books(Refusal),
}

/// The program without a window.
pub struct Desk {
    myself: Weak<Desk>,
    pub(crate) setup: Setup,
    pub(crate) folder: DataFolder,
    pub(crate) remembered: Mutex<Remembered>,
    pub(crate) practice: Practice,
    pub(crate) credentials: Credentials,
    pub(crate) press: Arc<Press>,
    pub(crate) signin: Mutex<signin::Place>,
    /// The file of many invoices that is being looked at.
    pub(crate) importing: Mutex<Option<Importing>>,
    /// The second in which a dropped link was last told of, plus one; 0 before the first.
    pub(crate) link_told: AtomicU64,
    pub(crate) clock: Arc<dyn Clock>,
    current: RwLock<Arc<Connection>>,
    /// What was left while something of it waited, and works on.
    pub(crate) beside: Beside,
    /// The connection that was to be open instead, and why it is not.
    not_opened: RwLock<Option<NotOpened>>,
    /// Held while another connection is opened, so that two never are.
    choosing: Mutex<()>,
    events: broadcast::Sender<Event>,
    in_front: Arc<AtomicBool>,
    paces: Paces,
}

/// Events that a slow listener may miss before it must read everything again.
const EVENTS_KEPT: usize = 256;

impl Desk {
    /// Starts the practice world and opens the connection that was open last.
    ///
    /// # Errors
    /// [`OpenError`], with a sentence for the merchant.
    pub async fn open(setup: Setup) -> Result<Arc<Self>, OpenError> {
        Self::open_by(setup, Arc::new(SystemClock::default())).await
    }

    /// The same by another clock than the computer's.
    ///
    /// # Errors
    /// [`OpenError`], with a sentence for the merchant.
    pub async fn open_by(setup: Setup, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        let folder_error = |reason| OpenError::Folder {
            folder: setup.data.display().to_string(),
            reason,
        };
        let folder = DataFolder::prepare(setup.data.clone()).map_err(folder_error)?;
        let mut remembered = folder.recall().map_err(folder_error)?;
        let (port, page) = (remembered.practice_port, setup.return_page);
        let practice = Practice::start(folder.practice(), port, page, &clock)
            .await
            .map_err(OpenError::Practice)?;
        remembered.practice_port = Some(practice.port());
        let credentials = Credentials::new(Arc::clone(&setup.secrets));
        for saved in &mut remembered.connections {
            // An earlier version did not take down whose books were begun.
            saved.begun |= Ledger::is_begun(&folder.books(&saved.view.id));
            // From an earlier version's file. A keychain that is locked now takes it at another start.
            if let Err(refusal) = credentials.take_gateway_id(saved).await {
                tracing::warn!(%refusal, "a gateway id stays in the file for now");
            }
        }
        remembered.practice_anew |= practice.began_anew();
        folder.remember(&remembered).map_err(folder_error)?;
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let in_front = Arc::new(AtomicBool::new(true));
        let paces = Paces::default();
        let chosen = remembered.current.clone().unwrap_or_default();
        let saved =
            find(&practice, &remembered, &chosen).unwrap_or_else(|| practice.connections()[0].clone());
        let parts = Parts {
            practice: &practice,
            folder: &folder,
            credentials: &credentials,
            clock: &clock,
            events: &events,
            in_front: &in_front,
            paces: &paces,
        };
        let (current, not_opened) = parts.open_first(saved).await.map_err(OpenError::Books)?;
        let desk = Arc::new_cyclic(|myself| Self {
            myself: Weak::clone(myself),
            press: Arc::new(Press::new()),
            current: RwLock::new(current),
            not_opened: RwLock::new(not_opened),
            beside: Beside::default(),
            choosing: Mutex::new(()),
            signin: Mutex::default(),
            importing: Mutex::new(None),
            link_told: AtomicU64::new(0),
            remembered: Mutex::new(remembered),
            setup,
            folder,
            practice,
            credentials,
            clock,
            events,
            in_front,
            paces,
        });
        desk.open_beside().await;
        Ok(desk)
    }

    /// What changes from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells whether the window is in front: the poller is quicker then.
    pub fn set_in_front(&self, in_front: bool) {
        let was_in_front = self.in_front.swap(in_front, Ordering::Relaxed);
        if in_front && !was_in_front {
            self.current().come_to_front();
        }
    }

    /// Tells that the clock made a leap: what waits for a moment looks again whether it has come.
    pub fn time_leapt(&self) {
        for connection in self.beside.each().into_iter().chain([self.current()]) {
            connection.wake_clock.notify_one();
            connection.wake_all();
        }
    }

    /// Ends all work. What is on its way is waited for.
    pub async fn close(&self) {
        self.current().close().await;
        self.beside.close().await;
        self.practice.close().await;
    }

    /// This desk, for work that outlives the command that began it.
    pub(crate) fn myself(&self) -> Arc<Self> {
        self.myself.upgrade().expect("whoever calls holds it")
    }

    /// The open connection.
    pub(crate) fn current(&self) -> Arc<Connection> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The connection that was to be open instead of the current one, and why it is not.
    pub(crate) fn not_opened(&self) -> Option<NotOpened> {
        self.not_opened
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Tells the window.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Changes what is remembered: the keychain first, then the disk.
    pub(crate) async fn remember(&self, change: impl FnOnce(&mut Remembered)) -> Outcome<()> {
        let mut remembered = self.remembered.lock().await;
        let mut changed = remembered.clone();
        change(&mut changed);
        for saved in &mut changed.connections {
            self.credentials.take_gateway_id(saved).await?;
        }
        self.folder.remember(&changed).map_err(|error| {
            Refusal::new(
                RefusalCode::BooksNotWritable,
                format!("The settings were not saved: {error}"),
            )
        })?;
        *remembered = changed;
        Ok(())
    }

    /// A connection by its id.
    pub(crate) async fn connection_named(&self, id: &str) -> Outcome<SavedConnection> {
        let remembered = self.remembered.lock().await;
        find(&self.practice, &remembered, id).ok_or_else(|| Refusal::not_found("connection"))
    }

    /// The former connection again, or the practice world if that cannot be opened either: some connection is open always.
    async fn open_other(&self, former: &SavedConnection) -> Outcome<Arc<Connection>> {
        match self.parts().open(former.clone()).await {
            Ok(opened) => Ok(opened),
            Err(refusal) => {
                self.wanted(Some(self.parts().not_opened(former, refusal)));
                let [danish, finnish] = self.practice.connections();
                match self.bring(danish.clone()).await {
                    Ok(opened) => Ok(opened),
                    Err(_) => self.bring(finnish.clone()).await,
                }
            }
        }
    }

    /// Opens the current connection anew if its secrets could not be read, in case they can be now.
    ///
    /// # Errors
    /// Why they still cannot.
    pub(crate) async fn read_what_was_wanting(&self) -> Outcome<()> {
        let current = self.current();
        if current.wanting.is_none() {
            return Ok(());
        }
        let opened = self.switch_to(current.saved.clone()).await?;
        opened.wanting.clone().map_or(Ok(()), Err)
    }

    /// Shows `saved`. The former one is closed, or works on beside it while something of it waits. If `saved` cannot be
    /// opened, the former one stays.
    pub(crate) async fn switch_to(&self, saved: SavedConnection) -> Outcome<Arc<Connection>> {
        let _choosing = self.choosing.lock().await;
        let former = self.current();
        let id = saved.view.id.clone();
        let opened = if former.saved.view.id == id {
            self.open_anew(&former, saved).await?
        } else {
            let opened = self.open_instead(&former, saved).await?;
            self.show(&opened);
            self.leave(former).await;
            opened
        };
        self.wanted(None);
        self.remember(|remembered| remembered.current = Some(id)).await?;
        self.tell(Event::EverythingChanged);
        Ok(opened)
    }

    /// Closes the open connection and opens it as `saved` says. If that fails, it is opened as it was.
    async fn open_anew(&self, former: &Connection, saved: SavedConnection) -> Outcome<Arc<Connection>> {
        former.close().await;
        match self.parts().open(saved).await {
            Ok(opened) => {
                self.show(&opened);
                Ok(opened)
            }
            Err(refusal) => {
                self.show(&self.open_other(&former.saved).await?);
                self.tell(Event::EverythingChanged);
                Err(refusal)
            }
        }
    }

    async fn open_instead(
        &self,
        former: &Arc<Connection>,
        saved: SavedConnection,
    ) -> Outcome<Arc<Connection>> {
        // Both may hear callbacks on one port.
        former.close_door().await;
        let opened = self.bring(saved).await;
        if opened.is_err() {
            self.hear_callbacks(former).await;
        }
        opened
    }

    /// The connection that works beside the one in the window, or else opened.
    async fn bring(&self, saved: SavedConnection) -> Outcome<Arc<Connection>> {
        let Some(beside) = self.beside.take(&saved.view.id) else {
            return self.parts().open(saved).await;
        };
        beside.enter_window();
        self.hear_callbacks(&beside).await;
        Ok(beside)
    }

    async fn leave(&self, former: Arc<Connection>) {
        match former.waiting().await {
            Ok(0) => former.close().await,
            // Where nobody can say, it is better to go on.
            _ => self.beside.put(former).await,
        }
    }

    fn show(&self, opened: &Arc<Connection>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(opened);
    }

    /// What the window is told of the connection that was to be open.
    fn wanted(&self, not_opened: Option<NotOpened>) {
        *self.not_opened.write().unwrap_or_else(PoisonError::into_inner) = not_opened;
    }

    /// A receiver that does not start is said in Settings, and is no reason not to open the books.
    async fn hear_callbacks(&self, connection: &Arc<Connection>) {
        if let Err(refusal) = callbacks::resume(connection, &self.credentials).await {
            tracing::warn!(%refusal, "callbacks are not heard");
        }
    }

    /// Opens beside the one in the window what an earlier run left waiting in other connections.
    async fn open_beside(&self) {
        let remembered = self.remembered.lock().await.connections.clone();
        let current = self.current().saved.view.id.clone();
        for saved in self.practice.connections().iter().chain(&remembered) {
            if saved.view.id == current {
                continue;
            }
            if let Err(refusal) = self.put_beside(saved.clone()).await {
                tracing::warn!(connection = saved.view.id, %refusal, "what waits there has to wait until it is opened");
            }
        }
    }

    /// Opens a connection beside the one in the window, if something of it waits.
    pub(crate) async fn put_beside(&self, saved: SavedConnection) -> Outcome<()> {
        let books = self.folder.books(&saved.view.id);
        let waits = tokio::task::spawn_blocking(move || ledger::waits(&books));
        if waits.await.map_err(|error| Refusal::unexpected(&error))?? {
            let opened = self.parts().open(saved).await?;
            self.beside.put(opened).await;
        }
        Ok(())
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            practice: &self.practice,
            folder: &self.folder,
            credentials: &self.credentials,
            clock: &self.clock,
            events: &self.events,
            in_front: &self.in_front,
            paces: &self.paces,
        }
    }
}

fn find(practice: &Practice, remembered: &Remembered, id: &str) -> Option<SavedConnection> {
    let mut all = practice.connections().iter().chain(&remembered.connections);
    all.find(|saved| saved.view.id == id).cloned()
}
