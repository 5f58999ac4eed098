//! How the stage looks: plain HTML from the present state.

use std::cmp::Reverse;

use crate::callbacks::Event;
use crate::faults::{Rule, Trouble, word};
use crate::invoice::Invoice;
use crate::pages::escape;
use crate::seed::{self, Merchant};
use crate::state::State;
use crate::world::World;

use super::acts::KINDS;
use super::agreements::agreements;
use super::payouts::payouts;
use super::switches::switches;

/// Rows of a table that grows; older ones are only counted.
pub(super) const ROWS: usize = 40;

pub(super) fn stage(world: &World, said: &str) -> String {
    let now = world.now();
    let faults = world.faults.list();
    let state = world.lock();
    let said_before = said;
    let said = if said.is_empty() {
        String::new()
    } else {
        format!("<p class=said role=status>{}</p>", escape(said))
    };
    format!(
        "<header><div><h1>The stage</h1><p>Everything in the practice world, and what can be done to it.</p></div>\
         <div class=clock><div id=clock data-live><time datetime=\"{now}\">{}</time></div>{}</div></header>{said}\
         <div class=columns><div><section id=invoices data-live>{}</section><section id=agreements data-live>{}</section><section id=payouts data-live>{}</section><section id=callbacks data-live>{}</section>{}</div>\
         <div>{}<section id=faults data-live>{}</section>{}{}</div></div>",
        now.strftime("%A %-d %B %Y, %H:%M UTC"),
        clock_buttons(),
        invoices(world, &state),
        agreements(&state),
        payouts(&state),
        callbacks(&state),
        switches(world, said_before),
        new_fault(),
        faults_in_force(&faults),
        worse(&state),
        people(&state),
    )
}

pub(super) fn button(act: &str, words: &str, fields: &str) -> String {
    format!("<form method=post>{fields}<button name=act value={act}>{words}</button></form>")
}

fn clock_buttons() -> String {
    let forward: String = [
        ("10 min", 600),
        ("1 hour", 3600),
        ("1 day", 86_400),
        ("1 week", 604_800),
        ("31 days", 2_678_400),
    ]
    .iter()
    .map(|(words, seconds)| {
        button(
            "clock",
            &format!("+ {words}"),
            &format!("<input type=hidden name=seconds value={seconds}>"),
        )
    })
    .collect();
    format!("<div class=row role=group aria-label=\"Move the clock forward\">{forward}</div>")
}

fn invoices(world: &World, state: &State) -> String {
    let mut all: Vec<&Invoice> = state.invoices.values().collect();
    all.sort_by_key(|invoice| Reverse(invoice.created_at));
    let rows: String = all
        .iter()
        .take(ROWS)
        .map(|invoice| row_of(world, invoice))
        .collect();
    let body = if rows.is_empty() {
        "<p class=empty>None yet. What a program sends appears here.</p>".to_owned()
    } else {
        format!(
            "<div class=scroll tabindex=0 role=region aria-label=Invoices><table><thead><tr><th>Invoice<th>Payer<th class=sum>Total<th>Due<th>State<th>At the phone</thead>\
             <tbody>{rows}</tbody></table></div>"
        )
    };
    format!("<h2>Invoices {}</h2>{body}", counted(all.len()))
}

pub(super) fn counted(count: usize) -> String {
    if count > ROWS {
        format!("<small>the newest {ROWS} of {count}</small>")
    } else {
        format!("<small>{count}</small>")
    }
}

fn row_of(world: &World, invoice: &Invoice) -> String {
    let number = invoice.number.as_deref().or(invoice.reference.as_deref());
    let merchant = seed::merchant(&invoice.merchant).map_or("", |merchant| merchant.name);
    let when = invoice
        .payment_date
        .map(|day| format!("<small>{day}</small>"))
        .unwrap_or_default();
    format!(
        "<tr><td class=nowrap>{}<small>{}</small><small><code>{}</code></small><td class=nowrap>{}<td class=sum>{:.2} {}<td class=nowrap>{}<td>\
         <span class=\"tag {status_word}\">{status_word}</span>{when}<td>{}",
        escape(number.unwrap_or("–")),
        escape(merchant),
        escape(&invoice.id),
        escape(invoice.phone.as_deref().unwrap_or("by link")),
        invoice.total,
        invoice.country().currency(),
        invoice.due_date,
        acts_on(world, invoice),
        status_word = invoice.status.word(),
    )
}

/// Buttons of an open invoice: its own phone pays, or for a link that is for nobody here the first one of the country.
fn acts_on(world: &World, invoice: &Invoice) -> String {
    if !invoice.status.is_open() {
        return "<span class=soft>–</span>".to_owned();
    }
    let start = if invoice.country().code() == "FI" {
        "+358"
    } else {
        "+45"
    };
    let own = invoice.phone.as_deref().and_then(seed::consumer_by_phone);
    let anybody = || seed::CONSUMERS.iter().find(|user| user.phone.starts_with(start));
    let anybody = || invoice.link.as_ref().and_then(|_| anybody());
    let Some(consumer) = own.or_else(anybody) else {
        return "<span class=soft>nobody has this number</span>".to_owned();
    };
    let open = invoice
        .link
        .as_ref()
        .map(|token| {
            let href = world.landing(token, invoice.country());
            format!(
                "<a class=button href=\"{}\" target=_blank rel=noopener>Link</a>",
                escape(&href)
            )
        })
        .unwrap_or_default();
    format!(
        "<form method=post class=row><input type=hidden name=invoice value=\"{}\"><input type=hidden name=phone value=\"{}\">\
         <button name=act value=now>Pay</button><button name=act value=later>In 3 days</button>\
         <button name=act value=reject>Decline</button>{open}</form>",
        invoice.id, consumer.phone
    )
}

fn callbacks(state: &State) -> String {
    let outgoing = &state.outgoing;
    let receivers: String = outgoing
        .targets
        .iter()
        .map(|(merchant, target)| {
            let name = seed::merchant(merchant).map_or("", |merchant| merchant.name);
            format!("<p class=soft>{} → {}</p>", escape(name), escape(&target.url))
        })
        .collect();
    let rows: String = outgoing
        .events
        .values()
        .rev()
        .take(ROWS)
        .map(|event| event_row(state, event))
        .collect();
    let body = if outgoing.targets.is_empty() {
        "<p class=empty>No merchant has a receiver; without one nothing is sent.</p>".to_owned()
    } else if rows.is_empty() {
        format!("{receivers}<p class=empty>Nothing has happened since.</p>")
    } else {
        format!(
            "{receivers}<div class=scroll tabindex=0 role=region aria-label=Callbacks><table><thead><tr><th>Event<th>Invoice<th>Happened<th>Tries<th>Delivery<th>Answer</thead>\
             <tbody>{rows}</tbody></table></div><div class=gap>{}</div>",
            button("flush", "Send what waits now", "")
        )
    };
    format!("<h2>Callbacks {}</h2>{body}", counted(outgoing.events.len()))
}

fn event_row(state: &State, event: &Event) -> String {
    let number = state
        .invoices
        .get(&event.invoice)
        .and_then(|invoice| invoice.number.as_deref());
    format!(
        "<tr><td class=nowrap>{} <small>sequence {}</small><td class=nowrap>{}<td class=nowrap>{}<td>{}<td><span class=\"tag {fate}\">{fate}</span><td>{}",
        event.status,
        event.sequence,
        escape(number.unwrap_or("–")),
        event.at.strftime("%-d %b, %H:%M:%S"),
        event.attempts,
        escape(event.answer.as_deref().unwrap_or("–")),
        fate = event.fate.word(),
    )
}

fn new_fault() -> String {
    let kinds: String = KINDS
        .iter()
        .map(|(kind, words, _)| format!("<option value={kind}>{words}</option>"))
        .collect();
    format!(
        "<section><h2>Put a fault in force</h2><form method=post class=grid>\
         <label class=whole>What happens<select name=kind>{kinds}</select></label>\
         <label class=whole>Where<select name=route><option value=\"\">Everywhere</option><option value=api>The Invoice API</option>\
         <option value=\"/merchants/{{m}}/invoices\">Create an invoice</option>\
         <option value=\"/merchants/{{m}}/invoices/link\">Create a link</option>\
         <option value=\"/merchants/{{m}}/invoices/{{i}}/status\">Ask for a status</option>\
         <option value=\"/merchants/{{m}}/invoices/{{i}}/cancel\">Cancel</option>\
         <option value=reporting>Transaction Reporting</option><option value=token>Token endpoint</option><option value=discovery>Discovery</option></select></label>\
         <label class=whole>Only where the body holds<input name=holding placeholder=\"anything\" autocomplete=off></label>\
         <label>How often<select name=times><option value=1>Once</option><option value=5>Five times</option>\
         <option value=\"\">Until it is taken away</option></select></label>\
         <label>Chance<select name=chance><option value=100>Every call</option><option value=50>50 %</option>\
         <option value=20>20 %</option><option value=5>5 %</option></select></label>\
         <button class=\"primary whole\" name=act value=fault>Put in force</button></form></section>"
    )
}

fn faults_in_force(faults: &[Rule]) -> String {
    let items: String = faults.iter().map(fault_item).collect();
    if items.is_empty() {
        return "<h2>Faults in force</h2><p class=empty>None. Every call is answered as it should be.</p>"
            .to_owned();
    }
    format!(
        "<h2>Faults in force</h2><ul>{items}</ul><div class=gap>{}</div>",
        button("mend-all", "Take all away", "")
    )
}

fn fault_item(rule: &Rule) -> String {
    let words = match rule.fault.trouble {
        Trouble::Status { status, .. } => status.to_string(),
        trouble => KINDS
            .iter()
            .find(|(kind, ..)| *kind == word(trouble))
            .map_or("", |(_, words, _)| words)
            .to_owned(),
    };
    let place = rule.fault.route.as_deref().unwrap_or("everywhere");
    let holding = rule
        .fault
        .holding
        .as_deref()
        .map_or_else(String::new, |text| format!(", only “{}”", escape(text)));
    let left = match rule.fault.count {
        Some(count) => format!("{} of {count} struck", rule.struck),
        None => format!("{} struck", rule.struck),
    };
    let tag = if rule.is_live() {
        "<span class=\"tag warn\">in force</span>"
    } else {
        "<span class=\"tag off\">used up</span>"
    };
    let away = button(
        "mend",
        "Take away",
        &format!("<input type=hidden name=id value={}>", rule.id),
    );
    format!(
        "<li><span>{words} {tag}<small>{} {}{holding}, {left}</small></span>{away}</li>",
        escape(rule.fault.method.as_deref().unwrap_or("any method,")),
        escape(place),
    )
}

fn worse(state: &State) -> String {
    let mangle = state.outgoing.mangle;
    let checked = if mangle.reorder { " checked" } else { "" };
    let share = |name: &str, words: &str, value: f64| {
        format!(
            "<label>{words}<input name={name} type=number min=0 max=100 value={:.0}></label>",
            value * 100.0
        )
    };
    format!(
        "<section><h2>How callbacks are delivered</h2><form method=post class=grid>\
         <label class=\"check whole\"><input type=checkbox name=reorder{checked}> Newest first, one at a time</label>{}{}{}\
         <button class=whole name=act value=worse>Deliver so</button></form></section>",
        share("duplicates", "Sent twice, %", mangle.duplicates),
        share("gaps", "Gap before, %", mangle.gaps),
        share("lost", "Never sent, %", mangle.lost),
    )
}

fn people(state: &State) -> String {
    let merchants: String = seed::MERCHANTS
        .iter()
        .map(|merchant| merchant_item(state, merchant))
        .collect();
    let phones: String = seed::CONSUMERS
        .iter()
        .map(|user| {
            let open = state
                .invoices
                .values()
                .filter(|invoice| invoice.status.is_open() && invoice.phone.as_deref() == Some(user.phone))
                .count();
            let card = if user.card_expired {
                "<span class=\"tag bad\">card expired</span>"
            } else {
                ""
            };
            format!(
                "<li><span class=nowrap>{} {card}</span><small>{open} open</small></li>",
                user.phone
            )
        })
        .collect();
    let closed: String = seed::UNAVAILABLE
        .iter()
        .map(|phone| {
            format!(
                "<li><span class=nowrap>{phone} <span class=\"tag off\">not available</span></span><small>10102</small></li>"
            )
        })
        .collect();
    format!(
        "<section id=merchants data-live><h2>Merchants</h2><ul>{merchants}</ul><div class=gap>{}</div></section>\
         <section id=phones data-live><h2>Phones</h2><ul>{phones}{closed}</ul>\
         <p class=soft>A thousand more in each country have +45 57 37 00 00 to 09 99 and +358 12 1160 000 to 999.</p></section>",
        button("rotate", "Sign tokens with a new key", ""),
    )
}

fn merchant_item(state: &State, merchant: &Merchant) -> String {
    let issuers: String = merchant
        .issuers
        .iter()
        .map(|issuer| format!("<small>{} · {}</small>", escape(issuer.name), issuer.status))
        .collect();
    let count = state
        .invoices
        .values()
        .filter(|invoice| invoice.merchant == merchant.id)
        .count();
    format!(
        "<li><span>{} <small>{} · {count} sent</small>{issuers}</span>{}</li>",
        escape(merchant.name),
        merchant.vat,
        button(
            "withdraw",
            "Withdraw sign-ins",
            &format!("<input type=hidden name=merchant value=\"{}\">", merchant.id),
        )
    )
}
