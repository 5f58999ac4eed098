//! A sign-in in progress, and the three doors by which its answer may come. There is at most one at a time.

mod reasons;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{Span, Timestamp};
use login::{
    AnswerError, Attempt, Loopback, LoopbackError, Registration, ResponseMode, ReturnedAnswer, SessionState,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Desk;
use crate::connection::Connection;
use crate::credentials::store_refusal;
use crate::ipc::{
    Door, Event, NextStep, Refusal, RefusalCode, SessionView, SigninEnd, SigninReason, SigninRefused,
    SigninView, World,
};
use crate::practice::LOOPBACK_RETURN;
use crate::refuse::Outcome;

/// A sign-in that waits for its answer.
pub(crate) struct Waiting {
    id: String,
    attempt: Attempt,
    registration: Registration,
    view: SigninView,
    /// Ends the listener and the time limit when the sign-in ends by another way.
    over: CancellationToken,
}

/// Where an answer came in.
enum Verdict {
    /// It is this sign-in's; it goes on in the background or with the caller.
    Taken(Box<Waiting>),
    /// There is none in progress, or it is not for this one.
    Refused(SigninRefused),
}

/// Begins a sign-in by `door`, or by the connection's own.
pub(crate) async fn begin(desk: &Arc<Desk>, door: Option<Door>) -> Outcome<SigninView> {
    give_up(desk).await;
    let connection = desk.current();
    check_keychain(desk).await?;
    let door = door.unwrap_or(connection.saved.view.door);
    let registration = registration(&connection, door)?;
    let listener = match door {
        Door::Loopback => Some(
            Loopback::listen(&registration.redirect_uri)
                .await
                .map_err(loopback_refusal)?,
        ),
        Door::ReturnPage => None,
    };
    let discovery = connection.session.discovery().await.map_err(|error| {
        Refusal::new(
            RefusalCode::ProviderUnusable,
            format!("The sign-in service cannot be used: {error}."),
        )
        .with_signin(SigninRefused::from(&error))
    })?;
    let attempt = Attempt::begin(&discovery, &registration, desk.clock.now()).map_err(|_| {
        Refusal::new(
            RefusalCode::ConnectionInvalid,
            "The return address is no address.",
        )
        .with_detail("redirect_uri")
    })?;
    let id = Uuid::new_v4().to_string();
    let opened = desk.setup.browser.open(attempt.authorize_url().as_str());
    if let Err(error) = &opened {
        tracing::info!(%error, "the address is shown instead");
    }
    let view = SigninView {
        attempt: id.clone(),
        authorize_url: attempt.authorize_url().to_string(),
        redirect_uri: registration.redirect_uri.clone(),
        door,
        expires_at: attempt.expires_at().to_string(),
        browser_opened: opened.is_ok(),
    };
    let over = CancellationToken::new();
    let expires_at = attempt.expires_at();
    let waiting = Waiting {
        id: id.clone(),
        attempt,
        registration,
        view: view.clone(),
        over: over.clone(),
    };
    *desk.waiting.lock().await = Some(waiting);
    watch(desk, id, listener, over, expires_at);
    Ok(view)
}

/// Opens the browser again.
pub(crate) async fn reopen(desk: &Desk) -> Outcome<SigninView> {
    let waiting = desk.waiting.lock().await;
    let waiting = waiting.as_ref().ok_or_else(none_in_progress)?;
    let opened = desk.setup.browser.open(&waiting.view.authorize_url).is_ok();
    Ok(SigninView {
        browser_opened: opened,
        ..waiting.view.clone()
    })
}

/// Ends the sign-in in progress, if there is one, without an event: whoever ended it knows.
pub(crate) async fn give_up(desk: &Desk) {
    if let Some(waiting) = desk.waiting.lock().await.take() {
        waiting.over.cancel();
    }
}

/// An address pasted by hand: answers when the sign-in has ended, with its refusal if there is one.
pub(crate) async fn paste(desk: &Desk, address: &str) -> Outcome<()> {
    let parsed = {
        let waiting = desk.waiting.lock().await;
        let waiting = waiting.as_ref().ok_or_else(none_in_progress)?;
        ReturnedAnswer::from_pasted(address, &waiting.registration.redirect_uri, world_word(desk))
    };
    let answer = parsed.map_err(answer_refusal)?;
    match recognise(desk, &answer).await {
        Verdict::Taken(waiting) => {
            // On a task of its own: a caller that goes away must not end a redemption in the middle.
            let desk = desk.myself();
            let task = tokio::spawn(async move { finish(&desk, waiting, answer).await });
            task.await
                .unwrap_or_else(|error| Err(Refusal::unexpected(&error)))
        }
        Verdict::Refused(why) => Err(refused(why)),
    }
}

impl Desk {
    /// A deep link, from wherever it came. What is not the answer to the sign-in in progress is dropped, and said.
    pub async fn receive_link(&self, link: String) {
        let answer = match ReturnedAnswer::from_link(&link, world_word(self)) {
            Ok(answer) => answer,
            Err(error) => {
                return self.tell_of_link(SigninRefused::from(&error));
            }
        };
        match recognise(self, &answer).await {
            // How it ended is told as an event.
            Verdict::Taken(waiting) => drop(finish(self, waiting, answer).await),
            Verdict::Refused(refused) => self.tell_of_link(refused),
        }
    }
}

impl Desk {
    /// Says that a link was dropped, at most once a second: any web page can open as many as it likes, and none of them may
    /// keep the merchant from working (security 3.3). The right answer is never held up by that.
    fn tell_of_link(&self, refused: SigninRefused) {
        let now = self.clock.monotonic_seconds() + 1;
        if self.link_told.swap(now, Ordering::Relaxed) != now {
            self.tell(Event::LinkRefused { refused });
        }
    }
}

/// Takes the sign-in out of its place if `answer` is for it, so that a second answer finds nothing.
async fn recognise(desk: &Desk, answer: &ReturnedAnswer) -> Verdict {
    let mut place = desk.waiting.lock().await;
    match place.take() {
        None => Verdict::Refused(reasons::none_in_progress()),
        Some(waiting) if waiting.attempt.is_answered_by(answer) => Verdict::Taken(Box::new(waiting)),
        Some(waiting) => {
            // A foreign answer does not end ours: otherwise any web page could.
            *place = Some(waiting);
            Verdict::Refused(reasons::another_signin())
        }
    }
}

/// Checks, redeems, stores; then tells how it ended.
async fn finish(desk: &Desk, waiting: Box<Waiting>, answer: ReturnedAnswer) -> Outcome<()> {
    let connection = desk.current();
    let id = waiting.id.clone();
    // The listener stays until its page is answered; it ends with this token.
    let over = waiting.over.clone();
    let ended = complete(&connection, desk, waiting, answer).await;
    over.cancel();
    let refused = ended.as_ref().err().map(SigninRefused::from);
    desk.tell(Event::SigninEnded {
        end: SigninEnd { attempt: id, refused },
    });
    desk.tell(Event::ConnectionChanged);
    ended
}

async fn complete(
    connection: &Arc<Connection>,
    desk: &Desk,
    waiting: Box<Waiting>,
    answer: ReturnedAnswer,
) -> Outcome<()> {
    let session = &connection.session;
    let discovery = session
        .discovery()
        .await
        .map_err(|error| refused(SigninRefused::from(&error)))?;
    let signed_in = waiting
        .attempt
        .complete(
            answer,
            session.http(),
            &discovery,
            &waiting.registration,
            desk.clock.as_ref(),
        )
        .await
        .map_err(|error| refused(SigninRefused::from(&error)))?;
    session.begin(signed_in).await.map_err(store_refusal)?;
    // Whose token it is must be asked again: it may be another merchant's.
    connection.forget_merchant().await?;
    let ready = connection.ready_to_call().await;
    connection.wake_sender.notify_one();
    connection.wake_poller.notify_one();
    ready.map(drop)
}

/// Listens at the loopback door, and ends the sign-in when its time is over.
fn watch(
    desk: &Arc<Desk>,
    id: String,
    listener: Option<Loopback>,
    over: CancellationToken,
    expires_at: Timestamp,
) {
    let desk = Arc::clone(desk);
    let connection = desk.current();
    tokio::spawn(async move {
        let ended = over.clone();
        tokio::select! {
            () = ended.cancelled() => {}
            () = listen(&desk, listener) => {}
            () = connection.sleep_until(Some(expires_at)) => expire(&desk, id).await,
        }
    });
}

async fn listen(desk: &Arc<Desk>, listener: Option<Loopback>) {
    let Some(mut listener) = listener else {
        return std::future::pending().await;
    };
    while let Some(delivery) = listener.next().await {
        let verdict = match &delivery.answer {
            Ok(answer) => recognise(desk, answer).await,
            Err(error) => Verdict::Refused(SigninRefused::from(error)),
        };
        match (verdict, delivery.answer) {
            (Verdict::Taken(waiting), Ok(answer)) => {
                // The browser is told at once; the checks go on here, on a task that outlives this listener.
                let _ = delivery.taken.send(true);
                let desk = Arc::clone(desk);
                tokio::spawn(async move { drop(finish(&desk, waiting, answer).await) });
            }
            (Verdict::Refused(refused), _) => {
                let _ = delivery.taken.send(false);
                desk.tell(Event::LinkRefused { refused });
            }
            (Verdict::Taken(_), Err(_)) => {}
        }
    }
    std::future::pending::<()>().await;
}

async fn expire(desk: &Desk, id: String) {
    let mut place = desk.waiting.lock().await;
    if place.as_ref().is_some_and(|waiting| waiting.id == id) {
        *place = None;
        desk.tell(Event::SigninEnded {
            end: SigninEnd {
                attempt: id,
                refused: Some(reasons::time_over()),
            },
        });
    }
}

/// Before the browser opens: a sign-in whose token cannot be kept is not begun.
async fn check_keychain(desk: &Desk) -> Outcome<()> {
    use crate::ipc::KeychainView as K;
    match desk.credentials.look_at_keychain().await {
        K::Missing => Err(store_refusal(login::StoreError::Missing)),
        K::Locked => Err(store_refusal(login::StoreError::Locked)),
        K::Kept | K::ThisRunOnly => Ok(()),
    }
}

/// The registration, with the practice world's second return address when its other door is asked for.
fn registration(connection: &Connection, door: Door) -> Outcome<Registration> {
    let own = connection.session.registration().clone();
    let view = &connection.saved.view;
    if door == view.door {
        return Ok(own);
    }
    let redirect_uri = match (door, view.world) {
        (Door::Loopback, World::Practice) => LOOPBACK_RETURN.to_owned(),
        (Door::Loopback, World::Sandbox) | (Door::ReturnPage, World::Sandbox | World::Production) => {
            own.redirect_uri.clone()
        }
        (Door::Loopback, World::Production) | (Door::ReturnPage, World::Practice) => {
            return Err(Refusal::new(
                RefusalCode::NotInThisWorld,
                "This way back is not there in this world.",
            ));
        }
    };
    let response_mode = match door {
        Door::Loopback => ResponseMode::FormPost,
        Door::ReturnPage => ResponseMode::Fragment,
    };
    Ok(Registration {
        redirect_uri,
        response_mode,
        ..own
    })
}

/// What the window shows of the session.
pub(crate) async fn session_view(connection: &Connection, this_run_only: bool) -> SessionView {
    match connection.session.state() {
        SessionState::SignedOut => SessionView::SignedOut,
        SessionState::SignInNeeded { reason } => SessionView::SignInNeeded {
            reason: reason.to_owned(),
        },
        SessionState::SignedIn { last_used } => {
            // 13 months, sliding (spec 6.4).
            let zoned = last_used.to_zoned(jiff::tz::TimeZone::UTC);
            let until = zoned
                .checked_add(Span::new().months(13))
                .map_or(last_used, |until| until.timestamp());
            SessionView::SignedIn {
                since: last_used.to_string(),
                lasts_until: until.to_string(),
                this_run_only,
                unsaved: connection.session.unsaved().await.is_some(),
            }
        }
    }
}

fn world_word(desk: &Desk) -> &'static str {
    match desk.current().saved.view.world {
        World::Practice => "practice",
        World::Sandbox => "sandbox",
        World::Production => "production",
    }
}

fn refused(why: SigninRefused) -> Refusal {
    let code = match why.reason {
        SigninReason::NoneInProgress => RefusalCode::NoSigninInProgress,
        _ => RefusalCode::SigninRefused,
    };
    Refusal::new(code, format!("The sign-in was refused: {}.", why.code)).with_signin(why)
}

fn answer_refusal(error: AnswerError) -> Refusal {
    Refusal::new(
        RefusalCode::SigninRefused,
        format!("This address is no answer to the sign-in: {error}."),
    )
    .with_signin(SigninRefused::from(&error))
    .with_next(NextStep::PasteAddress)
}

fn none_in_progress() -> Refusal {
    refused(reasons::none_in_progress())
}

fn loopback_refusal(error: LoopbackError) -> Refusal {
    match error {
        LoopbackError::PortTaken(port) => Refusal::new(
            RefusalCode::PortTaken,
            format!("Port {port} is in use by another program."),
        )
        .with_detail(port.to_string()),
        LoopbackError::NotLoopback => Refusal::new(
            RefusalCode::ConnectionInvalid,
            "The return address is not one of this computer.",
        )
        .with_detail("redirect_uri"),
        LoopbackError::Failed(error) => Refusal::unexpected(&error),
    }
}
