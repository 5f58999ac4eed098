//! The business on the paper and its defaults.

use ::invoice::{Address, Business, Channel, Country, read_number};
use ledger::{BusinessRecord, LedgerError, NextNumber};
use rust_decimal::Decimal;

use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{
    BusinessChange, BusinessSaved, BusinessView, Event, PaperLanguage, ProblemName, ProblemView,
};
use crate::readings::{plain, plain_problem};
use crate::refuse::Outcome;

pub(crate) async fn business_save(desk: &Desk, change: BusinessChange) -> Outcome<BusinessSaved> {
    let BusinessChange {
        business: view,
        shown_number: shown,
    } = change;
    let connection = desk.current();
    let (record, problems) = read(&view, default_channel(&connection).await?);
    let Some(record) = record.filter(|_| problems.is_empty()) else {
        return Ok(BusinessSaved {
            business: show(&connection).await?,
            problems,
        });
    };
    // A box that nobody touched is no wish: the series may have moved since it was shown.
    let wanted = view.next_number;
    let next = (wanted != shown).then_some(NextNumber { shown, wanted });
    let saved = connection
        .books
        .with(move |books| books.save_business(&record, next));
    if let Err(error) = saved.await? {
        return Ok(BusinessSaved {
            problems: vec![number_problem(&error).ok_or(error)?],
            business: show(&connection).await?,
        });
    }
    connection.tell(Event::ConnectionChanged);
    Ok(BusinessSaved {
        business: show(&connection).await?,
        problems,
    })
}

/// What is wrong with a number that was typed, if that is it.
fn number_problem(error: &LedgerError) -> Option<ProblemView> {
    Some(match error {
        LedgerError::NumberTaken(_) => plain_problem("nextNumber", ProblemName::NumberTaken),
        LedgerError::NumberTooLarge(_) => plain_problem("nextNumber", ProblemName::NumberTooLarge),
        LedgerError::NumberMoved(next) => ProblemView {
            params: [("next".to_owned(), next.to_string())].into(),
            ..plain_problem("nextNumber", ProblemName::NumberMoved)
        },
        _ => return None,
    })
}

/// The business as it stands; before it was saved once, what the issuer and the country say.
pub(crate) async fn record(connection: &Connection) -> Outcome<BusinessRecord> {
    if let Some(record) = connection.books.with(|books| books.business()).await?? {
        return Ok(record);
    }
    let issuer = connection
        .issuers()
        .await?
        .into_iter()
        .find(|issuer| issuer.usable);
    let mut business = Business::default();
    if let Some(issuer) = issuer {
        business.name = issuer.name;
        business.address = address_of(issuer.address.as_deref().unwrap_or_default());
    }
    if let Some(vat) = &connection.saved.view.merchant_vat {
        business.company_id = vat
            .trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
            .to_owned();
    }
    Ok(BusinessRecord {
        business,
        default_vat_rate: connection.country.standard_vat_rate(connection.today()),
        default_due_days: 14,
        paper_language: match connection.country {
            Country::Dk => "da".into(),
            Country::Fi => "fi".into(),
        },
        default_channel: Channel::Link,
    })
}

/// What the window shows of it.
pub(crate) async fn show(connection: &Connection) -> Outcome<BusinessView> {
    let record = record(connection).await?;
    let next_number = connection.books.with(|books| books.next_number()).await??;
    let Business {
        name,
        address,
        company_id,
        footer,
        email,
        phone,
        language: _,
    } = record.business;
    Ok(BusinessView {
        name,
        street: address.street,
        postal_code: address.postal_code,
        city: address.city,
        company_id,
        email,
        phone,
        footer,
        // As it is written in both countries; the box takes a point, too.
        default_vat_rate: plain(record.default_vat_rate).replace('.', ","),
        default_due_days: record.default_due_days,
        next_number,
        paper_language: language(&record.paper_language),
    })
}

/// `Havnegade 3, 2150 Nordhavn` as an address.
fn address_of(text: &str) -> Address {
    let (street, town) = text.rsplit_once(", ").unwrap_or((text, ""));
    let (postal_code, city) = town.split_once(' ').unwrap_or(("", town));
    Address {
        street: street.into(),
        postal_code: postal_code.into(),
        city: city.into(),
        extra: String::new(),
    }
}

async fn default_channel(connection: &Connection) -> Outcome<Channel> {
    Ok(record(connection).await?.default_channel)
}

fn read(view: &BusinessView, default_channel: Channel) -> (Option<BusinessRecord>, Vec<ProblemView>) {
    let mut problems = Vec::new();
    if view.name.trim().is_empty() {
        problems.push(plain_problem("name", ProblemName::NameMissing));
    }
    let rate = read_number(&view.default_vat_rate);
    match rate {
        Err(_) => problems.push(plain_problem("defaultVatRate", ProblemName::NumberUnreadable)),
        Ok(rate) if rate < Decimal::ZERO || rate > Decimal::ONE_HUNDRED => {
            problems.push(plain_problem("defaultVatRate", ProblemName::VatRateOutOfRange));
        }
        Ok(_) => {}
    }
    if !view.email.trim().is_empty() && !view.email.contains('@') {
        problems.push(plain_problem("email", ProblemName::EmailUnreadable));
    }
    let trimmed = |text: &str| text.trim().to_owned();
    let record = rate.ok().map(|default_vat_rate| BusinessRecord {
        business: Business {
            name: trimmed(&view.name),
            address: Address {
                street: trimmed(&view.street),
                postal_code: trimmed(&view.postal_code),
                city: trimmed(&view.city),
                extra: String::new(),
            },
            company_id: trimmed(&view.company_id),
            footer: trimmed(&view.footer),
            email: trimmed(&view.email),
            phone: trimmed(&view.phone),
            language: String::new(),
        },
        default_vat_rate,
        default_due_days: view.default_due_days.min(399),
        paper_language: word(view.paper_language).into(),
        default_channel,
    });
    (record, problems)
}

/// A stored language.
pub(crate) fn language(word: &str) -> PaperLanguage {
    match word {
        "fi" => PaperLanguage::Fi,
        "en" => PaperLanguage::En,
        _ => PaperLanguage::Da,
    }
}

/// A language as stored.
pub(crate) const fn word(language: PaperLanguage) -> &'static str {
    match language {
        PaperLanguage::Da => "da",
        PaperLanguage::Fi => "fi",
        PaperLanguage::En => "en",
    }
}
