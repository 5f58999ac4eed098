//! Connections: a world, a country, credentials on their way in, and how things stand.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CountryCode;

/// The three worlds, which never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum World {
    /// The built-in simulator.
    Practice,
    /// MobilePay's test world, or any provider made for tests.
    Sandbox,
    /// Real customers.
    Production,
}

/// One connection in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// Id, e.g. `practice-dk` or a uuid.
    pub id: String,
    /// What the merchant calls it.
    pub name: String,
    /// World.
    pub world: World,
    /// Country of the merchant.
    pub country: CountryCode,
    /// OAuth client id (no secret).
    pub client_id: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// By which door.
    pub door: Door,
    /// OpenID discovery document.
    pub discovery_url: String,
    /// The issuer that tokens must name.
    pub issuer: String,
    /// Base of the Invoice API.
    pub api_base_url: String,
    /// VAT number that picks the merchant at sign-in.
    pub merchant_vat: Option<String>,
    /// Whether signing in also asks for payments and payouts (scope `transactionreporting`).
    #[serde(default)]
    pub transactions: bool,
}

/// How the browser hands its answer to Kvit. Pasting the address works always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// A page on the web that opens Kvit by deep link.
    #[default]
    ReturnPage,
    /// Kvit listens on a fixed port of this computer; sandbox and practice only (spec 2.2).
    Loopback,
}

/// A new connection as typed. Secrets go straight to the keychain and never come back.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionForm {
    /// What the merchant calls it.
    pub name: String,
    /// World; `practice` cannot be added.
    pub world: World,
    /// Country.
    pub country: CountryCode,
    /// OAuth client id (from the zip).
    pub client_id: String,
    /// OAuth client secret (from the zip).
    pub client_secret: String,
    /// `x-ibm-client-id` (from the developer portal).
    pub gateway_id: String,
    /// `x-ibm-client-secret`.
    pub gateway_secret: String,
    /// The whitelisted return address, character for character.
    pub redirect_uri: String,
    /// By which door the browser comes back.
    #[serde(default)]
    pub door: Door,
    /// Discovery document; absent means MobilePay's own for this world and country (spec 1.1).
    #[serde(default)]
    #[ts(optional)]
    pub discovery_url: Option<String>,
    /// The issuer that tokens must name; absent means MobilePay's own, or, with `discoveryUrl`, the address that the
    /// document lies under (OpenID Connect Discovery 4.3).
    #[serde(default)]
    #[ts(optional)]
    pub issuer: Option<String>,
    /// Base of the Invoice API; absent means MobilePay's own.
    #[serde(default)]
    #[ts(optional)]
    pub api_base_url: Option<String>,
    /// VAT number with country prefix, e.g. `DK12345678`.
    #[serde(default)]
    #[ts(optional)]
    pub merchant_vat: Option<String>,
    /// Number of the first invoice as typed, where the merchant has a series already; only for a new connection.
    #[serde(default)]
    #[ts(optional)]
    pub first_number: Option<String>,
    /// Whether signing in also asks for payments and payouts (scope `transactionreporting`).
    #[serde(default)]
    pub transactions: bool,
}

/// A change of a connection. Secrets and the gateway id are never shown again; where their boxes are empty they stay, as
/// long as they go where they went before. Addresses that are absent stay too; empty ones become `MobilePay`'s own.
#[derive(Clone, Deserialize, TS)]
pub struct ConnectionChange {
    /// Which.
    pub id: String,
    /// As it is to be; its world and country stay.
    pub form: ConnectionForm,
}

/// What was typed of a connection that is not whole yet. It lies in a file, so nothing secret is in it: neither the
/// client's secret nor the app's id and secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedForm {
    /// What the merchant calls it.
    pub name: String,
    /// World.
    pub world: World,
    /// Country.
    pub country: CountryCode,
    /// OAuth client id (no secret).
    pub client_id: String,
    /// Return address.
    pub redirect_uri: String,
    /// By which door.
    pub door: Door,
    /// Discovery document.
    pub discovery_url: String,
    /// Issuer.
    pub issuer: String,
    /// Base of the Invoice API.
    pub api_base_url: String,
    /// VAT number.
    pub merchant_vat: String,
    /// Number of the first invoice.
    #[serde(default)]
    pub first_number: String,
}

/// The connection that was begun and is not whole yet. There is at most one.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Unfinished {
    /// `null`: there is none.
    pub form: Option<UnfinishedForm>,
}

/// A return address as typed.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ReturnAddress {
    /// World of the connection.
    pub world: World,
    /// By which door the browser comes back.
    pub door: Door,
    /// The address.
    pub address: String,
}

/// Names one connection.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectionRef {
    /// Its id.
    pub id: String,
}

/// How things stand with the current connection.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// The connection.
    pub connection: ConnectionView,
    /// The session.
    pub session: SessionView,
    /// What keeps it from being used although somebody may be signed in; queued invoices wait for its end.
    pub trouble: Option<SessionTrouble>,
    /// The business on the paper.
    pub business: BusinessView,
    /// MobilePay's id of the merchant, once told.
    pub merchant_id: Option<String>,
    /// Issuers, once told.
    pub issuers: Vec<IssuerView>,
    /// Invoices that have not left this computer for good.
    pub outbox_waiting: u32,
    /// Invoices in the outbox: those, and the ones that MobilePay has under an unknown id.
    pub outbox_unsettled: u32,
    /// Whether the last call got through. `null`: none was made yet.
    pub online: Option<bool>,
    /// Where secrets are kept now.
    pub keychain: KeychainView,
}

/// An invoice issuer (spec 8.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IssuerView {
    /// Guid.
    pub id: String,
    /// Name that the payer sees.
    pub name: String,
    /// `pending`, `enabled`, `disabled`, or `null` when not told.
    pub status: Option<String>,
    /// Street, town.
    pub address: Option<String>,
    /// Whether an invoice can be sent under it.
    pub usable: bool,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum SessionView {
    /// Nobody yet, or signed out.
    #[serde(rename = "signed_out")]
    SignedOut,
    /// A merchant.
    #[serde(rename = "signed_in", rename_all = "camelCase")]
    SignedIn {
        /// When the consent was given or last used, ISO timestamp.
        since: String,
        /// When an unused consent ends: 13 months after its last use (spec 6.4).
        lasts_until: String,
        /// Whether it ends with this run, because secrets are not kept.
        this_run_only: bool,
        /// Whether the keychain did not take the newest token: it is tried again, and until then it ends with this run too.
        unsaved: bool,
    },
    /// The session ended by itself.
    #[serde(rename = "sign_in_needed", rename_all = "camelCase")]
    SignInNeeded {
        /// Why.
        reason: EndedBecause,
    },
}

/// Why a session ended by itself. A variant exists only because the window has a sentence of its own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndedBecause {
    /// The provider ended it: withdrawn, unused for 13 months, or used up.
    Revoked,
    /// The provider no longer accepts the client's credentials.
    ClientRefused,
    /// What came back of a refresh did not pass the checks.
    Lost,
}

/// What keeps a session from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SessionTrouble {
    /// What it is.
    pub trouble: Trouble,
    /// With `clock_off`: seconds by which this computer's clock is ahead; negative: behind.
    #[ts(type = "number | null")]
    pub seconds: Option<i64>,
}

/// Kinds of trouble. A variant exists only because the window has a sentence of its own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The sign-in service does not answer.
    ProviderUnreachable,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain.
    KeychainMissing,
    /// The keychain failed.
    KeychainFailed,
    /// The connection's secrets are no longer in the keychain.
    SecretsMissing,
    /// This computer's clock is off, so nothing can be checked.
    ClockOff,
    /// Another Kvit is using this sign-in.
    HeldElsewhere,
    /// `MobilePay` does not accept the sign-in although it was just renewed.
    NotAccepted,
    /// `MobilePay` does not let this sign-in act for this merchant (403).
    NotAllowed,
}

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeychainView {
    /// The operating system's keychain.
    Kept,
    /// There is none on this computer.
    Missing,
    /// It is locked.
    Locked,
    /// The merchant chose to keep them for this run only.
    ThisRunOnly,
}

/// The business as it stands on the paper, and its defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessView {
    /// Name.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// CVR or Y-tunnus.
    pub company_id: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Foot of the paper.
    pub footer: String,
    /// VAT in percent for new lines, e.g. `25`.
    pub default_vat_rate: String,
    /// Days until due for new invoices.
    pub default_due_days: u16,
    /// Number that the next sent invoice gets.
    #[ts(type = "number")]
    pub next_number: u64,
    /// Language of the paper: `da`, `fi` or `en`.
    pub paper_language: PaperLanguage,
}

/// The business as it is to be.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessChange {
    /// With the number as it stands in its box.
    #[serde(flatten)]
    pub business: BusinessView,
    /// The next number that the box showed at first: only another one than this is the merchant's wish.
    #[ts(type = "number")]
    pub shown_number: u64,
}

/// Language of a paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaperLanguage {
    /// Dansk.
    #[default]
    Da,
    /// Suomi.
    Fi,
    /// English.
    En,
}

/// What came of saving the business; problems mean that nothing was saved.
#[derive(Clone, Debug, Serialize, TS)]
pub struct BusinessSaved {
    /// As it stands now.
    pub business: BusinessView,
    /// Problems by box.
    pub problems: Vec<super::ProblemView>,
}
