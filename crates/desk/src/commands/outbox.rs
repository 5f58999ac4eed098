//! The outbox: what waits and why, trying now, and settling what is in doubt.
//!
//! A doubt ends by the identical bytes, by an id that the service itself confirms, or by giving up a link that nobody has;
//! never by a guess and never by another body (security 6.2).

use jiff::Timestamp;
use ledger::{Gap, GapReason, LedgerError, Waiting};
use login::SessionState;
use uuid::Uuid;

use super::invoice::{row, show, upstream, words};
use super::{draft, naming, rows};
use crate::Desk;
use crate::circuit::Flow;
use crate::connection::Connection;
use crate::ipc::{
    Event, GapView, GapWhy, GivenUp, IdNamed, InvoiceRef, NamedId, Nothing, NumberReport, OutboxPage,
    OutboxQuery, OutboxRow, Standstill, StandstillReason, TriedNow, WaitingReason, WayOn,
};
use crate::refuse::Outcome;

pub(crate) async fn outbox_list(desk: &Desk, asked: OutboxQuery) -> Outcome<OutboxPage> {
    let connection = desk.current();
    let now = connection.now();
    let (page, total, (numbered, next_number), due) = connection
        .books
        .with(move |books| {
            let page = books.waiting(Some(asked.after), rows(asked.limit))?;
            let next = books.next_wake()?.into_iter().chain(books.next_run_wake()?).min();
            let numbers = (books.series()?.count, books.next_number()?);
            Ok::<_, LedgerError>((
                page,
                books.unsettled()?,
                numbers,
                next.is_some_and(|at| at <= now),
            ))
        })
        .await??;
    Ok(OutboxPage {
        rows: page
            .rows
            .iter()
            .map(|waiting| view(&connection, waiting, now))
            .collect(),
        next: page.next,
        total,
        numbered,
        next_number,
        standstill: standstill(&connection, due),
    })
}

pub(crate) async fn outbox_try_now(desk: &Desk, invoice: InvoiceRef) -> Outcome<TriedNow> {
    let connection = desk.current();
    let (id, now) = (invoice.id.clone(), connection.now());
    let at = connection
        .books
        .with(move |books| books.retry_now(&id, now))
        .await??;
    tried(&connection, vec![invoice.id]);
    Ok(TriedNow {
        count: 1,
        at: (at > now).then(|| at.to_string()),
    })
}

pub(crate) async fn outbox_try_all(desk: &Desk, _: Nothing) -> Outcome<TriedNow> {
    let connection = desk.current();
    let now = connection.now();
    let (ids, wake) = connection
        .books
        .with(move |books| {
            let ids = books.retry_all_now(now)?;
            let wake = books.next_wake()?.into_iter().chain(books.next_run_wake()?).min();
            Ok::<_, LedgerError>((ids, wake))
        })
        .await??;
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    tried(&connection, ids);
    Ok(TriedNow {
        count,
        at: wake.filter(|at| *at > now && count > 0).map(|at| at.to_string()),
    })
}

fn tried(connection: &Connection, ids: Vec<String>) {
    connection.circuit.breaker().look_now(connection.now());
    connection.wake_senders();
    connection.tell(Event::of_invoices(ids));
}

pub(crate) async fn outbox_name_id(desk: &Desk, named: NamedId) -> Outcome<IdNamed> {
    let connection = desk.current();
    let wrong = naming::settle(&connection, &named).await?;
    if wrong.is_none() {
        settled(&connection, &named.id);
        connection.wake_poller.notify_one();
    }
    Ok(IdNamed {
        wrong,
        invoice: show(&connection, named.id).await?,
    })
}

pub(crate) async fn outbox_give_up(desk: &Desk, invoice: InvoiceRef) -> Outcome<GivenUp> {
    let connection = desk.current();
    let (draft_id, now) = (Uuid::now_v7().to_string(), connection.now());
    let (id, kept) = (invoice.id.clone(), draft_id.clone());
    connection
        .books
        .with(move |books| books.replace_doubted(&id, &kept, now))
        .await??;
    connection.tell(Event::DraftsChanged);
    settled(&connection, &invoice.id);
    Ok(GivenUp {
        draft: draft::show(&connection, draft_id).await?,
        invoice: show(&connection, invoice.id).await?,
    })
}

fn settled(connection: &Connection, id: &str) {
    connection.tell(Event::InvoicesChanged {
        ids: vec![id.to_owned()],
    });
    connection.tell(Event::ConnectionChanged);
}

pub(crate) async fn number_report(desk: &Desk, _: Nothing) -> Outcome<NumberReport> {
    let connection = desk.current();
    let (series, next, gaps) = connection
        .books
        .with(|books| Ok::<_, LedgerError>((books.series()?, books.next_number()?, books.number_gaps()?)))
        .await??;
    Ok(NumberReport {
        first: series.first,
        last: series.last,
        count: series.count,
        next,
        gaps: gaps.iter().map(gap).collect(),
    })
}

fn gap(gap: &Gap) -> GapView {
    GapView {
        first: gap.first,
        last: gap.last,
        why: match gap.why {
            GapReason::TakenBack => GapWhy::TakenBack,
            GapReason::SeriesMoved => GapWhy::SeriesMoved,
        },
    }
}

/// What keeps everything from going out. Whether the service answers again is found out by what is `due`; without, nothing
/// is known of it.
fn standstill(connection: &Connection, due: bool) -> Option<Standstill> {
    let now = connection.now();
    let (busy, flow) = (connection.pace.shut(now), connection.circuit.flow(now));
    let why = if connection.cannot_write() {
        StandstillReason::BooksNotWritable
    } else if connection.wanting.is_some() {
        StandstillReason::SecretsWanting
    } else if !matches!(connection.session.state(), SessionState::SignedIn { .. }) {
        StandstillReason::SignInNeeded
    } else if matches!(flow, Flow::Open(_)) || (flow == Flow::HalfOpen && due) {
        StandstillReason::NotAnswering
    } else if connection.online() == Some(false) {
        StandstillReason::Offline
    } else if busy.is_some() {
        StandstillReason::Busy
    } else {
        return None;
    };
    let until = match (why, flow) {
        (StandstillReason::Busy, _) => busy,
        (StandstillReason::NotAnswering, Flow::Open(until)) => Some(until),
        _ => None,
    };
    Some(Standstill {
        why,
        until: until.map(|until| until.to_string()),
    })
}

fn view(connection: &Connection, waiting: &Waiting, now: Timestamp) -> OutboxRow {
    let row = row(connection, &waiting.invoice);
    let why = reason(waiting, now, connection.cannot_write());
    let said = waiting.why.as_ref().filter(|said| words(said).is_some());
    OutboxRow {
        ways: ways(waiting, why),
        row,
        why,
        since: waiting.since.to_string(),
        next_try: waiting.next_try.map(|at| at.to_string()),
        attempts: waiting.attempts,
        upstream: said.map(upstream),
    }
}

fn reason(waiting: &Waiting, now: Timestamp, cannot_write: bool) -> WaitingReason {
    use ledger::{Shown, What};
    let said = waiting.why.as_ref();
    let what = said.map(|said| said.what);
    match waiting.invoice.shown {
        Shown::Sending if cannot_write => WaitingReason::NotWritten,
        Shown::Sending => WaitingReason::OnItsWay,
        Shown::SentIdUnknown => WaitingReason::IdUnknown,
        Shown::Held | Shown::Queued | Shown::Waiting if waiting.next_try.is_none() => {
            WaitingReason::RunPaused
        }
        Shown::Held => WaitingReason::Held,
        Shown::Waiting => match said.and_then(|said| said.status) {
            Some(429) => WaitingReason::Busy,
            Some(401) => WaitingReason::NotLetIn,
            Some(403) => WaitingReason::NotAllowed,
            _ => WaitingReason::NotReached,
        },
        _ if waiting.in_doubt => match what {
            Some(What::Interrupted) => WaitingReason::Interrupted,
            Some(What::Refused | What::BatchRefused) => WaitingReason::RepeatRefused,
            Some(What::NotSent) => WaitingReason::RepeatNotReached,
            _ => WaitingReason::AnswerLost,
        },
        // Once its day has come, something else holds it up.
        _ if what == Some(What::HeldBack) && waiting.next_try.is_some_and(|at| at > now) => {
            WaitingReason::DailyLimit
        }
        _ => WaitingReason::ItsTurn,
    }
}

fn ways(waiting: &Waiting, why: WaitingReason) -> Vec<WayOn> {
    use WaitingReason as W;
    let mut ways = Vec::new();
    match why {
        W::OnItsWay | W::NotWritten | W::RunPaused | W::DailyLimit => return ways,
        // One of a run is taken back by stopping the run.
        W::Held => {
            if waiting.run.is_none() {
                ways.push(WayOn::Undo);
            }
            return ways;
        }
        W::ItsTurn | W::NotReached | W::NotLetIn | W::NotAllowed | W::Busy => {
            ways.push(WayOn::TryNow);
            return ways;
        }
        W::AnswerLost | W::Interrupted | W::RepeatRefused | W::RepeatNotReached => ways.push(WayOn::TryNow),
        W::IdUnknown => {}
    }
    ways.push(WayOn::NameId);
    if waiting.invoice.channel == ::invoice::Channel::Link {
        ways.push(WayOn::GiveUp);
    }
    ways
}
