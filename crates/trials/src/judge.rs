//! The verdict: what the merchant was promised, what the ledger says, and what the service has, side by side.
//!
//! Pure, so that each kind of fault can be shown to be seen. An intent is known by its amount: no two have the same.

use std::collections::BTreeMap;
use std::process::ExitCode;

use ledger::Shown;

/// Whom an invoice is for, by which way it goes, and until when it is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// `+45…`; a link knows it too.
    pub(crate) phone: Option<String>,
    pub(crate) link: bool,
    /// ISO.
    pub(crate) due: String,
}

/// What the merchant wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intent {
    /// To pay, minor units; the intent's name on both sides.
    pub(crate) amount: i64,
    pub(crate) way: Way,
    /// `draft_send` answered that it is sent.
    pub(crate) promised: bool,
    /// What happened, for the story of an offender.
    pub(crate) story: Vec<String>,
}

/// An invoice as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) amount: i64,
    pub(crate) shown: Shown,
    pub(crate) service_id: Option<String>,
    /// What speaks for *refused*, as it was written down last.
    pub(crate) ground: Option<Ground>,
}

/// Why an invoice is not sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// The service answered so, with this error code of its own.
    Answer { status: u16, code: Option<u32> },
    /// This computer did not let it out.
    HeldBack,
}

impl Ground {
    /// Whether it says that this invoice was looked at and not taken. *Sign in*, *not now* and *something broke* do not say
    /// so; a batch that was carried out does, for a row with an error of its own.
    pub(crate) const fn refuses(self) -> bool {
        match self {
            Self::HeldBack => true,
            Self::Answer { status, code } => match status {
                401 | 429 => false,
                400..=499 => true,
                200..=299 => code.is_some(),
                _ => false,
            },
        }
    }
}

/// An invoice as the service has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct There {
    pub(crate) id: String,
    pub(crate) number: Option<String>,
    pub(crate) amount: i64,
    pub(crate) way: Way,
    pub(crate) status: String,
}

/// What else is known of a world.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    /// The numbers that the ledger says no invoice bears: those that were taken back while a later one was in use already.
    pub(crate) burnt: &'a [u64],
    /// Nothing there refuses an invoice, neither the service nor this computer.
    pub(crate) nothing_refuses: bool,
}

/// Offenders by kind, each in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) misclaimed: Vec<String>,
}

impl Verdict {
    /// `lost 0 doubled 0 misclaimed 0`
    pub(crate) fn counts(&self) -> String {
        let Self {
            lost,
            doubled,
            misclaimed,
        } = self;
        format!(
            "lost {} doubled {} misclaimed {}",
            lost.len(),
            doubled.len(),
            misclaimed.len()
        )
    }

    /// Success, if all three are none.
    pub(crate) fn exit(&self) -> ExitCode {
        if self == &Self::default() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.misclaimed.extend(other.misclaimed);
    }
}

/// Compares both books when nothing is on its way any more and no number was given back out of turn.
pub(crate) fn judge(intents: &[Intent], kept: &[Kept], there: &[There]) -> Verdict {
    judge_with(intents, kept, there, Known::default())
}

/// The same, where more is known.
pub(crate) fn judge_with(intents: &[Intent], kept: &[Kept], there: &[There], known: Known<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    let ours = by_amount(kept, |row| row.amount);
    let theirs = by_amount(there, |row| row.amount);
    for intent in intents {
        let none = (Vec::new(), Vec::new());
        let kept = ours.get(&intent.amount).unwrap_or(&none.0);
        let there = theirs.get(&intent.amount).unwrap_or(&none.1);
        let tell = |what: String| format!("{what}; {}", intent.story.join(", "));
        if there.len() > 1 {
            verdict
                .doubled
                .push(tell(format!("{} has {there:?}", intent.amount)));
        }
        for found in there.iter().filter(|found| found.way != intent.way) {
            let wanted = &intent.way;
            let other = format!("wanted was {wanted:?}, and the service has {found:?}");
            verdict.misclaimed.push(tell(other));
        }
        if kept.len() > 1 {
            let twice = format!("{} stands in the ledger as {kept:?}", intent.amount);
            verdict.misclaimed.push(tell(twice));
        }
        match (kept.first(), there.first()) {
            (None, None) if intent.promised => {
                verdict.lost.push(tell(format!("{} is nowhere", intent.amount)));
            }
            (None, Some(there)) => verdict
                .misclaimed
                .push(tell(format!("the ledger does not know {there:?}"))),
            (Some(kept), there) => match claim(kept, there.copied(), known) {
                Claim::True => {}
                Claim::False => verdict
                    .misclaimed
                    .push(tell(format!("{kept:?} against {there:?}"))),
                Claim::Unsettled => verdict.lost.push(tell(format!("{kept:?} never came to an end"))),
                Claim::GivenUp => verdict
                    .lost
                    .push(tell(format!("{kept:?} was given up, and nobody refused it"))),
            },
            (None, None) => {}
        }
    }
    verdict.misclaimed.extend(strangers(intents, there));
    verdict.misclaimed.extend(holes(kept, known.burnt));
    verdict
}

fn by_amount<T>(rows: &[T], amount: impl Fn(&T) -> i64) -> BTreeMap<i64, Vec<&T>> {
    let mut found: BTreeMap<i64, Vec<&T>> = BTreeMap::new();
    for row in rows {
        found.entry(amount(row)).or_default().push(row);
    }
    found
}

enum Claim {
    True,
    False,
    /// Neither sent nor refused, although everything has come to rest.
    Unsettled,
    /// Said to be refused, where nothing refused it.
    GivenUp,
}

/// Whether what the ledger shows is so.
fn claim(kept: &Kept, there: Option<&There>, known: Known<'_>) -> Claim {
    let is = |right: bool| if right { Claim::True } else { Claim::False };
    let same = |there: &There| {
        kept.service_id.as_ref() == Some(&there.id) && there.number == Some(kept.number.to_string())
    };
    let in_state = |word: &str| is(there.is_some_and(|there| same(there) && there.status == word));
    match kept.shown {
        Shown::Held | Shown::Queued | Shown::Sending | Shown::Waiting | Shown::InDoubt => Claim::Unsettled,
        Shown::SentIdUnknown => is(there.is_some()),
        // Taken, and its state not told yet.
        Shown::Accepted => is(there.is_some_and(same)),
        Shown::Refused if there.is_some() => Claim::False,
        Shown::Refused if known.nothing_refuses || !kept.ground.is_some_and(Ground::refuses) => {
            Claim::GivenUp
        }
        Shown::Refused => Claim::True,
        Shown::Created => in_state("created"),
        Shown::Scheduled => in_state("accepted"),
        Shown::Paid => in_state("paid"),
        Shown::Rejected => in_state("rejected"),
        Shown::Expired => in_state("expired"),
        Shown::Canceled => in_state("canceled"),
        Shown::Invalid | Shown::Replaced | Shown::Unknown => Claim::False,
    }
}

/// Invoices on the service that nobody wanted.
fn strangers(intents: &[Intent], there: &[There]) -> Vec<String> {
    let wanted = |row: &&There| !intents.iter().any(|intent| intent.amount == row.amount);
    there
        .iter()
        .filter(wanted)
        .map(|row| format!("nobody wanted {row:?}"))
        .collect()
}

/// Numbers must run from one without a double, and without a gap that the ledger does not know of.
fn holes(kept: &[Kept], burnt: &[u64]) -> Vec<String> {
    let mut numbers: Vec<u64> = kept
        .iter()
        .map(|row| row.number)
        .chain(burnt.iter().copied())
        .collect();
    numbers.sort_unstable();
    let right = numbers
        .iter()
        .zip(1_u64..)
        .all(|(found, wanted)| *found == wanted);
    if right {
        Vec::new()
    } else {
        vec![format!(
            "the numbers are {numbers:?}, of which no invoice bears {burnt:?}"
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way() -> Way {
        Way {
            phone: Some("+4557373259".into()),
            link: false,
            due: "2026-12-07".into(),
        }
    }

    fn intent(amount: i64, promised: bool) -> Intent {
        Intent {
            amount,
            way: way(),
            promised,
            story: Vec::new(),
        }
    }

    fn kept(number: u64, amount: i64, shown: Shown) -> Kept {
        Kept {
            number,
            amount,
            shown,
            service_id: Some(format!("id-{number}")),
            ground: None,
        }
    }

    fn refused(number: u64, amount: i64, status: u16, code: Option<u32>) -> Kept {
        Kept {
            ground: Some(Ground::Answer { status, code }),
            ..kept(number, amount, Shown::Refused)
        }
    }

    fn there(number: u64, amount: i64, status: &str) -> There {
        There {
            id: format!("id-{number}"),
            number: Some(number.to_string()),
            amount,
            way: way(),
            status: status.to_owned(),
        }
    }

    fn found(intents: &[Intent], kept: &[Kept], there: &[There]) -> (usize, usize, usize) {
        let verdict = judge(intents, kept, there);
        (
            verdict.lost.len(),
            verdict.doubled.len(),
            verdict.misclaimed.len(),
        )
    }

    #[test]
    fn agreeing_books_are_clean() {
        let intents = [intent(500, true), intent(505, true), intent(510, false)];
        let ours = [kept(1, 500, Shown::Created), refused(2, 505, 400, None)];
        assert_eq!(found(&intents, &ours, &[there(1, 500, "created")]), (0, 0, 0));
    }

    #[test]
    fn a_promise_that_is_nowhere_is_lost() {
        assert_eq!(found(&[intent(500, true)], &[], &[]), (1, 0, 0));
    }

    #[test]
    fn an_invoice_that_never_comes_to_rest_is_lost() {
        let ours = [kept(1, 500, Shown::InDoubt)];
        assert_eq!(found(&[intent(500, true)], &ours, &[]), (1, 0, 0));
    }

    #[test]
    fn one_that_was_given_up_without_a_refusal_is_lost() {
        let intents = [intent(500, true)];
        assert_eq!(found(&intents, &[kept(1, 500, Shown::Refused)], &[]), (1, 0, 0));
        for status in [200, 302, 401, 429, 500, 503] {
            assert_eq!(
                found(&intents, &[refused(1, 500, status, None)], &[]),
                (1, 0, 0),
                "{status}"
            );
        }
        for status in [401, 429, 500] {
            assert_eq!(
                found(&intents, &[refused(1, 500, status, Some(10_101))], &[]),
                (1, 0, 0)
            );
        }
        let held_back = Kept {
            ground: Some(Ground::HeldBack),
            ..kept(1, 500, Shown::Refused)
        };
        // A row of a batch is refused in an answer that went well.
        for true_ones in [
            refused(1, 500, 403, None),
            refused(1, 500, 202, Some(10_101)),
            held_back,
        ] {
            assert_eq!(found(&intents, &[true_ones], &[]), (0, 0, 0));
        }
    }

    #[test]
    fn where_nothing_refuses_one_that_is_refused_is_lost() {
        let ours = [refused(1, 500, 400, None)];
        let known = Known {
            nothing_refuses: true,
            ..Known::default()
        };
        assert_eq!(judge_with(&[intent(500, true)], &ours, &[], known).lost.len(), 1);
    }

    #[test]
    fn another_phone_another_channel_and_another_day_are_seen() {
        let ours = [kept(1, 500, Shown::Created)];
        let others = [
            Way {
                phone: Some("+4522509895".into()),
                ..way()
            },
            Way { phone: None, ..way() },
            Way { link: true, ..way() },
            Way {
                due: "2026-12-08".into(),
                ..way()
            },
        ];
        for other in others {
            let theirs = There {
                way: other.clone(),
                ..there(1, 500, "created")
            };
            assert_eq!(
                found(&[intent(500, true)], &ours, &[theirs]),
                (0, 0, 1),
                "{other:?}"
            );
        }
    }

    #[test]
    fn two_on_the_service_are_doubled() {
        let theirs = [there(1, 500, "created"), there(2, 500, "created")];
        let ours = [kept(1, 500, Shown::Created)];
        assert_eq!(found(&[intent(500, true)], &ours, &theirs), (0, 1, 0));
    }

    #[test]
    fn every_false_claim_is_seen() {
        for (shown, status) in [
            (Shown::Created, None),
            (Shown::SentIdUnknown, None),
            (Shown::Accepted, None),
            (Shown::Refused, Some("created")),
            (Shown::Paid, Some("created")),
            (Shown::Canceled, Some("paid")),
        ] {
            let theirs: Vec<There> = status.map(|status| there(1, 500, status)).into_iter().collect();
            let ours = [kept(1, 500, shown)];
            assert_eq!(
                found(&[intent(500, true)], &ours, &theirs),
                (0, 0, 1),
                "{shown:?} {status:?}"
            );
        }
    }

    #[test]
    fn another_invoice_s_id_is_a_false_claim() {
        let mut theirs = there(1, 500, "created");
        theirs.id = "id-of-another".into();
        let ours = [kept(1, 500, Shown::Created)];
        assert_eq!(found(&[intent(500, true)], &ours, &[theirs]), (0, 0, 1));
    }

    #[test]
    fn an_invoice_on_the_service_that_the_ledger_does_not_know_is_seen() {
        assert_eq!(
            found(&[intent(500, false)], &[], &[there(1, 500, "created")]),
            (0, 0, 1)
        );
        assert_eq!(found(&[], &[], &[there(1, 500, "created")]), (0, 0, 1));
    }

    #[test]
    fn a_number_that_is_known_to_be_taken_back_is_no_hole_and_is_borne_by_nobody() {
        let intents = [intent(500, true)];
        let theirs = [there(2, 500, "created")];
        let ours = [kept(2, 500, Shown::Created)];
        let judged = |burnt| {
            let known = Known {
                burnt,
                ..Known::default()
            };
            judge_with(&intents, &ours, &theirs, known)
        };
        assert_eq!(judged(&[1]), Verdict::default());
        assert_eq!(judged(&[1, 2]).misclaimed.len(), 1);
    }

    #[test]
    fn a_hole_in_the_numbers_is_seen() {
        let ours = [kept(2, 500, Shown::Created)];
        assert_eq!(
            found(&[intent(500, true)], &ours, &[there(2, 500, "created")]),
            (0, 0, 1)
        );
    }
}
