//! The stage's list of transfers to the merchants' banks.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::view::{ROWS, counted};
use crate::pages::escape;
use crate::reporting::Report;
use crate::seed::{self, Payout};
use crate::state::State;

pub(super) fn payouts(state: &State) -> String {
    let mut all: Vec<(jiff::civil::Date, String)> = Vec::new();
    for merchant in seed::MERCHANTS {
        let report = Report::of(state, merchant);
        let mut payments: HashMap<usize, usize> = HashMap::new();
        for entry in report.transactions.iter().filter(|entry| entry.kind == "Payment") {
            if let Some(place) = entry.transfer {
                *payments.entry(place).or_default() += 1;
            }
        }
        for (place, transfer) in report.transfers.iter().enumerate() {
            let issuer = merchant.issuers.iter().find(|issuer| issuer.id == transfer.point);
            let how = match issuer.map(|issuer| issuer.payout) {
                Some(Payout::Instant) => "instant",
                _ => "daily",
            };
            let payments = payments.get(&place).copied().unwrap_or_default();
            let row = format!(
                "<tr><td class=nowrap>{}<small>{how}</small><td class=nowrap>{}<td class=nowrap>{}<td class=sum>{payments}\
                 <td class=sum>{:.2} {}",
                escape(issuer.map_or("", |issuer| issuer.name)),
                transfer.date,
                escape(&transfer.reference),
                transfer.total,
                report.country.currency(),
            );
            all.push((transfer.date, row));
        }
    }
    all.sort_by_key(|(date, _)| Reverse(*date));
    let rows: String = all.iter().take(ROWS).map(|(_, row)| row.as_str()).collect();
    let body = if rows.is_empty() {
        "<p class=empty>No money has reached a bank. Daily transfers go in the night after the payment.</p>"
            .to_owned()
    } else {
        format!(
            "<div class=scroll tabindex=0 role=region aria-label=Transfers><table><thead><tr><th>Issuer<th>Day<th>Reference\
             <th class=sum>Payments<th class=sum>Total</thead><tbody>{rows}</tbody></table></div>"
        )
    };
    format!("<h2>Transfers {}</h2>{body}", counted(all.len()))
}
