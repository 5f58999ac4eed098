//! Drafts: saved at each change, read at each change, and sent as they were seen.

use ::invoice::{Content, DraftForm, Reading, RecipientForm, Rulebook, read};
use jiff::SignedDuration;
use ledger::{Customer, Draft, SendOrder};
use uuid::Uuid;

use super::{business, invoice};
use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{
    DraftCreate, DraftList, DraftPaper, DraftRef, DraftRow, DraftSave, DraftSend, DraftView, Event,
    InvoiceView, MoneyView, Nothing, PaperLanguage, PaperView, Refusal, RefusalCode,
};
use crate::papers;
use crate::readings::{self, forbidding, problem};
use crate::refuse::Outcome;

/// How long a sent invoice is held back, so that the merchant can undo.
const HOLD: SignedDuration = SignedDuration::from_secs(5);

pub(crate) async fn draft_create(desk: &Desk, create: DraftCreate) -> Outcome<DraftView> {
    let connection = desk.current();
    let form = match (create.like_invoice, create.customer_id) {
        (Some(invoice_id), _) => {
            let form = connection
                .books
                .with(move |books| books.form_of_invoice(&invoice_id))
                .await??;
            DraftForm {
                issue_date: String::new(),
                due_date: due(&connection).await?,
                ..form
            }
        }
        (None, Some(customer_id)) => {
            let customer = connection
                .books
                .with(move |books| books.customer(&customer_id))
                .await??;
            DraftForm {
                recipient: recipient(&customer),
                due_date: due(&connection).await?,
                ..blank()
            }
        }
        (None, None) => DraftForm {
            due_date: due(&connection).await?,
            ..blank()
        },
    };
    let (id, now) = (Uuid::now_v7().to_string(), connection.now());
    let kept = id.clone();
    connection
        .books
        .with(move |books| books.create_draft(&kept, &form, now))
        .await??;
    connection.tell(Event::DraftsChanged);
    show(&connection, id).await
}

pub(crate) async fn draft_show(desk: &Desk, draft: DraftRef) -> Outcome<DraftView> {
    show(&desk.current(), draft.id).await
}

pub(crate) async fn draft_list(desk: &Desk, _: Nothing) -> Outcome<DraftList> {
    let connection = desk.current();
    let currency = connection.country.currency().into();
    let drafts = connection.books.with(|books| books.drafts()).await??;
    let row = |draft: ledger::DraftSummary| DraftRow {
        id: draft.id,
        customer: draft.customer,
        total: MoneyView {
            minor: draft.total_minor,
            currency,
        },
        saved_at: draft.saved_at.to_string(),
    };
    Ok(DraftList {
        drafts: drafts.into_iter().map(row).collect(),
    })
}

pub(crate) async fn draft_save(desk: &Desk, save: DraftSave) -> Outcome<DraftView> {
    let connection = desk.current();
    let DraftSave { id, revision, form } = save;
    let judged = judge(&connection, &form).await?;
    let (total, now, kept) = (judged.reading.totals.gross.minor, connection.now(), id.clone());
    let typed = form.clone();
    let revision = connection
        .books
        .with(move |books| books.save_draft(&kept, revision, &typed, total, now))
        .await??;
    let draft = Draft {
        id,
        revision,
        form,
        saved_at: now,
    };
    view(&connection, draft, &judged).await
}

pub(crate) async fn draft_discard(desk: &Desk, draft: DraftRef) -> Outcome<Nothing> {
    let connection = desk.current();
    connection
        .books
        .with(move |books| books.discard_draft(&draft.id))
        .await??;
    connection.tell(Event::DraftsChanged);
    Ok(Nothing {})
}

pub(crate) async fn draft_paper(desk: &Desk, wanted: DraftPaper) -> Outcome<PaperView> {
    let connection = desk.current();
    let id = wanted.id;
    let draft = connection.books.with(move |books| books.draft(&id)).await??;
    let judged = judge(&connection, &draft.form).await?;
    let record = business::record(&connection).await?;
    let language = match wanted.language {
        Some(language) => language,
        None => language_for(&connection, &draft.form, &record.paper_language).await,
    };
    papers::of_draft(
        desk,
        draft.form,
        judged.reading,
        judged.rulebook,
        record.business,
        language,
    )
    .await
}

/// The customer's language, or else the business's.
async fn language_for(connection: &Connection, form: &DraftForm, business: &str) -> PaperLanguage {
    let id = form.recipient.customer_id.clone();
    let customer = connection.books.with(move |books| books.customer(&id)).await;
    let own = customer
        .ok()
        .and_then(Result::ok)
        .and_then(|customer| customer.language);
    business::language(own.as_deref().unwrap_or(business))
}

pub(crate) async fn draft_send(desk: &Desk, send: DraftSend) -> Outcome<InvoiceView> {
    let connection = desk.current();
    let channel = send.channel.into();
    let id = send.id.clone();
    let draft = connection.books.with(move |books| books.draft(&id)).await??;
    if draft.revision != send.revision {
        return Err(Refusal::new(
            RefusalCode::ChangedMeanwhile,
            "The draft changed after it was shown.",
        ));
    }
    let judged = judge(&connection, &draft.form).await?;
    let problems: Vec<_> = forbidding(&judged.reading, channel).map(problem).collect();
    let Some(content) = judged.reading.content.filter(|_| problems.is_empty()) else {
        return Err(Refusal::new(
            RefusalCode::NotSendable,
            "The draft has problems; nothing was sent.",
        )
        .with_fields(problems));
    };
    let invoice_id = number_and_freeze(&connection, draft, content, channel).await?;
    connection.wake_senders();
    connection.tell(Event::DraftsChanged);
    connection.tell(Event::InvoicesChanged {
        ids: vec![invoice_id.clone()],
    });
    connection.tell(Event::ConnectionChanged);
    invoice::show(&connection, invoice_id).await
}

async fn number_and_freeze(
    connection: &Connection,
    draft: Draft,
    content: Content,
    channel: ::invoice::Channel,
) -> Outcome<String> {
    let invoice_id = Uuid::now_v7().to_string();
    let mut record = business::record(connection).await?;
    let language = language_for(connection, &draft.form, &record.paper_language).await;
    record.business.language = business::word(language).to_owned();
    let (kept, now) = (invoice_id.clone(), connection.now());
    connection
        .books
        .with(move |books| {
            let order = SendOrder {
                invoice_id: &kept,
                channel,
                content: &content,
                business: &record.business,
                hold_until: now.checked_add(HOLD).unwrap_or(now),
                now,
            };
            books.send(&draft.id, draft.revision, &order, |number| {
                mobilepay::create_request(&content, &number.to_string(), channel).map(|frozen| frozen.bytes)
            })
        })
        .await??;
    Ok(invoice_id)
}

/// A draft's reading and the rules it was read under.
pub(crate) struct Judged {
    pub(crate) reading: Reading,
    pub(crate) rulebook: Rulebook,
}

/// Reads `form` under the rules of the moment: the day, the issuers, what the customer got today.
pub(crate) async fn judge(connection: &Connection, form: &DraftForm) -> Outcome<Judged> {
    let record = business::record(connection).await?;
    let issuers = connection.issuers().await?;
    let phone = ::invoice::Phone::parse(&form.recipient.phone, connection.country).ok();
    let since = connection.start_of_today();
    let sent_to_phone_today = match phone {
        Some(phone) => {
            connection
                .books
                .with(move |books| books.sent_to_phone_since(&phone, since))
                .await??
        }
        None => 0,
    };
    let rulebook = Rulebook {
        country: connection.country,
        today: connection.today(),
        limits: ::invoice::Limits::of(connection.country),
        default_vat_rate: record.default_vat_rate,
        issuers: issuers
            .into_iter()
            .filter(|issuer| issuer.usable)
            .map(|issuer| issuer.id)
            .collect(),
        sent_to_phone_today,
    };
    Ok(Judged {
        reading: read(form, &rulebook),
        rulebook,
    })
}

pub(crate) async fn show(connection: &Connection, id: String) -> Outcome<DraftView> {
    let draft = connection.books.with(move |books| books.draft(&id)).await??;
    let judged = judge(connection, &draft.form).await?;
    view(connection, draft, &judged).await
}

async fn view(connection: &Connection, draft: Draft, judged: &Judged) -> Outcome<DraftView> {
    Ok(DraftView {
        id: draft.id,
        revision: draft.revision,
        saved_at: draft.saved_at.to_string(),
        reading: readings::view(&draft.form, &judged.reading, &judged.rulebook),
        form: draft.form,
        next_number: connection.books.with(|books| books.next_number()).await??,
        sent_today: judged.rulebook.sent_to_phone_today,
    })
}

/// A new draft shows one empty line to type in.
fn blank() -> DraftForm {
    DraftForm {
        lines: vec![::invoice::LineForm::default()],
        ..DraftForm::default()
    }
}

pub(crate) async fn due(connection: &Connection) -> Outcome<String> {
    let days = business::record(connection).await?.default_due_days;
    let today = connection.today();
    let due = today
        .checked_add(jiff::Span::new().days(i64::from(days)))
        .unwrap_or(today);
    Ok(due.to_string())
}

fn recipient(customer: &Customer) -> RecipientForm {
    RecipientForm {
        customer_id: customer.id.clone(),
        name: customer.name.clone(),
        phone: customer
            .phone
            .as_ref()
            .map(|phone| phone.e164().to_owned())
            .unwrap_or_default(),
        address: ::invoice::AddressForm {
            street: customer.address.street.clone(),
            postal_code: customer.address.postal_code.clone(),
            city: customer.address.city.clone(),
            extra: customer.address.extra.clone(),
        },
    }
}
