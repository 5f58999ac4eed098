//! Members of one request, read one after the other, and a list of what is wrong with them (spec 9.1, 12.1).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::draft::{INVALID, Problems};
use crate::config::Country;
use crate::invoice::Article;
use crate::json::Members;

const REQUIRED: &str = "Value is required";

/// Reads members and collects what is wrong with them.
pub(super) struct Reader<'a> {
    members: &'a Members,
    problems: Problems,
}

impl<'a> Reader<'a> {
    pub(super) fn of(members: &'a Members) -> Self {
        Self {
            members,
            problems: Vec::new(),
        }
    }

    pub(super) fn into_problems(self) -> Problems {
        self.problems
    }

    /// Whether something was already said of this field.
    pub(super) fn is_faulty(&self, field: &str) -> bool {
        self.problems.iter().any(|(known, _)| known == field)
    }

    pub(super) fn fault(&mut self, field: &str, text: &'static str) {
        self.problems.push((field.to_owned(), text));
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.members.text(&name.to_lowercase()) {
            Ok(text) => text.filter(|text| !text.trim().is_empty()),
            Err(()) => {
                self.fault(name, INVALID);
                None
            }
        }
    }

    /// A text that must have something in it.
    pub(super) fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.is_none() && !self.is_faulty(name) {
            self.fault(name, REQUIRED);
        }
        text.unwrap_or_default()
    }

    /// An id, in the lower case in which ours are kept.
    pub(super) fn guid(&mut self, name: &str) -> String {
        let text = self.needed(name).to_lowercase();
        if Uuid::parse_str(&text).is_err() && !self.is_faulty(name) {
            self.fault(name, INVALID);
        }
        text
    }

    /// A list of texts, of which any may be null.
    pub(super) fn texts(&mut self, name: &str) {
        if self.members.texts(&name.to_lowercase()).is_err() {
            self.fault(name, INVALID);
        }
    }

    pub(super) fn needed_number(&mut self, name: &str) -> Decimal {
        // Missing or no number is an input error; zero and less is a domain error (spec 21 item 43).
        match self.members.number(&name.to_lowercase()) {
            Ok(Some(number)) => return number,
            Ok(None) => self.fault(name, REQUIRED),
            Err(()) => self.fault(name, INVALID),
        }
        Decimal::ZERO
    }

    pub(super) fn two_decimals(&mut self, name: &str) -> Option<Decimal> {
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
    pub(super) fn date(&mut self, name: &str) -> Option<Date> {
        let text = self.text(name)?;
        let whole = text.len() == 10 || text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok();
        let date = text.get(..10).and_then(|date| date.parse().ok());
        if date.is_none() || !whole {
            self.fault(name, INVALID);
            return None;
        }
        date
    }

    pub(super) fn needed_date(&mut self, name: &str) -> Date {
        let date = self.date(name);
        if date.is_none() && !self.is_faulty(name) {
            self.fault(name, REQUIRED);
        }
        date.unwrap_or(Date::ZERO)
    }

    pub(super) fn https(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let is_https = url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https");
        if !is_https {
            self.fault(name, "The URL must be https");
        }
        Some(text)
    }

    pub(super) fn phone(&mut self, as_link: bool, country: Country) -> Option<String> {
        let alias = match self.members.object("consumeralias") {
            Ok(Some(alias)) => alias,
            Ok(None) => {
                if !as_link {
                    self.fault("ConsumerAlias", REQUIRED);
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

    pub(super) fn articles(&mut self) -> Vec<Article> {
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
        let mut inner = Reader::of(item);
        let article = Article {
            number: inner.text("ArticleNumber"),
            description: inner.needed("ArticleDescription"),
            vat_rate: inner.number("VATRate"),
            vat: inner.two_decimals("TotalVATAmount"),
            total: inner.number("TotalPriceIncludingVat"),
            quantity: inner.number("Quantity"),
            price: inner.number("PricePerUnit"),
        };
        inner.text("Unit");
        for amount in ["PriceReduction", "PriceDiscount", "Bonus"] {
            inner.number(amount);
        }
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
