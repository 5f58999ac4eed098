//! Past all of Kvit's checks: hand-made bytes are frozen into the books, and go out as every invoice does.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use invoice::{Channel, Content, Country, DraftForm, Limits, LineForm, RecipientForm, Rulebook};
use ledger::{Ledger, SendOrder};
use serde_json::{Value, json};

use super::members::{Ground, rows};
use super::request::{Relay, body, to_phone};
use super::table::Answer;
use crate::away::Service;
use crate::clock;
use crate::shop::Shop;

/// The books of the one connection that is not in the practice world.
fn books(folder: &Path) -> PathBuf {
    let entries = std::fs::read_dir(folder.join("data/books")).unwrap();
    let mut files = entries.map(|entry| entry.unwrap().path());
    files
        .find(|path| {
            path.extension().is_some_and(|kind| kind == "kvit") && !path.ends_with("practice-dk.kvit")
        })
        .unwrap()
}

/// What the books are told that the invoice is; the bytes say something else.
fn content(ground: &Ground, phone: bool) -> (DraftForm, Content) {
    let form = DraftForm {
        recipient: RecipientForm {
            phone: if phone {
                "57 37 32 59".to_owned()
            } else {
                String::new()
            },
            ..RecipientForm::default()
        },
        due_date: ground.today.saturating_add(jiff::ToSpan::days(30)).to_string(),
        lines: vec![LineForm {
            description: "Vare".to_owned(),
            unit_price: "100".to_owned(),
            ..LineForm::default()
        }],
        ..DraftForm::default()
    };
    let rulebook = Rulebook {
        country: Country::Dk,
        today: ground.today,
        limits: Limits::of(Country::Dk),
        default_vat_rate: 25.into(),
        issuers: vec![ground.issuer.clone()],
        sent_to_phone_today: 0,
    };
    let content = invoice::read(&form, &rulebook).content.unwrap();
    (form, content)
}

/// Puts one invoice with these bytes into the outbox. Answers its id.
fn force(books: &mut Ledger, ground: &Ground, member: &str, literal: Option<&str>) -> String {
    let (form, content) = content(ground, to_phone(member));
    let channel = if to_phone(member) {
        Channel::Phone
    } else {
        Channel::Link
    };
    let (draft, id) = (uuid::Uuid::now_v7().to_string(), uuid::Uuid::now_v7().to_string());
    let now = clock::now();
    books.create_draft(&draft, &form, now).unwrap();
    let order = SendOrder {
        invoice_id: &id,
        channel,
        content: &content,
        business: &invoice::Business::default(),
        hold_until: now,
        now,
    };
    let revision = books.draft(&draft).unwrap().revision;
    books
        .send(&draft, revision, &order, |number| {
            Ok::<_, String>(body(ground, number, member, literal))
        })
        .unwrap();
    id
}

async fn ground_of(shop: &Shop) -> Ground {
    let connection = shop.call("connection_show", json!({})).await;
    let issuer = connection["issuers"][0]["id"].as_str().unwrap().to_owned();
    let draft = shop.call("draft_create", json!({})).await;
    let today = draft["reading"]["issueDate"].as_str().unwrap().parse().unwrap();
    shop.call("draft_discard", json!({ "id": draft["id"] })).await;
    Ground { today, issuer }
}

/// Closes the core, lets `job` write in its books, and opens it again.
async fn behind_its_back<T>(shop: &mut Shop, job: impl FnOnce(&mut Ledger) -> T) -> T {
    shop.desk.close().await;
    let file = books(shop.folder.path());
    let done = job(&mut Ledger::open(&file).unwrap());
    shop.desk = crate::shop::open(shop.folder.path(), &shop.secrets).await;
    done
}

/// What is wrong with how the answer is told, if anything.
fn told(view: &Value, member: &str, answer: Answer) -> Option<String> {
    let (state, said) = (view["row"]["state"].as_str().unwrap(), &view["refusal"]);
    let words = said["text"].as_str().unwrap_or_default();
    let right = match answer {
        Answer::Taken => state == "created",
        Answer::Code(code) => state == "refused" && said["code"] == code && said["meaning"].is_string(),
        Answer::Input => {
            let field = member.replace("[]", "[0]");
            state == "refused"
                && said["meaning"] == "input_wrong"
                && (words.contains(&format!("input.{field}")))
        }
        Answer::Body => state == "refused" && said["meaning"] == "input_wrong" && !words.is_empty(),
    };
    (!right).then(|| format!("{answer:?} expected, but {state} {said}"))
}

/// Refused, or taken: the outbox is done with it.
async fn ended(shop: &Shop, id: &str) -> Value {
    let mut events = shop.desk.events();
    let ended = async {
        loop {
            let view = shop.call("invoice_show", json!({ "id": id })).await;
            if matches!(view["row"]["state"].as_str(), Some("refused" | "created")) {
                return view;
            }
            let _ = events.recv().await;
        }
    };
    let ended = tokio::time::timeout(std::time::Duration::from_mins(5), ended).await;
    ended.unwrap_or_else(|_| panic!("{id} never ended"))
}

#[tokio::test]
async fn what_is_forced_through_is_answered_by_the_service_and_told_in_words() {
    let service = Service::start().await;
    let mut shop = service.shop().await;
    let ground = ground_of(&shop).await;
    let table = rows(&ground);
    let forced = behind_its_back(&mut shop, |books| {
        let values = table
            .iter()
            .flat_map(|row| row.forced.iter().map(move |value| (row, value)));
        values
            .map(|(row, (literal, answer))| {
                (
                    force(books, &ground, row.member, literal.as_deref()),
                    row,
                    literal,
                    *answer,
                )
            })
            .collect::<Vec<_>>()
    })
    .await;
    let mut wrong = String::new();
    let mut taken = 0;
    // They go in their order: once the last has ended, few are left to wait for.
    ended(&shop, &forced[forced.len() - 1].0).await;
    for (id, row, literal, answer) in &forced {
        let view = ended(&shop, id).await;
        taken += usize::from(*answer == Answer::Taken);
        if let Some(found) = told(&view, row.member, *answer) {
            let literal: String = literal
                .as_deref()
                .unwrap_or("(absent)")
                .chars()
                .take(60)
                .collect();
            writeln!(wrong, "{} {literal}: {found}", row.member).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(service_count(&service).await, taken);
}

async fn service_count(service: &Service) -> usize {
    let state: Value = reqwest::get(service.practice("state"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    state["invoices"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_code_that_no_version_lists_is_told_in_the_services_own_words() {
    let service = Service::start().await;
    let words = "<script>alert(1)</script> \u{202e}txet";
    let answer = json!({ "correlation_id": "c", "error": "DomainError", "error_code": "19999",
        "error_description": words, "error_context": "Invoices" });
    let relay = Relay::before(&service.api_base_url(), Some((409, answer.to_string()))).await;
    let shop = service.shop_through(&relay.url).await;
    let sent = service.send(&shop, "link").await;
    let view = shop.until(&sent, "refused").await;
    assert_eq!(view["refusal"]["code"], 19999);
    assert_eq!(view["refusal"]["meaning"], Value::Null);
    assert_eq!(view["refusal"]["text"], words);
    assert_eq!(service_count(&service).await, 0);
}
