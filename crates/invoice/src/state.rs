//! What can happen to an invoice at `MobilePay` (spec 10.4, 14), and how it reaches the customer.

use serde::{Deserialize, Serialize};

/// How an invoice reaches the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// `InvoiceDirect`: pushed to a known phone number.
    Phone,
    /// `InvoiceLink`: a URL that any `MobilePay` user may open and pay.
    Link,
}

/// A state that `MobilePay` has told us, in the words of spec 10.4.
///
/// States between "written" and "`MobilePay` has it" belong to the outbox, not here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Created and delivered.
    Created,
    /// Failed the service's later validation; no invoice exists.
    Invalid,
    /// The customer accepted; payment is scheduled or being tried.
    Accepted,
    /// Money taken.
    Paid,
    /// The customer declined.
    Rejected,
    /// Nobody paid until the due date plus 30 days.
    Expired,
    /// The merchant cancelled it.
    Canceled,
    /// A word that the documents do not know, kept as it came.
    #[serde(untagged)]
    Unknown(String),
}

/// What the state machine says of a step from one told state to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The same state again.
    Same,
    /// A step of spec 14.2.
    Allowed,
    /// No document allows it: it is recorded and flagged, never dropped and never applied.
    Forbidden,
}

impl State {
    /// Reads a status in any casing; `cancelled` is taken for `canceled` (spec 21 items 5 and 39).
    pub fn parse(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "created" => Self::Created,
            "invalid" => Self::Invalid,
            "accepted" => Self::Accepted,
            "paid" => Self::Paid,
            "rejected" => Self::Rejected,
            "expired" => Self::Expired,
            "canceled" | "cancelled" => Self::Canceled,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// The word of spec 10.4, lower case; an unknown one as it came.
    pub fn word(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Invalid => "invalid",
            Self::Accepted => "accepted",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
            Self::Unknown(word) => word,
        }
    }

    /// Whether nothing can follow (spec 14.2, last row). `invalid` is treated as final (spec 21 item 38).
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Invalid | Self::Paid | Self::Rejected | Self::Expired | Self::Canceled
        )
    }

    /// Whether the merchant may still cancel (spec 10.1).
    pub const fn can_cancel(&self) -> bool {
        matches!(self, Self::Created | Self::Accepted)
    }

    /// Whether `self` may be followed by `next` (spec 14.2).
    pub fn step(&self, next: &Self) -> Transition {
        if self == next {
            return Transition::Same;
        }
        match (self, next) {
            // Nothing follows a final state, not even a word that nobody knows (spec 14.2, last row).
            (last, Self::Unknown(_)) if last.is_final() => Transition::Forbidden,
            // A poll may miss `accepted`, so `created` may be followed by any later state (spec 21 item 17).
            (Self::Created | Self::Unknown(_), _) | (_, Self::Unknown(_)) => Transition::Allowed,
            (Self::Accepted, Self::Paid | Self::Rejected | Self::Expired | Self::Canceled) => {
                Transition::Allowed
            }
            _ => Transition::Forbidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_casing_of_a_status_is_read() {
        for word in ["Paid", "paid", "PAID"] {
            assert_eq!(State::parse(word), State::Paid);
        }
        assert_eq!(State::parse("Cancelled"), State::Canceled);
    }

    #[test]
    fn an_unknown_status_survives_a_round_trip() {
        let state = State::parse("OnHold");
        assert_eq!(state.word(), "OnHold");
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    }

    #[test]
    fn nothing_follows_a_final_state() {
        let finals = [
            State::Paid,
            State::Rejected,
            State::Expired,
            State::Canceled,
            State::Invalid,
        ];
        for last in &finals {
            for next in [State::Created, State::Accepted, State::parse("Refunded")]
                .iter()
                .chain(finals.iter().filter(|s| *s != last))
            {
                assert_eq!(last.step(next), Transition::Forbidden, "{last:?} -> {next:?}");
            }
        }
    }

    #[test]
    fn an_accepted_invoice_never_goes_back_to_created() {
        assert_eq!(State::Accepted.step(&State::Created), Transition::Forbidden);
        assert_eq!(State::Created.step(&State::Paid), Transition::Allowed);
    }
}
