//! One open connection: its books, its session, its API client, and the tasks that work on their own.

mod calling;
mod merchant;
mod owner;
mod refusals;
mod services;
mod time;
mod unwritten;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use ::invoice as trade;
use jiff::tz::TimeZone;
use ledger::Ledger;
use login::Session;
use mobilepay::reporting::Reporting;
use mobilepay::{Api, GatewayCredentials};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::books::Books;
use crate::callbacks::Callbacks;
use crate::circuit::Circuit;
use crate::ipc::{Event, Refusal};
use crate::pace::Pace;
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::trade_clock::TradeClock;
use crate::trouble::Troubles;
use crate::{consents, poller, runs, sender};

pub(crate) use calling::Ready;
pub(crate) use refusals::{api_refusal, session_refusal};
pub(crate) use services::api;
use services::reporting;
use unwritten::Unwritten;

/// An open connection.
pub(crate) struct Connection {
    pub(crate) saved: SavedConnection,
    pub(crate) country: trade::Country,
    pub(crate) books: Books,
    pub(crate) session: Session,
    pub(crate) api: Api,
    /// The reports of payments and payouts; none if their address cannot be made from the API's.
    pub(crate) reporting: Option<Reporting>,
    /// Why the secrets could not be read when it was opened; until it is opened anew, nothing can be called.
    pub(crate) wanting: Option<Refusal>,
    pub(crate) pace: Pace,
    pub(crate) circuit: Circuit,
    pub(crate) troubles: Troubles,
    unwritten: Unwritten,
    pub(crate) wake_sender: Notify,
    pub(crate) wake_runs: Notify,
    pub(crate) wake_poller: Notify,
    pub(crate) wake_consents: Notify,
    pub(crate) wake_clock: Notify,
    pub(crate) callbacks: Callbacks,
    pub(crate) closing: CancellationToken,
    tasks: TaskTracker,
    clock: TradeClock,
    zone: TimeZone,
    events: broadcast::Sender<Event>,
    /// Whether it is the one in the window.
    shown: AtomicBool,
    in_front: Arc<AtomicBool>,
    came_to_front: AtomicBool,
    network: AtomicU8,
    sign_ins: Arc<AtomicU64>,
}

/// What a connection is opened with.
pub(crate) struct Opening {
    pub(crate) saved: SavedConnection,
    pub(crate) books: PathBuf,
    pub(crate) session: Session,
    pub(crate) gateway: GatewayCredentials,
    pub(crate) wanting: Option<Refusal>,
    pub(crate) clock: TradeClock,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) in_front: Arc<AtomicBool>,
    pub(crate) pace: Pace,
}

const NETWORK_UNKNOWN: u8 = 0;
const NETWORK_UP: u8 = 1;
const NETWORK_DOWN: u8 = 2;

/// How often the clock is looked at, whether it was set back.
const CLOCK_LOOK: std::time::Duration = std::time::Duration::from_secs(30);

impl Connection {
    /// Opens the books, declares what a crash left on its way to be in doubt, and starts the senders and the poller.
    pub(crate) async fn open(opening: Opening) -> Outcome<Arc<Self>> {
        let Opening {
            saved,
            books,
            session,
            gateway,
            wanting,
            clock,
            events,
            in_front,
            pace,
        } = opening;
        // Two processes may not spend the same refresh token; the books have a lock of their own.
        session.alone_by(books.with_extension("session"));
        let ledger = open_books(books, saved.begun, clock.now()).await?;
        let country = trade::Country::from(saved.view.country);
        let connection = Arc::new(Self {
            api: api(&saved, &gateway)?,
            reporting: reporting(&saved, &gateway),
            zone: TimeZone::get(country.time_zone()).map_err(|error| Refusal::unexpected(&error))?,
            country,
            books: Books::keep(ledger),
            session,
            circuit: Circuit::default(),
            troubles: Troubles::at_start(wanting.as_ref()),
            unwritten: Unwritten::default(),
            wanting,
            pace,
            wake_sender: Notify::new(),
            wake_runs: Notify::new(),
            wake_poller: Notify::new(),
            wake_consents: Notify::new(),
            wake_clock: Notify::new(),
            callbacks: Callbacks::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            clock,
            events,
            shown: AtomicBool::new(true),
            in_front,
            came_to_front: AtomicBool::new(false),
            network: AtomicU8::new(NETWORK_UNKNOWN),
            sign_ins: Arc::default(),
            saved,
        });
        connection.begin_work();
        Ok(connection)
    }

    /// Starts what works on its own until it is closed.
    fn begin_work(self: &Arc<Self>) {
        self.tasks.spawn(sender::run(Arc::clone(self)));
        self.tasks.spawn(runs::run(Arc::clone(self)));
        self.tasks.spawn(poller::run(Arc::clone(self)));
        self.tasks.spawn(follow_clock(Arc::clone(self)));
        self.tasks.spawn(watch_clock(Arc::clone(self)));
        self.tasks.spawn(tell_of_session(Arc::clone(self)));
        self.tasks.spawn(consents::run(Arc::clone(self)));
    }

    /// Ends all tasks. An attempt that is on its way is waited for, at most as long as its own time limit.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.close_door().await;
        self.tasks.close();
        self.tasks.wait().await;
        self.session.close().await;
        self.books.close().await;
    }

    /// Lets both senders look again whether something may go out.
    pub(crate) fn wake_senders(&self) {
        self.wake_sender.notify_one();
        self.wake_runs.notify_one();
    }

    /// Lets everything look again whether its moment has come.
    pub(crate) fn wake_all(&self) {
        self.wake_senders();
        self.wake_poller.notify_one();
        self.wake_consents.notify_one();
    }

    /// Whether somebody may be looking.
    pub(crate) fn is_in_front(&self) -> bool {
        self.shown.load(Ordering::Relaxed) && self.in_front.load(Ordering::Relaxed)
    }

    /// How many invoices wait to go out.
    pub(crate) async fn waiting(&self) -> Outcome<u32> {
        Ok(self.books.with(|books| books.outbox_waiting()).await??)
    }

    /// It works on while the window shows another one.
    pub(crate) async fn leave_window(&self) {
        self.shown.store(false, Ordering::Relaxed);
        self.close_door().await;
    }

    /// The window shows it.
    pub(crate) fn enter_window(&self) {
        self.shown.store(true, Ordering::Relaxed);
        self.come_to_front();
    }

    /// The window came to the front: what is followed is looked at sooner.
    pub(crate) fn come_to_front(&self) {
        self.came_to_front.store(true, Ordering::Relaxed);
        self.wake_poller.notify_one();
    }

    /// Whether it did since this was last asked.
    pub(crate) fn came_to_front(&self) -> bool {
        self.came_to_front.swap(false, Ordering::Relaxed)
    }

    /// Tells the window; nobody listening is fine. Of one that it does not show, it learns no more than that something
    /// changed there.
    pub(crate) fn tell(&self, event: Event) {
        let event = match event {
            _ if self.shown.load(Ordering::Relaxed) => event,
            Event::InvoicesChanged { .. } | Event::ConnectionChanged => Event::ConnectionChanged,
            _ => return,
        };
        let _ = self.events.send(event);
    }
}

/// Opens the books and declares what a crash left on its way to be in doubt.
async fn open_books(path: PathBuf, begun: bool, now: jiff::Timestamp) -> Outcome<Ledger> {
    let opened = tokio::task::spawn_blocking(move || {
        let mut ledger = if begun {
            Ledger::open_begun(&path)?
        } else {
            Ledger::open(&path)?
        };
        ledger.heed_set_back(now)?;
        let left = ledger.recover(now)?;
        Ok::<_, ledger::LedgerError>((ledger, left))
    });
    let (ledger, left) = opened.await.map_err(|error| Refusal::unexpected(&error))??;
    if left > 0 {
        tracing::warn!(
            left,
            "invoices were on their way when the program ended: they are in doubt"
        );
    }
    Ok(ledger)
}

/// Follows the clock of trade, whoever moves it: what was waited for may be due at once, and every day in the window is
/// another one.
async fn follow_clock(connection: Arc<Connection>) {
    let Some(mut moves) = connection.clock.moves() else {
        return;
    };
    loop {
        tokio::select! {
            () = connection.closing.cancelled() => return,
            told = moves.changed() => if told.is_err() { return },
        }
        connection.wake_all();
        connection.tell(Event::EverythingChanged);
    }
}

/// Notices a clock that was ahead and was set right: what was put off by it must not wait until that moment comes again.
async fn watch_clock(connection: Arc<Connection>) {
    let mut latest = connection.now();
    loop {
        tokio::select! {
            () = connection.closing.cancelled() => return,
            () = connection.wake_clock.notified() => {}
            () = tokio::time::sleep(CLOCK_LOOK) => {}
        }
        let now = connection.now();
        let was = std::mem::replace(&mut latest, now);
        if now >= was {
            continue;
        }
        match connection.books.with(move |books| books.heed_set_back(now)).await {
            Ok(Ok(0)) => {}
            Ok(Ok(_)) => {
                connection.wake_all();
                connection.tell(Event::EverythingChanged);
            }
            Ok(Err(error)) => tracing::warn!(%error, "the clock was set back and the books were not told"),
            Err(refusal) => tracing::warn!(%refusal, "the clock was set back and the books were not told"),
        }
    }
}

/// Tells the window when the session changes by itself: a consent that was withdrawn, a token that was renewed.
async fn tell_of_session(connection: Arc<Connection>) {
    let mut states = connection.session.watch();
    loop {
        tokio::select! {
            () = connection.closing.cancelled() => return,
            changed = states.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
        connection.tell(Event::ConnectionChanged);
    }
}
