//! Evidence in the window's words.

use ::invoice::State;
use ledger::{Evidence, Source, What};

use crate::ipc::{EvidenceSource, MeaningKey, TimelineEntry, TimelineWhat, UpstreamView};

pub(crate) fn entry(said: &Evidence) -> TimelineEntry {
    TimelineEntry {
        at: said.at.to_string(),
        what: what(said),
        source: match said.source {
            Source::ThisComputer => EvidenceSource::ThisComputer,
            Source::Answer => EvidenceSource::Answer,
            Source::StatusCheck => EvidenceSource::StatusCheck,
            Source::Callback => EvidenceSource::Callback,
        },
        status: said.status,
        // Nobody answered: the code only names our own reason.
        error_code: said.error_code.filter(|_| said.what != What::HeldBack),
        words: words(said),
        until: said.until.clone(),
        flagged: said.flagged,
    }
}

/// The service's own words. What this computer noted of a failure on the way is said by what happened already.
pub(crate) fn words(said: &Evidence) -> Option<String> {
    let spoken = matches!(
        said.what,
        What::Refused | What::BatchRefused | What::CancelRefused | What::ExistsAlready
    );
    said.words.clone().filter(|_| spoken && said.status.is_some())
}

/// It was not let out because its due date had passed; the other reason to hold back is the daily limit.
pub(crate) fn is_late(said: &Evidence) -> bool {
    said.what == What::HeldBack
        && said.error_code.map(MeaningKey::of) == Some(Some(MeaningKey::DueDateInPast))
}

/// What happened, in the window's words.
pub(crate) fn what(said: &Evidence) -> TimelineWhat {
    match (&said.what, &said.state) {
        (What::Sent, _) => TimelineWhat::Sent,
        (What::Attempted, _) => TimelineWhat::Attempted,
        (What::TakenByService, _) => TimelineWhat::TakenByService,
        (What::ExistsAlready, _) => TimelineWhat::ExistsAlready,
        (What::Refused, _) => TimelineWhat::Refused,
        (What::NotSent, _) => TimelineWhat::NotSent,
        (What::BatchRefused, _) => TimelineWhat::BatchRefused,
        (What::HeldBack, _) if is_late(said) => TimelineWhat::DueDatePassed,
        (What::HeldBack, _) => TimelineWhat::DailyLimit,
        (What::BackInQueue, _) => TimelineWhat::BackInQueue,
        (What::AnswerLost, _) => TimelineWhat::AnswerLost,
        (What::Interrupted, _) => TimelineWhat::Interrupted,
        (What::IdGiven, _) => TimelineWhat::IdGiven,
        (What::Replaced, _) => TimelineWhat::Replaced,
        (What::CancelAsked, _) => TimelineWhat::CancelAsked,
        (What::CancelRefused, _) => TimelineWhat::CancelRefused,
        (What::CancelLost, _) => TimelineWhat::CancelLost,
        (What::CancelNotSent, _) => TimelineWhat::CancelNotSent,
        (What::Told, Some(State::Created)) => TimelineWhat::Created,
        (What::Told, Some(State::Invalid)) => TimelineWhat::Invalid,
        (What::Told, Some(State::Accepted)) => TimelineWhat::Accepted,
        (What::Told, Some(State::Paid)) => TimelineWhat::Paid,
        (What::Told, Some(State::Rejected)) => TimelineWhat::Rejected,
        (What::Told, Some(State::Expired)) => TimelineWhat::Expired,
        (What::Told, Some(State::Canceled)) => TimelineWhat::Canceled,
        (What::Told, _) => TimelineWhat::Unknown,
    }
}

pub(crate) fn upstream(said: &Evidence) -> UpstreamView {
    // An input error has no code (spec 13.2), and means one thing only.
    let input_wrong = said.status == Some(400) && said.error_code.is_none();
    UpstreamView {
        status: said.status,
        code: said.error_code,
        meaning: match said.error_code {
            Some(code) => MeaningKey::of(code),
            None => input_wrong.then_some(MeaningKey::InputWrong),
        },
        text: said.words.clone(),
        correlation_id: said.correlation_id.clone(),
    }
}
