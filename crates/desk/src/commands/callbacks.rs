//! Callbacks: the receiver on this computer, and the two calls that tell `MobilePay` where it is (spec 11.1).

use ledger::Heard;
use mobilepay::{ApiError, CallbackCredentials, CallbackError, Proof, proves};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::rows;
use crate::Desk;
use crate::callbacks::{self, Agreement, Slot, Terms};
use crate::connection::{Connection, api_refusal};
use crate::ipc::{
    CallbackKind, CallbackTerms, CallbackWrong, CallbacksChanged, CallbacksForm, CallbacksView, Nothing,
    ReceiverForm, StrayList, StrayView,
};
use crate::refuse::Outcome;

/// The user name of those who do not choose one.
const USERNAME: &str = "kvit";

pub(crate) async fn callbacks_show(desk: &Desk, _: Nothing) -> Outcome<CallbacksView> {
    view(&desk.current()).await
}

pub(crate) async fn callbacks_receiver(desk: &Desk, form: ReceiverForm) -> Outcome<CallbacksChanged> {
    let connection = desk.current();
    if form.on && form.port < 1_024 {
        return changed(&connection, Some(CallbackWrong::PortTooLow)).await;
    }
    connection
        .change_agreement(|agreement| {
            agreement.listening = form.on;
            if form.on {
                agreement.port = form.port;
            }
        })
        .await?;
    if form.on {
        callbacks::resume(&connection, &desk.credentials).await?;
    } else {
        connection.set_door(&connection.agreement().await?).await;
    }
    changed(&connection, None).await
}

pub(crate) async fn callbacks_set(desk: &Desk, form: CallbacksForm) -> Outcome<CallbacksChanged> {
    let connection = desk.current();
    let _alone = connection.callbacks.asking.lock().await;
    let agreement = connection.agreement().await?;
    let order = match read(&connection, form, agreement.listening) {
        Ok(order) => order,
        Err(wrong) => return changed(&connection, Some(wrong)).await,
    };
    let ready = connection.ready_to_call().await?;
    let slot = agreement.free_slot();
    intend(desk, &connection, &order, slot).await?;
    let answer = connection
        .api
        .set_callbacks(
            &ready.token,
            Uuid::new_v4(),
            &ready.merchant_id,
            &order.address,
            &order.credentials,
        )
        .await;
    connection.note_network(answer.as_ref().err());
    if let Err(error) = &answer {
        connection.heed(error, &ready).await;
    }
    settle(desk, &connection, slot, answer.as_ref().err()).await?;
    match answer {
        Ok(_) => changed(&connection, None).await,
        Err(error) => Err(api_refusal(&error)),
    }
}

/// Intent before effect: the secret and the terms are kept, and from here on whoever shows them is let in, too.
async fn intend(desk: &Desk, connection: &Connection, order: &Order, slot: Slot) -> Outcome<()> {
    desk.credentials
        .keep_callback_secret(&connection.saved.view.id, slot.kind(), order.secret.clone())
        .await?;
    let asked = Terms {
        address: order.address.to_string(),
        kind: order.kind,
        username: order.username.clone(),
        at: connection.now(),
        slot,
    };
    connection
        .change_agreement(|agreement| agreement.ask(asked))
        .await?;
    callbacks::admit_as_agreed(connection, &desk.credentials).await
}

/// What the answer proves: done, surely not done, or open. While it is open the former credentials are valid as well.
async fn settle(desk: &Desk, connection: &Connection, slot: Slot, error: Option<&ApiError>) -> Outcome<()> {
    let change: fn(&mut Agreement, Slot) = match error.map(proves) {
        None => Agreement::settle,
        Some(Proof::Nothing) => return Ok(()),
        Some(Proof::NotSent | Proof::NotCarriedOut | Proof::Refused | Proof::ExistsAlready) => {
            Agreement::give_up
        }
    };
    connection
        .change_agreement(|agreement| change(agreement, slot))
        .await?;
    callbacks::admit_as_agreed(connection, &desk.credentials).await
}

pub(crate) async fn callbacks_strays(desk: &Desk, _: Nothing) -> Outcome<StrayList> {
    let (strays, total) = desk
        .current()
        .books
        .with(|books| {
            Ok::<_, ledger::LedgerError>((books.strays(rows(super::MOST_ROWS))?, books.stray_count()?))
        })
        .await??;
    Ok(StrayList {
        strays: strays.into_iter().map(stray).collect(),
        total,
    })
}

fn stray(heard: Heard) -> StrayView {
    StrayView {
        at: heard.at.to_string(),
        service_id: heard.service_id,
        state: heard.state.word().to_owned(),
        raw: heard.raw,
    }
}

/// What was typed, read.
struct Order {
    address: Url,
    kind: CallbackKind,
    username: String,
    secret: SecretString,
    credentials: CallbackCredentials,
}

fn read(connection: &Connection, form: CallbacksForm, listening: bool) -> Result<Order, CallbackWrong> {
    let address = Url::parse(form.address.trim()).map_err(|_| CallbackWrong::AddressUnreadable)?;
    connection.api.check_callback_address(&address).map_err(wrong)?;
    let secret = match form.secret.trim() {
        "" if listening => made_up(),
        "" => return Err(CallbackWrong::SecretMissing),
        typed => typed.to_owned().into(),
    };
    let username = match (form.kind, form.username.trim()) {
        (CallbackKind::ApiKey, _) => String::new(),
        (CallbackKind::Basic, "") => USERNAME.to_owned(),
        (CallbackKind::Basic, typed) => typed.to_owned(),
    };
    let credentials = callbacks::credentials(form.kind, &username, secret.clone()).map_err(wrong)?;
    Ok(Order {
        address,
        kind: form.kind,
        username,
        secret,
        credentials,
    })
}

/// 244 bits of the operating system's randomness, in letters that can stand in a header.
fn made_up() -> SecretString {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()).into()
}

const fn wrong(error: CallbackError) -> CallbackWrong {
    match error {
        CallbackError::BadUsername => CallbackWrong::UsernameBad,
        CallbackError::BadPassword => CallbackWrong::PasswordBad,
        CallbackError::BadApiKey => CallbackWrong::KeyBad,
        CallbackError::NotHttps => CallbackWrong::AddressNotHttps,
        CallbackError::BadAddress => CallbackWrong::AddressUnreadable,
    }
}

async fn changed(connection: &Connection, wrong: Option<CallbackWrong>) -> Outcome<CallbacksChanged> {
    Ok(CallbacksChanged {
        callbacks: view(connection).await?,
        wrong,
    })
}

async fn view(connection: &Connection) -> Outcome<CallbacksView> {
    let agreement = connection.agreement().await?;
    let strays = connection.books.with(|books| books.stray_count()).await??;
    Ok(CallbacksView {
        receiver: connection.receiver_state().await,
        wanted: agreement.listening,
        port: agreement.port(),
        local_address: callbacks::local_address(&agreement),
        near: callbacks::is_near(connection.saved.view.world),
        current: agreement.current.map(terms),
        unclear: agreement.asked.into_iter().map(terms).collect(),
        last_heard: connection.last_heard().await?.map(|at| at.to_string()),
        last_stranger: connection.last_stranger().map(|at| at.to_string()),
        strays,
    })
}

fn terms(terms: Terms) -> CallbackTerms {
    CallbackTerms {
        address: terms.address,
        kind: terms.kind,
        username: terms.username,
        at: terms.at.to_string(),
    }
}
