//! The worlds and where they lie (spec 1.1, 1.2). What a connection does not say is filled in from here.

use url::Url;

use crate::ipc::{CountryCode, Portal, World};

/// Addresses of MobilePay for one world and country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// OpenID discovery document.
    pub(crate) discovery: Url,
    /// Pinned issuer; it differs from the document's address on purpose (spec 1.2).
    pub(crate) issuer: String,
    /// Base of the Invoice API.
    pub(crate) api: Url,
}

/// The issuer that MobilePay's tokens name in every environment (spec 1.2).
const ISSUER: &str = "https://api.mobilepay.dk/merchant";

/// MobilePay's own addresses; `None` for Practice, whose address is known only when it runs.
pub(crate) fn mobilepay(world: World, country: CountryCode) -> Option<Addresses> {
    let top_level = match country {
        CountryCode::Dk => "dk",
        CountryCode::Fi => "fi",
    };
    let (portal, api) = match world {
        World::Practice => return None,
        World::Sandbox => (
            "sandprod-admin",
            "https://api.sandbox.mobilepay.dk/invoice-restapi",
        ),
        World::Production => ("admin", "https://api.mobilepay.dk/invoice-restapi"),
    };
    let discovery =
        format!("https://{portal}.mobilepay.{top_level}/account/.well-known/openid-configuration");
    Some(Addresses {
        discovery: Url::parse(&discovery).expect("written above"),
        issuer: ISSUER.to_owned(),
        api: Url::parse(api).expect("written above"),
    })
}

/// A portal of MobilePay's (spec 1.2).
pub(crate) fn portal(portal: Portal, world: World, country: CountryCode) -> Option<Url> {
    let address = match (portal, world, country) {
        (_, World::Practice, _) => return None,
        (Portal::Developer, World::Sandbox, _) => "https://sandbox-developer.mobilepay.dk/",
        (Portal::Developer, World::Production, _) => "https://developer.mobilepay.dk/",
        (Portal::Merchant, World::Sandbox, CountryCode::Dk) => "https://sandprod-admin.mobilepay.dk/",
        (Portal::Merchant, World::Sandbox, CountryCode::Fi) => "https://sandprod-admin.mobilepay.fi/",
        (Portal::Merchant, World::Production, CountryCode::Dk) => "https://admin.mobilepay.dk/",
        (Portal::Merchant, World::Production, CountryCode::Fi) => "https://admin.mobilepay.fi/",
    };
    Some(Url::parse(address).expect("written above"))
}

/// The world that the return page at `path` hands its answers to, told as the page itself tells it: by the last folder
/// before `return` (`world` in ui/return-page/index.html).
pub(crate) fn of_return_page(path: &str) -> World {
    const ENDS: [&str; 6] = ["", ".htm", ".html", "/", "/index.htm", "/index.html"];
    let path = path.to_ascii_lowercase();
    let folder = ENDS
        .iter()
        .find_map(|end| path.strip_suffix(end)?.strip_suffix("/return"));
    match folder {
        Some(folder) if folder.ends_with("/sandbox") => World::Sandbox,
        Some(folder) if folder.ends_with("/practice") => World::Practice,
        _ => World::Production,
    }
}

/// The issuer that a standards-conformant document at `discovery` must name (OpenID Connect Discovery 4.3).
pub(crate) fn conforming_issuer(discovery: &Url) -> Option<String> {
    discovery
        .as_str()
        .strip_suffix("/.well-known/openid-configuration")
        .map(str::to_owned)
}

/// Whether plain http may be used to reach this address: this computer only, never in production (spec 1.3).
pub(crate) fn may_be_plain(world: World, url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    world != World::Production && loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_environments_lie_where_the_documents_say() {
        let at = |world, country| {
            mobilepay(world, country)
                .map(|a| a.discovery.to_string())
                .unwrap_or_default()
        };
        assert_eq!(
            at(World::Sandbox, CountryCode::Fi),
            "https://sandprod-admin.mobilepay.fi/account/.well-known/openid-configuration"
        );
        assert_eq!(
            at(World::Production, CountryCode::Dk),
            "https://admin.mobilepay.dk/account/.well-known/openid-configuration"
        );
    }

    #[test]
    fn a_return_page_knows_its_world_by_its_path() {
        for (path, world) in [
            ("/sandbox/return", World::Sandbox),
            ("/kvit/sandbox/return/", World::Sandbox),
            ("/sandbox/return.html", World::Sandbox),
            ("/sandbox/RETURN.HTM", World::Sandbox),
            ("/sandbox/return/index.html", World::Sandbox),
            ("/merchant/practice/return", World::Practice),
            ("/return", World::Production),
            ("/kvit-return.html", World::Production),
            ("/sandbox/kvit-return.html", World::Production),
            ("/sandbox/return.html/", World::Production),
            ("/sandbox/return/index.html/", World::Production),
            ("/mysandbox/return", World::Production),
            ("/sandbox/my/return", World::Production),
            ("/", World::Production),
        ] {
            assert_eq!(of_return_page(path), world, "{path}");
        }
        // The page's own words for it.
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/return-page/index.html");
        let page = std::fs::read_to_string(place).unwrap();
        assert!(page.contains(r"/\/(practice|sandbox)\/return(?:\.html?|\/(?:index\.html?)?)?$/i"));
    }

    #[test]
    fn plain_http_stays_on_this_computer_and_out_of_production() {
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(may_be_plain(World::Sandbox, &url("http://127.0.0.1:9000/")));
        assert!(may_be_plain(World::Practice, &url("http://[::1]:9000/")));
        assert!(!may_be_plain(World::Production, &url("http://127.0.0.1:9000/")));
        assert!(!may_be_plain(World::Sandbox, &url("http://127.0.0.1.example/")));
        assert!(!may_be_plain(World::Sandbox, &url("http://192.168.1.2/")));
    }
}
