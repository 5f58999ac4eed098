//! Customers: found as one types, kept apart from what invoices said of them.

use invoice::{Address, Channel, Phone};
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::{Ledger, LedgerError, search, sql};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Uuid.
    pub id: String,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: Option<Phone>,
    /// Address.
    pub address: Address,
    /// E-mail, may be empty.
    pub email: String,
    /// Language of their paper, if not the business's.
    pub language: Option<String>,
    /// How they usually get invoices.
    pub default_channel: Channel,
    /// Invoices so far; not written by [`Ledger::save_customer`].
    pub invoices: u32,
}

/// Found customers and how many there are in all.
#[derive(Clone, Debug)]
pub struct CustomerPage {
    /// By name.
    pub customers: Vec<Customer>,
    /// Matching in all.
    pub total: u32,
}

const COLUMNS: &str = "customer.id, name, customer.phone, address, email, language, default_channel, \
     (SELECT count(*) FROM invoice WHERE invoice.customer_id = customer.id) AS invoices";

impl Ledger {
    /// Writes a customer, new or known.
    pub fn save_customer(&mut self, customer: &Customer) -> Result<(), LedgerError> {
        let phone = customer.phone.as_ref().map(Phone::e164);
        let folded = search::fold(&format!("{} {}", customer.name, digits(customer.phone.as_ref())));
        self.db
            .prepare_cached(
                "INSERT INTO customer (id, name, folded, phone, address, email, language, default_channel)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded,
                     phone = excluded.phone, address = excluded.address, email = excluded.email,
                     language = excluded.language, default_channel = excluded.default_channel, archived = 0",
            )?
            .execute(params![
                customer.id,
                customer.name,
                folded,
                phone,
                sql::text(&customer.address)?,
                customer.email,
                customer.language,
                sql::word(&customer.default_channel)?,
            ])?;
        Ok(())
    }

    /// One customer, archived ones included.
    pub fn customer(&self, id: &str) -> Result<Customer, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM customer WHERE customer.id = ?1");
        let mut statement = self.db.prepare_cached(&query)?;
        let found = statement.query_row([id], |row| Ok(read(row))).optional()?;
        found.unwrap_or(Err(LedgerError::NotFound("customer")))
    }

    /// Customers whose name and phone contain every part of `text`, by name.
    pub fn customers(&self, text: &str, offset: u32, limit: u32) -> Result<CustomerPage, LedgerError> {
        let patterns: Vec<String> = search::parts(text)
            .iter()
            .map(|part| search::like_pattern(part))
            .collect();
        let wanted = format!(
            "archived = 0{}",
            " AND folded LIKE ? ESCAPE '\\'".repeat(patterns.len())
        );
        let total = self
            .db
            .prepare_cached(&format!("SELECT count(*) FROM customer WHERE {wanted}"))?
            .query_row(params_from_iter(&patterns), |row| row.get(0))?;
        let query = format!(
            "SELECT {COLUMNS} FROM customer WHERE {wanted} ORDER BY folded, id LIMIT {limit} OFFSET {offset}"
        );
        let mut statement = self.db.prepare(&query)?;
        let rows = statement.query_map(params_from_iter(&patterns), |row| Ok(read(row)))?;
        let customers = rows.map(|row| row?).collect::<Result<_, _>>()?;
        Ok(CustomerPage {
            customers,
            total: sql::count(total),
        })
    }

    /// Takes a customer out of the list. Invoices keep what they said of them.
    pub fn archive_customer(&mut self, id: &str) -> Result<(), LedgerError> {
        match self
            .db
            .execute("UPDATE customer SET archived = 1 WHERE id = ?1", [id])?
        {
            0 => Err(LedgerError::NotFound("customer")),
            _ => Ok(()),
        }
    }
}

fn digits(phone: Option<&Phone>) -> String {
    phone.map(|phone| phone.e164().to_owned()).unwrap_or_default()
}

fn read(row: &Row<'_>) -> Result<Customer, LedgerError> {
    let phone: Option<String> = row.get("phone")?;
    Ok(Customer {
        id: row.get("id")?,
        name: row.get("name")?,
        phone: phone.map(|phone| sql::from_word(&phone)).transpose()?,
        address: sql::json(row, "address")?,
        email: row.get("email")?,
        language: row.get("language")?,
        default_channel: sql::from_word(&row.get::<_, String>("default_channel")?)?,
        invoices: sql::count(row.get("invoices")?),
    })
}
