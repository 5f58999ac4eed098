//! The end of a sign-in: its answer checked, redeemed and kept, for the connection that asked.

use std::sync::Arc;

use login::ReturnedAnswer;

use super::place::Waiting;
use super::{reasons, refused};
use crate::Desk;
use crate::connection::Connection;
use crate::credentials::store_refusal;
use crate::ipc::{Event, SigninEnd, SigninRefused};
use crate::refuse::Outcome;

/// Checks, redeems, stores; then tells how it ended.
pub(super) async fn finish(desk: &Desk, waiting: Box<Waiting>, answer: ReturnedAnswer) -> Outcome<()> {
    let id = waiting.view.attempt.clone();
    // The listener stays until its page is answered; it ends with this token.
    let over = waiting.over.clone();
    let done = complete(desk, waiting, answer).await;
    over.cancel();
    desk.tell(ended(id, done.as_ref().err().map(SigninRefused::from)));
    desk.tell(Event::ConnectionChanged);
    done
}

/// How the attempt `id` ended.
pub(super) const fn ended(attempt: String, refused: Option<SigninRefused>) -> Event {
    Event::SigninEnded {
        end: SigninEnd { attempt, refused },
    }
}

async fn complete(desk: &Desk, waiting: Box<Waiting>, answer: ReturnedAnswer) -> Outcome<()> {
    let Waiting {
        attempt,
        connection,
        registration,
        over,
        ..
    } = *waiting;
    let session = &connection.session;
    let discovery = session
        .discovery()
        .await
        .map_err(|error| refused(SigninRefused::from(&error)))?;
    let signed_in = attempt
        .complete(
            answer,
            session.http(),
            &discovery,
            &registration,
            desk.clock.as_ref(),
        )
        .await
        .map_err(|error| refused(reasons::of_attempt(&error, &registration)))?;
    let admitted = connection.admit(&signed_in).await;
    if over.is_cancelled() {
        // Given up meanwhile, by whoever cancelled or left the connection: what came is not kept.
        return Err(refused(reasons::given_up()));
    }
    admitted?;
    keep(&connection, signed_in).await
}

async fn keep(connection: &Arc<Connection>, signed_in: login::SignedIn) -> Outcome<()> {
    // Whose token it is must be asked again: it may be another merchant's. Before, so that closed books keep nothing; and
    // after, since somebody may have asked with the former token meanwhile.
    connection.another_sign_in();
    connection.forget_merchant().await?;
    connection.session.begin(signed_in).await.map_err(store_refusal)?;
    connection.another_sign_in();
    connection.forget_merchant().await?;
    let ready = connection.ready_to_call().await;
    connection.wake_senders();
    connection.wake_poller.notify_one();
    ready.map(drop)
}
