//! The outbox: `held → queued → sending → accepted | refused | waiting | in_doubt | id_unknown`.
//!
//! `sending` is committed before a socket opens. At start every `sending` becomes `in_doubt`, because nobody knows. Doubt
//! ends only by the identical bytes again: then "exists already" means *sent, id unknown*. A refusal proves nothing once
//! an earlier attempt was in doubt, so it leaves the doubt in place.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::evidence::{self, Evidence, Source, What};
use crate::on_its_way::{after, pause_of};
use crate::turn::PAUSED;
use crate::{Ledger, LedgerError, TradeDay, callbacks, invoices, recheck, sql};

/// How long what a crash left held may still be taken back.
const TO_TAKE_BACK: SignedDuration = SignedDuration::from_secs(5);

/// How an attempt ended, by what it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The service took it.
    Accepted {
        /// Its id there.
        service_id: String,
        /// The link, for links.
        link: Option<String>,
    },
    /// The service says that it exists.
    Exists,
    /// The service refused it.
    Refused,
    /// The service refused the batch in which it went as a whole; it goes alone, at once.
    Apart,
    /// It certainly did not get through; again at `retry_at`.
    NotSent {
        /// When.
        retry_at: Timestamp,
    },
    /// Nobody knows; the identical bytes again at `retry_at`, and not before the attempt has surely ended.
    Unclear {
        /// When.
        retry_at: Timestamp,
    },
}

impl Ledger {
    /// What a crash left behind: everything that was on its way is in doubt. Answers how many.
    ///
    /// The identical bytes go out again only when the interrupted attempt has surely ended at the service too. What was queued
    /// of a run when the program ended in the middle of it goes out, after the time to take it back.
    pub fn recover(&mut self, now: Timestamp) -> Result<usize, LedgerError> {
        kill_point::pass("recover");
        self.transaction(|db| {
            let mut statement = db.prepare(
                "SELECT id, changed_at FROM invoice INDEXED BY invoice_outgoing
                 WHERE outbox IN ('held', 'queued', 'sending', 'waiting', 'in_doubt') AND outbox = 'sending'",
            )?;
            let found: Vec<(String, i64)> = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (id, began) in &found {
                let pause = pause_of(db, id)?;
                let again = after(sql::moment(*began)?, pause).clamp(now, after(now, pause));
                evidence::add(
                    db,
                    id,
                    &Evidence {
                        until: until(again, now),
                        ..Evidence::of_ours(What::Interrupted, now)
                    },
                )?;
                move_to(db, id, "in_doubt", again, now)?;
                db.execute("UPDATE invoice SET was_in_doubt = 1 WHERE id = ?1", [id])?;
            }
            db.execute(
                "UPDATE invoice INDEXED BY invoice_to_send SET not_before = ?1
                 WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND outbox = 'held' AND not_before >= ?2
                     AND run IN (SELECT id FROM run WHERE state = 'running')",
                params![after(now, TO_TAKE_BACK).as_millisecond(), PAUSED],
            )?;
            Ok(found.len())
        })
    }

    /// Ends the hold of everything whose time to undo has run out at `now`: it is queued, and can no longer be taken
    /// back. Answers the ids. [`Ledger::next_to_send`] does not need it; it is for what the list shows while offline.
    pub fn release_due(&mut self, now: Timestamp) -> Result<Vec<String>, LedgerError> {
        kill_point::pass("release_due");
        self.transaction(|db| {
            let mut statement = db.prepare_cached(RELEASED)?;
            let ids: Vec<String> = statement
                .query_map([now.as_millisecond()], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in &ids {
                move_to(db, id, "queued", now, now)?;
            }
            Ok(ids)
        })
    }

    /// Commits that the bytes go out now. Only after this may a socket open, and only if it answers `true`: one that was
    /// never out and may not go on `day` any more is held back instead (security 6.5).
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when it is on its way already or done.
    pub fn begin_sending(
        &mut self,
        invoice_id: &str,
        correlation_id: &str,
        day: &TradeDay,
        now: Timestamp,
    ) -> Result<bool, LedgerError> {
        kill_point::pass("begin_sending");
        self.transaction(|db| {
            must_wait(db, invoice_id)?;
            if recheck::held_back(db, invoice_id, day, now)? {
                return Ok(false);
            }
            begin(db, invoice_id, correlation_id, now)?;
            Ok(true)
        })
    }

    /// Stores how the attempt ended. `said` is the answer as evidence: status, code, words, raw text.
    ///
    /// # Errors
    /// [`LedgerError::WrongState`] when nothing was on its way.
    pub fn settle(
        &mut self,
        invoice_id: &str,
        outcome: &Outcome,
        said: Answered,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        kill_point::pass("settle");
        self.transaction(|db| end(db, invoice_id, outcome, &said, now))
    }
}

/// The answer to an attempt, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status, if there was one.
    pub status: Option<u16>,
    /// The service's code.
    pub error_code: Option<u32>,
    /// The service's words, or what went wrong on the way.
    pub words: Option<String>,
    /// For support.
    pub correlation_id: Option<String>,
    /// The body as it came.
    pub raw: Option<String>,
}

/// [`Ledger::begin_sending`] within a transaction.
pub(crate) fn begin(
    db: &Connection,
    invoice_id: &str,
    correlation_id: &str,
    now: Timestamp,
) -> Result<(), LedgerError> {
    must_wait(db, invoice_id)?;
    let attempted = Evidence {
        correlation_id: Some(correlation_id.to_owned()),
        ..Evidence::of_ours(What::Attempted, now)
    };
    evidence::add(db, invoice_id, &attempted)?;
    db.prepare_cached("UPDATE invoice SET attempts = attempts + 1 WHERE id = ?1")?
        .execute([invoice_id])?;
    move_to(db, invoice_id, "sending", now, now)
}

fn must_wait(db: &Connection, invoice_id: &str) -> Result<(), LedgerError> {
    let found = outbox(db, invoice_id)?;
    if matches!(found.as_str(), "held" | "queued" | "waiting" | "in_doubt") {
        return Ok(());
    }
    Err(LedgerError::WrongState {
        found,
        wanted: "sent",
    })
}

/// [`Ledger::settle`] within a transaction.
pub(crate) fn end(
    db: &Connection,
    invoice_id: &str,
    outcome: &Outcome,
    said: &Answered,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let found = outbox(db, invoice_id)?;
    if found != "sending" {
        return Err(LedgerError::WrongState {
            found,
            wanted: "settled",
        });
    }
    let doubted: bool = db
        .prepare_cached("SELECT was_in_doubt FROM invoice WHERE id = ?1")?
        .query_row([invoice_id], |row| row.get(0))?;
    settle(db, invoice_id, outcome, doubted, said, now)
}

fn settle(
    db: &Connection,
    id: &str,
    outcome: &Outcome,
    doubted: bool,
    said: &Answered,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let (what, state, not_before) = match outcome {
        Outcome::Accepted { .. } => (What::TakenByService, "accepted", now),
        // Exists, and one of our own attempts may have made it: it is ours. On a first attempt it is somebody else's twin.
        Outcome::Exists if doubted || turned_away(db, id)? => (What::ExistsAlready, "id_unknown", now),
        // A refusal after doubt proves nothing about the earlier attempt.
        Outcome::Refused if doubted => (What::Refused, "in_doubt", after_doubt(now)),
        // A refusal proves that nothing of the batch was made, and says nothing against this one.
        Outcome::Apart => (
            What::BatchRefused,
            if doubted { "in_doubt" } else { "queued" },
            now,
        ),
        Outcome::Exists | Outcome::Refused => (What::Refused, "refused", now),
        Outcome::NotSent { retry_at } => (
            What::NotSent,
            if doubted { "in_doubt" } else { "waiting" },
            *retry_at,
        ),
        Outcome::Unclear { retry_at } => {
            let ended = after(now, pause_of(db, id)?);
            (What::AnswerLost, "in_doubt", ended.max(*retry_at))
        }
    };
    let source = if said.status.is_some() {
        Source::Answer
    } else {
        Source::ThisComputer
    };
    let row = Evidence {
        source,
        until: until(not_before, now),
        status: said.status,
        error_code: said.error_code,
        words: said.words.clone(),
        correlation_id: said.correlation_id.clone(),
        raw: said.raw.clone(),
        ..Evidence::of_ours(what, now)
    };
    evidence::add(db, id, &row)?;
    if let Outcome::Accepted { service_id, link } = outcome {
        db.execute(
            "UPDATE invoice SET service_id = ?2, link = ?3, next_poll_at = ?4 WHERE id = ?1",
            params![id, service_id, link, now.as_millisecond()],
        )?;
    }
    if state == "in_doubt" {
        db.execute("UPDATE invoice SET was_in_doubt = 1 WHERE id = ?1", [id])?;
    }
    move_to(db, id, state, not_before, now)?;
    match outcome {
        // An event may have overtaken this answer (spec 11.5).
        Outcome::Accepted { service_id, .. } => callbacks::adopt(db, id, service_id),
        _ => Ok(()),
    }
}

/// Whether an earlier attempt was answered as not carried out. That is assumed of such answers (security 6.2); where the
/// identical invoice exists afterwards, the assumption was wrong.
pub(crate) fn turned_away(db: &Connection, id: &str) -> Result<bool, LedgerError> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM evidence WHERE invoice_id = ?1 AND what = 'not_sent' AND status IS NOT NULL",
        )?
        .exists([id])?)
}

/// A refused repeat is tried again once a day: the service's refusal may pass (a daily limit), the doubt stays.
fn after_doubt(now: Timestamp) -> Timestamp {
    after(now, SignedDuration::from_hours(24))
}

/// Until when it waits, for the timeline.
pub(crate) fn until(not_before: Timestamp, now: Timestamp) -> Option<String> {
    (not_before > now).then(|| not_before.to_string())
}

fn outbox(db: &Connection, id: &str) -> Result<String, LedgerError> {
    let found = db
        .query_row("SELECT outbox FROM invoice WHERE id = ?1", [id], |row| row.get(0))
        .optional()?;
    found.ok_or(LedgerError::NotFound("invoice"))
}

pub(crate) fn move_to(
    db: &Connection,
    id: &str,
    state: &str,
    not_before: Timestamp,
    now: Timestamp,
) -> Result<(), LedgerError> {
    // A run that was paused while this one was on its way holds it too.
    db.prepare_cached(
        "UPDATE invoice SET outbox = ?2, changed_at = ?4,
             not_before = CASE WHEN ?2 IN ('queued', 'waiting') AND EXISTS
                 (SELECT 1 FROM run WHERE run.id = invoice.run AND run.state = 'paused') THEN ?5 ELSE ?3 END
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        state,
        not_before.as_millisecond(),
        now.as_millisecond(),
        PAUSED
    ])?;
    invoices::show_again(db, id)
}

pub(crate) const RELEASED: &str = "SELECT id FROM invoice INDEXED BY invoice_to_send
     WHERE outbox IN ('held', 'queued', 'waiting', 'in_doubt') AND outbox = 'held' AND not_before <= ?1
     ORDER BY number";
