//! Customers.

use ::invoice::{Address, Channel, Phone, PhoneError};
use ledger::Customer;
use uuid::Uuid;

use super::{business, rows};
use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{
    CustomerForm, CustomerList, CustomerQuery, CustomerRef, CustomerSaved, CustomerView, Event, Nothing,
    ProblemName, ProblemView, World,
};
use crate::readings::plain_problem;
use crate::refuse::Outcome;
use crate::telephones;

pub(crate) async fn customer_list(desk: &Desk, query: CustomerQuery) -> Outcome<CustomerList> {
    let connection = desk.current();
    let page = connection
        .books
        .with(move |books| books.customers(&query.text, query.offset, rows(query.limit)))
        .await??;
    let customers = page
        .customers
        .iter()
        .map(|customer| view(&connection, customer))
        .collect();
    Ok(CustomerList {
        customers,
        total: page.total,
    })
}

pub(crate) async fn customer_save(desk: &Desk, form: CustomerForm) -> Outcome<CustomerSaved> {
    let connection = desk.current();
    let (phone, problems) = check(&connection, &form);
    if !problems.is_empty() {
        return Ok(CustomerSaved {
            customer: None,
            problems,
        });
    }
    let customer = read(form, phone);
    let kept = customer.clone();
    connection
        .books
        .with(move |books| books.save_customer(&kept))
        .await??;
    connection.tell(Event::CustomersChanged);
    let id = customer.id.clone();
    let saved = connection.books.with(move |books| books.customer(&id)).await??;
    Ok(CustomerSaved {
        customer: Some(view(&connection, &saved)),
        problems,
    })
}

pub(crate) async fn customer_remove(desk: &Desk, customer: CustomerRef) -> Outcome<Nothing> {
    let connection = desk.current();
    connection
        .books
        .with(move |books| books.archive_customer(&customer.id))
        .await??;
    connection.tell(Event::CustomersChanged);
    Ok(Nothing {})
}

fn check(connection: &Connection, form: &CustomerForm) -> (Option<Phone>, Vec<ProblemView>) {
    let mut problems = Vec::new();
    if form.name.trim().is_empty() {
        problems.push(plain_problem("name", ProblemName::NameMissing));
    }
    if !form.email.trim().is_empty() && !form.email.contains('@') {
        problems.push(plain_problem("email", ProblemName::EmailUnreadable));
    }
    let phone = match form.phone.trim() {
        "" => None,
        typed => match Phone::parse(typed, connection.country) {
            Ok(phone) => Some(phone),
            Err(error) => {
                problems.push(phone_problem(error, typed));
                None
            }
        },
    };
    (phone, problems)
}

fn phone_problem(error: PhoneError, typed: &str) -> ProblemView {
    let code = match error {
        PhoneError::NotANumber => ProblemName::PhoneUnreadable,
        PhoneError::TooShort => ProblemName::PhoneTooShort,
        PhoneError::TooLong => ProblemName::PhoneTooLong,
        PhoneError::ForeignCountry => ProblemName::PhoneForeign,
    };
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let mut problem = plain_problem("phone", code);
    problem.params.insert("digits".into(), digits.to_string());
    problem.params.insert("needed".into(), "8".into());
    problem
}

fn read(form: CustomerForm, phone: Option<Phone>) -> Customer {
    let id = Uuid::parse_str(&form.id)
        .unwrap_or_else(|_| Uuid::now_v7())
        .to_string();
    let trimmed = |text: String| text.trim().to_owned();
    Customer {
        id,
        name: trimmed(form.name),
        default_channel: if phone.is_some() {
            Channel::Phone
        } else {
            Channel::Link
        },
        phone,
        address: Address {
            street: trimmed(form.street),
            postal_code: trimmed(form.postal_code),
            city: trimmed(form.city),
            extra: String::new(),
        },
        email: trimmed(form.email),
        language: form.language.map(|language| business::word(language).to_owned()),
        invoices: 0,
    }
}

pub(crate) fn view(connection: &Connection, customer: &Customer) -> CustomerView {
    let e164 = customer.phone.as_ref().map(Phone::e164).unwrap_or_default();
    let playable = connection.saved.view.world != World::Production;
    CustomerView {
        id: customer.id.clone(),
        name: customer.name.clone(),
        phone: e164.to_owned(),
        phone_shown: customer
            .phone
            .as_ref()
            .map(|phone| phone.display_in(connection.country))
            .unwrap_or_default(),
        street: customer.address.street.clone(),
        postal_code: customer.address.postal_code.clone(),
        city: customer.address.city.clone(),
        email: customer.email.clone(),
        language: customer.language.as_deref().map(business::language),
        default_channel: customer.default_channel.into(),
        invoices: customer.invoices,
        practice_phone: playable && telephones::by_phone(connection.saved.view.country, e164).is_some(),
    }
}
