//! Follows consents to be sent invoices by phone (spec 15): no callback tells of them, so each is looked at again, less and
//! less often, and once a day the granted ones are listed, so that one that was taken back is noticed.
//!
//! Deliberately absent: asking, and any change at the service: only the payer says yes, no, or no longer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::invoice::Phone;
use jiff::{SignedDuration, Timestamp};
use ledger::{Asked, ConsentAnswer, ConsentSaid};
use mobilepay::{ApiError, Consent, ConsentState};
use uuid::Uuid;

use crate::connection::{Connection, Ready, api_refusal};
use crate::ipc::{Event, World};
use crate::refuse::Outcome;

/// How many without an answer are followed. Older ones are found by the list, once granted.
const FOLLOWED: u32 = 500;
/// Read from the books at a time.
const PAGE: u32 = 500;
/// Pages of one list that are asked for; a list that is longer is cut here, and said in the log.
const MOST_PAGES: usize = 200;
/// After nobody answered, or nobody may ask.
const REST: SignedDuration = SignedDuration::from_secs(30);
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// The fact of the books that says when the granted ones were listed last.
const LISTED: &str = "consents_listed";

/// Runs until the connection closes.
pub(crate) async fn run(connection: Arc<Connection>) {
    let closing = connection.closing.clone();
    let mut looks = Looks::default();
    loop {
        let until = match turn(&connection, &mut looks).await {
            Ok(until) => until,
            Err(refusal) => {
                tracing::debug!(%refusal, "consents are looked at later");
                Some(connection.now() + REST)
            }
        };
        tokio::select! {
            () = closing.cancelled() => return,
            () = connection.wake_consents.notified() => {}
            () = connection.sleep_until(until) => {}
        }
    }
}

/// When each was looked at last. It lives in memory: after a start each is looked at once.
#[derive(Default)]
struct Looks(BTreeMap<String, Timestamp>);

impl Looks {
    /// When to look at it next.
    fn next(&self, asked: &Asked, now: Timestamp, practice: bool) -> Timestamp {
        self.0.get(&asked.id).map_or(now, |last| {
            let pause = pause_after(last.duration_since(asked.quiet_since), practice);
            // A clock that was set back does not stop the watch.
            last.checked_add(pause)
                .unwrap_or(Timestamp::MAX)
                .min(now.checked_add(pause).unwrap_or(Timestamp::MAX))
        })
    }
}

/// The payer is asked on the screen after the payment (spec 15), so an answer comes soon after something happened, or not.
fn pause_after(quiet: SignedDuration, practice: bool) -> SignedDuration {
    let seconds = match quiet.as_secs() {
        _ if practice => 2,
        ..600 => 20,
        600..3_600 => 120,
        3_600..86_400 => 900,
        86_400..2_592_000 => 7_200,
        _ => 43_200,
    };
    SignedDuration::from_secs(seconds)
}

/// One turn: everything that is due, as far as the pace allows. Answers when the next one is.
async fn turn(connection: &Arc<Connection>, looks: &mut Looks) -> Outcome<Option<Timestamp>> {
    let followed = connection
        .books
        .with(|books| books.consents_followed(FOLLOWED))
        .await??;
    looks
        .0
        .retain(|id, _| followed.iter().any(|asked| asked.id == *id));
    let practice = connection.saved.view.world == World::Practice;
    let mut soonest = None;
    for asked in &followed {
        let now = connection.now();
        let mut next = looks.next(asked, now, practice);
        if next <= now {
            if let Err(until) = connection.pace.take(now) {
                return Ok(Some(until));
            }
            let ready = connection.ready_to_call().await?;
            look_in_passing(connection, &ready, &asked.id).await?;
            looks.0.insert(asked.id.clone(), connection.now());
            next = looks.next(asked, connection.now(), practice);
        }
        soonest = Some(soonest.map_or(next, |before: Timestamp| before.min(next)));
    }
    let listed: Option<Timestamp> = connection.fact(LISTED).await?.and_then(|text| text.parse().ok());
    let list_at = next_list(listed, connection.now());
    if list_at > connection.now() {
        return Ok(Some(soonest.map_or(list_at, |soonest| soonest.min(list_at))));
    }
    list(connection).await?;
    Ok(Some(soonest.unwrap_or_else(|| connection.now() + A_DAY)))
}

/// When the granted ones are listed next: also where the books know none, for they may have been asked elsewhere, or the answer
/// got lost. A clock that was ahead when they were listed last does not stop it.
fn next_list(listed: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match listed {
        Some(at) if at <= now => at.checked_add(A_DAY).unwrap_or(Timestamp::MAX),
        _ => now,
    }
}

/// Looks at one. An answer that does not know it changes nothing: it may be another merchant's now.
pub(crate) async fn look(connection: &Connection, ready: &Ready, id: &str) -> Outcome<bool> {
    match ask(connection, ready, id).await? {
        Ok(news) => Ok(news),
        Err(ApiError::Refused { .. } | ApiError::NotFound { .. }) => Ok(false),
        Err(error) => Err(api_refusal(&error)),
    }
}

/// Looks at one of many: what goes wrong with it alone keeps nobody from the others. It has its next look in its time.
pub(crate) async fn look_in_passing(connection: &Connection, ready: &Ready, id: &str) -> Outcome<bool> {
    match ask(connection, ready, id).await? {
        Ok(news) => Ok(news),
        Err(error) if says_something_of_all(&error) => Err(api_refusal(&error)),
        Err(_) => Ok(false),
    }
}

/// Whether the next one would fare the same.
const fn says_something_of_all(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::NotSent { .. }
            | ApiError::Unauthorized { .. }
            | ApiError::Throttled { .. }
            | ApiError::Unclear {
                retry_after: Some(_),
                ..
            }
    )
}

async fn ask(connection: &Connection, ready: &Ready, id: &str) -> Outcome<Result<bool, ApiError>> {
    let answer = connection.api.consent(&ready.token, Uuid::new_v4(), id).await;
    connection.note_network(answer.as_ref().err());
    match answer {
        Ok(answer) => note(connection, vec![said(connection, answer.value)])
            .await
            .map(Ok),
        Err(error) => {
            tracing::debug!(%error, "a consent could not be looked at");
            connection.heed(&error, ready).await;
            Ok(Err(error))
        }
    }
}

/// Lists all that are granted, to the last page, and looks at those that ought to be there and are not. An issuer whose list is
/// refused keeps nobody from the others, and has its next turn in a day like them.
pub(crate) async fn list(connection: &Connection) -> Outcome<()> {
    // What happens while it is being read belongs to the next one.
    let began = connection.now();
    let ready = connection.ready_to_call().await?;
    let issuers = match connection.issuers().await? {
        known if known.is_empty() => connection.learn_issuers(&ready).await?,
        known => known,
    };
    let (mut found, mut refused) = (BTreeSet::new(), None);
    for issuer in issuers {
        match list_of(connection, &issuer.id).await? {
            Ok(ids) => found.extend(ids),
            Err(error) => refused = Some(api_refusal(&error)),
        }
    }
    // Only a whole list shows which are missing.
    if refused.is_none() {
        for missing in granted(connection).await?.difference(&found) {
            connection.my_turn().await?;
            // A token may end on the way.
            let ready = connection.ready_to_call().await?;
            look_in_passing(connection, &ready, missing).await?;
        }
    }
    connection.save_fact(LISTED, began.to_string()).await?;
    refused.map_or(Ok(()), Err)
}

/// All that the books know as granted, however many.
async fn granted(connection: &Connection) -> Outcome<BTreeSet<String>> {
    let known = connection.books.with(|books| {
        let mut known = BTreeSet::new();
        let mut last: Option<(Timestamp, String)> = None;
        loop {
            let after = last.as_ref().map(|(at, id)| (*at, id.as_str()));
            let page = books.consents_with(ConsentAnswer::Granted, after, PAGE)?;
            let Some(end) = page.last() else {
                return Ok::<_, ledger::LedgerError>(known);
            };
            last = Some((end.changed_at, end.id.clone()));
            known.extend(page.into_iter().map(|consent| consent.id));
        }
    });
    Ok(known.await??)
}

/// The ids of one issuer's list, or what is wrong with this issuer alone.
async fn list_of(connection: &Connection, issuer: &str) -> Outcome<Result<Vec<String>, ApiError>> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        connection.my_turn().await?;
        let ready = connection.ready_to_call().await?;
        let page = connection
            .api
            .granted_consents(&ready.token, Uuid::new_v4(), issuer, after.as_deref())
            .await;
        connection.note_network(page.as_ref().err());
        let page = match page {
            Ok(page) => page.value,
            Err(error) => {
                connection.heed(&error, &ready).await;
                return if says_something_of_all(&error) {
                    Err(api_refusal(&error))
                } else {
                    tracing::warn!(%error, "one issuer's granted consents were not listed");
                    Ok(Err(error))
                };
            }
        };
        found.extend(page.consents.iter().map(|consent| consent.consent_id.clone()));
        note(
            connection,
            page.consents
                .into_iter()
                .map(|consent| said(connection, consent))
                .collect(),
        )
        .await?;
        after = page.next;
        if after.is_none() {
            return Ok(Ok(found));
        }
    }
    tracing::warn!("the list of granted consents has more pages than were read");
    Ok(Ok(found))
}

/// Takes down what was told, and tells the window what is new. Answers whether anything was.
async fn note(connection: &Connection, said: Vec<ConsentSaid>) -> Outcome<bool> {
    let now = connection.now();
    let changed = connection
        .books
        .with(move |books| books.note_consents(&said, now))
        .await??;
    if !changed.is_empty() {
        connection.tell(Event::ConsentsChanged);
        // A granted one may have changed a customer's usual way.
        connection.tell(Event::CustomersChanged);
    }
    Ok(!changed.is_empty())
}

/// What the service told, in the ledger's terms.
pub(crate) fn said(connection: &Connection, told: Consent) -> ConsentSaid {
    ConsentSaid {
        id: told.consent_id,
        service_invoice_id: told.invoice_id,
        phone: told
            .phone
            .and_then(|phone| Phone::parse(&phone, connection.country).ok()),
        answer: match told.state {
            ConsentState::Pending => ConsentAnswer::Asked,
            ConsentState::Granted => ConsentAnswer::Granted,
            ConsentState::Denied => ConsentAnswer::Refused,
            ConsentState::Deleted => ConsentAnswer::Withdrawn,
            ConsentState::Unknown(_) => ConsentAnswer::Unknown,
        },
        granted_on: told.granted_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_nothing_happens_the_less_often_it_is_looked_at() {
        let pauses: Vec<i64> = [0, 599, 600, 3_600, 86_400, 2_592_000]
            .map(|quiet| pause_after(SignedDuration::from_secs(quiet), false).as_secs())
            .to_vec();
        assert_eq!(pauses, [20, 20, 120, 900, 7_200, 43_200]);
        assert_eq!(pause_after(SignedDuration::from_hours(900), true).as_secs(), 2);
    }

    #[test]
    fn the_granted_ones_are_listed_once_a_day_whatever_the_clock_said_before() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(next_list(None, now), now);
        assert_eq!(next_list(Some(now), now), now + A_DAY);
        let ahead = now + SignedDuration::from_hours(9_000);
        assert_eq!(next_list(Some(ahead), now), now);
    }

    #[test]
    fn after_a_start_and_after_the_clock_went_back_it_is_looked_at_soon() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let asked = Asked {
            id: "k".into(),
            quiet_since: now,
        };
        assert_eq!(Looks::default().next(&asked, now, false), now);
        let later = now + SignedDuration::from_hours(900);
        let looks = Looks([("k".to_owned(), later)].into());
        assert!(looks.next(&asked, now, false) <= now + SignedDuration::from_hours(12));
    }
}
