//! The parameters of an answer: each known one once, the others ignored.

use super::{AnswerError, Content, ReturnedAnswer};

#[derive(Default)]
pub(super) struct Parameters {
    state: Option<String>,
    code: Option<String>,
    id_token: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    scope: Option<String>,
    others: [bool; 3],
}

impl Parameters {
    pub(super) fn take(&mut self, name: &str, value: String) -> Result<(), AnswerError> {
        let place = match name {
            "state" => &mut self.state,
            "code" => &mut self.code,
            "id_token" => &mut self.id_token,
            "iss" => &mut self.issuer,
            "error" => &mut self.error,
            "scope" => &mut self.scope,
            "access_token" => return Err(AnswerError::AccessTokenInFront),
            "session_state" => return self.once(0),
            "error_description" => return self.once(1),
            "error_uri" => return self.once(2),
            // Unknown parameters are ignored (RFC 6749, 4.1.2).
            _ => return Ok(()),
        };
        if place.replace(value).is_some() {
            return Err(AnswerError::Repeated);
        }
        Ok(())
    }

    fn once(&mut self, which: usize) -> Result<(), AnswerError> {
        if std::mem::replace(&mut self.others[which], true) {
            Err(AnswerError::Repeated)
        } else {
            Ok(())
        }
    }

    pub(super) fn finish(self) -> Result<ReturnedAnswer, AnswerError> {
        let some = |value: Option<String>| value.filter(|value| !value.is_empty());
        if self.state.is_none() && self.code.is_none() && self.error.is_none() && self.id_token.is_none() {
            return Err(AnswerError::NoAnswer);
        }
        let state = some(self.state).ok_or(AnswerError::StateMissing)?;
        let content = match some(self.error) {
            Some(error) => Content::Refused { error },
            None => Content::Granted {
                code: some(self.code).ok_or(AnswerError::CodeMissing)?.into(),
                id_token: some(self.id_token).ok_or(AnswerError::IdTokenMissing)?.into(),
                scope: some(self.scope),
            },
        };
        Ok(ReturnedAnswer {
            state,
            issuer: some(self.issuer),
            content,
        })
    }
}
