//! The customer of a form: name, phone and address, and what the service says of phones.

use super::{ProblemCode, findings::Findings, head};
use crate::{Channel, Country, DraftForm, Phone, PhoneError, Recipient, Rulebook, texts};

const PHONE: &str = "recipient.phone";

pub(crate) fn read_recipient(form: &DraftForm, rulebook: &Rulebook, found: &mut Findings) -> Recipient {
    Recipient {
        customer_id: texts::some(&form.recipient.customer_id),
        name: found.text("recipient.name", &form.recipient.name),
        phone: phone(&form.recipient.phone, rulebook, found),
        address: head::address("recipient.address", &form.recipient.address, found),
    }
}

fn phone(typed: &str, rulebook: &Rulebook, found: &mut Findings) -> Option<Phone> {
    if typed.trim().is_empty() {
        found.problem_for(PHONE, ProblemCode::PhoneMissing, Channel::Phone);
        return None;
    }
    match Phone::parse(typed, rulebook.country) {
        Ok(phone) => {
            judge(&phone, rulebook, found);
            Some(phone)
        }
        Err(error) => {
            refuse(error, typed, rulebook.country, found);
            None
        }
    }
}

fn judge(phone: &Phone, rulebook: &Rulebook, found: &mut Findings) {
    if phone.country() != Some(rulebook.country) {
        found.warning(PHONE, ProblemCode::PhoneOtherCountry, &[]);
    }
    // A link that names the phone counts like an invoice to it (spec 21.2), so this concerns both channels.
    let limit = rulebook.limits.per_consumer_per_day;
    if rulebook.sent_to_phone_today >= limit {
        found.problem(
            PHONE,
            ProblemCode::DailyLimitReached,
            &[("limit", limit.to_string())],
        );
    }
}

fn refuse(error: PhoneError, typed: &str, country: Country, found: &mut Findings) {
    let code = match error {
        PhoneError::NotANumber => ProblemCode::PhoneUnreadable,
        PhoneError::TooShort => ProblemCode::PhoneTooShort,
        PhoneError::TooLong => ProblemCode::PhoneTooLong,
        PhoneError::ForeignCountry => ProblemCode::PhoneForeign,
    };
    let mut params = Vec::new();
    if matches!(error, PhoneError::TooShort | PhoneError::TooLong) {
        let (digits, danish) = national_digits(typed, country);
        params.push(("digits", digits.to_string()));
        if danish {
            params.push(("needed", "8".to_owned()));
        }
    }
    found.problem(PHONE, code, &params);
}

/// How many digits the merchant would count, without a Danish country code, and whether the number is Danish.
fn national_digits(typed: &str, country: Country) -> (usize, bool) {
    let international = typed.trim_start().starts_with('+') || typed.trim_start().starts_with("00");
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let significant = if international {
        digits.trim_start_matches('0')
    } else {
        digits.as_str()
    };
    match (international, significant.strip_prefix("45")) {
        (true, Some(national)) => (national.len(), true),
        (true, None) => (significant.len(), false),
        (false, _) => (significant.len(), country == Country::Dk),
    }
}
