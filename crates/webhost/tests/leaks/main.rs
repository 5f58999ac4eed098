//! No secret is anywhere but in the keychain, in the memory of the program, and on the wire to its addressee: the whole
//! journey with marked secrets and a service that echoes them, searched from outside the process.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]
#![cfg(target_os = "linux")]

mod merchant;
mod program;
mod provider;
mod traces;

use merchant::Merchant;
use program::{Planted, Program};
use provider::Saying;
use serde_json::{Value, json};
use traces::Secret;

/// Every way in which a token endpoint or a document can be wrong, with what it was sent in it.
const TOKEN_TROUBLES: &[(u16, Saying)] = &[
    (400, |sent| {
        json!({ "error": "invalid_grant", "error_description": sent }).to_string()
    }),
    (400, |sent| {
        json!({ "error": sent, "error_description": sent, "error_uri": sent }).to_string()
    }),
    (401, |sent| {
        json!({ "error": "invalid_client", "error_description": sent }).to_string()
    }),
    (400, |sent| format!("<html>{sent}")),
    (500, |sent| format!("{sent} at line 1")),
    (302, str::to_owned),
    (200, |sent| {
        format!(r#"{{"access_token": "{sent}", "token_type": "#)
    }),
    (200, |sent| {
        json!({ "access_token": sent, "token_type": 1 }).to_string()
    }),
    (200, |sent| {
        json!({ "access_token": sent, "token_type": sent }).to_string()
    }),
    (200, |sent| {
        json!({ "access_token": sent, "token_type": "Bearer", "id_token": sent }).to_string()
    }),
    (200, |sent| {
        json!({ "access_token": sent, "token_type": "Bearer", "expires_in": sent }).to_string()
    }),
    (200, |sent| json!([sent]).to_string()),
];

const DOCUMENTS: &[Saying] = &[
    |word| format!("{{\"issuer\": \"{word}\""),
    |word| {
        json!({ "issuer": word, "authorization_endpoint": word, "token_endpoint": word, "jwks_uri": word })
            .to_string()
    },
];

#[tokio::test]
async fn no_secret_leaves_its_place_in_the_whole_journey() {
    let mut merchant = Merchant::connects().await;
    sign_ins_that_fail(&mut merchant).await;
    assert_eq!(merchant.signs_in().await, None);
    merchant.nothing_is_found("signed in");
    invoices_with_every_answer(&mut merchant).await;
    refreshes(&mut merchant).await;
    everything_is_looked_at(&merchant).await;
    merchant.nothing_is_found("after the work");

    merchant.program.call("session_end", json!({})).await;
    merchant.nothing_is_found("signed out");
    let (log, files, messages) = merchant.program.extent();
    assert!(
        log > 100_000 && files > 3 && messages > 100,
        "{log} {files} {messages}"
    );
    merchant.program.end().await;
    assert_eq!(
        merchant.program.files_and_log(&merchant.provider.secrets()),
        Vec::<String>::new()
    );
}

async fn sign_ins_that_fail(merchant: &mut Merchant) {
    for saying in DOCUMENTS {
        merchant.provider.next_document(*saying);
        assert!(merchant.signs_in().await.is_some());
    }
    for (status, saying) in TOKEN_TROUBLES {
        merchant.provider.next_token_answer(*status, *saying);
        assert!(merchant.signs_in().await.is_some(), "{status}");
    }
    merchant.provider.next_signature_is_broken();
    assert_eq!(
        merchant.signs_in().await.as_deref(),
        Some("front_id_token_signature")
    );

    // The browser brings words of its own, an answer to another sign-in, and then the answer twice.
    let begun = merchant.program.call("signin_begin", json!({})).await;
    let good = merchant
        .provider
        .answer_to(begun["authorizeUrl"].as_str().unwrap());
    let foreign = good.replace("state=", "state=x");
    merchant.comes_back(foreign).await;
    merchant.comes_back(format!("{good}&{good}")).await;
    merchant.comes_back(good.clone()).await;
    assert_eq!(merchant.sign_in_ends().await, None);
    let words = merchant.provider.issue("words of the browser");
    let begun = merchant.program.call("signin_begin", json!({})).await;
    let (_, state) = begun["authorizeUrl"]
        .as_str()
        .unwrap()
        .split_once("&state=")
        .unwrap();
    let state = state.split('&').next().unwrap();
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    merchant
        .comes_back(format!("error={words}&error_description={words}&state={state}"))
        .await;
    assert_eq!(merchant.sign_in_ends().await.as_deref(), Some("provider_other"));

    // Pasted by hand: once cut, once whole, and once more when it is used.
    let begun = merchant.program.call("signin_begin", json!({})).await;
    let good = merchant
        .provider
        .answer_to(begun["authorizeUrl"].as_str().unwrap());
    let address = format!("{}?{good}", merchant.return_address);
    for (address, code) in [
        (&address[..address.len() / 2], "signin_refused"),
        (&address, ""),
        (&address, "no_signin_in_progress"),
    ] {
        let paste = json!({ "address": address });
        let answered = merchant.program.call_unheard("signin_paste", paste).await;
        assert_eq!(answered["code"].as_str().unwrap_or_default(), code, "{answered}");
    }
}

/// What the service answers to a create, and what the window then shows.
const CREATES: &[((u16, Option<u32>), &str)] = &[
    ((202, None), "created"),
    ((400, Some(10_201)), "refused"),
    ((404, None), "refused"),
    ((409, Some(10_104)), "refused"),
];

async fn invoices_with_every_answer(merchant: &mut Merchant) {
    let creates: Vec<_> = CREATES.iter().map(|(answer, _)| *answer).collect();
    merchant.provider.next_creates(&creates);
    let mut sent = Vec::new();
    for (at, (_, state)) in CREATES.iter().enumerate() {
        let id = merchant.sends(["phone", "link"][at % 2]).await;
        sent.push((id, *state));
    }
    for (id, state) in &sent {
        merchant.until(id, state).await;
    }
    let id = json!({ "id": sent[0].0 });
    for status in [400, 401, 403, 404, 429, 500, 200] {
        merchant.provider.next_reads(&[status]);
        merchant.program.call("invoice_refresh", id.clone()).await;
    }
    merchant
        .program
        .call(
            "phone_pay",
            json!({ "phone": "+4557373259", "invoiceId": sent[0].0 }),
        )
        .await;
    merchant
        .program
        .call(
            "phone_reject",
            json!({ "phone": "+4557373259", "invoiceId": sent[0].0 }),
        )
        .await;
    for status in [409, 500, 200] {
        merchant.provider.next_reads(&[status]);
        merchant.program.call("invoice_cancel", id.clone()).await;
    }
    // What is turned away is sent again; what nobody can tell stays in doubt.
    merchant
        .provider
        .next_creates(&[(401, None), (403, None), (429, None), (500, None)]);
    let doubtful = merchant.sends("phone").await;
    merchant.until(&doubtful, "in_doubt").await;
}

/// Rotated at each call, then refused in every way, and ended.
async fn refreshes(merchant: &mut Merchant) {
    merchant.provider.lifetime(0);
    let before = merchant.provider.secrets().len();
    // Each sign-in asks whose token it is.
    for status in [200, 403, 500, 401] {
        merchant.provider.next_reads(&[status]);
        merchant.signs_in().await;
    }
    let shown = merchant.program.call("invoice_list", json!({})).await;
    let id = shown["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["state"] == "canceled");
    let id = json!({ "id": id.unwrap()["id"] });
    for (status, saying) in TOKEN_TROUBLES.iter().filter(|(status, _)| *status >= 500) {
        merchant.provider.next_token_answer(*status, *saying);
        merchant.program.call("invoice_refresh", id.clone()).await;
        let answered = merchant.program.call("invoice_refresh", id.clone()).await;
        assert_eq!(answered["code"], Value::Null, "the session stands: {answered}");
    }
    assert!(
        merchant.provider.secrets().len() > before + 8,
        "tokens were rotated"
    );
    for (status, saying) in TOKEN_TROUBLES.iter().filter(|(status, _)| *status < 500) {
        merchant.signs_in().await;
        merchant.provider.next_token_answer(*status, *saying);
        merchant.program.call("invoice_refresh", id.clone()).await;
    }
    merchant.signs_in().await;
}

/// All that the window can ask.
async fn everything_is_looked_at(merchant: &Merchant) {
    let program = &merchant.program;
    for name in [
        "app_show",
        "connection_show",
        "overview_show",
        "draft_list",
        "phone_show",
        "customer_list",
    ] {
        let shown = program.call(name, json!({})).await;
        assert_eq!(shown["code"], Value::Null, "{name}: {shown}");
    }
    let list = program.call("invoice_list", json!({})).await;
    for row in list["rows"].as_array().unwrap() {
        let id = json!({ "id": row["id"] });
        let shown = program.call("invoice_show", id.clone()).await;
        assert!(
            shown["technical"]["request"]
                .as_str()
                .unwrap()
                .contains("Mads Krogh")
        );
        program.call("invoice_paper", id.clone()).await;
        program.call("invoice_save_pdf", id).await;
    }
}

#[tokio::test]
async fn a_secret_that_is_somewhere_is_found_there() {
    let planted = |name: &str| Secret {
        name: name.into(),
        value: format!("{name}-6f1c2a57-9d0b-4c1e-8a35-planted"),
    };
    let [argument, variable, command, comment] = ["argument", "variable", "command", "comment"].map(planted);
    let in_program = Planted {
        argument: Some(&argument.value),
        variable: Some(&variable.value),
    };
    let mut program = Program::start(in_program).await;
    // A command of that name is refused, and the refusal is answered and logged.
    program.call(&command.value, json!({})).await;
    let draft = program.call("draft_create", json!({})).await;
    let mut form = draft["form"].clone();
    form["comment"] = json!(comment.value);
    let save = json!({ "id": draft["id"], "revision": draft["revision"], "form": form });
    program.call("draft_save", save).await;

    let found = program.search(&[argument, variable, command.clone(), comment.clone()]);
    for trace in [
        "arguments: argument, plain",
        "environment: variable, plain",
        "log: command, plain",
        "answer of draft_save: comment, plain",
        "input of draft_save: comment, plain",
        "file data/books/practice-dk.kvit-wal: comment, plain",
    ] {
        assert!(
            found.iter().any(|found| found == trace),
            "{trace} is missing in {found:#?}"
        );
    }
    assert!(
        found.iter().any(|found| found.starts_with("answer of command-")),
        "{found:#?}"
    );
    assert!(program.data().is_dir());
    program.end().await;
    let left = program.files_and_log(&[command, comment]);
    assert!(
        left.contains(&"command, plain".into()) && left.contains(&"comment, plain".into()),
        "{left:?}"
    );
}
