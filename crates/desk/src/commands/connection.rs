//! Connections: the list, the open one, and how things stand with it.

use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::{app, business};
use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{
    AppView, ConnectionForm, ConnectionRef, ConnectionStatus, ConnectionView, Door, Event, Nothing, Refusal,
    RefusalCode, World,
};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::{signin, worlds};

pub(crate) async fn connection_add(desk: &Desk, form: ConnectionForm) -> Outcome<ConnectionView> {
    let saved = read(&form)?;
    let client_secret = SecretString::from(form.client_secret);
    let gateway_secret = SecretString::from(form.gateway_secret);
    desk.credentials
        .keep(&saved.view.id, client_secret, gateway_secret)
        .await?;
    let view = saved.view.clone();
    desk.remember(|remembered| remembered.connections.push(saved))
        .await?;
    desk.tell(Event::ConnectionChanged);
    Ok(view)
}

pub(crate) async fn connection_choose(desk: &Desk, chosen: ConnectionRef) -> Outcome<ConnectionStatus> {
    let saved = desk.connection_named(&chosen.id).await?;
    if desk.current().saved.view.id != saved.view.id {
        signin::give_up(desk).await;
        desk.switch_to(saved).await?;
    }
    status(desk).await
}

pub(crate) async fn connection_remove(desk: &Desk, removed: ConnectionRef) -> Outcome<AppView> {
    let saved = desk.connection_named(&removed.id).await?;
    if saved.view.world == World::Practice {
        return Err(Refusal::new(
            RefusalCode::NotNow,
            "The practice world is always there.",
        ));
    }
    if desk.current().saved.view.id == saved.view.id {
        signin::give_up(desk).await;
        let practice = desk.practice.connections()[0].clone();
        desk.switch_to(practice).await?;
    }
    desk.credentials.forget(&saved.view.id).await?;
    desk.remember(|remembered| {
        remembered
            .connections
            .retain(|other| other.view.id != saved.view.id);
    })
    .await?;
    desk.tell(Event::EverythingChanged);
    app::app_show(desk, Nothing {}).await
}

pub(crate) async fn connection_show(desk: &Desk, _: Nothing) -> Outcome<ConnectionStatus> {
    status(desk).await
}

pub(crate) async fn keychain_forgo(desk: &Desk, _: Nothing) -> Outcome<ConnectionStatus> {
    desk.credentials.keep_for_this_run_only();
    desk.tell(Event::ConnectionChanged);
    status(desk).await
}

pub(crate) async fn session_end(desk: &Desk, _: Nothing) -> Outcome<ConnectionStatus> {
    signin::give_up(desk).await;
    desk.current()
        .session
        .sign_out()
        .await
        .map_err(crate::credentials::store_refusal)?;
    desk.tell(Event::ConnectionChanged);
    status(desk).await
}

/// How things stand with the open connection.
pub(crate) async fn status(desk: &Desk) -> Outcome<ConnectionStatus> {
    let connection: std::sync::Arc<Connection> = desk.current();
    Ok(ConnectionStatus {
        connection: connection.saved.view.clone(),
        session: signin::session_view(&connection, desk.credentials.this_run_only()),
        business: business::show(&connection).await?,
        merchant_id: connection.fact("merchant_id").await?,
        issuers: connection.issuers().await?,
        outbox_waiting: connection.books.with(|books| books.outbox_waiting()).await??,
        online: connection.online(),
        keychain: desk.credentials.keychain().await,
    })
}

fn read(form: &ConnectionForm) -> Outcome<SavedConnection> {
    if form.world == World::Practice {
        return Err(invalid(
            "world",
            "The practice world is always there and cannot be added.",
        ));
    }
    for (field, text) in [
        ("name", &form.name),
        ("client_id", &form.client_id),
        ("client_secret", &form.client_secret),
        ("gateway_id", &form.gateway_id),
        ("gateway_secret", &form.gateway_secret),
    ] {
        if text.trim().is_empty() {
            return Err(invalid(field, "Something is missing."));
        }
    }
    let own = worlds::mobilepay(form.world, form.country);
    let own = own.ok_or_else(|| invalid("world", "This world has no addresses of its own."))?;
    let typed_discovery = typed_url("discovery_url", form.discovery_url.as_deref(), form.world)?;
    let issuer = issuer(form, typed_discovery.as_ref(), own.issuer)?;
    let discovery = typed_discovery.unwrap_or(own.discovery);
    let api = typed_url("api_base_url", form.api_base_url.as_deref(), form.world)?.unwrap_or(own.api);
    let redirect = typed_url("redirect_uri", Some(&form.redirect_uri), form.world)?;
    let redirect = redirect.ok_or_else(|| invalid("redirect_uri", "The return address is missing."))?;
    if form.door == Door::Loopback && redirect.scheme() != "http" {
        return Err(invalid(
            "redirect_uri",
            "A listener on this computer needs an http address of this computer.",
        ));
    }
    Ok(SavedConnection {
        view: ConnectionView {
            id: Uuid::now_v7().to_string(),
            name: form.name.trim().to_owned(),
            world: form.world,
            country: form.country,
            client_id: form.client_id.trim().to_owned(),
            // Character for character as typed: it must equal what was whitelisted (spec 2.2).
            redirect_uri: form.redirect_uri.trim().to_owned(),
            door: form.door,
            discovery_url: discovery.to_string(),
            api_base_url: api.to_string(),
            merchant_vat: form
                .merchant_vat
                .as_deref()
                .map(str::trim)
                .filter(|vat| !vat.is_empty())
                .map(str::to_owned),
        },
        issuer,
        gateway_id: form.gateway_id.trim().to_owned(),
    })
}

fn issuer(form: &ConnectionForm, discovery: Option<&Url>, own: String) -> Outcome<String> {
    match (
        form.issuer
            .as_deref()
            .map(str::trim)
            .filter(|issuer| !issuer.is_empty()),
        discovery,
    ) {
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

fn invalid(field: &str, message: &str) -> Refusal {
    Refusal::new(RefusalCode::ConnectionInvalid, message).with_detail(field)
}
