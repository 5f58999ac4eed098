//! One open connection: its books, its session, its API client, and the tasks that work on their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use ::invoice as trade;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use ledger::Ledger;
use login::{Session, SessionError};
use mobilepay::reporting::Reporting;
use mobilepay::{AccessToken, Api, ApiError, ApiHttp, GatewayCredentials};
use secrecy::SecretString;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::books::Books;
use crate::callbacks::Callbacks;
use crate::credentials::store_refusal;
use crate::ipc::{Event, IssuerView, NextStep, Refusal, RefusalCode, SigninRefused};
use crate::pace::Pace;
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::trade_clock::TradeClock;
use crate::trouble::Troubles;
use crate::{consents, poller, runs, sender, worlds};

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
    pub(crate) troubles: Troubles,
    pub(crate) wake_sender: Notify,
    pub(crate) wake_runs: Notify,
    pub(crate) wake_poller: Notify,
    pub(crate) wake_consents: Notify,
    pub(crate) callbacks: Callbacks,
    pub(crate) closing: CancellationToken,
    tasks: TaskTracker,
    clock: TradeClock,
    zone: TimeZone,
    events: broadcast::Sender<Event>,
    in_front: Arc<AtomicBool>,
    came_to_front: AtomicBool,
    network: AtomicU8,
}

/// What a call to the API needs.
pub(crate) struct Ready {
    pub(crate) token: AccessToken,
    pub(crate) token_value: SecretString,
    pub(crate) merchant_id: String,
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
        let now = clock.now();
        let ledger = tokio::task::spawn_blocking(move || {
            let mut ledger = Ledger::open(&books)?;
            let left = ledger.recover(now)?;
            Ok::<_, ledger::LedgerError>((ledger, left))
        });
        let (ledger, left) = ledger.await.map_err(|error| Refusal::unexpected(&error))??;
        if left > 0 {
            tracing::warn!(
                left,
                "invoices were on their way when the program ended: they are in doubt"
            );
        }
        let country = trade::Country::from(saved.view.country);
        let connection = Arc::new(Self {
            api: api(&saved, &gateway)?,
            reporting: reporting(&saved, &gateway),
            zone: TimeZone::get(country.time_zone()).map_err(|error| Refusal::unexpected(&error))?,
            country,
            books: Books::keep(ledger),
            session,
            troubles: Troubles::at_start(wanting.as_ref()),
            wanting,
            pace,
            wake_sender: Notify::new(),
            wake_runs: Notify::new(),
            wake_poller: Notify::new(),
            wake_consents: Notify::new(),
            callbacks: Callbacks::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            clock,
            events,
            in_front,
            came_to_front: AtomicBool::new(false),
            network: AtomicU8::new(NETWORK_UNKNOWN),
            saved,
        });
        connection.tasks.spawn(sender::run(Arc::clone(&connection)));
        connection.tasks.spawn(runs::run(Arc::clone(&connection)));
        connection.tasks.spawn(poller::run(Arc::clone(&connection)));
        connection.tasks.spawn(follow_clock(Arc::clone(&connection)));
        connection.tasks.spawn(tell_of_session(Arc::clone(&connection)));
        connection.tasks.spawn(consents::run(Arc::clone(&connection)));
        Ok(connection)
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

    /// Now, by the clock of trade.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seconds by which trade is ahead of the computer; 0 outside the practice world.
    pub(crate) fn ahead_seconds(&self) -> i64 {
        self.clock.ahead()
    }

    /// When a moment of trade comes, by the computer's clock.
    pub(crate) fn on_this_computer(&self, moment: Timestamp) -> Timestamp {
        self.clock.on_this_computer(moment)
    }

    /// Now, on the merchant's wall.
    pub(crate) fn local_now(&self) -> Zoned {
        self.now().to_zoned(self.zone.clone())
    }

    /// The merchant's day at a moment.
    pub(crate) fn day_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.zone.clone()).date()
    }

    /// A full hour of the merchant's day; `None` beyond what a clock can show.
    pub(crate) fn at(&self, day: Date, hour: i8) -> Option<Timestamp> {
        let local = day.at(hour, 0, 0, 0).to_zoned(self.zone.clone());
        Some(local.ok()?.timestamp())
    }

    /// The merchant's day (spec 12.3).
    pub(crate) fn today(&self) -> Date {
        self.day_of(self.now())
    }

    /// When the merchant's day began.
    pub(crate) fn start_of_today(&self) -> Timestamp {
        let midnight = self.today().to_zoned(self.zone.clone());
        midnight.map_or_else(|_| self.now(), |midnight| midnight.timestamp())
    }

    /// Sleeps until `until`, or for ever.
    pub(crate) async fn sleep_until(&self, until: Option<Timestamp>) {
        let Some(until) = until else {
            return std::future::pending().await;
        };
        let pause = until
            .duration_since(self.now())
            .max(SignedDuration::from_millis(20));
        tokio::time::sleep(pause.unsigned_abs()).await;
    }

    /// Lets both senders look again whether something may go out.
    pub(crate) fn wake_senders(&self) {
        self.wake_sender.notify_one();
        self.wake_runs.notify_one();
    }

    /// Whether somebody may be looking.
    pub(crate) fn is_in_front(&self) -> bool {
        self.in_front.load(Ordering::Relaxed)
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

    /// Tells the window; nobody listening is fine.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Whether the last call got through; `None` before the first.
    pub(crate) fn online(&self) -> Option<bool> {
        match self.network.load(Ordering::Relaxed) {
            NETWORK_UP => Some(true),
            NETWORK_DOWN => Some(false),
            _ => None,
        }
    }

    /// Takes down from an answer or error whether the network is there, and tells the window when that changed.
    pub(crate) fn note_network(&self, error: Option<&ApiError>) {
        let news = self.troubles.note_call(error);
        self.note_reached(match error {
            Some(ApiError::NotSent { .. }) => false,
            Some(ApiError::Unclear { trace, .. }) => trace.status.is_some(),
            _ => true,
        });
        if news {
            self.tell(Event::ConnectionChanged);
        }
    }

    fn note_reached(&self, reached: bool) {
        let now = if reached { NETWORK_UP } else { NETWORK_DOWN };
        if self.network.swap(now, Ordering::Relaxed) != now {
            self.tell(Event::ConnectionChanged);
        }
    }

    /// Takes to heart what an answer says of all calls that follow: a token that is not accepted any more, and a service
    /// that wants to be left alone (429, or 503 with a time).
    pub(crate) async fn heed(&self, error: &ApiError, ready: &Ready) {
        match error {
            ApiError::Unauthorized { .. } => self.session.rejected(&ready.token_value).await,
            ApiError::Throttled { retry_after, .. } => {
                self.pace.wait(self.now(), *retry_after);
                self.tell(Event::ConnectionChanged);
            }
            ApiError::Unclear {
                retry_after: Some(asked),
                ..
            } => {
                self.pace.wait(self.now(), Some(*asked));
                self.tell(Event::ConnectionChanged);
            }
            _ => {}
        }
    }

    /// A token and the merchant's id, asked for once and kept in the books.
    pub(crate) async fn ready_to_call(&self) -> Outcome<Ready> {
        if let Some(refusal) = &self.wanting {
            return Err(refusal.clone());
        }
        let (token_value, token) = self.token().await?;
        if let Some(merchant_id) = self.fact("merchant_id").await? {
            return Ok(Ready {
                token,
                token_value,
                merchant_id,
            });
        }
        let me = self.api.me(&token, Uuid::new_v4()).await;
        self.note_answer(me.as_ref().err(), &token_value).await;
        let (me, token_value, token) = if matches!(me, Err(ApiError::Unauthorized { .. })) {
            let (token_value, token) = self.token().await?;
            let again = self.api.me(&token, Uuid::new_v4()).await;
            self.note_answer(again.as_ref().err(), &token_value).await;
            (again, token_value, token)
        } else {
            (me, token_value, token)
        };
        let merchant_id = me.map_err(|error| api_refusal(&error))?.value.merchant_id;
        self.save_fact("merchant_id", merchant_id.clone()).await?;
        let ready = Ready {
            token,
            token_value,
            merchant_id,
        };
        self.learn_issuers(&ready).await?;
        self.tell(Event::ConnectionChanged);
        Ok(ready)
    }

    /// A token, renewed if need be.
    async fn token(&self) -> Outcome<(SecretString, AccessToken)> {
        let token = self.session.access_token().await;
        if self.troubles.note_session(token.as_ref().err()) {
            self.tell(Event::ConnectionChanged);
        }
        if matches!(token, Err(SessionError::Unreachable)) {
            self.note_reached(false);
        }
        let value = token.map_err(session_refusal)?;
        Ok((value.clone(), AccessToken::new(value)))
    }

    /// Takes down how a call with `token` ended. A token that was not accepted is not used again.
    pub(crate) async fn note_answer(&self, error: Option<&ApiError>, token: &SecretString) {
        if matches!(error, Some(ApiError::Unauthorized { .. })) {
            self.session.rejected(token).await;
        }
        self.note_network(error);
    }

    /// Makes a call that may be repeated; if its token is not accepted, once more with a new one (spec 3).
    pub(crate) async fn call<T, F>(&self, call: impl Fn(Arc<Ready>) -> F) -> Outcome<Result<T, ApiError>>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let ready = Arc::new(self.ready_to_call().await?);
        let first = call(Arc::clone(&ready)).await;
        self.learn_from(first.as_ref().err(), &ready).await;
        if !matches!(first, Err(ApiError::Unauthorized { .. })) {
            return Ok(first);
        }
        // Without another token the first answer is the answer.
        let Ok(ready) = self.ready_to_call().await else {
            return Ok(first);
        };
        let ready = Arc::new(ready);
        let second = call(Arc::clone(&ready)).await;
        self.learn_from(second.as_ref().err(), &ready).await;
        Ok(second)
    }

    async fn learn_from(&self, error: Option<&ApiError>, ready: &Ready) {
        self.note_network(error);
        if let Some(error) = error {
            self.heed(error, ready).await;
        }
    }

    /// Asks for the issuers and keeps them.
    pub(crate) async fn learn_issuers(&self, ready: &Ready) -> Outcome<Vec<IssuerView>> {
        let answer = self
            .api
            .issuers(&ready.token, Uuid::new_v4(), &ready.merchant_id)
            .await;
        self.note_answer(answer.as_ref().err(), &ready.token_value).await;
        let issuers: Vec<IssuerView> = answer
            .map_err(|error| api_refusal(&error))?
            .value
            .issuers
            .iter()
            .map(issuer)
            .collect();
        let text = serde_json::to_string(&issuers).map_err(|error| Refusal::unexpected(&error))?;
        self.save_fact("issuers", text).await?;
        Ok(issuers)
    }

    /// The issuers as last told.
    pub(crate) async fn issuers(&self) -> Outcome<Vec<IssuerView>> {
        let text = self.fact("issuers").await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Forgets whose token it was, so that another merchant's sign-in is not taken for this one's.
    pub(crate) async fn forget_merchant(&self) -> Outcome<()> {
        self.save_fact("merchant_id", String::new()).await
    }

    /// A fact of the books by name; an empty one is none.
    pub(crate) async fn fact(&self, name: &'static str) -> Outcome<Option<String>> {
        let found = self.books.with(move |books| books.fact(name)).await??;
        Ok(found.filter(|value| !value.is_empty()))
    }

    pub(crate) async fn save_fact(&self, name: &'static str, value: String) -> Outcome<()> {
        Ok(self
            .books
            .with(move |books| books.save_fact(name, &value))
            .await??)
    }
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
        connection.wake_sender.notify_one();
        connection.wake_poller.notify_one();
        connection.wake_consents.notify_one();
        connection.tell(Event::EverythingChanged);
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

/// The API of a connection.
pub(crate) fn api(saved: &SavedConnection, gateway: &GatewayCredentials) -> Outcome<Api> {
    let invalid = |what: &str| {
        Refusal::new(RefusalCode::ConnectionInvalid, what.to_owned()).with_detail("api_base_url")
    };
    let base = saved
        .view
        .api_base_url
        .parse()
        .map_err(|_| invalid("The address of the API cannot be read."))?;
    let http = if worlds::may_be_plain(saved.view.world, &base) {
        ApiHttp::practice()
    } else {
        ApiHttp::default()
    };
    Api::new(base, gateway, http).map_err(|error| invalid(&error.to_string()))
}

/// Transaction Reporting lies on the API's host, beside it (spec 18.3).
fn reporting(saved: &SavedConnection, gateway: &GatewayCredentials) -> Option<Reporting> {
    let mut base: url::Url = saved.view.api_base_url.parse().ok()?;
    let http = if worlds::may_be_plain(saved.view.world, &base) {
        ApiHttp::practice()
    } else {
        ApiHttp::default()
    };
    base.set_path("/");
    base.set_query(None);
    Reporting::new(base, gateway, http).ok()
}

fn issuer(issuer: &mobilepay::Issuer) -> IssuerView {
    use mobilepay::IssuerStatus as Status;
    let status = match &issuer.status {
        Status::Pending => Some("pending".to_owned()),
        Status::Enabled => Some("enabled".to_owned()),
        Status::Disabled => Some("disabled".to_owned()),
        Status::Unknown(word) => word.clone(),
    };
    let town = [&issuer.zip_code, &issuer.city]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let parts: Vec<String> = issuer
        .address
        .clone()
        .into_iter()
        .chain(Some(town))
        .filter(|part| !part.is_empty())
        .collect();
    IssuerView {
        id: issuer.id.clone(),
        name: issuer.name.clone().unwrap_or_default(),
        status,
        address: (!parts.is_empty()).then(|| parts.join(", ")),
        usable: issuer.status.may_be_used(),
    }
}

/// The session's refusal in the window's terms.
pub(crate) fn session_refusal(error: SessionError) -> Refusal {
    match error {
        SessionError::SignInNeeded => {
            Refusal::new(RefusalCode::SignInNeeded, "Nobody is signed in to MobilePay.")
        }
        SessionError::Unreachable => Refusal::new(
            RefusalCode::Unreachable,
            "The sign-in service of MobilePay does not answer.",
        ),
        SessionError::Store(error) => store_refusal(error),
        SessionError::ClientRefused => Refusal::new(
            RefusalCode::ConnectionInvalid,
            "MobilePay did not accept the OAuth client id and secret.",
        )
        .with_detail("client_secret"),
        SessionError::ClockOff(seconds) => Refusal::new(
            RefusalCode::SigninRefused,
            format!("The clock of this computer is off by {seconds} seconds."),
        )
        .with_signin(SigninRefused::clock_off(seconds)),
        SessionError::HeldElsewhere => Refusal::new(
            RefusalCode::BooksInUse,
            "Another Kvit is using this connection's sign-in.",
        ),
    }
}

/// An API error in the window's terms, with MobilePay's words.
pub(crate) fn api_refusal(error: &ApiError) -> Refusal {
    let answered = sender::answered_of(error);
    let (code, message) = match error {
        ApiError::NotSent { .. } => (
            RefusalCode::Unreachable,
            "MobilePay could not be reached. Nothing was sent.",
        ),
        ApiError::Unauthorized { .. } => (RefusalCode::SignInNeeded, "MobilePay did not accept the sign-in."),
        ApiError::Refused { status: 403, .. } => (
            RefusalCode::NoMerchant,
            "MobilePay does not let this sign-in act for this merchant.",
        ),
        ApiError::Refused { .. } | ApiError::AlreadyExists { .. } => {
            (RefusalCode::RefusedByService, "MobilePay refused.")
        }
        ApiError::Throttled { .. } => (RefusalCode::Throttled, "MobilePay asks to wait a little."),
        ApiError::NotFound { .. } => (RefusalCode::RefusedByService, "MobilePay does not know it."),
        ApiError::Unclear { .. } => (RefusalCode::Unclear, "MobilePay's answer was lost."),
    };
    let refusal = Refusal::new(code, message).with_upstream(crate::ipc::UpstreamView {
        status: answered.status,
        code: answered.error_code,
        meaning: answered.error_code.and_then(crate::ipc::MeaningKey::of),
        text: answered.words,
        correlation_id: answered.correlation_id,
    });
    if code == RefusalCode::NoMerchant {
        refusal.with_next(NextStep::OpenConnection)
    } else {
        refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::SigninReason;

    #[test]
    fn a_clock_that_is_off_is_said_by_its_own_sentence_and_by_how_much() {
        let refusal = session_refusal(SessionError::ClockOff(-3_600));
        assert_eq!(refusal.signin, Some(SigninReason::ClockOff));
        assert_eq!(refusal.detail.as_deref(), Some("clock_off_-3600_s"));
    }
}
