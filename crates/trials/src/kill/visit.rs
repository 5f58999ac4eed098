//! The merchant and the customer: a connection to the simulator, the sign-in, an invoice, a payment.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};
use simulator::{Country, Simulator};

use super::process::{Core, Said};
use crate::judge::Way;

/// The merchant's own page, as whitelisted.
pub(crate) const RETURN: &str = "https://nordhavn.example/sandbox/return";

/// Danish phones of the simulator whose cards are good.
const PHONES: &[&str] = &["+4557373259", "+4522509895", "+4554048573", "+4585155935"];

/// Adds the connection whose API calls go by the relay on `port`; answers its id.
pub(crate) async fn connect(core: &Core, simulator: &Simulator, port: u16) -> Result<String> {
    let form = json!({
        "name": "Trial",
        "world": "sandbox",
        "country": "DK",
        "clientId": simulator::PRACTICE_CLIENT_ID,
        "clientSecret": simulator::PRACTICE_CLIENT_SECRET,
        "gatewayId": simulator::PRACTICE_GATEWAY_ID,
        "gatewaySecret": simulator::PRACTICE_GATEWAY_SECRET,
        "redirectUri": RETURN,
        "door": "return_page",
        "discoveryUrl": simulator.discovery_url(Country::Dk),
        "issuer": simulator.issuer(),
        "apiBaseUrl": format!("http://127.0.0.1:{port}/invoice-restapi"),
        "merchantVat": "DK25313763",
        "transactions": true,
    });
    let added = must(core.call("connection_add", form).await?, "connection_add")?;
    let id = added["id"].as_str().context("a connection has an id")?.to_owned();
    must(
        core.call("connection_choose", json!({ "id": id })).await?,
        "connection_choose",
    )?;
    Ok(id)
}

/// The answer of a command that nothing stands in the way of.
pub(crate) fn must(said: Said, name: &str) -> Result<Value> {
    match said {
        Said::Yes(value) => Ok(value),
        Said::No(word) => bail!("{name} was refused: {word}"),
        Said::Dead => bail!("the core died during {name}, where nothing kills it"),
    }
}

/// What came of a sign-in.
pub(crate) enum Entry {
    /// Signed in.
    In,
    /// The core died.
    Dead,
    /// Something stood in the way.
    Refused(String),
}

/// Signs in unless that is done.
pub(crate) async fn sign_in(core: &Core) -> Result<Entry> {
    let status = match core.call("connection_show", json!({})).await? {
        Said::Yes(status) => status,
        Said::Dead => return Ok(Entry::Dead),
        Said::No(word) => bail!("connection_show was refused: {word}"),
    };
    if status["session"]["state"] == "signed_in" {
        return Ok(Entry::In);
    }
    let begun = match core.call("signin_begin", json!({})).await? {
        Said::Yes(begun) => begun,
        Said::Dead => return Ok(Entry::Dead),
        Said::No(word) => return Ok(Entry::Refused(word)),
    };
    let address = begun["authorizeUrl"]
        .as_str()
        .context("a sign-in has an address")?;
    let answer = match visitor::consent(address, Person::danish()).await {
        Ok(Return::Fragment(answer)) => answer,
        Ok(Return::Form { .. }) => bail!("the return page takes a fragment"),
        Err(error) => return Ok(Entry::Refused(error.to_string())),
    };
    match core.call("signin_paste", json!({ "address": answer })).await? {
        Said::Yes(_) => Ok(Entry::In),
        Said::Dead => Ok(Entry::Dead),
        Said::No(word) => Ok(Entry::Refused(word)),
    }
}

/// A draft that is ready to be sent.
pub(crate) struct Written {
    pub(crate) draft: Value,
    pub(crate) amount: i64,
    pub(crate) way: Way,
}

/// Writes the `nth` invoice of a world, whose amount no other has. `None`: the core died.
pub(crate) async fn write(core: &Core, nth: i64, by_phone: bool, due: Date) -> Result<Option<Written>> {
    let draft = match core.call("draft_create", json!({})).await? {
        Said::Yes(draft) => draft,
        Said::Dead => return Ok(None),
        Said::No(word) => bail!("draft_create was refused: {word}"),
    };
    let mut form = draft["form"].clone();
    let phone = PHONES[usize::try_from(nth)? % PHONES.len()];
    form["recipient"] = json!({ "name": "Mads Krogh", "phone": phone });
    form["dueDate"] = json!(due.to_string());
    // 4 kroner and 4 øre more each time, and a quarter of VAT.
    let price = 400 + 4 * nth;
    form["lines"] = json!([{
        "description": "Eftersyn",
        "unitPrice": format!("{},{:02}", price / 100, price % 100),
    }]);
    let save = json!({ "id": draft["id"], "revision": draft["revision"], "form": form });
    let saved = match core.call("draft_save", save).await? {
        Said::Yes(saved) => saved,
        Said::Dead => return Ok(None),
        Said::No(word) => bail!("draft_save was refused: {word}"),
    };
    let amount = saved["reading"]["gross"]["minor"].as_i64();
    // Ten a day to one phone (spec 12.5): after that the merchant takes the link.
    let by_phone = by_phone && saved["reading"]["canSendToPhone"] == true;
    Ok(Some(Written {
        draft: json!({
            "id": saved["id"],
            "revision": saved["revision"],
            "channel": if by_phone { "phone" } else { "link" },
        }),
        amount: amount.context("a saved draft has a total")?,
        way: Way {
            phone: Some(phone.to_owned()),
            link: !by_phone,
            due: due.to_string(),
        },
    }))
}

/// The customer opens the link and pays. Anything may stand in the way: it may be cancelled by now.
pub(crate) async fn pay_link(http: &reqwest::Client, href: &str) -> Result<()> {
    let form = [("phone", PHONES[0]), ("decision", "now")];
    http.post(href).form(&form).send().await?;
    Ok(())
}

/// Bytes of one piece of a file, as the window hands it over.
const PIECE: usize = 192 * 1_024;

/// The amount without VAT of the `nth` invoice, minor units: 4 øre more each time, so that a quarter of it is whole.
const fn net(nth: usize) -> usize {
    400 + 4 * nth
}

/// What is to be paid of the `nth` invoice, minor units, with a quarter of VAT.
///
/// # Errors
/// For more invoices than a ledger holds.
pub(crate) fn gross(nth: usize) -> Result<i64> {
    Ok(i64::try_from(net(nth) + net(nth) / 4)?)
}

/// Whom the `nth` row of a file is for: ten rows go to each phone of the practice world's crowd, which is what a person may
/// get in a day (spec 12.5).
fn member(nth: usize) -> String {
    format!("+4557370{:03}", nth / 10 % 1_000)
}

/// What the merchant wants of the `nth` row of a [`file`].
pub(crate) fn way_of_row(nth: usize, link: bool, due: Date) -> Way {
    Way {
        phone: Some(member(nth)),
        link,
        due: due.to_string(),
    }
}

/// A file of the invoices from the `first` on, as a spreadsheet of a Danish club saves it.
pub(crate) fn file(first: usize, rows: usize, due: Date) -> String {
    let due = due.strftime("%d.%m.%Y");
    let mut file = String::from("Navn;Telefon;Tekst;Pris;Forfaldsdato\n");
    for nth in first..first + rows {
        let price = net(nth);
        file.push_str(&format!(
            "Medlem {nth};{};Kontingent {nth};{},{:02};{due}\n",
            member(nth),
            price / 100,
            price % 100
        ));
    }
    file
}

/// Hands a file over in pieces and keeps it as it is understood: a run of which nothing is sent. `None`: the core died.
pub(crate) async fn import(core: &Core, file: &[u8]) -> Result<Option<Value>> {
    let mut orders = vec![(
        "import_begin",
        json!({ "name": "kunder.csv", "size": file.len() }),
    )];
    let pieces = file.chunks(PIECE).map(|piece| STANDARD.encode(piece));
    orders.extend(pieces.map(|piece| ("import_piece", json!({ "base64": piece }))));
    orders.push(("import_read", json!({})));
    let (mut id, mut view) = (Value::Null, Value::Null);
    for (name, mut order) in orders {
        if name != "import_begin" {
            order["id"] = id.clone();
        }
        view = match core.call(name, order).await? {
            Said::Dead => return Ok(None),
            said => must(said, name)?,
        };
        if name == "import_begin" {
            id = view["id"].clone();
        }
    }
    match core.call("import_keep", view["plan"].clone()).await? {
        Said::Dead => Ok(None),
        said => must(said, "import_keep").map(Some),
    }
}
