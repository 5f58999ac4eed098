//! A connection as typed: read whole or refused with the box that is wrong.

use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use crate::ipc::{ConnectionForm, ConnectionView, Door, Refusal, RefusalCode, World};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::worlds;

/// The secrets that were typed; `None` where the box is empty.
pub(crate) struct TypedSecrets {
    pub(crate) client: Option<SecretString>,
    pub(crate) gateway: Option<SecretString>,
}

/// The secrets of a form.
pub(crate) fn secrets(form: &ConnectionForm) -> TypedSecrets {
    let typed = |text: &str| {
        Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(SecretString::from)
    };
    TypedSecrets {
        client: typed(&form.client_secret),
        gateway: typed(&form.gateway_secret),
    }
}

/// A connection that is new: everything must be there.
pub(crate) fn read_new(form: &ConnectionForm) -> Outcome<SavedConnection> {
    filled(&[
        ("name", &form.name),
        ("gateway_id", &form.gateway_id),
        ("gateway_secret", &form.gateway_secret),
        ("client_id", &form.client_id),
        ("client_secret", &form.client_secret),
    ])?;
    read(form, Uuid::now_v7().to_string())
}

/// The number with which the series is to begin; `None` where the box is empty.
pub(crate) fn first_number(form: &ConnectionForm) -> Outcome<Option<u64>> {
    let typed = form.first_number.as_deref().unwrap_or_default().trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.parse() {
        Ok(0) | Err(_) => Err(invalid("first_number", "This is no invoice number.")),
        Ok(number) => Ok(Some(number)),
    }
}

/// Whether two connections, one of which was removed, are of the same merchant at the same service.
pub(crate) fn is_same(one: &ConnectionView, other: &ConnectionView) -> bool {
    (one.world, one.country) == (other.world, other.country) && !needs_new_sign_in(one, other)
}

/// A change of `saved`: its world and country stay, and so does what was never shown and is not typed again. A secret
/// that is not typed again goes only where it went before.
pub(crate) fn read_change(form: &ConnectionForm, saved: &SavedConnection) -> Outcome<SavedConnection> {
    if (form.world, form.country) != (saved.view.world, saved.view.country) {
        return Err(invalid(
            "world",
            "The world and the country of a connection stay.",
        ));
    }
    filled(&[("name", &form.name), ("client_id", &form.client_id)])?;
    let mut changed = read(&with_saved_addresses(form, &saved.view), saved.view.id.clone())?;
    secrets_stay_where_they_were(form, &changed.view, &saved.view)?;
    changed.begun = saved.begun;
    if changed.gateway_id.is_empty() {
        changed.gateway_id.clone_from(&saved.gateway_id);
    }
    Ok(changed)
}

/// What is absent is as saved; what is empty is MobilePay's own.
fn with_saved_addresses(form: &ConnectionForm, saved: &ConnectionView) -> ConnectionForm {
    let or_saved = |typed: &Option<String>, saved: &String| typed.clone().or_else(|| Some(saved.clone()));
    let same_provider = form
        .discovery_url
        .as_ref()
        .is_none_or(|typed| *typed == saved.discovery_url);
    let mut form = form.clone();
    if same_provider {
        form.issuer = or_saved(&form.issuer, &saved.issuer);
    }
    form.discovery_url = or_saved(&form.discovery_url, &saved.discovery_url);
    form.api_base_url = or_saved(&form.api_base_url, &saved.api_base_url);
    form
}

/// Nobody who can change an address, a script in the window included, learns a secret by it.
fn secrets_stay_where_they_were(
    form: &ConnectionForm,
    changed: &ConnectionView,
    saved: &ConnectionView,
) -> Outcome<()> {
    let typed_again = |name, text: &str| match text.trim() {
        "" => Err(invalid(
            name,
            "It goes to another address now: it must be typed again.",
        )),
        _ => Ok(()),
    };
    if origin(&changed.discovery_url) != origin(&saved.discovery_url) || changed.issuer != saved.issuer {
        typed_again("client_secret", &form.client_secret)?;
    }
    if origin(&changed.api_base_url) != origin(&saved.api_base_url) {
        typed_again("gateway_id", &form.gateway_id)?;
        typed_again("gateway_secret", &form.gateway_secret)?;
    }
    Ok(())
}

fn origin(address: &str) -> Option<url::Origin> {
    Url::parse(address).ok().map(|url| url.origin())
}

/// Whether a token of `former` could be another merchant's, or go to another provider, under `changed`.
pub(crate) fn needs_new_sign_in(former: &ConnectionView, changed: &ConnectionView) -> bool {
    let whose = |view: &ConnectionView| {
        (
            view.client_id.clone(),
            view.merchant_vat.clone(),
            view.issuer.clone(),
            view.discovery_url.clone(),
            origin(&view.api_base_url),
        )
    };
    whose(former) != whose(changed)
}

fn filled(boxes: &[(&'static str, &String)]) -> Outcome<()> {
    match boxes.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((name, _)) => Err(invalid(name, "Something is missing.")),
        None => Ok(()),
    }
}

fn read(form: &ConnectionForm, id: String) -> Outcome<SavedConnection> {
    let own = worlds::mobilepay(form.world, form.country)
        .ok_or_else(|| invalid("world", "The practice world is always there and cannot be added."))?;
    let typed_discovery = typed_url("discovery_url", form.discovery_url.as_deref(), form.world)?;
    let issuer = issuer(form, typed_discovery.as_ref(), own.issuer)?;
    let discovery = typed_discovery.unwrap_or(own.discovery);
    let api = typed_url("api_base_url", form.api_base_url.as_deref(), form.world)?.unwrap_or(own.api);
    return_address(form.world, form.door, &form.redirect_uri)?;
    Ok(SavedConnection {
        view: ConnectionView {
            id,
            name: form.name.trim().to_owned(),
            world: form.world,
            country: form.country,
            client_id: form.client_id.trim().to_owned(),
            // Character for character as typed: it must equal what was whitelisted (spec 2.2).
            redirect_uri: form.redirect_uri.trim().to_owned(),
            door: form.door,
            discovery_url: discovery.to_string(),
            issuer,
            api_base_url: api.to_string(),
            merchant_vat: merchant_vat(form)?,
            transactions: form.transactions,
        },
        gateway_id: form.gateway_id.trim().to_owned(),
        begun: false,
    })
}

/// A return address by which an answer can come back. What follows the dot in the refusal's detail is why it cannot.
pub(crate) fn return_address(world: World, door: Door, typed: &str) -> Outcome<()> {
    let bare = |url: &Url| url.query().is_none() && url.fragment().is_none();
    if Url::parse(typed.trim()).is_ok_and(|url| !bare(&url)) {
        // The answer takes that place (OAuth 2.0, 3.1.2; OAuth 2.0 Multiple Response Types, 5).
        return Err(invalid(
            "redirect_uri.query",
            "The return address may have nothing after its path.",
        ));
    }
    let redirect = typed_url("redirect_uri", Some(typed), world)?
        .ok_or_else(|| invalid("redirect_uri", "The return address is missing."))?;
    match door {
        Door::Loopback if redirect.scheme() != "http" => Err(invalid(
            "redirect_uri",
            "A listener on this computer needs an http address of this computer.",
        )),
        Door::ReturnPage if worlds::of_return_page(redirect.path()) != world => Err(invalid(
            "redirect_uri.world",
            "The return page at this path belongs to another world.",
        )),
        Door::Loopback | Door::ReturnPage => Ok(()),
    }
}

/// Country prefix and eight digits (spec 5.1). Blanks and hyphens are how people write it; the prefix is often left out.
fn merchant_vat(form: &ConnectionForm) -> Outcome<Option<String>> {
    let typed = form.merchant_vat.as_deref().unwrap_or_default();
    let joined: String = typed
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '.'))
        .collect();
    if joined.is_empty() {
        return Ok(None);
    }
    let prefix = match form.country {
        crate::ipc::CountryCode::Dk => "DK",
        crate::ipc::CountryCode::Fi => "FI",
    };
    let upper = joined.to_ascii_uppercase();
    let digits = upper.strip_prefix(prefix).unwrap_or(&upper);
    if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Some(format!("{prefix}{digits}")));
    }
    Err(invalid(
        "merchant_vat",
        "A VAT number has eight digits after the country's letters.",
    ))
}

fn issuer(form: &ConnectionForm, discovery: Option<&Url>, own: String) -> Outcome<String> {
    let named = form
        .issuer
        .as_deref()
        .map(str::trim)
        .filter(|issuer| !issuer.is_empty());
    match (named, discovery) {
        (Some(issuer), _) => Ok(issuer.to_owned()),
        (None, None) => Ok(own),
        (None, Some(discovery)) => worlds::conforming_issuer(discovery).ok_or_else(|| {
            invalid(
                "discovery_url",
                "It must end with /.well-known/openid-configuration, or the issuer must be named.",
            )
        }),
    }
}

fn typed_url(field: &'static str, text: Option<&str>, world: World) -> Outcome<Option<Url>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let url = Url::parse(text).map_err(|_| invalid(field, "This is no address."))?;
    let fits = url.scheme() == "https" || (url.scheme() == "http" && worlds::may_be_plain(world, &url));
    if fits && url.fragment().is_none() {
        return Ok(Some(url));
    }
    Err(invalid(
        field,
        "It must be an https address; http is for this computer only, and not in production.",
    ))
}

pub(crate) fn invalid(field: &str, message: &str) -> Refusal {
    Refusal::new(RefusalCode::ConnectionInvalid, message).with_detail(field)
}
