//! Evidence: everything that was ever said of an invoice, when, and by whom. Rows are only added.

use invoice::State;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, fold, on_its_way, sql};

/// How long the day of a payment is asked for again. A service that cannot tell it in a week never will.
const DAY_OWED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Written, numbered, put in the outbox.
    Sent,
    /// Went out; what follows is its answer.
    Attempted,
    /// The service took it and gave an id.
    TakenByService,
    /// The service has it from an earlier attempt; its id is not known.
    ExistsAlready,
    /// The service refused it.
    Refused,
    /// It did not reach the service; it waits.
    NotSent,
    /// The service refused the batch in which it went as a whole, without a word of this one: it goes alone.
    BatchRefused,
    /// This computer did not let it out: its day had passed, or its customer had got as many as a day allows.
    HeldBack,
    /// It was held back by a clock that was ahead; the clock was set right, and it waits for its turn again.
    BackInQueue,
    /// The answer got lost.
    AnswerLost,
    /// The program ended while it was on its way.
    Interrupted,
    /// The service said in which state it is.
    Told,
    /// The merchant named its id, and the service's details under that id are those of this invoice.
    IdGiven,
    /// The merchant gave it up: a link that nobody has. Another draft took its place.
    Replaced,
    /// The merchant asked to cancel.
    CancelAsked,
    /// The service refused to cancel.
    CancelRefused,
    /// The answer to a cancellation got lost: the service may have cancelled.
    CancelLost,
    /// A cancellation did not get through.
    CancelNotSent,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// This computer.
    ThisComputer,
    /// The answer to a call with effect.
    Answer,
    /// A status or details check.
    StatusCheck,
    /// A callback.
    Callback,
}

/// One row of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// When this computer learnt it.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// Who says so.
    pub source: Source,
    /// The service's state, for [`What::Told`].
    pub state: Option<State>,
    /// The service's own counter of events (spec 11.3).
    pub sequence: Option<i64>,
    /// The service's own time of the event.
    pub date: Option<Timestamp>,
    /// A day that belongs to it: payment day, or until when it waits.
    pub until: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The service's error code.
    pub error_code: Option<u32>,
    /// The service's words, or ours for what went wrong on the way.
    pub words: Option<String>,
    /// For support.
    pub correlation_id: Option<String>,
    /// The answer as it came.
    pub raw: Option<String>,
    /// The state machine forbids it; it is kept and not applied.
    pub flagged: bool,
}

/// What the service said of an invoice's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The state.
    pub state: State,
    /// By which way we learnt it.
    pub source: Source,
    /// When.
    pub at: Timestamp,
    /// Its counter, from callbacks.
    pub sequence: Option<i64>,
    /// Its time, from callbacks.
    pub date: Option<Timestamp>,
    /// Scheduled or actual payment day.
    pub payment_date: Option<Date>,
    /// The payment's id, from the details: it joins to the reports.
    pub payment_id: Option<String>,
    /// It is paid, and its day could not be had this time, but can be asked for again.
    pub day_owed: bool,
    /// The day on which it was paid in the merchant's zone, if this says *paid*.
    pub today: Date,
    /// HTTP status.
    pub status: Option<u16>,
    /// The answer as it came.
    pub raw: Option<String>,
    /// For support.
    pub correlation_id: Option<String>,
}

impl Evidence {
    /// Something that this computer did.
    pub(crate) fn of_ours(what: What, at: Timestamp) -> Self {
        Self {
            at,
            what,
            source: Source::ThisComputer,
            state: None,
            sequence: None,
            date: None,
            until: None,
            status: None,
            error_code: None,
            words: None,
            correlation_id: None,
            raw: None,
            flagged: false,
        }
    }
}

impl Ledger {
    /// Takes down what the service said and folds it into the invoice. Answers whether it said anything new.
    ///
    /// A status check that says the same as the last word adds no row, nor does a callback that comes twice (spec 11.5);
    /// they only move the time of the last check.
    pub fn observe(&mut self, invoice_id: &str, said: &Said) -> Result<bool, LedgerError> {
        kill_point::pass("observe");
        self.transaction(|db| {
            must_exist(db, invoice_id)?;
            take(db, invoice_id, said, &row_of(said))
        })
    }

    /// Takes down that the merchant asked to cancel, before the call goes out. Whatever becomes of the call, and of this
    /// program, the state is asked for once it has surely ended.
    pub fn note_cancel_asked(&mut self, invoice_id: &str, now: Timestamp) -> Result<(), LedgerError> {
        self.transaction(|db| {
            must_exist(db, invoice_id)?;
            add(db, invoice_id, &Evidence::of_ours(What::CancelAsked, now))?;
            look_by(db, invoice_id, on_its_way::after(now, on_its_way::AFTER_ONE))
        })
    }

    /// Takes down why it is not known to be cancelled: refused, lost on the way back, or on the way there. The state is asked
    /// for at once: it may have been paid, or cancelled all the same.
    pub fn note_cancel_failed(&mut self, invoice_id: &str, evidence: &Evidence) -> Result<(), LedgerError> {
        self.transaction(|db| {
            must_exist(db, invoice_id)?;
            add(db, invoice_id, evidence)?;
            look_by(db, invoice_id, evidence.at)
        })
    }

    /// All evidence of an invoice, oldest first.
    pub fn evidence(&self, invoice_id: &str) -> Result<Vec<Evidence>, LedgerError> {
        of_invoice(&self.db, invoice_id)
    }
}

fn must_exist(db: &Connection, invoice_id: &str) -> Result<(), LedgerError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM invoice WHERE id = ?1")?;
    if statement.exists([invoice_id])? {
        Ok(())
    } else {
        Err(LedgerError::NotFound("invoice"))
    }
}

/// Looks at it at `at`, if not sooner; one that is not followed is left alone.
fn look_by(db: &Connection, invoice_id: &str, at: Timestamp) -> Result<(), LedgerError> {
    db.prepare_cached(
        "UPDATE invoice SET next_poll_at = min(next_poll_at, ?2) WHERE id = ?1 AND next_poll_at IS NOT NULL",
    )?
    .execute(params![invoice_id, at.as_millisecond()])?;
    Ok(())
}

fn is_repeat(db: &Connection, invoice_id: &str, said: &Said) -> Result<bool, LedgerError> {
    let day = said.payment_date.map(|day| day.to_string());
    let repeated = if let Some(sequence) = said.sequence {
        db.prepare_cached(
            "SELECT 1 FROM evidence WHERE invoice_id = ?1 AND sequence = ?2 AND state = ?3 AND until IS ?4",
        )?
        .exists(params![invoice_id, sequence, said.state.word(), day])?
    } else if let (Source::Callback, Some(date)) = (said.source, said.date) {
        // Before the service counted its events, their time told them apart (spec 11.3).
        db.prepare_cached(
            "SELECT 1 FROM evidence
             WHERE invoice_id = ?1 AND date = ?2 AND state = ?3 AND until IS ?4 AND sequence IS NULL",
        )?
        .exists(params![invoice_id, date.as_millisecond(), said.state.word(), day])?
    } else if said.source == Source::StatusCheck {
        // The last word by time of learning; a check that does not know the payment day contradicts none.
        db.prepare_cached(
            "SELECT 1 FROM (SELECT state, until FROM evidence
                 WHERE invoice_id = ?1 AND state IS NOT NULL ORDER BY id DESC LIMIT 1)
             WHERE state = ?2 AND (?3 IS NULL OR until IS ?3)",
        )?
        .exists(params![invoice_id, said.state.word(), day])?
    } else {
        false
    };
    Ok(repeated)
}

pub(crate) fn row_of(said: &Said) -> Evidence {
    Evidence {
        source: said.source,
        state: Some(said.state.clone()),
        sequence: said.sequence,
        date: said.date,
        until: said.payment_date.map(|day| day.to_string()),
        status: said.status,
        correlation_id: said.correlation_id.clone(),
        raw: said.raw.clone(),
        ..Evidence::of_ours(What::Told, said.at)
    }
}

/// Takes down what the service said, as `row`, and folds it, unless it was said before.
pub(crate) fn take(
    db: &Connection,
    invoice_id: &str,
    said: &Said,
    row: &Evidence,
) -> Result<bool, LedgerError> {
    db.prepare_cached("UPDATE invoice SET last_checked_at = ?2 WHERE id = ?1")?
        .execute(params![invoice_id, said.at.as_millisecond()])?;
    let news = !is_repeat(db, invoice_id, said)?;
    if news {
        add(db, invoice_id, row)?;
        fold::apply(db, invoice_id, said)?;
    }
    if let Some(payment) = &said.payment_id {
        db.prepare_cached("UPDATE invoice SET payment_id = ?2 WHERE id = ?1")?
            .execute([invoice_id, payment])?;
    }
    follow(db, invoice_id, said)?;
    Ok(news)
}

/// A final invoice is not followed any more. Only one that is paid is, for a week, while its day is owed: the day on which it
/// was heard is taken for it until then.
fn follow(db: &Connection, invoice_id: &str, said: &Said) -> Result<(), LedgerError> {
    let (told, payment_date, changed_at): (Option<String>, Option<String>, i64) = db
        .prepare_cached("SELECT told, payment_date, changed_at FROM invoice WHERE id = ?1")?
        .query_row([invoice_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let Some(state) = told.as_deref().map(State::parse).filter(State::is_final) else {
        return Ok(());
    };
    let young = said.at <= on_its_way::after(sql::moment(changed_at)?, DAY_OWED_FOR);
    let owed = said.day_owed && state == State::Paid && payment_date.is_none() && young;
    db.prepare_cached("UPDATE invoice SET next_poll_at = ?2 WHERE id = ?1")?
        .execute(params![invoice_id, owed.then(|| said.at.as_millisecond())])?;
    Ok(())
}

/// Adds one row.
pub(crate) fn add(db: &Connection, invoice_id: &str, evidence: &Evidence) -> Result<(), LedgerError> {
    db.prepare_cached(
        "INSERT INTO evidence (invoice_id, at, what, source, state, sequence, date, until, status, error_code, words,
             correlation_id, raw, flagged)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        invoice_id,
        evidence.at.as_millisecond(),
        sql::word(&evidence.what)?,
        sql::word(&evidence.source)?,
        evidence.state.as_ref().map(State::word),
        evidence.sequence,
        evidence.date.map(Timestamp::as_millisecond),
        evidence.until,
        evidence.status,
        evidence.error_code,
        evidence.words,
        evidence.correlation_id,
        evidence.raw,
        evidence.flagged,
    ])?;
    Ok(())
}

/// All rows of one invoice, oldest first.
pub(crate) fn of_invoice(db: &Connection, invoice_id: &str) -> Result<Vec<Evidence>, LedgerError> {
    let mut statement = db.prepare_cached("SELECT * FROM evidence WHERE invoice_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([invoice_id], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// One row.
pub(crate) fn read(row: &Row<'_>) -> Result<Evidence, LedgerError> {
    Ok(Evidence {
        at: sql::moment(row.get("at")?)?,
        what: sql::from_word(&row.get::<_, String>("what")?)?,
        source: sql::from_word(&row.get::<_, String>("source")?)?,
        state: row
            .get::<_, Option<String>>("state")?
            .map(|word| State::parse(&word)),
        sequence: row.get("sequence")?,
        date: row.get::<_, Option<i64>>("date")?.map(sql::moment).transpose()?,
        until: row.get("until")?,
        status: row.get("status")?,
        error_code: row.get("error_code")?,
        words: row.get("words")?,
        correlation_id: row.get("correlation_id")?,
        raw: row.get("raw")?,
        flagged: row.get("flagged")?,
    })
}
