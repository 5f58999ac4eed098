//! Paid invoices against reported movements of money: what belongs together, and why the rest does not.
//!
//! A pure function. The reports carry no invoice id that anybody promises (spec 18.3), so: the payment's id first, then the
//! reference with the amount, then, for movements without a reference, amount and day where each side has exactly one.
//! What is not certain is said to be so.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use jiff::Timestamp;
use jiff::civil::Date;

/// A paid invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidInvoice {
    /// Uuid.
    pub invoice_id: String,
    /// Number.
    pub number: u64,
    /// Customer's name, else the phone, else empty.
    pub customer: String,
    /// To pay, minor units.
    pub minor: i64,
    /// Day of payment.
    pub paid_on: Date,
    /// When this computer learnt that it is paid: a report made before may not tell of it.
    pub learnt_at: Timestamp,
    /// The reference that was sent.
    pub reference: Option<String>,
    /// Id of the payment, from the details.
    pub payment_id: Option<String>,
}

/// An invoice of which nobody knows whether the service has it, or under which id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledInvoice {
    /// Uuid.
    pub invoice_id: String,
    /// Number.
    pub number: u64,
    /// Customer's name, else the phone, else empty.
    pub customer: String,
    /// To pay, minor units.
    pub minor: i64,
    /// The first day on which it can have been paid anywhere in the world.
    pub sent_on: Date,
    /// The reference that was sent.
    pub reference: Option<String>,
}

/// A reported movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Id of the payment.
    pub payment_id: Option<String>,
    /// `Payment`, `Refund`, `ServiceFee` …, in the service's spelling.
    pub kind: String,
    /// Minor units; fees and refunds are negative there.
    pub minor: i64,
    /// Day.
    pub day: Date,
    /// The merchant's reference or the invoice's number.
    pub reference: Option<String>,
    /// Reference of the transfer to the bank.
    pub transfer: Option<String>,
}

/// By what a pair was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The payment's id.
    PaymentId,
    /// The reference or the number, and the amount.
    Reference,
    /// Amount and day; only one on each side has them.
    AmountAndDay,
}

/// Why one has no partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// Nothing on the other side fits.
    Nothing,
    /// Id or reference fit, the amount does not.
    OtherAmount,
    /// Several fit equally well.
    Several,
    /// A fee, a refund or a transfer: no invoice belongs to it.
    NoPayment,
    /// Reference and amount are those of one invoice that is not settled, by its index, and of no other.
    Unsettled(usize),
}

/// Everything by its index into what was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Invoice, movement, and by what.
    pub matched: Vec<(usize, usize, By)>,
    /// Invoices without a movement.
    pub invoices: Vec<(usize, Unmatched)>,
    /// Movements without an invoice.
    pub reported: Vec<(usize, Unmatched)>,
}

/// Says of payments that no paid invoice fits to which unsettled invoice they point: by reference, else number, and the exact
/// amount, one on each side, not before it was sent.
///
/// It says so and no more. A report names a reference, and that is the merchant's own word, which another program may have
/// used for another sale; it names no id and no state. So the invoice does not become paid by it: its id, confirmed by the
/// service's details, settles it.
pub fn point_at_unsettled(found: &mut Reconciliation, unsettled: &[UnsettledInvoice], reported: &[Reported]) {
    let mut sides: HashMap<(String, i64), (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (at, invoice) in unsettled.iter().enumerate() {
        let key = (
            reference(invoice.number, invoice.reference.as_deref()),
            invoice.minor,
        );
        sides.entry(key).or_default().0.push(at);
    }
    for (place, (at, why)) in found.reported.iter().enumerate() {
        let row = &reported[*at];
        if let (Unmatched::Nothing, Some(told)) = (why, &row.reference)
            && let Some(side) = sides.get_mut(&(cut(told), row.minor))
        {
            side.1.push(place);
        }
    }
    for (invoices, places) in sides.into_values() {
        for &place in &places {
            let (at, why) = &mut found.reported[place];
            *why = match (invoices.as_slice(), places.len()) {
                ([invoice], 1) if reported[*at].day >= unsettled[*invoice].sent_on => {
                    Unmatched::Unsettled(*invoice)
                }
                ([_], 1) => Unmatched::Nothing,
                _ => Unmatched::Several,
            };
        }
    }
}

/// Finds what belongs together. Each invoice and each movement is in the answer exactly once.
pub fn reconcile(paid: &[PaidInvoice], reported: &[Reported]) -> Reconciliation {
    let mut work = Work {
        paid,
        reported,
        free_paid: (0..paid.len()).collect(),
        free_reported: (0..reported.len())
            .filter(|&at| is_payment(&reported[at]))
            .collect(),
        several: (HashSet::new(), HashSet::new()),
        other_amount: (HashSet::new(), HashSet::new()),
        matched: Vec::new(),
    };
    work.pair(
        By::PaymentId,
        |invoice| invoice.payment_id.iter().map(|id| fold(id)).collect(),
        |row| row.payment_id.as_deref().map(fold),
    );
    // Many invoices may bear one reference, e.g. a creditor's or a customer's number; then the amount tells them apart.
    work.pair(
        By::Reference,
        |invoice| vec![(reference_of(invoice), invoice.minor)],
        |row| Some((cut(row.reference.as_deref()?), row.minor)),
    );
    work.pair(
        By::Reference,
        |invoice| vec![reference_of(invoice)],
        |row| row.reference.as_deref().map(cut),
    );
    // A movement that names a reference, or an invoice whose id the reports should know, is not guessed at.
    let ids_are_told = reported.iter().any(|row| row.payment_id.is_some());
    work.pair(
        By::AmountAndDay,
        |invoice| {
            let guessed = !ids_are_told || invoice.payment_id.is_none();
            guessed
                .then_some((invoice.minor, invoice.paid_on))
                .into_iter()
                .collect()
        },
        |row| row.reference.is_none().then_some((row.minor, row.day)),
    );
    work.done()
}

struct Work<'a> {
    paid: &'a [PaidInvoice],
    reported: &'a [Reported],
    free_paid: Vec<usize>,
    free_reported: Vec<usize>,
    several: (HashSet<usize>, HashSet<usize>),
    other_amount: (HashSet<usize>, HashSet<usize>),
    matched: Vec<(usize, usize, By)>,
}

impl Work<'_> {
    /// Pairs what has the same key, if exactly one on each side has it and the amounts are equal.
    fn pair<K: Eq + Hash>(
        &mut self,
        by: By,
        of_invoice: impl Fn(&PaidInvoice) -> Vec<K>,
        of_row: impl Fn(&Reported) -> Option<K>,
    ) {
        let mut sides: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for &at in &self.free_paid {
            for key in of_invoice(&self.paid[at]) {
                sides.entry(key).or_default().0.push(at);
            }
        }
        for &at in &self.free_reported {
            if let Some(key) = of_row(&self.reported[at]) {
                sides.entry(key).or_default().1.push(at);
            }
        }
        for (invoices, rows) in sides.into_values() {
            match (invoices.as_slice(), rows.as_slice()) {
                ([], _) | (_, []) => {}
                ([invoice], [row]) if self.paid[*invoice].minor == self.reported[*row].minor => {
                    self.matched.push((*invoice, *row, by));
                }
                ([invoice], [row]) => {
                    self.other_amount.0.insert(*invoice);
                    self.other_amount.1.insert(*row);
                }
                _ => {
                    self.several.0.extend(invoices);
                    self.several.1.extend(rows);
                }
            }
        }
        // One key must not take what another key has taken: an invoice has two (reference and number).
        self.matched
            .sort_unstable_by_key(|&(invoice, row, by)| (by as u8, invoice, row));
        let (mut invoices, mut rows) = (HashSet::new(), HashSet::new());
        self.matched.retain(|(invoice, row, _)| {
            let fresh = !invoices.contains(invoice) && !rows.contains(row);
            if fresh {
                invoices.insert(*invoice);
                rows.insert(*row);
            }
            fresh
        });
        // What an id or a reference contradicts is not guessed at by amount and day.
        let (other, several) = (&self.other_amount, &self.several);
        self.free_paid
            .retain(|at| !invoices.contains(at) && !other.0.contains(at) && !several.0.contains(at));
        self.free_reported
            .retain(|at| !rows.contains(at) && !other.1.contains(at) && !several.1.contains(at));
    }

    fn done(mut self) -> Reconciliation {
        self.matched
            .sort_unstable_by_key(|&(invoice, row, _)| (invoice, row));
        let (mut invoices, mut rows) = (HashSet::new(), HashSet::new());
        for (invoice, row, _) in &self.matched {
            invoices.insert(*invoice);
            rows.insert(*row);
        }
        let why = |at: &usize, other: &HashSet<usize>, several: &HashSet<usize>| {
            if other.contains(at) {
                Unmatched::OtherAmount
            } else if several.contains(at) {
                Unmatched::Several
            } else {
                Unmatched::Nothing
            }
        };
        Reconciliation {
            invoices: (0..self.paid.len())
                .filter(|at| !invoices.contains(at))
                .map(|at| (at, why(&at, &self.other_amount.0, &self.several.0)))
                .collect(),
            reported: (0..self.reported.len())
                .filter(|at| !rows.contains(at))
                .map(|at| {
                    if is_payment(&self.reported[at]) {
                        (at, why(&at, &self.other_amount.1, &self.several.1))
                    } else {
                        (at, Unmatched::NoPayment)
                    }
                })
                .collect(),
            matched: self.matched,
        }
    }
}

fn is_payment(row: &Reported) -> bool {
    row.kind.eq_ignore_ascii_case("payment")
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The first thirty signs: a transfer tells no more of a reference, other lists may tell all sixty of it (spec 18.1).
fn cut(text: &str) -> String {
    fold(&text.trim().chars().take(30).collect::<String>())
}

fn reference_of(invoice: &PaidInvoice) -> String {
    reference(invoice.number, invoice.reference.as_deref())
}

/// The payment reference, else the number.
fn reference(number: u64, text: Option<&str>) -> String {
    text.map_or_else(|| number.to_string(), cut)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::Unmatched::{NoPayment, Nothing, OtherAmount, Several};
    use super::*;

    fn paid(number: u64, minor: i64) -> PaidInvoice {
        PaidInvoice {
            invoice_id: format!("i{number}"),
            number,
            customer: String::new(),
            minor,
            paid_on: date(2026, 11, 23),
            learnt_at: Timestamp::UNIX_EPOCH,
            reference: None,
            payment_id: None,
        }
    }

    fn payment(minor: i64) -> Reported {
        Reported {
            payment_id: None,
            kind: "Payment".into(),
            minor,
            day: date(2026, 11, 23),
            reference: None,
            transfer: None,
        }
    }

    #[test]
    fn the_id_goes_before_the_reference_and_that_before_amount_and_day() {
        let invoices = [
            PaidInvoice {
                payment_id: Some("P-1".into()),
                ..paid(1, 100)
            },
            PaidInvoice {
                reference: Some("REF".into()),
                ..paid(2, 100)
            },
            paid(3, 300),
        ];
        let rows = [
            payment(300),
            Reported {
                reference: Some("ref".into()),
                ..payment(100)
            },
            Reported {
                payment_id: Some("p-1".into()),
                ..payment(100)
            },
        ];
        let found = reconcile(&invoices, &rows);
        assert_eq!(
            found.matched,
            [
                (0, 2, By::PaymentId),
                (1, 1, By::Reference),
                (2, 0, By::AmountAndDay)
            ]
        );
        assert!(found.invoices.is_empty() && found.reported.is_empty());
    }

    #[test]
    fn each_that_has_no_partner_has_its_reason() {
        let invoices = [
            PaidInvoice {
                payment_id: Some("p".into()),
                ..paid(1, 100)
            },
            paid(2, 500),
            paid(3, 500),
            paid(4, 900),
        ];
        let rows = [
            Reported {
                payment_id: Some("p".into()),
                ..payment(99)
            },
            payment(500),
            Reported {
                kind: "ServiceFee".into(),
                ..payment(-5)
            },
            payment(77),
        ];
        let found = reconcile(&invoices, &rows);
        assert!(found.matched.is_empty());
        assert_eq!(
            found.invoices,
            [(0, OtherAmount), (1, Several), (2, Several), (3, Nothing)]
        );
        assert_eq!(
            found.reported,
            [(0, OtherAmount), (1, Several), (2, NoPayment), (3, Nothing)]
        );
    }

    #[test]
    fn invoices_with_one_reference_are_told_apart_by_their_amounts() {
        let of = |number, minor| PaidInvoice {
            reference: Some("FIK-77".into()),
            ..paid(number, minor)
        };
        let row = |minor| Reported {
            reference: Some("fik-77".into()),
            ..payment(minor)
        };
        let found = reconcile(&[of(1, 100), of(2, 200)], &[row(200), row(100)]);
        assert_eq!(found.matched, [(0, 1, By::Reference), (1, 0, By::Reference)]);
        // Equal amounts stay open, and what has no partner left is not mixed up with them.
        let found = reconcile(
            &[of(1, 100), of(2, 100), of(3, 300)],
            &[row(100), row(100), row(300)],
        );
        assert_eq!(found.matched, [(2, 2, By::Reference)]);
        assert_eq!(found.invoices, [(0, Several), (1, Several)]);
        let found = reconcile(&[of(1, 100)], &[row(99)]);
        assert_eq!(found.reported, [(0, OtherAmount)]);
    }

    #[test]
    fn a_payment_points_at_the_one_unsettled_invoice_that_it_names_with_its_amount() {
        let of = |number, minor| UnsettledInvoice {
            invoice_id: format!("i{number}"),
            number,
            customer: String::new(),
            minor,
            sent_on: date(2026, 11, 23),
            reference: None,
        };
        let row = |minor, told: &str| Reported {
            reference: Some(told.into()),
            ..payment(minor)
        };
        let early = Reported {
            day: date(2026, 11, 22),
            ..row(600, "6")
        };
        let twins = ["FIK", "fik "].map(|told| UnsettledInvoice {
            reference: Some(told.into()),
            ..of(4, 400)
        });
        let [one, other] = twins;
        let unsettled = [of(1, 100), of(2, 200), of(5, 500), one, other, of(6, 600)];
        let rows = [row(100, "1"), row(201, "2"), payment(500), row(400, "fik"), early];
        let mut found = reconcile(&[paid(9, 900)], &rows);
        point_at_unsettled(&mut found, &unsettled, &rows);
        assert_eq!(
            found.reported,
            [
                (0, Unmatched::Unsettled(0)),
                (1, Nothing),
                (2, Nothing),
                (3, Several),
                (4, Nothing)
            ]
        );
        // Two payments of one invoice: nobody says which.
        let rows = [row(100, "1"), row(100, "1")];
        let mut found = reconcile(&[], &rows);
        point_at_unsettled(&mut found, &unsettled, &rows);
        assert_eq!(found.reported, [(0, Several), (1, Several)]);
    }

    #[test]
    fn a_long_reference_matches_whole_and_cut() {
        let long = "Kontingent 2026 Sejlklubben Havfruen, anden rate";
        let of = |number, minor| PaidInvoice {
            reference: Some(long.into()),
            ..paid(number, minor)
        };
        let row = |minor, told: &str| Reported {
            reference: Some(told.into()),
            ..payment(minor)
        };
        let found = reconcile(
            &[of(1, 100), of(2, 200)],
            &[row(200, long), row(100, &long[..30])],
        );
        assert_eq!(found.matched, [(0, 1, By::Reference), (1, 0, By::Reference)]);
    }

    proptest! {
        #[test]
        fn everything_is_in_the_answer_once_and_no_pair_differs_in_amount(
            invoices in prop::collection::vec((1_i64..4, prop::option::of(0_u8..3), prop::option::of(0_u8..3)), 0..8),
            rows in prop::collection::vec((1_i64..4, prop::option::of(0_u8..3), prop::option::of(0_u8..3)), 0..8),
        ) {
            let invoices: Vec<PaidInvoice> = (1..).zip(&invoices).map(|(number, (minor, id, reference))| PaidInvoice {
                payment_id: id.map(|id| id.to_string()), reference: reference.map(|r| r.to_string()), ..paid(number, *minor)
            }).collect();
            let rows: Vec<Reported> = rows.iter().map(|(minor, id, reference)| Reported {
                payment_id: id.map(|id| id.to_string()), reference: reference.map(|r| r.to_string()), ..payment(*minor)
            }).collect();
            let found = reconcile(&invoices, &rows);
            let mut ours: Vec<usize> = found.matched.iter().map(|m| m.0).chain(found.invoices.iter().map(|m| m.0)).collect();
            let mut theirs: Vec<usize> = found.matched.iter().map(|m| m.1).chain(found.reported.iter().map(|m| m.0)).collect();
            ours.sort_unstable();
            theirs.sort_unstable();
            prop_assert_eq!(ours, (0..invoices.len()).collect::<Vec<_>>());
            prop_assert_eq!(theirs, (0..rows.len()).collect::<Vec<_>>());
            for (invoice, row, _) in &found.matched {
                prop_assert_eq!(invoices[*invoice].minor, rows[*row].minor);
            }
        }
    }
}
