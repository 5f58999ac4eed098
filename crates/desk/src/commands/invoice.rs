//! Sent invoices: the list, one whole, and what may be done with it.

use std::sync::Arc;

use ::invoice::{Country, Money, State};
use ledger::{Evidence, Filter, InvoiceRecord, InvoiceSummary, Query, Said, Shown, Sort, Source, What};
use uuid::Uuid;

use super::{business, draft, rows};
use crate::Desk;
use crate::connection::{Connection, api_refusal};
use crate::ipc::{
    DraftView, Event, EvidenceSource, InvoiceAction, InvoiceCounts, InvoiceFilter, InvoiceLineView,
    InvoiceList, InvoicePaper, InvoiceQuery, InvoiceRef, InvoiceRow, InvoiceSort, InvoiceView, LinkView,
    MeaningKey, PaperLanguage, PaperView, Refusal, RefusalCode, SavedFile, StateName, TechnicalView,
    TimelineEntry, TimelineWhat, UpstreamView,
};
use crate::readings::{plain, vat_group};
use crate::refuse::Outcome;
use crate::{papers, poller, sender};

pub(crate) async fn invoice_list(desk: &Desk, asked: InvoiceQuery) -> Outcome<InvoiceList> {
    let connection = desk.current();
    let today = connection.today();
    let query = Query {
        filter: filter(asked.filter),
        text: asked.text,
        sort: sort(asked.sort),
        ascending: asked.ascending,
        offset: asked.offset,
        limit: rows(asked.limit),
        today,
    };
    let (page, counts) = connection
        .books
        .with(move |books| Ok::<_, ledger::LedgerError>((books.invoices(&query)?, books.counts(today)?)))
        .await??;
    Ok(InvoiceList {
        rows: page
            .rows
            .iter()
            .map(|summary| row(&connection, summary))
            .collect(),
        total: page.total,
        counts: InvoiceCounts {
            all: counts.all,
            waiting: counts.waiting,
            overdue: counts.overdue,
            due_soon: counts.due_soon,
            paid: counts.paid,
            paid_this_month: counts.paid_this_month,
            needs_you: counts.needs_you,
            closed: counts.closed,
            drafts: counts.drafts,
        },
    })
}

pub(crate) async fn invoice_show(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    show(&desk.current(), invoice.id).await
}

pub(crate) async fn invoice_paper(desk: &Desk, wanted: InvoicePaper) -> Outcome<PaperView> {
    let connection = desk.current();
    let record = record(&connection, wanted.id).await?;
    let language = language(&connection, &record, wanted.language);
    papers::of_invoice(desk, record, language).await
}

pub(crate) async fn invoice_save_pdf(desk: &Desk, wanted: InvoicePaper) -> Outcome<SavedFile> {
    let connection = desk.current();
    let record = record(&connection, wanted.id).await?;
    let language = language(&connection, &record, wanted.language);
    papers::save_pdf(desk, &connection, record, language).await
}

/// The language asked for, or the one it was sent with.
fn language(connection: &Connection, record: &InvoiceRecord, asked: Option<PaperLanguage>) -> PaperLanguage {
    let sent_with = match (record.business.language.as_str(), connection.country) {
        ("", Country::Fi) => PaperLanguage::Fi,
        (word, _) => business::language(word),
    };
    asked.unwrap_or(sent_with)
}

pub(crate) async fn invoice_undo(desk: &Desk, invoice: InvoiceRef) -> Outcome<DraftView> {
    let connection = desk.current();
    let (draft_id, now) = (Uuid::now_v7().to_string(), connection.now());
    let (kept, id) = (draft_id.clone(), invoice.id.clone());
    let undone = connection
        .books
        .with(move |books| books.undo(&id, &kept, now))
        .await?;
    match undone {
        Ok(_) => {}
        Err(ledger::LedgerError::WrongState { .. }) => {
            return Err(Refusal::new(
                RefusalCode::TooLateToUndo,
                "It is on its way already.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    connection.tell(Event::DraftsChanged);
    connection.tell(Event::InvoicesChanged {
        ids: vec![invoice.id],
    });
    connection.tell(Event::ConnectionChanged);
    draft::show(&connection, draft_id).await
}

pub(crate) async fn invoice_cancel(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    let connection = desk.current();
    let record = record(&connection, invoice.id.clone()).await?;
    let (Some(service_id), true) = (record.service_id.clone(), can_cancel(record.summary.shown)) else {
        return Err(Refusal::new(
            RefusalCode::NotNow,
            "An invoice in this state cannot be cancelled.",
        ));
    };
    let ready = connection.ready_to_call().await?;
    // Intent before effect: what was asked stands in the books whatever becomes of the call.
    let (id, now) = (invoice.id.clone(), connection.now());
    connection
        .books
        .with(move |books| books.note_cancel_asked(&id, now))
        .await??;
    let answer = connection
        .api
        .cancel(&ready.token, Uuid::new_v4(), &ready.merchant_id, &service_id)
        .await;
    kill_point::pass("cancel.answer");
    connection.note_network(answer.as_ref().err());
    let id = invoice.id.clone();
    match answer {
        Ok(answer) => {
            let said = canceled(&connection, answer.trace.status, answer.trace.correlation_id);
            connection
                .books
                .with(move |books| books.observe(&id, &said))
                .await??;
        }
        Err(error) => {
            let evidence = cancel_refused(&connection, &error);
            connection
                .books
                .with(move |books| books.note_cancel_refused(&id, &evidence))
                .await??;
            connection.tell(Event::InvoicesChanged {
                ids: vec![invoice.id.clone()],
            });
            // Whatever stood in the way, the state is asked for again: it may have been paid meanwhile.
            connection.wake_poller.notify_one();
            return Err(api_refusal(&error));
        }
    }
    connection.tell(Event::InvoicesChanged {
        ids: vec![invoice.id.clone()],
    });
    show(&connection, invoice.id).await
}

pub(crate) async fn invoice_refresh(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    let connection = desk.current();
    ask_again(&connection, &invoice.id).await?;
    show(&connection, invoice.id).await
}

/// Asks MobilePay for the state of one invoice now.
pub(crate) async fn ask_again(connection: &Arc<Connection>, id: &str) -> Outcome<()> {
    let record = record(connection, id.to_owned()).await?;
    let Some(service_id) = record.service_id else {
        return Ok(());
    };
    let ready = connection.ready_to_call().await?;
    if poller::ask(connection, &ready, id, &service_id, record.changed_at).await? {
        connection.tell(Event::InvoicesChanged {
            ids: vec![id.to_owned()],
        });
    }
    Ok(())
}

pub(crate) async fn record(connection: &Connection, id: String) -> Outcome<InvoiceRecord> {
    Ok(connection.books.with(move |books| books.invoice(&id)).await??)
}

/// One invoice, whole, as the window shows it.
pub(crate) async fn show(connection: &Connection, id: String) -> Outcome<InvoiceView> {
    let (record, evidence) = connection
        .books
        .with(move |books| Ok::<_, ledger::LedgerError>((books.invoice(&id)?, books.evidence(&id)?)))
        .await??;
    let content = &record.content;
    let phone = content.recipient.phone.as_ref();
    Ok(InvoiceView {
        row: row(connection, &record.summary),
        phone: phone.map(|phone| phone.e164().to_owned()).unwrap_or_default(),
        phone_shown: phone
            .map(|phone| phone.display_in(connection.country))
            .unwrap_or_default(),
        lines: content.lines.iter().map(line).collect(),
        net: content.totals.net.into(),
        vat: content.totals.vat.into(),
        vat_groups: content.totals.vat_groups.iter().map(vat_group).collect(),
        comment: content.comment.clone().unwrap_or_default(),
        payment_reference: content.payment_reference.clone().unwrap_or_default(),
        link: record.link.as_deref().map(link).transpose()?,
        timeline: evidence.iter().map(entry).collect(),
        actions: actions(&record),
        refusal: evidence
            .iter()
            .rev()
            .find(|said| said.what == What::Refused)
            .map(upstream),
        technical: technical(&record, &evidence),
    })
}

fn line(line: &::invoice::Line) -> InvoiceLineView {
    InvoiceLineView {
        description: line.description.clone(),
        quantity: plain(line.quantity),
        unit: line.unit.clone().unwrap_or_default(),
        gross: line.gross.into(),
    }
}

fn link(href: &str) -> Outcome<LinkView> {
    let qr_svg = paper::qr_svg(href).map_err(|error| Refusal::unexpected(&error))?;
    Ok(LinkView {
        href: href.to_owned(),
        qr_svg,
    })
}

fn technical(record: &InvoiceRecord, evidence: &[Evidence]) -> TechnicalView {
    TechnicalView {
        service_id: record.service_id.clone(),
        correlation_id: evidence.iter().rev().find_map(|said| said.correlation_id.clone()),
        request: String::from_utf8_lossy(&record.request).into_owned(),
        answer: evidence.iter().rev().find_map(|said| said.raw.clone()),
        last_checked_at: record.last_checked_at.map(|at| at.to_string()),
    }
}

fn actions(record: &InvoiceRecord) -> Vec<InvoiceAction> {
    let shown = record.summary.shown;
    let mut actions = Vec::new();
    if shown == Shown::Held {
        actions.push(InvoiceAction::Undo);
    }
    if record.link.is_some() && record.summary.open {
        actions.push(InvoiceAction::CopyLink);
    }
    actions.extend([InvoiceAction::SavePdf, InvoiceAction::Duplicate]);
    if record.service_id.is_some() && record.summary.open {
        actions.push(InvoiceAction::Refresh);
    }
    if record.service_id.is_some() && can_cancel(shown) {
        actions.push(InvoiceAction::Cancel);
    }
    actions
}

/// `created`, or `accepted` with a future payment date (spec 10.1); before the first state is told it may be tried.
const fn can_cancel(shown: Shown) -> bool {
    matches!(shown, Shown::Created | Shown::Scheduled | Shown::Accepted)
}

fn canceled(connection: &Connection, status: Option<u16>, correlation: Uuid) -> Said {
    Said {
        state: State::Canceled,
        source: Source::Answer,
        at: connection.now(),
        sequence: None,
        date: None,
        payment_date: None,
        today: connection.today(),
        status,
        raw: None,
        correlation_id: Some(correlation.to_string()),
    }
}

fn cancel_refused(connection: &Connection, error: &mobilepay::ApiError) -> Evidence {
    let answered = sender::answered_of(error);
    Evidence {
        at: connection.now(),
        what: What::CancelRefused,
        source: if answered.status.is_some() {
            Source::Answer
        } else {
            Source::ThisComputer
        },
        state: None,
        sequence: None,
        date: None,
        until: None,
        status: answered.status,
        error_code: answered.error_code,
        words: answered.words,
        correlation_id: answered.correlation_id,
        raw: answered.raw,
        flagged: false,
    }
}

/// A row of the list.
pub(crate) fn row(connection: &Connection, summary: &InvoiceSummary) -> InvoiceRow {
    let today = connection.today();
    let late = summary.due_date.until(today).map_or(0, |span| span.get_days());
    InvoiceRow {
        id: summary.id.clone(),
        number: summary.number,
        customer: summary.customer.clone(),
        issued: summary.issue_date.to_string(),
        due: summary.due_date.to_string(),
        amount: Money::of_minor(summary.gross_minor, connection.country.currency()).into(),
        channel: summary.channel.into(),
        state: state(summary.shown),
        days_overdue: u32::try_from(late).ok().filter(|days| *days > 0 && summary.open),
        payment_date: summary.payment_date.map(|date| date.to_string()),
        held_until: (summary.shown == Shown::Held).then(|| summary.not_before.to_string()),
    }
}

fn entry(said: &Evidence) -> TimelineEntry {
    TimelineEntry {
        at: said.at.to_string(),
        what: what(said),
        source: match said.source {
            Source::ThisComputer => EvidenceSource::ThisComputer,
            Source::Answer => EvidenceSource::Answer,
            Source::StatusCheck => EvidenceSource::StatusCheck,
            Source::Callback => EvidenceSource::Callback,
        },
        status: said.status,
        error_code: said.error_code,
        until: said.until.clone(),
        flagged: said.flagged,
    }
}

/// What happened, in the window's words.
pub(crate) fn what(said: &Evidence) -> TimelineWhat {
    match (&said.what, &said.state) {
        (What::Sent, _) => TimelineWhat::Sent,
        (What::Attempted, _) => TimelineWhat::Attempted,
        (What::TakenByService, _) => TimelineWhat::TakenByService,
        (What::ExistsAlready, _) => TimelineWhat::ExistsAlready,
        (What::Refused, _) => TimelineWhat::Refused,
        (What::NotSent, _) => TimelineWhat::NotSent,
        (What::AnswerLost, _) => TimelineWhat::AnswerLost,
        (What::Interrupted, _) => TimelineWhat::Interrupted,
        (What::IdGiven, _) => TimelineWhat::IdGiven,
        (What::Replaced, _) => TimelineWhat::Replaced,
        (What::CancelAsked, _) => TimelineWhat::CancelAsked,
        (What::CancelRefused, _) => TimelineWhat::CancelRefused,
        (What::Told, Some(State::Created)) => TimelineWhat::Created,
        (What::Told, Some(State::Invalid)) => TimelineWhat::Invalid,
        (What::Told, Some(State::Accepted)) => TimelineWhat::Accepted,
        (What::Told, Some(State::Paid)) => TimelineWhat::Paid,
        (What::Told, Some(State::Rejected)) => TimelineWhat::Rejected,
        (What::Told, Some(State::Expired)) => TimelineWhat::Expired,
        (What::Told, Some(State::Canceled)) => TimelineWhat::Canceled,
        (What::Told, _) => TimelineWhat::Unknown,
    }
}

fn upstream(said: &Evidence) -> UpstreamView {
    UpstreamView {
        status: said.status,
        code: said.error_code,
        meaning: said.error_code.and_then(MeaningKey::of),
        text: said.words.clone(),
        correlation_id: said.correlation_id.clone(),
    }
}

const fn state(shown: Shown) -> StateName {
    match shown {
        Shown::Held => StateName::Held,
        Shown::Queued => StateName::Queued,
        Shown::Sending => StateName::Sending,
        Shown::Waiting => StateName::Waiting,
        Shown::InDoubt => StateName::InDoubt,
        Shown::SentIdUnknown => StateName::SentIdUnknown,
        Shown::Refused => StateName::Refused,
        Shown::Accepted => StateName::Accepted,
        Shown::Created => StateName::Created,
        Shown::Invalid => StateName::Invalid,
        Shown::Scheduled => StateName::Scheduled,
        Shown::Paid => StateName::Paid,
        Shown::Rejected => StateName::Rejected,
        Shown::Expired => StateName::Expired,
        Shown::Canceled => StateName::Canceled,
        Shown::Replaced => StateName::Replaced,
        Shown::Unknown => StateName::Unknown,
    }
}

const fn filter(asked: InvoiceFilter) -> Filter {
    match asked {
        InvoiceFilter::All => Filter::All,
        InvoiceFilter::Waiting => Filter::Waiting,
        InvoiceFilter::Overdue => Filter::Overdue,
        InvoiceFilter::DueSoon => Filter::DueSoon,
        InvoiceFilter::Paid => Filter::Paid,
        InvoiceFilter::PaidThisMonth => Filter::PaidThisMonth,
        InvoiceFilter::NeedsYou => Filter::NeedsYou,
        InvoiceFilter::Closed => Filter::Closed,
    }
}

const fn sort(asked: InvoiceSort) -> Sort {
    match asked {
        InvoiceSort::Number => Sort::Number,
        InvoiceSort::Customer => Sort::Customer,
        InvoiceSort::Issued => Sort::Issued,
        InvoiceSort::Due => Sort::Due,
        InvoiceSort::Amount => Sort::Amount,
        InvoiceSort::State => Sort::State,
    }
}
