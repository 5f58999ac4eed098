//! Whom we trust, as it is configured: MobilePay in its four environments, or a provider of the merchant's choice; and
//! how we are registered there.

use std::collections::BTreeSet;

use secrecy::SecretString;
use url::Url;

/// A provider as it is configured.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The discovery document.
    pub discovery_url: Url,
    /// The issuer that the document and every token must name, character for character.
    pub issuer: String,
    /// Hosts that endpoints may lie on; `None`: wherever the document says, https or allowed loopback only.
    pub hosts: Option<BTreeSet<String>>,
}

/// MobilePay's environments (spec 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// For trying out, Denmark.
    SandboxDk,
    /// For trying out, Finland.
    SandboxFi,
    /// Denmark.
    ProductionDk,
    /// Finland.
    ProductionFi,
}

/// The issuer that MobilePay names in every environment (spec 1.2).
const MOBILEPAY_ISSUER: &str = "https://api.mobilepay.dk/merchant";

const SANDBOX_HOSTS: [&str; 3] = [
    "sandprod-admin.mobilepay.dk",
    "sandprod-admin.mobilepay.fi",
    "api.sandbox.mobilepay.dk",
];

const PRODUCTION_HOSTS: [&str; 3] = ["admin.mobilepay.dk", "admin.mobilepay.fi", "api.mobilepay.dk"];

impl Environment {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::SandboxDk,
        Self::SandboxFi,
        Self::ProductionDk,
        Self::ProductionFi,
    ];

    /// Where its discovery document lies.
    pub const fn discovery_url(self) -> &'static str {
        match self {
            Self::SandboxDk => "https://sandprod-admin.mobilepay.dk/account/.well-known/openid-configuration",
            Self::SandboxFi => "https://sandprod-admin.mobilepay.fi/account/.well-known/openid-configuration",
            Self::ProductionDk => "https://admin.mobilepay.dk/account/.well-known/openid-configuration",
            Self::ProductionFi => "https://admin.mobilepay.fi/account/.well-known/openid-configuration",
        }
    }

    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::SandboxDk | Self::SandboxFi => &SANDBOX_HOSTS,
            Self::ProductionDk | Self::ProductionFi => &PRODUCTION_HOSTS,
        }
    }
}

impl Provider {
    /// MobilePay itself: its issuer, and endpoints on its own hosts only (spec 1.2).
    pub fn mobilepay(environment: Environment) -> Self {
        let hosts = environment.hosts().iter().map(|host| (*host).to_owned());
        Self {
            discovery_url: Url::parse(environment.discovery_url()).expect("written above"),
            issuer: MOBILEPAY_ISSUER.to_owned(),
            hosts: Some(hosts.collect()),
        }
    }

    /// The provider with the document at `discovery_url`, which must name `issuer`. An address of MobilePay brings
    /// MobilePay's hosts with it; any other provider is trusted for where its endpoints are.
    pub fn at(discovery_url: Url, issuer: String) -> Self {
        let own = Environment::ALL
            .into_iter()
            .find(|own| own.discovery_url() == discovery_url.as_str());
        Self {
            discovery_url,
            issuer,
            hosts: own.and_then(|own| Self::mobilepay(own).hosts),
        }
    }
}

/// Our registration with the provider.
#[derive(Clone)]
pub struct Registration {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The whitelisted return address, character for character (spec 2.2).
    pub redirect_uri: String,
    /// How the answer comes back.
    pub response_mode: ResponseMode,
    /// Scopes besides `openid`; see [`Registration::usual_scopes`].
    pub scopes: Vec<String>,
    /// Picks the merchant among several of one user (spec 5.1).
    pub merchant_vat: Option<String>,
    /// `prompt` of the authorize request, for providers that give `offline_access` only with `consent` (OIDC Core 11).
    /// MobilePay's documents do not know it, so it is not sent unless it is set.
    pub prompt: Option<String>,
}

/// The scope of Transaction Reporting (spec 18.3).
const TRANSACTIONS: &str = "transactionreporting";

impl Registration {
    /// What invoicing needs (spec 5.2), and reading of payments if `transactions` is asked for.
    pub fn usual_scopes(transactions: bool) -> Vec<String> {
        let reporting = transactions.then_some(TRANSACTIONS);
        let scopes = ["invoice", "offline_access"].into_iter().chain(reporting);
        scopes.map(str::to_owned).collect()
    }

    /// Whether reading of payments is asked for.
    pub fn asks_for_transactions(&self) -> bool {
        self.scopes.iter().any(|scope| scope == TRANSACTIONS)
    }

    /// Whether invoicing was asked for and is not among `granted`.
    pub(crate) fn lacks_invoicing<'s>(&self, mut granted: impl Iterator<Item = &'s str>) -> bool {
        self.scopes.iter().any(|scope| scope == "invoice") && !granted.any(|scope| scope == "invoice")
    }
}

/// How the answer comes back (spec 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the fragment of the return address: what a static page needs.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_environment_has_its_own_hosts_and_the_one_issuer() {
        for environment in Environment::ALL {
            let provider = Provider::mobilepay(environment);
            let hosts = provider.hosts.unwrap();
            assert!(hosts.contains(provider.discovery_url.host_str().unwrap()));
            assert_eq!(provider.issuer, "https://api.mobilepay.dk/merchant");
            let sandbox = matches!(environment, Environment::SandboxDk | Environment::SandboxFi);
            assert_eq!(hosts.contains("api.sandbox.mobilepay.dk"), sandbox);
            assert_eq!(hosts.contains("api.mobilepay.dk"), !sandbox);
        }
        let fi = Provider::mobilepay(Environment::SandboxFi).discovery_url;
        assert_eq!(
            fi.as_str(),
            "https://sandprod-admin.mobilepay.fi/account/.well-known/openid-configuration"
        );
    }

    #[test]
    fn an_address_of_mobilepay_brings_its_hosts_and_another_brings_none() {
        let at = |url: &str| Provider::at(url.parse().unwrap(), "https://issuer.example".into());
        let own = at(Environment::ProductionDk.discovery_url());
        assert!(own.hosts.unwrap().contains("api.mobilepay.dk"));
        assert_eq!(own.issuer, "https://issuer.example");
        assert_eq!(
            at("https://issuer.example/.well-known/openid-configuration").hosts,
            None
        );
    }

    #[test]
    fn reading_of_payments_is_asked_for_only_when_it_is_wanted() {
        assert_eq!(Registration::usual_scopes(false), ["invoice", "offline_access"]);
        assert_eq!(
            Registration::usual_scopes(true),
            ["invoice", "offline_access", "transactionreporting"]
        );
    }
}
