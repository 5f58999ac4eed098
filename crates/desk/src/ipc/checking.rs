//! Trying out a connection piece by piece, before and after signing in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ConnectionForm;

/// What is to be tried out.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionCheck {
    /// A connection as typed; absent: the open one, as it is kept.
    #[ts(optional)]
    pub form: Option<ConnectionForm>,
    /// With `form`: the connection that is being changed, whose secrets count where the form has none.
    #[ts(optional)]
    pub id: Option<String>,
}

/// How each piece stands, in the order in which they depend on each other.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ConnectionChecked {
    /// One entry a piece.
    pub pieces: Vec<CheckedPiece>,
}

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CheckedPiece {
    /// Which.
    pub piece: Piece,
    /// How it stands.
    pub verdict: Verdict,
    /// What was found.
    pub finding: Finding,
    /// What it was found about: a host, an address, a merchant's or issuer's name; empty when there is nothing to name.
    pub about: String,
}

/// The pieces of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Whether anything answers.
    Network,
    /// Whether it proves who it is.
    Tls,
    /// Whether it is the provider that this world expects.
    Provider,
    /// OAuth client id and secret.
    Oauth,
    /// Whether the return address is whitelisted.
    Redirect,
    /// `x-ibm-client-id` and secret.
    Gateway,
    /// Whether the sign-in is for a merchant.
    Merchant,
    /// Whether there is an issuer to invoice under.
    Issuer,
}

/// How a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Right.
    Good,
    /// Wrong.
    Bad,
    /// It cannot be told now.
    Open,
}

/// What was found; each has a sentence and a next step of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It answers.
    Answers,
    /// The host's name is unknown.
    NameNotResolved,
    /// The connection was turned away.
    TurnedAway,
    /// No answer in time.
    NoAnswer,
    /// An address that may not be spoken to.
    NotHttps,

    /// It proved who it is.
    Proven,
    /// The practice world or a test provider on this computer: nothing leaves it.
    OnThisComputer,
    /// It could not prove who it is.
    NotProven,

    /// The provider is the expected one.
    ProviderFits,
    /// What answers there is no provider.
    ProviderUnreadable,
    /// It names another issuer.
    IssuerOther,
    /// It names addresses that are not trusted.
    EndpointNotTrusted,
    /// It does not offer the hybrid flow.
    FlowNotOffered,
    /// Its keys cannot be read.
    KeysUnreadable,

    /// Client id and secret are known.
    OauthKnown,
    /// Client id or secret is wrong.
    OauthRefused,
    /// The client may not sign merchants in.
    OauthNotAllowed,
    /// The token endpoint gave no verdict.
    OauthUnclear,

    /// The return address is whitelisted.
    RedirectKnown,
    /// It is not.
    RedirectRefused,
    /// The authorize page gave no verdict.
    RedirectUnclear,

    /// The gateway let us through.
    GatewayPassed,
    /// The gateway did not know id or secret.
    GatewayRefused,
    /// The API did not answer.
    ApiUnreachable,
    /// The API failed or asked to wait.
    ApiTrouble,

    /// The merchant is known.
    MerchantKnown,
    /// The sign-in is for no merchant.
    NoMerchant,

    /// An issuer can be used.
    IssuerUsable,
    /// There is none.
    NoIssuer,
    /// There is one, which waits for MobilePay's approval.
    IssuerPending,
    /// All are switched off.
    IssuerDisabled,

    /// It can be told only once somebody has signed in.
    AfterSignIn,
    /// The sign-in was not accepted although it was just renewed.
    SignInNotAccepted,
    /// A piece before it has to be right first.
    EarlierFirst,
}
