//! A connection that is not whole yet: what was typed of it is kept while the merchant waits for MobilePay.

use crate::Desk;
use crate::connection_form;
use crate::ipc::{Nothing, ReturnAddress, Unfinished};
use crate::refuse::Outcome;

pub(crate) async fn unfinished_show(desk: &Desk, _: Nothing) -> Outcome<Unfinished> {
    let form = desk.remembered.lock().await.unfinished.clone();
    Ok(Unfinished { form })
}

pub(crate) async fn unfinished_keep(desk: &Desk, unfinished: Unfinished) -> Outcome<Nothing> {
    desk.remember(|remembered| remembered.unfinished = unfinished.form)
        .await?;
    Ok(Nothing {})
}

pub(crate) async fn return_address_check(_: &Desk, asked: ReturnAddress) -> Outcome<Nothing> {
    connection_form::return_address(asked.world, asked.door, &asked.address)?;
    Ok(Nothing {})
}
