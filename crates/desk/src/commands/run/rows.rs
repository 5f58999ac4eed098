//! The rows of a run: what each says, what is wrong with it, what came of it, and correcting one.

use ::invoice::{Channel, DraftForm, Money, Phone, Reading, read, read_date};
use ledger::{LedgerError, RowState, RunResult};

use super::again::Again;
use super::judged::{self, Judged};
use super::view;
use crate::Desk;
use crate::commands::invoice::{is_late, row as invoice_row, upstream};
use crate::commands::{business, draft, rows};
use crate::connection::Connection;
use crate::ipc::{
    Event, PaperView, RowStateName, RunPart, RunRowOpened, RunRowPaper, RunRowRef, RunRowSave, RunRowView,
    RunRows, RunRowsQuery,
};
use crate::papers;
use crate::readings::{self, forbidding, problem};
use crate::refuse::Outcome;

pub(crate) async fn run_rows(desk: &Desk, asked: RunRowsQuery) -> Outcome<RunRows> {
    let connection = desk.current();
    let channel: Channel = asked.channel.into();
    let limit = rows(asked.limit) as usize;
    let judged = if matches!(asked.part, RunPart::All | RunPart::Sendable | RunPart::Wanting) {
        judged::all(&connection, asked.id.clone()).await?
    } else {
        Vec::new()
    };
    let mut page = match asked.part {
        RunPart::Sendable | RunPart::Wanting => judged
            .iter()
            .filter(|row| row.position > asked.after)
            .filter(|row| row.may_go(channel) == (asked.part == RunPart::Sendable))
            .take(limit + 1)
            .map(|row| unsent(&connection, row, channel))
            .collect(),
        part => results(&connection, &asked, states(part), limit + 1, &judged, channel).await?,
    };
    let more = page.len() > limit;
    page.truncate(limit);
    Ok(RunRows {
        next: page.last().filter(|_| more).map(|row| row.position),
        rows: page,
    })
}

const fn states(part: RunPart) -> &'static [RowState] {
    match part {
        RunPart::All | RunPart::Sendable | RunPart::Wanting => &[],
        RunPart::UnderWay => &[RowState::Held, RowState::Sending, RowState::Failed],
        RunPart::Sent => &[RowState::Accepted],
        RunPart::Refused => &[RowState::Refused],
        RunPart::Unclear => &[RowState::InDoubt, RowState::Replaced],
    }
}

async fn results(
    connection: &Connection,
    asked: &RunRowsQuery,
    states: &'static [RowState],
    limit: usize,
    judged: &[Judged],
    channel: Channel,
) -> Outcome<Vec<RunRowView>> {
    let (id, after, limit) = (
        asked.id.clone(),
        asked.after,
        u32::try_from(limit).unwrap_or(u32::MAX),
    );
    let results = connection
        .books
        .with(move |books| books.run_results(&id, states, after, limit))
        .await??;
    let view = |result: &RunResult| {
        let at = judged.binary_search_by_key(&result.row.position, |row| row.position);
        match at {
            Ok(at) if result.row.state == RowState::Ready => unsent(connection, &judged[at], channel),
            _ => sent(connection, result),
        }
    };
    Ok(results.iter().map(view).collect())
}

/// A row that is not sent.
fn unsent(connection: &Connection, row: &Judged, channel: Channel) -> RunRowView {
    RunRowView {
        problems: forbidding(&row.reading, channel).map(problem).collect(),
        warnings: row
            .again
            .iter()
            .map(Again::warning)
            .chain(row.reading.warnings.iter().map(problem))
            .collect(),
        ..blank(connection, row.position, &row.form, row.reading.totals.gross)
    }
}

/// A row that has an invoice.
fn sent(connection: &Connection, result: &RunResult) -> RunRowView {
    let row = &result.row;
    let minor = result.invoice.as_ref().map_or(0, |invoice| invoice.gross_minor);
    let total = Money::of_minor(minor, connection.country.currency());
    RunRowView {
        state: state(row.state),
        invoice: result
            .invoice
            .as_ref()
            .map(|invoice| invoice_row(connection, invoice)),
        upstream: result
            .why
            .as_ref()
            .filter(|why| why.status.is_some() || is_late(why))
            .map(upstream),
        ..blank(connection, row.position, &row.form, total)
    }
}

fn blank(connection: &Connection, position: u32, form: &DraftForm, total: Money) -> RunRowView {
    let typed = form.recipient.phone.trim();
    let phone = Phone::parse(typed, connection.country).map(|phone| phone.display_in(connection.country));
    let phone = phone.unwrap_or_else(|_| typed.to_owned());
    let name = form.recipient.name.trim();
    RunRowView {
        position,
        customer: if name.is_empty() {
            phone.clone()
        } else {
            name.to_owned()
        },
        phone,
        text: form
            .lines
            .first()
            .map(|line| line.description.clone())
            .unwrap_or_default(),
        due: read_date(&form.due_date, connection.today()).map(|date| date.to_string()),
        total: total.into(),
        state: RowStateName::Ready,
        problems: Vec::new(),
        warnings: Vec::new(),
        invoice: None,
        upstream: None,
    }
}

const fn state(state: RowState) -> RowStateName {
    match state {
        RowState::Ready => RowStateName::Ready,
        RowState::Held => RowStateName::Waiting,
        RowState::Sending => RowStateName::OnTheWay,
        RowState::Accepted => RowStateName::Sent,
        RowState::Refused => RowStateName::Refused,
        RowState::InDoubt => RowStateName::Unclear,
        RowState::Failed => RowStateName::Failed,
        RowState::Replaced => RowStateName::Replaced,
    }
}

pub(crate) async fn run_row_show(desk: &Desk, row: RunRowRef) -> Outcome<RunRowOpened> {
    open(&desk.current(), row.id, row.position).await
}

pub(crate) async fn run_row_save(desk: &Desk, save: RunRowSave) -> Outcome<RunRowOpened> {
    let connection = desk.current();
    let RunRowSave { id, position, form } = save;
    let run = id.clone();
    connection
        .books
        .with(move |books| books.correct_row(&run, position, &form))
        .await??;
    connection.tell(Event::RunChanged {
        id: id.clone(),
        progress: view::progress(&connection, id.clone()).await,
    });
    open(&connection, id, position).await
}

async fn open(connection: &Connection, id: String, position: u32) -> Outcome<RunRowOpened> {
    let run = id.clone();
    let result = connection
        .books
        .with(move |books| books.run_result(&run, position))
        .await??;
    // Among all, because the rows before it may have used up a customer's day.
    let judged = judged::all(connection, id).await?;
    let rules = judged::rules(connection).await?;
    let ready = judged.into_iter().find(|row| row.position == position);
    let form = result.row.form.clone();
    let (row, reading): (_, Reading) = match ready {
        Some(row) => (unsent(connection, &row, Channel::Link), row.reading),
        None => (sent(connection, &result), read(&form, &rules)),
    };
    Ok(RunRowOpened {
        row,
        reading: readings::view(&form, &reading, &rules),
        form,
        correctable: matches!(result.row.state, RowState::Ready | RowState::Refused),
    })
}

pub(crate) async fn run_row_paper(desk: &Desk, wanted: RunRowPaper) -> Outcome<PaperView> {
    let connection = desk.current();
    let RunRowPaper {
        id,
        position,
        language,
    } = wanted;
    let result = connection
        .books
        .with(move |books| Ok::<_, LedgerError>(books.run_result(&id, position)?.row.form))
        .await??;
    let judged = draft::judge(&connection, &result).await?;
    let record = business::record(&connection).await?;
    let language = language.unwrap_or_else(|| business::language(&record.paper_language));
    papers::of_draft(
        desk,
        result,
        judged.reading,
        judged.rulebook,
        record.business,
        language,
    )
    .await
}
