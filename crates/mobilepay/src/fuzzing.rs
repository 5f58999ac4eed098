//! Every reader of foreign bytes behind one door, with what must hold whatever the bytes are: for the proptest below
//! and for `fuzz/`. It is no part of the program.
//!
//! Deliberately absent: the network. What a socket can do to an answer is in the tests over HTTP.

use http::{HeaderMap, HeaderValue, header};
use invoice::Channel;

use crate::{
    ApiError, FrozenBatch, FrozenRequest, Proof, Trace, answers, batch,
    confidential::Confidential,
    consents,
    json::is_id,
    proves, read_events,
    refusal::{self, Envelope},
    reporting, user_simulation,
};

const ASKED: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";

/// Reads `body` as every kind of good answer.
///
/// # Panics
/// If a reader lets something through that must not come through.
pub fn good_answer(body: &str) {
    if let Some(me) = answers::me(body) {
        assert!(is_id(&me.merchant_id));
    }
    if let Some(found) = answers::issuers(body) {
        assert!(found.issuers.iter().all(|issuer| is_id(&issuer.id)));
    }
    if let Some(created) = answers::created(body) {
        assert!(is_id(&created.invoice_id));
    }
    if let Some(created) = answers::created_link(body) {
        assert!(is_id(&created.invoice_id));
        assert_eq!(
            answers::created(body).map(|it| it.invoice_id),
            Some(created.invoice_id)
        );
    }
    if let Some(status) = answers::status(body, ASKED) {
        assert_eq!(status.invoice_id, ASKED);
    }
    if let Some(details) = answers::details(body, ASKED) {
        assert_eq!(details.invoice_id, ASKED);
    }
    if let Some(consent) = consents::consent(body) {
        assert!(is_id(&consent.consent_id));
        let granted = consent.state == crate::ConsentState::Granted;
        assert!(granted || (consent.phone.is_none() && consent.granted_on.is_none()));
    }
    if let Some(accepted) = user_simulation::accepted(body) {
        assert!(is_id(&accepted.invoice_id));
    }
    if let Some(page) = consents::consent_page(body, Some("after")) {
        assert_ne!(page.next.as_deref(), Some("after"));
    }
    let next = [
        reporting::payment_points(body, 3).and_then(|page| page.next),
        reporting::transactions(body, 3).and_then(|page| page.next),
        reporting::transfers(body, 3).and_then(|page| page.next),
    ];
    assert!(next.into_iter().flatten().all(|next| next > 3));
}

/// Reads `body` as the answer to a batch of three.
///
/// # Panics
/// If an invoice gets no result or somebody else's.
pub fn batch_answer(body: &str) {
    let bodies = ["1", "2", "3"].map(|number| FrozenRequest {
        bytes: format!("{{\"InvoiceNumber\":\"{number}\"}}").into_bytes(),
        channel: Channel::Phone,
    });
    let batch = FrozenBatch::of(&bodies).expect("three different numbers");
    let trace = Trace {
        status: Some(202),
        body: body.to_owned(),
        ..Trace::default()
    };
    let Some(outcome) = batch::read(body, &trace, &batch) else {
        return;
    };
    assert_eq!(outcome.items.len(), 3);
    let mut ids: Vec<String> = Vec::new();
    for item in &outcome.items {
        match item {
            Ok(created) => {
                assert!(is_id(&created.value.invoice_id));
                ids.push(created.value.invoice_id.to_ascii_lowercase());
            }
            Err(error) => {
                let proof = proves(error);
                assert!(matches!(
                    proof,
                    Proof::Nothing | Proof::Refused | Proof::ExistsAlready
                ));
            }
        }
    }
    let told = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), told, "one id for two invoices");
}

/// Reads `body` as an answer with any status, and `wait` as its `Retry-After`.
///
/// # Panics
/// If a status in which the service may have acted proves that it did not, or another proves more or less than it does.
pub fn bad_answer(status: u16, wait: &[u8], body: &str) {
    let mut headers = HeaderMap::new();
    if let Ok(wait) = HeaderValue::from_bytes(wait) {
        headers.insert(header::RETRY_AFTER, wait);
    }
    headers.insert(
        header::DATE,
        HeaderValue::from_static("Mon, 23 Nov 2026 06:00:00 GMT"),
    );
    let trace = Trace {
        status: Some(status),
        body: body.to_owned(),
        ..Trace::default()
    };
    let error = refusal::error_of(status, &headers, body, trace);
    assert_eq!(error.trace().body, body);
    let may_have_acted = !(400..500).contains(&status) || status == 408;
    assert!(!may_have_acted || matches!(proves(&error), Proof::Nothing | Proof::ExistsAlready));
    if let ApiError::Throttled { retry_after, .. } | ApiError::Unclear { retry_after, .. } = &error {
        assert!(retry_after.is_none_or(|wait| wait.as_secs() <= 3600));
    }
    let created = refusal::of_create(error.clone());
    let proven = match (status, proves(&created)) {
        // It is told in words or by code, whatever the status is.
        (_, Proof::ExistsAlready) => true,
        (401 | 429, proof) => proof == Proof::NotCarriedOut,
        (403, proof) => matches!(proof, Proof::NotCarriedOut | Proof::Refused),
        // What is refused is refused for a reason that was told.
        (409, Proof::Refused) => Envelope::read(body).is_some_and(|error| error.is_explained()),
        (400..=407 | 410..500, proof) => proof == Proof::Refused,
        (_, proof) => proof == Proof::Nothing,
    };
    assert!(proven, "{status}: {created:?}");
    assert_ne!(proves(&batch::error_of_all(error)), Proof::ExistsAlready);
}

/// Strikes `secret` from `before` and `after` with it in between, written as JSON writes it.
///
/// # Panics
/// If it can still be read in what is left, with or without the escapes.
pub fn echo(secret: &str, before: &str, after: &str) {
    // Shorter ones are left alone, and control characters stand in no credential.
    if secret.len() < 12 || secret.chars().any(char::is_control) {
        return;
    }
    let confidential = Confidential::of(&HeaderMap::new(), Some(secret));
    let said = serde_json::Value::from(format!("{before}{secret}{after}")).to_string();
    for text in [said, format!("{before}{secret}{after}")] {
        let left = confidential.strike(text);
        assert!(!left.contains(secret));
        let read: Option<String> = serde_json::from_str(&left).ok();
        assert!(read.is_none_or(|read| !read.contains(secret)));
    }
}

/// Reads `body` as a callback.
///
/// # Panics
/// If an event has an id that could change an address, or a text that is not part of the body.
pub fn callback(body: &[u8]) {
    let Ok(found) = read_events(body) else {
        return;
    };
    let text = String::from_utf8_lossy(body);
    for event in &found.events {
        assert!(is_id(&event.invoice_id));
        assert!(text.contains(&event.text));
    }
    assert!(found.unreadable.iter().all(|kept| text.contains(kept)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Names that the readers look for, in several spellings.
    const NAMES: [&str; 24] = [
        "InvoiceId",
        "invoice_id",
        "MerchantId",
        "Status",
        "State",
        "ConsentId",
        "PhoneNumber",
        "GrantedConsents",
        "PagingState",
        "Accepted",
        "Rejected",
        "Errors",
        "ErrorCode",
        "error_code",
        "ErrorText",
        "InvoiceNumber",
        "TotalAmount",
        "DueDate",
        "Links",
        "Rel",
        "Href",
        "transactions",
        "nextPageNumber",
        "amount",
    ];

    fn leaf() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("null".to_owned()),
            Just("\"63679ab7-cc49-4f75-80a7-86217fc105ea\"".to_owned()),
            Just("\"granted\"".to_owned()),
            Just("\"user-redirect\"".to_owned()),
            Just("10104".to_owned()),
            Just("\"10301\"".to_owned()),
            Just("1e999".to_owned()),
            Just("-0.00".to_owned()),
            (0_u32..5).prop_map(|number| format!("\"{number}\"")),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        ]
    }

    /// JSON that looks like an answer, of some depth.
    fn value() -> impl Strategy<Value = String> {
        leaf().prop_recursive(4, 40, 6, |inner| {
            let member = (proptest::sample::select(NAMES.as_slice()), inner.clone())
                .prop_map(|(name, value)| format!("\"{name}\":{value}"));
            prop_oneof![
                proptest::collection::vec(member, 0..6)
                    .prop_map(|members| format!("{{{}}}", members.join(","))),
                proptest::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_answer_gets_past_a_reader(body in value(), status in 100_u16..600, cut in 0_usize..400) {
            let cut = body.floor_char_boundary(body.len().saturating_sub(cut));
            for body in [body.as_str(), &body[..cut]] {
                good_answer(body);
                batch_answer(body);
                bad_answer(status, b"17", body);
                callback(body.as_bytes());
            }
        }

        #[test]
        fn no_echo_keeps_a_secret(
            secret in r#"[a-z+/&'"<>\\=]{12,20}"#,
            before in r#"[a-z+/&'"<>\\;]{0,9}"#,
            after in r#"[a-z+/&'"<>\\;]{0,9}"#,
        ) {
            echo(&secret, &before, &after);
        }

        #[test]
        fn no_wait_is_longer_than_an_hour(wait in proptest::collection::vec(any::<u8>(), 0..40)) {
            bad_answer(429, &wait, "");
            bad_answer(503, &wait, "");
        }
    }
}
