//! A sign-in in progress: how it begins and how it is given up. There is at most one at a time.

mod doors;
mod finish;
mod place;
mod reasons;

use std::sync::Arc;

use jiff::Span;
use login::{
    AnswerError, Attempt, Discovery, Loopback, LoopbackError, Registration, ResponseMode, SessionState,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Desk;
use crate::connection::Connection;
use crate::credentials::store_refusal;
use crate::ipc::{
    Door, EndedBecause, NextStep, Refusal, RefusalCode, SessionView, SigninReason, SigninRefused, SigninView,
    World,
};
use crate::practice::LOOPBACK_RETURN;
use crate::refuse::Outcome;

pub(crate) use doors::paste;
pub(crate) use place::Place;
use place::Waiting;

/// Begins a sign-in by `door`, or by the connection's own. Whatever ends it meanwhile keeps the browser closed.
pub(crate) async fn begin(desk: &Arc<Desk>, door: Option<Door>) -> Outcome<SigninView> {
    let over = take_place(desk).await;
    desk.read_what_was_wanting().await?;
    check_keychain(desk).await?;
    let connection = desk.current();
    let door = door.unwrap_or(connection.saved.view.door);
    let registration = registration(&connection, door)?;
    let discovery = discovery(&connection, &over).await?;
    // Only now: a sign-in that waits for its provider holds no port.
    let listener = listener(door, &registration).await?;
    let attempt = Attempt::begin(&discovery, &registration, desk.clock.now()).map_err(|_| {
        Refusal::new(
            RefusalCode::ConnectionInvalid,
            "The return address is no address.",
        )
        .with_detail("redirect_uri")
    })?;
    let mut waiting = Waiting {
        view: view(&attempt, &registration, door),
        attempt,
        connection,
        registration,
        over,
    };
    let mut place = desk.signin.lock().await;
    if waiting.over.is_cancelled() || !waiting.is_of_the_open_connection(desk) {
        return Err(refused(reasons::given_up()));
    }
    waiting.view.browser_opened = open(desk, &waiting.view);
    let view = waiting.view.clone();
    doors::watch(desk, listener, &waiting);
    place.waiting = Some(waiting);
    Ok(view)
}

/// Ends what was there, and takes its place.
async fn take_place(desk: &Desk) -> CancellationToken {
    let mut place = desk.signin.lock().await;
    tell_given_up(desk, place.clear());
    place.take()
}

async fn listener(door: Door, registration: &Registration) -> Outcome<Option<Loopback>> {
    match door {
        Door::Loopback => {
            let listener = Loopback::listen(&registration.redirect_uri).await;
            listener.map(Some).map_err(loopback_refusal)
        }
        Door::ReturnPage => Ok(None),
    }
}

/// The provider's document, unless the sign-in is given up before it comes.
async fn discovery(connection: &Connection, over: &CancellationToken) -> Outcome<Arc<Discovery>> {
    let found = tokio::select! {
        biased;
        () = over.cancelled() => return Err(refused(reasons::given_up())),
        found = connection.session.discovery() => found,
    };
    found.map_err(|error| {
        Refusal::new(
            RefusalCode::ProviderUnusable,
            format!("The sign-in service cannot be used: {error}."),
        )
        .with_signin(SigninRefused::from(&error))
    })
}

fn view(attempt: &Attempt, registration: &Registration, door: Door) -> SigninView {
    SigninView {
        attempt: Uuid::new_v4().to_string(),
        authorize_url: attempt.authorize_url().to_string(),
        redirect_uri: registration.redirect_uri.clone(),
        door,
        expires_at: attempt.expires_at().to_string(),
        browser_opened: false,
    }
}

/// Opens the browser. Answers whether it is open; if not, the window shows the address.
fn open(desk: &Desk, view: &SigninView) -> bool {
    let opened = desk.setup.browser.open(&view.authorize_url);
    if let Err(error) = &opened {
        tracing::info!(%error, "the address is shown instead");
    }
    opened.is_ok()
}

/// Opens the browser again.
pub(crate) async fn reopen(desk: &Desk) -> Outcome<SigninView> {
    let place = desk.signin.lock().await;
    let waiting = place.waiting.as_ref().ok_or_else(none_in_progress)?;
    Ok(SigninView {
        browser_opened: open(desk, &waiting.view),
        ..waiting.view.clone()
    })
}

/// Ends the sign-in in progress, if there is one, also while it begins and while its answer is checked.
pub(crate) async fn give_up(desk: &Desk) {
    tell_given_up(desk, desk.signin.lock().await.clear());
}

fn tell_given_up(desk: &Desk, former: Option<Waiting>) {
    if let Some(waiting) = former {
        desk.tell(finish::ended(waiting.view.attempt, Some(reasons::given_up())));
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
            reason: match reason {
                "client_refused" => EndedBecause::ClientRefused,
                "lost" => EndedBecause::Lost,
                _ => EndedBecause::Revoked,
            },
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

/// A sign-in refused, in the window's terms.
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
