//! Signing in and out.

use super::connection;
use crate::Desk;
use crate::ipc::{ConnectionStatus, Nothing, SigninBegin, SigninPaste, SigninView};
use crate::refuse::Outcome;
use crate::signin;

pub(crate) async fn signin_begin(desk: &Desk, begin: SigninBegin) -> Outcome<SigninView> {
    signin::begin(&desk.myself(), begin.door).await
}

pub(crate) async fn signin_reopen(desk: &Desk, _: Nothing) -> Outcome<SigninView> {
    signin::reopen(desk).await
}

pub(crate) async fn signin_paste(desk: &Desk, paste: SigninPaste) -> Outcome<ConnectionStatus> {
    signin::paste(desk, &paste.address).await?;
    connection::status(desk).await
}

pub(crate) async fn signin_cancel(desk: &Desk, _: Nothing) -> Outcome<Nothing> {
    signin::give_up(desk).await;
    Ok(Nothing {})
}
