//! A request whose members could be read (spec 9.1), and what is wrong with one whose members could not.
//!
//! Deliberately absent: rules that look at the books or the calendar; those are in `rules`. Members that the documents call
//! ignored (`CountryCode`, `CurrencyCode`) and unknown ones are not looked at (spec 7).

use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::reader::Reader;
use crate::config::Country;
use crate::invoice::{Article, Invoice, Status};
use crate::json::{Members, canonical};
use crate::readings::Reading;
use crate::seed::Merchant;
use crate::world::World;

/// Members that are read for their type and kept nowhere: no answer returns them (spec 10.2).
const TEXTS: [&str; 4] = [
    "ConsumerName",
    "MerchantContactName",
    "MerchantOrderNumber",
    "BuyerOrderNumber",
];

/// Fields and what is wrong with each.
pub(super) type Problems = Vec<(String, &'static str)>;

pub(super) const INVALID: &str = "Invalid input";

/// A request whose members could be read.
pub(super) struct Draft {
    issuer: String,
    phone: Option<String>,
    number: Option<String>,
    reference: Option<String>,
    comment: Option<String>,
    total: Decimal,
    vat: Option<Decimal>,
    issue_date: Option<Date>,
    due_date: Date,
    own_pdf: Option<String>,
    redirect_url: Option<String>,
    articles: Vec<Article>,
    canonical: String,
}

impl Draft {
    /// Reads one invoice; the error names every field that is wrong.
    pub(super) fn read(world: &World, body: &str, as_link: bool, country: Country) -> Result<Self, Problems> {
        let members = Members::of(body)
            .ok_or_else(|| vec![(String::new(), "A non-empty request body is required.")])?;
        let mut reader = Reader::of(&members);
        let draft = Self {
            issuer: reader.guid("InvoiceIssuer"),
            phone: reader.phone(as_link, country),
            number: reader.text("InvoiceNumber"),
            reference: reader.text("PaymentReference"),
            comment: reader.text("Comment"),
            total: reader.needed_number("TotalAmount"),
            vat: reader.two_decimals("TotalVATAmount"),
            issue_date: reader.date("IssueDate"),
            due_date: reader.needed_date("DueDate"),
            own_pdf: reader.https("InvoiceUrl"),
            redirect_url: if as_link { reader.text("RedirectUrl") } else { None },
            articles: reader.articles(),
            canonical: canonical(body).ok_or_else(|| vec![(String::new(), INVALID)])?,
        };
        draft.names_itself(&mut reader, world.readings.has(Reading::NumberRequired));
        for kept_nowhere in TEXTS {
            reader.text(kept_nowhere);
        }
        for lines in ["ConsumerAddressLines", "DeliveryAddressLines"] {
            reader.texts(lines);
        }
        for date in ["OrderDate", "DeliveryDate"] {
            reader.date(date);
        }
        let problems = reader.into_problems();
        if problems.is_empty() {
            Ok(draft)
        } else {
            Err(problems)
        }
    }

    /// A number or a reference (spec 12.1; 21 item 34), and a reference of sixty characters at most.
    fn names_itself(&self, reader: &mut Reader, number_required: bool) {
        if reader.is_faulty("InvoiceNumber") || reader.is_faulty("PaymentReference") {
            return;
        }
        if self.number.is_none() && number_required {
            reader.fault("InvoiceNumber", "Value is required");
        } else if self.number.is_none() && self.reference.is_none() {
            reader.fault("InvoiceNumber", "InvoiceNumber or PaymentReference is required");
        }
        let length = self
            .reference
            .as_ref()
            .map_or(0, |reference| reference.chars().count());
        if length > 60 {
            reader.fault("PaymentReference", "The maximum length is 60");
        }
    }

    /// The invoice that it would become today.
    pub(super) fn into_invoice(
        self,
        world: &World,
        merchant: &Merchant,
        today: Date,
        as_link: bool,
    ) -> Invoice {
        Invoice {
            id: Uuid::new_v4().to_string(),
            merchant: merchant.id.to_owned(),
            issuer: self.issuer,
            link: as_link.then(|| Uuid::new_v4().to_string()),
            phone: self.phone,
            number: self.number,
            reference: self.reference,
            comment: self.comment,
            total: self.total,
            vat: self.vat,
            issue_date: self.issue_date,
            due_date: self.due_date,
            own_pdf: self.own_pdf,
            redirect_url: self.redirect_url,
            articles: self.articles,
            canonical: self.canonical,
            created_on: today,
            created_at: world.now(),
            status: Status::Created,
            payment_date: None,
            card_expired: false,
            transaction: None,
            payer: None,
            paid_at: None,
            from_batch: false,
            wrong: None,
        }
    }
}
