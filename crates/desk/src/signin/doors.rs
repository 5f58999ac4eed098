//! The three doors by which an answer may come, and one rule for all: at most one answer, only for the sign-in in progress,
//! only within its time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use login::{Loopback, ReturnedAnswer};

use super::finish::{ended, finish};
use super::place::{Waiting, world_word};
use super::{answer_refusal, none_in_progress, reasons, refused};
use crate::Desk;
use crate::ipc::{Event, Refusal, SigninRefused};
use crate::refuse::Outcome;

/// Where an answer came in.
enum Verdict {
    /// It is this sign-in's; it goes on in the background or with the caller.
    Taken(Box<Waiting>),
    /// There is none in progress, or it is not for this one.
    Refused(SigninRefused),
}

/// An address pasted by hand: answers when the sign-in has ended, with its refusal if there is one.
pub(crate) async fn paste(desk: &Desk, address: &str) -> Outcome<()> {
    let parsed = {
        let place = desk.signin.lock().await;
        let waiting = place.waiting.as_ref().ok_or_else(none_in_progress)?;
        ReturnedAnswer::from_pasted(address, &waiting.registration.redirect_uri, waiting.world())
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
        let world = match &self.signin.lock().await.waiting {
            Some(waiting) => waiting.world(),
            None => world_word(&self.current()),
        };
        let answer = match ReturnedAnswer::from_link(&link, world) {
            Ok(answer) => answer,
            Err(error) => {
                return self.tell_of_answer(SigninRefused::from(&error));
            }
        };
        match recognise(self, &answer).await {
            // How it ended is told as an event.
            Verdict::Taken(waiting) => drop(finish(self, waiting, answer).await),
            Verdict::Refused(refused) => self.tell_of_answer(refused),
        }
    }

    /// Says that a link or a post was dropped, at most once a second for both: any web page can open and post as many as it
    /// likes, and none of them may keep the merchant from working (security 3.3). The right answer is never held up by that.
    fn tell_of_answer(&self, refused: SigninRefused) {
        let now = self.clock.monotonic_seconds() + 1;
        if self.link_told.swap(now, Ordering::Relaxed) != now {
            self.tell(Event::LinkRefused { refused });
        }
    }
}

/// Takes the sign-in out of its place if `answer` is for it, so that a second answer finds nothing.
async fn recognise(desk: &Desk, answer: &ReturnedAnswer) -> Verdict {
    let mut place = desk.signin.lock().await;
    match place.waiting.take() {
        None => Verdict::Refused(reasons::none_in_progress()),
        Some(waiting) if !waiting.is_of_the_open_connection(desk) => {
            place.clear();
            Verdict::Refused(reasons::none_in_progress())
        }
        Some(waiting) if waiting.attempt.is_answered_by(answer) => Verdict::Taken(Box::new(waiting)),
        Some(waiting) => {
            // A foreign answer does not end ours: otherwise any web page could.
            place.waiting = Some(waiting);
            Verdict::Refused(reasons::another_signin())
        }
    }
}

/// Listens at the loopback door, and ends the sign-in when its time is over.
pub(super) fn watch(desk: &Arc<Desk>, listener: Option<Loopback>, waiting: &Waiting) {
    let (id, over) = (waiting.view.attempt.clone(), waiting.over.clone());
    // By the computer's clock, as it was begun: trade may be days ahead (practice).
    let left = waiting.attempt.expires_at().duration_since(desk.clock.now());
    let left = left.max(SignedDuration::ZERO).unsigned_abs();
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        tokio::select! {
            () = over.cancelled() => {}
            () = listen(&desk, listener) => {}
            () = tokio::time::sleep(left) => expire(&desk, id).await,
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
                desk.tell_of_answer(refused);
            }
            (Verdict::Taken(_), Err(_)) => {}
        }
    }
    std::future::pending::<()>().await;
}

async fn expire(desk: &Desk, id: String) {
    let mut place = desk.signin.lock().await;
    if place
        .waiting
        .as_ref()
        .is_some_and(|waiting| waiting.view.attempt == id)
    {
        place.clear();
        desk.tell(ended(id, Some(reasons::time_over())));
    }
}
