//! What the good answers say (spec 8 to 10, 16).
//!
//! Every member but the ids may be missing or null, so nearly everything is optional here; what is unknown stays
//! in [`crate::Trace::body`].

use invoice::State;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::json::{Members, is_id};

/// `merchants/me` (spec 8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The merchant of the access token (guid).
    pub merchant_id: String,
}

/// The merchant's issuers (spec 8.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuers {
    /// In the order of the answer. Entries without an id are left out.
    pub issuers: Vec<Issuer>,
}

/// One issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Guid, used when creating.
    pub id: String,
    /// Shown to the payer.
    pub name: Option<String>,
    /// `Account`.
    pub account_type: Option<String>,
    /// Whether it can be used.
    pub status: IssuerStatus,
    /// Street.
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub zip_code: Option<String>,
}

/// Whether an issuer can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerStatus {
    /// Waits for approval.
    Pending,
    /// Usable.
    Enabled,
    /// Switched off by the merchant.
    Disabled,
    /// Null, missing (`None`) or a word the documents do not know: unknown is not disabled (spec 8.2).
    Unknown(Option<String>),
}

impl IssuerStatus {
    /// Whether invoices may be created with it; an unknown status is tried.
    pub const fn may_be_used(&self) -> bool {
        matches!(self, Self::Enabled | Self::Unknown(_))
    }
}

/// An invoice sent to a phone was taken in (spec 9.2). It is delivered only when its status says `created`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Guid.
    pub invoice_id: String,
}

/// An invoice link was created (spec 9.4).
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedLink {
    /// Guid.
    pub invoice_id: String,
    /// The address for the customer, opaque. It is never told again; `None` if the answer lacks it.
    pub href: Option<String>,
}

/// With the address anybody can open the invoice, so it is not printed.
impl std::fmt::Debug for CreatedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let href = self.href.as_ref().map(|_| "…");
        f.debug_struct("CreatedLink")
            .field("invoice_id", &self.invoice_id)
            .field("href", &href)
            .finish()
    }
}

/// The status of an invoice (spec 10.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Guid, as asked for.
    pub invoice_id: String,
    /// The state; an unknown word is kept.
    pub state: State,
}

/// The details of an invoice (spec 10.2). The customer is never among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Guid, as asked for.
    pub invoice_id: String,
    /// The state, if told.
    pub state: Option<State>,
    /// Number.
    pub invoice_number: Option<String>,
    /// Issue date.
    pub issue_date: Option<Date>,
    /// Due date.
    pub due_date: Option<Date>,
    /// Scheduled or actual day of payment; means nothing while the state is `created`.
    pub payment_date: Option<Date>,
    /// Comment.
    pub comment: Option<String>,
    /// Payment reference.
    pub payment_reference: Option<String>,
    /// Joins to the reports once paid.
    pub payment_transaction_id: Option<String>,
    /// ISO code.
    pub currency_code: Option<String>,
    /// To pay, major units.
    pub total_amount: Option<Decimal>,
    /// VAT, major units.
    pub total_vat_amount: Option<Decimal>,
    /// Without VAT, major units.
    pub total_amount_excluding_vat: Option<Decimal>,
    /// Sums a rate.
    pub vat_totals: Vec<VatTotal>,
    /// Lines, with five members only.
    pub articles: Vec<Article>,
    /// Guid.
    pub merchant_id: Option<String>,
    /// Guid.
    pub issuer_id: Option<String>,
    /// Name of the issuer.
    pub issuer_name: Option<String>,
    /// The merchant's own PDF.
    pub invoice_url: Option<String>,
}

/// One line of [`Details`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Item number.
    pub number: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Major units.
    pub total_including_vat: Option<Decimal>,
    /// Quantity.
    pub quantity: Option<Decimal>,
    /// Major units.
    pub price_per_unit: Option<Decimal>,
}

/// VAT of one rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatTotal {
    /// Percent.
    pub rate: Option<Decimal>,
    /// Major units.
    pub vat: Option<Decimal>,
}

/// An id that can be used in later calls.
fn id(members: &Members, name: &str) -> Option<String> {
    members
        .text(name)
        .map(|text| text.trim().to_owned())
        .filter(|text| is_id(text))
}

/// The asked id, unless the answer is about another invoice.
fn same_id(members: &Members, asked: &str) -> Option<String> {
    let told = members.text("InvoiceId");
    told.is_none_or(|told| told.trim().eq_ignore_ascii_case(asked))
        .then(|| asked.to_owned())
}

pub(crate) fn me(body: &str) -> Option<Me> {
    Some(Me {
        merchant_id: id(&Members::of(body)?, "MerchantId")?,
    })
}

pub(crate) fn issuers(body: &str) -> Option<Issuers> {
    let members = Members::of(body)?;
    members.has("InvoiceIssuers").then(|| Issuers {
        issuers: members
            .objects("InvoiceIssuers")
            .iter()
            .filter_map(issuer)
            .collect(),
    })
}

fn issuer(members: &Members) -> Option<Issuer> {
    let status = match members.some_text("Status") {
        Some(word) if word.eq_ignore_ascii_case("pending") => IssuerStatus::Pending,
        Some(word) if word.eq_ignore_ascii_case("enabled") => IssuerStatus::Enabled,
        Some(word) if word.eq_ignore_ascii_case("disabled") => IssuerStatus::Disabled,
        other => IssuerStatus::Unknown(other),
    };
    Some(Issuer {
        id: id(members, "Id")?,
        name: members.some_text("Name"),
        account_type: members.some_text("AccountType"),
        status,
        address: members.some_text("Address"),
        city: members.some_text("City"),
        zip_code: members.some_text("ZipCode"),
    })
}

pub(crate) fn created(body: &str) -> Option<Created> {
    Some(Created {
        invoice_id: id(&Members::of(body)?, "InvoiceId")?,
    })
}

pub(crate) fn created_link(body: &str) -> Option<CreatedLink> {
    let members = Members::of(body)?;
    Some(CreatedLink {
        invoice_id: id(&members, "InvoiceId")?,
        href: members.user_redirect(),
    })
}

pub(crate) fn status(body: &str, asked: &str) -> Option<Status> {
    let members = Members::of(body)?;
    let state = State::parse(members.some_text("Status")?.trim());
    Some(Status {
        invoice_id: same_id(&members, asked)?,
        state,
    })
}

pub(crate) fn details(body: &str, asked: &str) -> Option<Details> {
    let members = Members::of(body)?;
    // An answer with neither state nor total is about something else.
    if !members.has("Status") && !members.has("TotalAmount") {
        return None;
    }
    Some(Details {
        invoice_id: same_id(&members, asked)?,
        state: members.some_text("Status").map(|word| State::parse(word.trim())),
        invoice_number: members.some_text("InvoiceNumber"),
        issue_date: members.date("IssueDate"),
        due_date: members.date("DueDate"),
        payment_date: members.date("PaymentDate"),
        comment: members.some_text("Comment"),
        payment_reference: members.some_text("PaymentReference"),
        payment_transaction_id: members.some_text("PaymentTransactionId"),
        currency_code: members.some_text("CurrencyCode"),
        total_amount: members.decimal("TotalAmount"),
        total_vat_amount: members.decimal("TotalVatAmount"),
        total_amount_excluding_vat: members.decimal("TotalAmountExcludingVat"),
        vat_totals: members
            .objects("InvoiceVatTotals")
            .iter()
            .map(vat_total)
            .collect(),
        articles: members.objects("InvoiceArticles").iter().map(article).collect(),
        merchant_id: members.some_text("MerchantId"),
        issuer_id: members.some_text("InvoiceIssuerId"),
        issuer_name: members.some_text("InvoiceIssuerName"),
        invoice_url: members.some_text("InvoiceUrl"),
    })
}

fn vat_total(members: &Members) -> VatTotal {
    VatTotal {
        rate: members.decimal("VatRate"),
        vat: members.decimal("TotalVatAmount"),
    }
}

fn article(members: &Members) -> Article {
    Article {
        number: members.some_text("ArticleNumber"),
        description: members.some_text("ArticleDescription"),
        total_including_vat: members.decimal("TotalPriceIncludingVat"),
        quantity: members.decimal("Quantity"),
        price_per_unit: members.decimal("PricePerUnit"),
    }
}
