//! What can happen, and the little that decides what may happen next. Nothing here knows how the core works.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use simulator::{Fault, Trouble};

/// One step of the merchant, the customer, the service or the clock. Places count modulo what there is.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Writes one invoice and sends it.
    Send {
        link: bool,
    },
    /// Sends a draft again: one that was taken back, or by a double click one that went out.
    SendAgain(usize),
    Undo(usize),
    /// Takes in a file of so many rows and sends them.
    Run {
        rows: usize,
        link: bool,
    },
    /// Sends what is not sent of a run.
    RunAgain {
        run: usize,
        link: bool,
    },
    Pause(usize),
    Resume(usize),
    Stop(usize),
    Retry(usize),
    Cancel(usize),
    Customer {
        wish: usize,
        does: Deed,
    },
    /// Moves the clock of both sides, seconds.
    Time(i64),
    Fault(Strike),
    Mend,
    Reopen,
    /// Lets what waits go out, and ends the core without warning while a call is under way.
    Cut,
    SignOut,
    SignIn,
    Withdraw,
    TryAll,
    Refresh(usize),
    /// Names the id that the service has for `of` as that of `wish`.
    NameId {
        wish: usize,
        of: usize,
    },
    GiveUp(usize),
}

/// What a customer does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Now,
    Later,
    Reject,
}

impl Deed {
    /// The button's name on the simulator's stage.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Later => "later",
            Self::Reject => "reject",
        }
    }
}

/// A fault: which call, how, how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strike {
    call: (&'static str, &'static str),
    trouble: Trouble,
    times: u32,
}

impl Strike {
    pub(super) fn fault(self) -> Fault {
        let (method, route) = self.call;
        Fault::new(self.trouble)
            .on(route)
            .method(method)
            .times(self.times)
    }
}

/// Where an answer that is lost could cost something.
const CREATES: &[(&str, &str)] = &[
    ("POST", "/merchants/{merchant}/invoices"),
    ("POST", "/merchants/{merchant}/invoices/batch"),
    ("POST", "/merchants/{merchant}/invoices/link"),
];

const OTHERS: &[(&str, &str)] = &[
    ("PUT", "/merchants/{merchant}/invoices/{invoice}/cancel"),
    ("GET", "/merchants/{merchant}/invoices/{invoice}/status"),
    ("GET", "/merchants/{merchant}/invoices/{invoice}"),
    ("GET", "/merchants/me"),
    ("GET", "/merchants/{merchant}/invoiceissuers"),
    ("POST", "token"),
    ("GET", "discovery"),
    ("GET", "keys"),
    ("GET", "authorize"),
];

const fn status(status: u16, retry_after: Option<u32>, handled: bool) -> Trouble {
    Trouble::Status {
        status,
        retry_after,
        as_date: false,
        handled,
    }
}

/// The service's ways to fail. A 4xx for a call that was carried out is not among them: a lie that no client can see.
const TROUBLES: &[Trouble] = &[
    Trouble::DropAfter,
    Trouble::DropMiddle,
    Trouble::DropBefore,
    Trouble::Truncated,
    Trouble::Garbage,
    Trouble::Slow { bytes: 64, ms: 1 },
    Trouble::Delay { ms: 20 },
    Trouble::Late { ms: 20 },
    status(400, None, false),
    status(401, None, false),
    status(403, None, false),
    status(404, None, false),
    status(429, Some(120), false),
    status(500, None, false),
    status(500, None, true),
    status(503, Some(2), false),
    status(503, None, true),
];

/// What decides which steps make sense: how much there is.
#[derive(Clone, Debug, Default)]
pub(super) struct Plot {
    /// Of which run each wish is a row.
    pub(super) wishes: Vec<Option<usize>>,
    pub(super) runs: usize,
}

/// The sequences.
pub(super) struct Sequences;

impl ReferenceStateMachine for Sequences {
    type State = Plot;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Plot> {
        Just(Plot::default()).boxed()
    }

    fn transitions(plot: &Plot) -> BoxedStrategy<Act> {
        let mut acts = vec![
            (7, any::<bool>().prop_map(|link| Act::Send { link }).boxed()),
            (3, run().boxed()),
            (13, time().prop_map(Act::Time).boxed()),
            (10, strike().prop_map(Act::Fault).boxed()),
            (1, Just(Act::Mend).boxed()),
            (2, Just(Act::Reopen).boxed()),
            (3, Just(Act::Cut).boxed()),
            (1, Just(Act::SignOut).boxed()),
            (6, Just(Act::SignIn).boxed()),
            (1, Just(Act::Withdraw).boxed()),
            (3, Just(Act::TryAll).boxed()),
        ];
        if !plot.wishes.is_empty() {
            acts.extend(on_one(plot.wishes.len()));
        }
        if plot.runs > 0 {
            acts.extend(on_run(plot.runs));
        }
        proptest::strategy::Union::new_weighted(acts).boxed()
    }

    fn apply(mut plot: Plot, act: &Act) -> Plot {
        match act {
            Act::Send { .. } => plot.wishes.push(None),
            Act::Run { rows, .. } => {
                plot.wishes.extend(std::iter::repeat_n(Some(plot.runs), *rows));
                plot.runs += 1;
            }
            _ => {}
        }
        plot
    }

    fn preconditions(plot: &Plot, act: &Act) -> bool {
        let one = |wish: &usize| *wish < plot.wishes.len();
        match act {
            Act::SendAgain(wish)
            | Act::Undo(wish)
            | Act::Cancel(wish)
            | Act::Refresh(wish)
            | Act::GiveUp(wish)
            | Act::Customer { wish, .. } => one(wish),
            Act::NameId { wish, of } => one(wish) && one(of),
            Act::Pause(run)
            | Act::Resume(run)
            | Act::Stop(run)
            | Act::Retry(run)
            | Act::RunAgain { run, .. } => *run < plot.runs,
            _ => true,
        }
    }
}

fn run() -> impl Strategy<Value = Act> {
    (2_usize..=6, any::<bool>()).prop_map(|(rows, link)| Act::Run { rows, link })
}

/// Within the hold, just past it, past a doubt's pause, and longer.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![
        2 => Just(3_i64),
        5 => Just(6),
        5 => Just(61),
        2 => Just(3_600),
        1 => Just(86_400),
    ]
}

fn strike() -> impl Strategy<Value = Strike> {
    (
        prop_oneof![
            3 => prop::sample::select(CREATES),
            1 => prop::sample::select(OTHERS),
        ],
        prop::sample::select(TROUBLES),
        1_u32..=3,
    )
        .prop_map(|(call, trouble, times)| Strike { call, trouble, times })
}

type Weighted = Vec<(u32, BoxedStrategy<Act>)>;

fn on_one(count: usize) -> Weighted {
    let deed = prop::sample::select(vec![Deed::Now, Deed::Later, Deed::Reject]);
    vec![
        (2, (0..count).prop_map(Act::SendAgain).boxed()),
        (4, (0..count).prop_map(Act::Undo).boxed()),
        (3, (0..count).prop_map(Act::Cancel).boxed()),
        (2, (0..count).prop_map(Act::Refresh).boxed()),
        (2, (0..count).prop_map(Act::GiveUp).boxed()),
        (
            4,
            ((0..count), deed)
                .prop_map(|(wish, does)| Act::Customer { wish, does })
                .boxed(),
        ),
        (
            2,
            (0..count).prop_map(|wish| Act::NameId { wish, of: wish }).boxed(),
        ),
        (
            1,
            (0..count, 0..count)
                .prop_map(|(wish, of)| Act::NameId { wish, of })
                .boxed(),
        ),
    ]
}

fn on_run(count: usize) -> Weighted {
    vec![
        (
            2,
            (0..count, any::<bool>())
                .prop_map(|(run, link)| Act::RunAgain { run, link })
                .boxed(),
        ),
        (2, (0..count).prop_map(Act::Pause).boxed()),
        (3, (0..count).prop_map(Act::Resume).boxed()),
        (2, (0..count).prop_map(Act::Stop).boxed()),
        (2, (0..count).prop_map(Act::Retry).boxed()),
    ]
}
