//! Creating an invoice: every rule of spec 12 with its code, then one row that is on disk before the answer.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::config::Country;
use crate::gateway::{self, Caller};
use crate::json::{Members, canonical};
use crate::readings::Reading;
use crate::seed::{self, Merchant};
use crate::server::World;
use crate::state::{Article, Invoice, Status};

/// `POST …/invoices` (spec 9.2).
pub(crate) async fn direct(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, false).unwrap_or_else(|refused| refused)
}

/// `POST …/invoices/link` (spec 9.4).
pub(crate) async fn link(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, true).unwrap_or_else(|refused| refused)
}

fn create(
    world: &World,
    merchant: &str,
    headers: &HeaderMap,
    body: &str,
    as_link: bool,
) -> Result<Response, Response> {
    let caller = gateway::check(world, headers)?;
    gateway::check_merchant(&caller, merchant)?;
    let merchant = seed::merchant(merchant)
        .ok_or_else(|| gateway::domain_error(Some(10302), "Merchant not found", &caller.correlation))?;
    let today = world.today(merchant.country);
    let draft = Draft::read(body, as_link, merchant.country)
        .map_err(|problems| gateway::input_error(&problems, &caller.correlation))?;
    // Spec 21 item 34.
    if draft.number.is_none() && world.readings.has(Reading::NumberRequired) {
        let problem = ("InvoiceNumber".to_owned(), "Value is required");
        return Err(gateway::input_error(&[problem], &caller.correlation));
    }
    let invoice = draft.into_invoice(world, merchant, today, as_link);
    let href = world.href(&invoice);
    let id = invoice.id.clone();
    store(world, &caller, merchant, invoice, today)?;
    let answer = match href {
        None => json!({ "InvoiceId": id }),
        Some(href) => json!({ "InvoiceId": id, "Links": [{ "Rel": "user-redirect", "Href": href }] }),
    };
    // Spec 21 item 1.
    let status = if world.readings.has(Reading::Created202) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(answer)).into_response())
}

/// The rules that look at the books, and the write, under one lock: two equal requests at once give one invoice.
fn store(
    world: &World,
    caller: &Caller,
    merchant: &Merchant,
    invoice: Invoice,
    today: Date,
) -> Result<(), Response> {
    let refuse = |code, text: &str| Err(gateway::domain_error(Some(code), text, &caller.correlation));
    let mut state = world.lock();
    let ours = || {
        state
            .invoices
            .values()
            .filter(|other| other.merchant == invoice.merchant)
    };
    // Equal in all fields, whatever became of the other (spec 12.4; 21.2). The code's hundreds put it before all other checks
    // (spec 13.3): an identical repeat after midnight must say *exists*, not *too late*.
    if ours()
        .any(|other| other.canonical == invoice.canonical && other.link.is_some() == invoice.link.is_some())
    {
        return Err(gateway::duplicate(world, &caller.correlation));
    }
    if invoice.total <= Decimal::ZERO {
        // Spec 21 item 43.
        if world.readings.has(Reading::TotalIsInput) {
            let problem = ("TotalAmount".to_owned(), INVALID);
            return Err(gateway::input_error(&[problem], &caller.correlation));
        }
        return refuse(10008, "Total amount must be greater than 0");
    }
    if invoice.total > Decimal::from(world.limit(merchant.country)) {
        return refuse(10201, "Total invoice amount is exceeded");
    }
    match merchant.issuers.iter().find(|issuer| issuer.id == invoice.issuer) {
        None => return refuse(10202, "Invoice issuer not found"),
        // Undocumented (spec 8.2); the default of spec 21.2.
        Some(issuer) if issuer.status != "enabled" => return refuse(10203, "Account validation error"),
        Some(_) => {}
    }
    if invoice.due_date < today {
        return refuse(10311, "DueDate must be today or later");
    }
    // The strict formula, or the words around it (spec 21 item 22).
    let end = 400 + i32::from(world.readings.has(Reading::InclusiveDueDate));
    if invoice.due_date >= today.checked_add(Span::new().days(end)).unwrap_or(Date::MAX) {
        return refuse(10310, "DueDate must be no later than 400 days from today");
    }
    if invoice.issue_date.is_some_and(|date| date > today) {
        return refuse(10312, "IssueDate must be no later than today");
    }
    let unknown = invoice
        .phone
        .as_deref()
        .is_some_and(|phone| seed::consumer_by_phone(phone).is_none());
    let unavailable = invoice
        .phone
        .as_deref()
        .is_some_and(|phone| seed::UNAVAILABLE.contains(&phone));
    if invoice.link.is_none() && unavailable {
        return refuse(10102, "MobilePay user not available");
    }
    if invoice.link.is_none() && unknown {
        return refuse(10101, "MobilePay user not found");
    }
    let to_the_same = ours()
        .filter(|other| other.phone.is_some() && other.phone == invoice.phone && other.created_on == today);
    if invoice.phone.is_some() && to_the_same.count() >= 10 {
        return refuse(
            10314,
            "Your daily limit has been reached. No more than 10 invoices can be created per consumer per merchant per day.",
        );
    }
    state
        .put(invoice)
        .map_err(|_| gateway::server_error(&caller.correlation))
}

type Problems = Vec<(String, &'static str)>;

/// A request whose members could be read.
struct Draft {
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

const INVALID: &str = "Invalid input";

impl Draft {
    fn read(body: &str, as_link: bool, country: Country) -> Result<Self, Problems> {
        let members = Members::of(body)
            .ok_or_else(|| vec![(String::new(), "A non-empty request body is required.")])?;
        let mut reader = Reader {
            members: &members,
            problems: Vec::new(),
        };
        let draft = Self {
            issuer: reader.needed("InvoiceIssuer").to_lowercase(),
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
        if Uuid::parse_str(&draft.issuer).is_err() && !draft.issuer.is_empty() {
            reader.fault("InvoiceIssuer", INVALID);
        }
        if draft.number.is_none() && draft.reference.is_none() {
            reader.fault("InvoiceNumber", "InvoiceNumber or PaymentReference is required");
        }
        if draft
            .reference
            .as_ref()
            .is_some_and(|reference| reference.chars().count() > 60)
        {
            reader.fault("PaymentReference", "The maximum length is 60");
        }
        for other in ["OrderDate", "DeliveryDate"] {
            reader.date(other);
        }
        if reader.problems.is_empty() {
            Ok(draft)
        } else {
            Err(reader.problems)
        }
    }

    fn into_invoice(self, world: &World, merchant: &Merchant, today: Date, as_link: bool) -> Invoice {
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
        }
    }
}

/// Reads members and collects what is wrong with them.
struct Reader<'a> {
    members: &'a Members,
    problems: Problems,
}

impl Reader<'_> {
    fn fault(&mut self, field: &str, text: &'static str) {
        self.problems.push((field.to_owned(), text));
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.members.text(&name.to_lowercase()) {
            Ok(text) => text.filter(|text| !text.trim().is_empty()),
            Err(()) => {
                self.fault(name, INVALID);
                None
            }
        }
    }

    fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_none() && !self.members.has(&name.to_lowercase()) {
            self.fault(name, "Value is required");
        }
        text.unwrap_or_default()
    }

    fn needed_number(&mut self, name: &str) -> Decimal {
        // Missing or no number is an input error; zero and less is a domain error (spec 21 item 43).
        match self.members.number(&name.to_lowercase()) {
            Ok(Some(number)) => return number,
            Ok(None) => self.fault(name, "Value is required"),
            Err(()) => self.fault(name, INVALID),
        }
        Decimal::ZERO
    }

    fn two_decimals(&mut self, name: &str) -> Option<Decimal> {
        match self.members.number(&name.to_lowercase()) {
            Ok(number) => {
                if number.is_some_and(|number| number.normalize().scale() > 2) {
                    self.fault(name, "At most two decimals are allowed");
                }
                number
            }
            Err(()) => {
                self.fault(name, INVALID);
                None
            }
        }
    }

    /// An optional number of any scale; another type is named, never passed over.
    fn number(&mut self, name: &str) -> Option<Decimal> {
        self.members.number(&name.to_lowercase()).unwrap_or_else(|()| {
            self.fault(name, INVALID);
            None
        })
    }

    /// A date, or a date-time of which the date counts (spec 21 item 36).
    fn date(&mut self, name: &str) -> Option<Date> {
        let text = self.text(name)?;
        let date = text.get(..10).and_then(|date| date.parse().ok());
        let whole = text.len() == 10 || text.as_bytes().get(10) == Some(&b'T');
        if date.is_none() || !whole {
            self.fault(name, INVALID);
            return None;
        }
        date
    }

    fn needed_date(&mut self, name: &str) -> Date {
        let before = self.problems.len();
        let date = self.date(name);
        if date.is_none() && self.problems.len() == before {
            self.fault(name, "Value is required");
        }
        date.unwrap_or(Date::ZERO)
    }

    fn https(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let is_https = url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https");
        if !is_https {
            self.fault(name, "The URL must be https");
        }
        Some(text)
    }

    fn phone(&mut self, as_link: bool, country: Country) -> Option<String> {
        let alias = match self.members.object("consumeralias") {
            Ok(Some(alias)) => alias,
            Ok(None) => {
                if !as_link {
                    self.fault("ConsumerAlias", "Value is required");
                }
                return None;
            }
            Err(()) => {
                self.fault("ConsumerAlias", INVALID);
                return None;
            }
        };
        if alias.text("aliastype").ok().flatten().as_deref() != Some("Phone") {
            self.fault(
                "ConsumerAlias.AliasType",
                "AliasType is required. Allowed values are \"Phone\"",
            );
        }
        let phone = alias
            .text("alias")
            .ok()
            .flatten()
            .and_then(|text| e164(&text, country));
        if phone.is_none() {
            self.fault("ConsumerAlias.Alias", "Invalid phone number");
        }
        phone
    }

    fn articles(&mut self) -> Vec<Article> {
        let Ok(items) = self.members.objects("invoicearticles") else {
            self.fault("InvoiceArticles", INVALID);
            return Vec::new();
        };
        if items.is_empty() {
            self.fault("InvoiceArticles", "At least one element is required");
        }
        items
            .iter()
            .enumerate()
            .map(|(index, item)| self.article(index, item))
            .collect()
    }

    fn article(&mut self, index: usize, item: &Members) -> Article {
        let mut inner = Reader {
            members: item,
            problems: Vec::new(),
        };
        let article = Article {
            number: inner.text("ArticleNumber"),
            description: inner.needed("ArticleDescription"),
            vat_rate: inner.number("VATRate"),
            vat: inner.two_decimals("TotalVATAmount"),
            total: inner.number("TotalPriceIncludingVat"),
            quantity: inner.number("Quantity"),
            price: inner.number("PricePerUnit"),
        };
        let named =
            |(field, text): (String, &'static str)| (format!("InvoiceArticles[{index}].{field}"), text);
        self.problems.extend(inner.problems.into_iter().map(named));
        article
    }
}

/// The forms of spec 12.6, to `+` and digits.
fn e164(text: &str, country: Country) -> Option<String> {
    let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let digits_only = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
    let international = match compact.strip_prefix('+').or_else(|| compact.strip_prefix("00")) {
        Some(rest) => rest.to_owned(),
        None if country == Country::Dk && compact.len() == 8 => format!("45{compact}"),
        None => return None,
    };
    let right = digits_only(&international)
        && match international.get(..2) {
            Some("45") => international.len() == 10,
            _ => international.starts_with("358") && (7..=15).contains(&international.len()),
        };
    right.then(|| format!("+{international}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_of_a_phone_is_read() {
        for text in ["+4557373259", "0045 57 37 32 59", "57373259"] {
            assert_eq!(e164(text, Country::Dk).as_deref(), Some("+4557373259"));
        }
        for text in ["5737325", "+455737325", "+46701234567", "57373259a", ""] {
            assert_eq!(e164(text, Country::Dk), None, "{text}");
        }
        assert_eq!(e164("57373259", Country::Fi), None);
    }
}
