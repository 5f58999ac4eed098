//! The trade, offline: money, lines, VAT, totals, numbers, dates, rules and limits per country,
//! the state machine, phone numbers and references.
//!
//! Deliberately absent: input and output of any kind, a clock of its own, and every wire format.
//! "Today" is always a parameter, because a due date means the merchant's day and nobody else's.

mod content;
mod country;
mod dates;
mod form;
mod money;
mod number;
mod phone;
mod reading;
mod rules;
mod state;
mod texts;
mod totals;
mod vat;

pub use content::{Address, Business, Content, Line, PriceBasis, Recipient, Totals, VatGroup};
pub use country::{Country, Currency};
pub use dates::{DOUBTED, DateOrder, Preset, due_preset, read_date, read_date_in};
pub use form::{AddressForm, DraftForm, LineForm, RecipientForm};
pub use money::{Money, MoneyError};
pub use number::{NumberError, currency_of, read_number};
pub use phone::{Phone, PhoneError};
pub use reading::{LineReading, Problem, ProblemCode, Reading, read};
pub use rules::{Limits, MAX_DAYS_AHEAD, Rulebook};
pub use state::{Channel, State, Transition};
