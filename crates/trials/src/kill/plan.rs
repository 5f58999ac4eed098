//! Where the core dies next.

use rand::Rng as _;
use rand::rngs::StdRng;

/// One death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// At a named place in the core.
    Place(&'static str),
    /// At a byte on the wire of the `nth` call that creates or cancels.
    Wire {
        /// Which of these calls.
        nth: u32,
        /// Where in it.
        at: At,
    },
    /// So many milliseconds after the first of the new invoices was sent.
    Moment(u64),
    /// When everything has come to rest.
    Rest,
}

/// A byte of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// After so many thousandths of the request's bytes reached the service; 0 none, 1000 all.
    Request(u32),
    /// After so many thousandths of the answer's bytes reached the core.
    Answer(u32),
    /// Before the first byte; the whole request reaches the service later, when the core runs again.
    Late,
}

/// The named places; each is had once before chance decides.
const PLACES: &[&str] = &[
    "send,commit.before",
    "send,commit.after",
    "release_due,commit.before",
    "release_due,commit.after",
    "send,commit.after,send,commit.after",
    "undo",
    "undo,commit.before",
    "undo,commit.after",
    "begin_sending",
    "begin_sending,commit.before",
    "begin_sending,commit.after",
    "socket.before",
    "answer",
    "settle,commit.before",
    "settle,commit.after",
    "observe,commit.before",
    "observe,commit.after",
    "socket.before,socket.before",
    "answer,answer",
    "answer,settle,commit.before,begin_sending,commit.after",
    "recover",
    "recover,commit.before",
    "recover,commit.after",
    "rotated.after",
    "rotated.before",
    "cancel.answer",
    "rotated.between",
    "queue_chunk",
    "queue_chunk,commit.before",
    "queue_chunk,commit.after",
    "release_chunks",
    "release_chunks,commit.before",
    "release_chunks,commit.after",
    "begin_batch",
    "begin_batch,commit.before",
    "begin_batch,commit.after",
    "begin_batch,socket.before",
    "begin_batch,answer",
    "settle_batch",
    "settle_batch,commit.before",
    "settle_batch,commit.after",
    "pause_run",
    "pause_run,commit.before",
    "pause_run,commit.after",
    "stop_run",
    "stop_run,commit.before",
    "stop_run,commit.after",
    "correct_row",
    "correct_row,commit.before",
    "correct_row,commit.after",
    "retry_failed",
    "retry_failed,commit.before",
    "retry_failed,commit.after",
    "settle_by_id",
    "settle_by_id,commit.before",
    "settle_by_id,commit.after",
    "replace_doubted",
    "replace_doubted,commit.before",
    "replace_doubted,commit.after",
    "take_events",
    "take_events,commit.before",
    "take_events,commit.after",
    "observe_gone",
    "observe_gone,commit.before",
    "observe_gone,commit.after",
];

/// The first words of places that only many at once pass.
const OF_RUNS: &[&str] = &[
    "queue_chunk",
    "release_chunks",
    "begin_batch",
    "settle_batch",
    "pause_run",
    "stop_run",
];

/// Steps of one invoice by itself: each occurrence needs one.
const OF_SINGLES: &[&str] = &["send", "begin_sending", "socket.before", "answer"];

/// Where on the wire; each is had once before chance decides.
const BYTES: &[At] = &[
    At::Request(0),
    At::Request(1),
    At::Request(500),
    At::Request(999),
    At::Request(1000),
    At::Answer(0),
    At::Answer(1),
    At::Answer(500),
    At::Answer(999),
    At::Answer(1000),
    At::Late,
];

impl Plan {
    /// The plan of the `nth` kill of a world.
    pub(super) fn of(nth: u32, dice: &mut StdRng) -> Self {
        let nth = nth as usize;
        if let Some(place) = PLACES.get(nth) {
            return Self::Place(place);
        }
        if let Some(at) = BYTES.get(nth - PLACES.len()) {
            return Self::Wire { nth: 0, at: *at };
        }
        match dice.random_range(0..10) {
            0..3 => Self::Place(PLACES[dice.random_range(0..PLACES.len())]),
            3..7 => Self::Wire {
                nth: dice.random_range(0..3),
                at: match dice.random_range(0..7) {
                    0..3 => At::Request(dice.random_range(0..=1000)),
                    3..6 => At::Answer(dice.random_range(0..=1000)),
                    _ => At::Late,
                },
            },
            7..9 => Self::Moment(dice.random_range(0..60)),
            _ => Self::Rest,
        }
    }

    /// The named place, or nothing.
    pub(super) const fn named(&self) -> &'static str {
        match self {
            Self::Place(place) => place,
            _ => "",
        }
    }

    /// Whether the core passes its place only when many are sent at once.
    pub(super) fn is_of_runs(&self) -> bool {
        OF_RUNS.iter().any(|place| self.named().starts_with(place))
    }

    /// How many invoices must be sent by themselves for the core to come to its place.
    pub(super) fn singles(&self) -> usize {
        if self.is_of_runs() {
            return 0;
        }
        let steps = self.named().split(',');
        steps.filter(|step| OF_SINGLES.contains(step)).count()
    }

    /// Whether the `nth` kill of a world is one of those that each world has.
    pub(super) fn is_listed(nth: u32) -> bool {
        (nth as usize) < PLACES.len() + BYTES.len()
    }

    /// The plan in the list at the end.
    pub(super) const fn place(&self) -> &'static str {
        match self {
            Self::Place(place) => place,
            Self::Wire {
                at: At::Request(0), ..
            } => "wire: nothing of the request",
            Self::Wire {
                at: At::Request(1000),
                ..
            } => "wire: the whole request",
            Self::Wire {
                at: At::Request(_), ..
            } => "wire: part of the request",
            Self::Wire {
                at: At::Answer(0), ..
            } => "wire: nothing of the answer",
            Self::Wire {
                at: At::Answer(1000), ..
            } => "wire: the whole answer",
            Self::Wire {
                at: At::Answer(_), ..
            } => "wire: part of the answer",
            Self::Wire { at: At::Late, .. } => "wire: the request arrives after the restart",
            Self::Moment(_) => "a random moment",
            Self::Rest => "at rest",
        }
    }
}

/// How many bytes `thousandths` of `length` are: 0 none, 1 the first, 999 all but the last, 1000 all.
pub(super) fn bytes(thousandths: u32, length: usize) -> usize {
    match thousandths {
        0 => 0,
        1 => length.min(1),
        999 => length.saturating_sub(1),
        1000.. => length,
        some => length * some as usize / 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::super::KILLS_IN_A_WORLD;
    use super::*;

    /// The places that the code names, wherever it is.
    fn named_in_the_code(folder: &std::path::Path, found: &mut std::collections::BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named_in_the_code(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let names = text.split("kill_point::pass(\"").skip(1);
                found.extend(names.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
            }
        }
    }

    #[test]
    fn every_place_that_the_code_names_is_died_at_in_each_world() {
        let mut named = std::collections::BTreeSet::new();
        for part in ["desk", "ledger", "login"] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
            named_in_the_code(&std::path::Path::new(folder).join(part).join("src"), &mut named);
        }
        let planned = |name: &String| {
            PLACES
                .iter()
                .any(|place| place.split(',').any(|step| step == name))
        };
        let forgotten: Vec<&String> = named.iter().filter(|name| !planned(name)).collect();
        assert!(
            named.len() > 15 && forgotten.is_empty(),
            "{forgotten:?} of {named:?}"
        );
    }

    #[test]
    fn a_place_has_as_many_invoices_as_it_takes() {
        let found = [
            "send,commit.after,send,commit.after",
            "answer,settle,commit.before,begin_sending,commit.after",
            "begin_batch,answer",
            "recover",
        ]
        .map(|place| Plan::Place(place).singles());
        assert_eq!(found, [2, 2, 0, 0]);
    }

    #[test]
    fn the_edges_are_exact() {
        let found = [0, 1, 500, 999, 1000].map(|thousandths| bytes(thousandths, 2_468));
        assert_eq!(found, [0, 1, 1_234, 2_467, 2_468]);
        assert_eq!(bytes(1, 0), 0);
    }

    #[test]
    fn one_world_has_every_place_and_every_kind_of_byte() {
        use rand::SeedableRng as _;
        let mut dice = StdRng::seed_from_u64(1);
        let plans: Vec<Plan> = (0..KILLS_IN_A_WORLD)
            .map(|nth| Plan::of(nth, &mut dice))
            .collect();
        for place in PLACES {
            assert!(plans.contains(&Plan::Place(place)), "{place}");
        }
        for at in BYTES {
            assert!(plans.contains(&Plan::Wire { nth: 0, at: *at }), "{at:?}");
        }
        // These are not left to chance, and some are.
        let listed = (0..KILLS_IN_A_WORLD).filter(|nth| Plan::is_listed(*nth)).count();
        assert_eq!(listed, PLACES.len() + BYTES.len());
        assert!(listed < plans.len());
    }
}
