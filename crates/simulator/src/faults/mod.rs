//! Faults on demand: which call is struck, how, how often. Deterministic: the same rules, seeds and calls strike the same calls.
//!
//! Nothing under `/__practice` is ever struck, so that a fault can always be taken away. Rules are kept in memory only:
//! a simulator starts without faults.

mod line;
mod routes;
mod strike;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use line::{Cut, Lines};
pub(crate) use routes::{routes, word};
pub(crate) use strike::strike;

/// What happens to a struck call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Waits this many milliseconds before the call is handled.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Handles the call, then waits this many milliseconds with the answer.
    Late {
        /// Milliseconds.
        ms: u64,
    },
    /// Answers with a status from 400 to 599 and an error body.
    Status {
        /// The status.
        status: u16,
        /// Seconds of a `Retry-After` header.
        retry_after: Option<u32>,
        /// Writes `Retry-After` as the date at which those seconds are over.
        as_date: bool,
        /// Handles the call first, so that what it asked for has happened although the answer says otherwise.
        handled: bool,
    },
    /// Closes the connection without handling the call.
    DropBefore,
    /// Handles the call and resets the connection in the middle of the answer.
    DropMiddle,
    /// Handles the call and closes the connection without a byte of answer.
    DropAfter,
    /// Handles the call and ends an answer of right `Content-Length` some bytes early.
    Truncated,
    /// Handles the call and drips the answer.
    Slow {
        /// Bytes at a time; at least 1.
        bytes: usize,
        /// Milliseconds before each piece.
        ms: u64,
    },
    /// Handles the call and answers its status with a body that is no JSON.
    Garbage,
}

/// A rule: what happens, to which calls, how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What happens.
    pub trouble: Trouble,
    /// Only this method, in capitals; `None` is any.
    pub method: Option<String>,
    /// Only this route: a template such as `/merchants/{merchant}/invoices`, or one of the names of [`Fault::on`].
    pub route: Option<String>,
    /// Only calls whose body holds this text; `None` is any.
    pub holding: Option<String>,
    /// Calls that it strikes at most; `None` is without end.
    pub count: Option<u32>,
    /// Fitting calls that it lets pass first.
    pub skip: u32,
    /// Share of the fitting calls that are struck, from 0 to 1.
    pub probability: f64,
    /// Decides which calls those are.
    pub seed: u64,
}

impl Fault {
    /// Strikes every call, until it is cleared.
    pub fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            method: None,
            route: None,
            holding: None,
            count: None,
            skip: 0,
            probability: 1.0,
            seed: 0,
        }
    }

    /// An answer with this status instead of handling the call.
    pub fn status(status: u16) -> Self {
        Self::new(Trouble::Status {
            status,
            retry_after: None,
            as_date: false,
            handled: false,
        })
    }

    /// Only this route. A segment in braces stands for any; `/*` at the end for any rest. Paths of the Invoice API may be
    /// given from `/merchants`, `/api/v1` or `/invoice-restapi` on. `api`, `reporting`, `token`, `discovery`, `keys` and `authorize` are names.
    #[must_use]
    pub fn on(mut self, route: &str) -> Self {
        self.route = Some(route.to_owned());
        self
    }

    /// Only this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only calls whose body holds `text`: a service that fails at one invoice and at no other.
    #[must_use]
    pub fn holding(mut self, text: &str) -> Self {
        self.holding = Some(text.to_owned());
        self
    }

    /// At most `count` calls.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// One call.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Lets this many fitting calls pass first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// A share of the fitting calls, from 0 to 1; `seed` decides which.
    #[must_use]
    pub fn sometimes(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self
    }

    fn fits(&self, call: Call<'_>) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == call.method)
            && self
                .route
                .as_deref()
                .is_none_or(|route| route_fits(route, call.path))
            && self
                .holding
                .as_deref()
                .is_none_or(|text| String::from_utf8_lossy(call.body).contains(text))
    }
}

/// What a rule looks at.
#[derive(Clone, Copy)]
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    /// Empty where no rule asks for it.
    body: &'a [u8],
}

/// A rule in force and what it has done.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its number, by which it is taken away.
    pub id: u64,
    /// The rule.
    pub fault: Fault,
    /// Calls that fitted so far.
    pub seen: u64,
    /// Calls that were struck so far.
    pub struck: u32,
}

impl Rule {
    /// Whether it can still strike.
    pub fn is_live(&self) -> bool {
        self.fault.count.is_none_or(|count| self.struck < count)
    }

    /// Counts a fitting call and says whether it is struck.
    fn strikes(&mut self) -> bool {
        if !self.is_live() {
            return false;
        }
        self.seen += 1;
        let chosen = self.seen > u64::from(self.fault.skip)
            && share(self.fault.seed, self.seen) < self.fault.probability;
        if chosen {
            self.struck += 1;
        }
        chosen
    }
}

#[derive(Default)]
struct Rules {
    last: u64,
    rules: Vec<Rule>,
}

/// Used-up rules that are kept to be looked at.
const USED_UP: usize = 100;

impl Rules {
    fn forget_the_oldest(&mut self) {
        let used_up = self.rules.iter().filter(|rule| !rule.is_live()).count();
        let mut too_many = used_up.saturating_sub(USED_UP);
        self.rules.retain(|rule| {
            let goes = too_many > 0 && !rule.is_live();
            too_many -= usize::from(goes);
            !goes
        });
    }
}

/// The rules in force; copies are the same ones.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Rules>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a rule in force; answers its number.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut rules = self.lock();
        rules.last += 1;
        let id = rules.last;
        rules.forget_the_oldest();
        rules.rules.push(Rule {
            id,
            fault,
            seen: 0,
            struck: 0,
        });
        id
    }

    /// All rules, also the last ones that are used up.
    pub fn list(&self) -> Vec<Rule> {
        self.lock().rules.clone()
    }

    /// Takes one away; answers whether it was there.
    pub fn remove(&self, id: u64) -> bool {
        let mut rules = self.lock();
        let before = rules.rules.len();
        rules.rules.retain(|rule| rule.id != id);
        rules.rules.len() < before
    }

    /// Takes all away.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Whether a rule asks what stands in a body.
    fn read_bodies(&self) -> bool {
        self.lock().rules.iter().any(|rule| rule.fault.holding.is_some())
    }

    /// What befalls this call: every wait that strikes, and the first other trouble. Later rules do not count the call.
    fn befall(&self, call: Call<'_>) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        for rule in &mut self.lock().rules {
            if !rule.fault.fits(call) || !rule.strikes() {
                continue;
            }
            troubles.push(rule.fault.trouble);
            if !matches!(rule.fault.trouble, Trouble::Delay { .. } | Trouble::Late { .. }) {
                break;
            }
        }
        troubles
    }
}

/// A number from 0 to 1 that is always the same for a seed and a count (splitmix64).
pub(crate) fn share(seed: u64, count: u64) -> f64 {
    let mut z = seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let top = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(u32::MAX);
    f64::from(top) / 4_294_967_296.0
}

fn route_fits(route: &str, path: &str) -> bool {
    let api = path.strip_prefix("/invoice-restapi");
    match route {
        "api" => api.is_some(),
        "reporting" => path.starts_with("/v3/reporting"),
        "token" => path.ends_with("/connect/token"),
        "authorize" => path.ends_with("/connect/authorize"),
        "discovery" => path.ends_with("/.well-known/openid-configuration"),
        "keys" => path.ends_with("/jwks"),
        template => {
            let from_version = api.and_then(|path| path.strip_prefix("/api/v1"));
            [Some(path), api, from_version]
                .into_iter()
                .flatten()
                .any(|path| template_fits(template, path))
        }
    }
}

fn template_fits(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let mut found = path.split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) | (Some("*"), Some(_)) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(wanted), Some(found))
                if wanted.starts_with('{') && wanted.ends_with('}') && !found.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call<'_> = Call {
        method: "GET",
        path: "/x",
        body: b"",
    };

    #[test]
    fn a_template_fits_its_route_and_no_other() {
        let path = "/invoice-restapi/api/v1/merchants/m1/invoices";
        for route in [
            "api",
            path,
            "/merchants/{merchant}/invoices",
            "/api/v1/merchants/{id}/invoices",
            "/merchants/*",
        ] {
            assert!(route_fits(route, path), "{route}");
        }
        for route in [
            "token",
            "/merchants/{merchant}",
            "/merchants/{merchant}/invoices/link",
            "/merchants/m2/invoices",
            "/merchants",
        ] {
            assert!(!route_fits(route, path), "{route}");
        }
    }

    #[test]
    fn a_seed_decides_which_calls_are_struck_and_how_many() {
        let struck = |seed| -> Vec<u64> {
            let faults = Faults::default();
            faults.add(Fault::new(Trouble::DropAfter).sometimes(0.3, seed));
            (0..1000).filter(|_| !faults.befall(CALL).is_empty()).collect()
        };
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
        assert!((250..350).contains(&struck(7).len()), "{}", struck(7).len());
    }

    #[test]
    fn a_rule_lets_the_first_pass_and_ends_after_its_count() {
        let faults = Faults::default();
        faults.add(Fault::status(500).after(2).times(2));
        let struck: Vec<bool> = (0..6).map(|_| !faults.befall(CALL).is_empty()).collect();
        assert_eq!(struck, [false, false, true, true, false, false]);
    }

    #[test]
    fn of_rules_that_are_used_up_the_last_hundred_stay() {
        let faults = Faults::default();
        let live = faults.add(Fault::status(500).on("/elsewhere"));
        for _ in 0..150 {
            faults.add(Fault::status(500).once());
            assert_eq!(faults.befall(CALL).len(), 1);
        }
        let kept = faults.list();
        assert_eq!((kept[0].id, kept.len()), (live, 102));
        assert_eq!(kept[101].struck, 1);
    }

    #[test]
    fn waits_add_up_and_one_other_trouble_strikes() {
        let faults = Faults::default();
        faults.add(Fault::new(Trouble::Delay { ms: 1 }));
        faults.add(Fault::status(500).once());
        faults.add(Fault::status(503).once());
        assert_eq!(faults.befall(CALL).len(), 2);
        assert_eq!(faults.list()[2].seen, 0);
    }

    #[test]
    fn a_rule_can_strike_at_one_body_and_no_other() {
        let faults = Faults::default();
        assert!(!faults.read_bodies());
        faults.add(Fault::status(500).holding("Kvit 7"));
        assert!(faults.read_bodies());
        let struck = [&b"{\"Number\":\"Kvit 7\"}"[..], b"{\"Number\":\"Kvit 8\"}"]
            .map(|body| !faults.befall(Call { body, ..CALL }).is_empty());
        assert_eq!(struck, [true, false]);
    }
}
