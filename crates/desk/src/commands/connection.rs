//! Connections: the list, the open one, and how things stand with it.

use ledger::Ledger;
use mobilepay::AccessToken;

use super::{app, business, leaving};
use crate::Desk;
use crate::checking::{self, Subject};
use crate::connection::{Connection, api};
use crate::ipc::{
    AppView, CheckedPiece, ConnectionChange, ConnectionCheck, ConnectionChecked, ConnectionForm,
    ConnectionRef, ConnectionStatus, ConnectionView, Event, Nothing, Refusal, RefusalCode, World,
};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::{connection_form, credentials, signin};

pub(crate) async fn connection_add(desk: &Desk, form: ConnectionForm) -> Outcome<ConnectionView> {
    let first = connection_form::first_number(&form)?;
    let saved = removed_before(desk, connection_form::read_new(&form)?).await;
    desk.credentials
        .keep(&saved.view.id, connection_form::secrets(&form))
        .await?;
    let saved = leaving::begin_books(desk, saved, first).await?;
    let view = saved.view.clone();
    desk.remember(|remembered| {
        remembered.removed.retain(|other| other.view.id != saved.view.id);
        remembered.connections.push(saved);
    })
    .await?;
    desk.tell(Event::ConnectionChanged);
    Ok(view)
}

/// One that was removed and is connected again goes on with its books, if they are still there: its numbers are not given
/// a second time.
async fn removed_before(desk: &Desk, mut saved: SavedConnection) -> SavedConnection {
    let remembered = desk.remembered.lock().await;
    let former = remembered.removed.iter().rev().find(|former| {
        connection_form::is_same(&former.view, &saved.view)
            && Ledger::is_begun(&desk.folder.books(&former.view.id))
    });
    if let Some(former) = former {
        saved.view.id.clone_from(&former.view.id);
        saved.begun = true;
    }
    saved
}

pub(crate) async fn connection_change(desk: &Desk, change: ConnectionChange) -> Outcome<ConnectionView> {
    let former = desk.connection_named(&change.id).await?;
    let saved = connection_form::read_change(&change.form, &former)?;
    let (view, id) = (saved.view.clone(), saved.view.id.clone());
    // One that works beside the open one knows only what it was opened with.
    if let Some(beside) = desk.beside.take(&id) {
        beside.close().await;
    }
    // Before anything is kept: whatever dies afterwards, no token of before is used by what is new.
    if connection_form::needs_new_sign_in(&former.view, &view) {
        signin::give_up(desk).await;
        let current = desk.current();
        if current.saved.view.id == id {
            current
                .session
                .sign_out()
                .await
                .map_err(credentials::store_refusal)?;
        } else {
            desk.credentials.forget_session(&id).await?;
        }
    }
    desk.credentials
        .keep(&id, connection_form::secrets(&change.form))
        .await?;
    let kept = saved.clone();
    desk.remember(|remembered| {
        let place = remembered
            .connections
            .iter_mut()
            .find(|other| other.view.id == id);
        if let Some(place) = place {
            *place = kept;
        }
    })
    .await?;
    if desk.current().saved.view.id == saved.view.id {
        signin::give_up(desk).await;
        desk.switch_to(saved).await?;
    } else {
        desk.put_beside(saved).await?;
    }
    desk.tell(Event::EverythingChanged);
    Ok(view)
}

pub(crate) async fn connection_check(desk: &Desk, wanted: ConnectionCheck) -> Outcome<ConnectionChecked> {
    let pieces = match wanted.form {
        Some(form) => check_typed(desk, &form, wanted.id.as_deref()).await?,
        None => check_open(desk).await?,
    };
    Ok(ConnectionChecked { pieces })
}

/// A connection that is being written: nobody has signed in with it.
async fn check_typed(desk: &Desk, form: &ConnectionForm, id: Option<&str>) -> Outcome<Vec<CheckedPiece>> {
    let typed = connection_form::secrets(form);
    let saved = match id {
        Some(id) => connection_form::read_change(form, &desk.connection_named(id).await?)?,
        None => connection_form::read_new(form)?,
    };
    let (client_secret, gateway) = desk.credentials.typed_or_kept(&saved, typed).await?;
    let api = api(&saved, &gateway)?;
    let provider = credentials::provider(&saved)?;
    let subject = Subject {
        http: credentials::http(&saved, &provider)?,
        provider,
        registration: credentials::registration(&saved, client_secret),
        api: &api,
        token: None,
        clock: desk.clock.as_ref(),
    };
    Ok(checking::check(&subject).await)
}

/// The open connection, with the token of whoever is signed in.
async fn check_open(desk: &Desk) -> Outcome<Vec<CheckedPiece>> {
    desk.read_what_was_wanting().await?;
    let connection = desk.current();
    let session = &connection.session;
    // A 401 with a token that is no good any more says nothing of the gateway's credentials (spec 6.7): one is renewed first.
    if let Ok(token) = session.access_token().await {
        let bearer = AccessToken::new(token.clone());
        let me = connection.api.me(&bearer, uuid::Uuid::new_v4()).await;
        connection.note_answer(me.as_ref().err(), &token).await;
    }
    let subject = Subject {
        http: session.http().clone(),
        provider: credentials::provider(&connection.saved)?,
        registration: session.registration().clone(),
        api: &connection.api,
        token: session.access_token().await.ok().map(AccessToken::new),
        clock: desk.clock.as_ref(),
    };
    Ok(checking::check(&subject).await)
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
    leaving::must_be_settled(desk, &saved).await?;
    if desk.current().saved.view.id == saved.view.id {
        signin::give_up(desk).await;
        let practice = desk.practice.connections()[0].clone();
        desk.switch_to(practice).await?;
    }
    if let Some(beside) = desk.beside.take(&saved.view.id) {
        beside.close().await;
    }
    desk.credentials.forget(&saved.view.id).await?;
    desk.remember(|remembered| {
        remembered
            .connections
            .retain(|other| other.view.id != saved.view.id);
        remembered.removed.push(SavedConnection {
            gateway_id: String::new(),
            ..saved
        });
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
        session: signin::session_view(&connection, desk.credentials.this_run_only()).await,
        trouble: connection.troubles.now(),
        business: business::show(&connection).await?,
        merchant_id: connection.fact("merchant_id").await?,
        issuers: connection.issuers().await?,
        outbox_waiting: connection.waiting().await?,
        outbox_unsettled: connection.books.with(|books| books.unsettled()).await??,
        online: connection.online(),
        keychain: desk.credentials.keychain().await,
    })
}
