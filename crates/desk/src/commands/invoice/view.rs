//! One invoice, whole, as the window shows it.

use ledger::{Evidence, InvoiceRecord, Shown, What};

use super::cancel::can_cancel;
use super::list::row;
use super::papers::language;
use super::timeline::{entry, is_late, upstream};
use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{InvoiceAction, InvoiceLineView, InvoiceRef, InvoiceView, LinkView, Refusal, TechnicalView};
use crate::readings::{plain, vat_group};
use crate::refuse::Outcome;

pub(crate) async fn invoice_show(desk: &Desk, invoice: InvoiceRef) -> Outcome<InvoiceView> {
    show(&desk.current(), invoice.id).await
}

pub(crate) async fn record(connection: &Connection, id: String) -> Outcome<InvoiceRecord> {
    Ok(connection.books.with(move |books| books.invoice(&id)).await??)
}

/// One invoice, whole, as the window shows it.
pub(crate) async fn show(connection: &Connection, id: String) -> Outcome<InvoiceView> {
    let (record, evidence, asked) = connection
        .books
        .with(move |books| {
            let asked = books.consent_of_invoice(&id)?;
            Ok::<_, ledger::LedgerError>((books.invoice(&id)?, books.evidence(&id)?, asked))
        })
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
        language: language(connection, &record, None),
        business: record.business.name.clone(),
        link: record.link.as_deref().map(link).transpose()?,
        consent: asked.as_ref().map(|asked| asked.answer.into()),
        timeline: evidence.iter().map(entry).collect(),
        actions: actions(&record, asked.is_some()),
        refusal: evidence
            .iter()
            .rev()
            .find(|said| said.what == What::Refused || is_late(said))
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

/// Whether somebody may still pay it, and so be asked for consent.
pub(crate) const fn may_be_paid(shown: Shown) -> bool {
    matches!(shown, Shown::Accepted | Shown::Created | Shown::Scheduled)
}

fn actions(record: &InvoiceRecord, asked: bool) -> Vec<InvoiceAction> {
    let shown = record.summary.shown;
    let mut actions = Vec::new();
    if shown == Shown::Held && record.run.is_none() {
        actions.push(InvoiceAction::Undo);
    }
    if record.link.is_some() && record.summary.open {
        actions.push(InvoiceAction::CopyLink);
    }
    actions.extend([InvoiceAction::SavePdf, InvoiceAction::Duplicate]);
    if record.link.is_some() && may_be_paid(shown) && !asked {
        actions.push(InvoiceAction::AskConsent);
    }
    if record.service_id.is_some() && record.summary.open {
        actions.push(InvoiceAction::Refresh);
    }
    if record.service_id.is_some() && can_cancel(shown) {
        actions.push(InvoiceAction::Cancel);
    }
    actions
}
