//! Batches (spec 9.3, 9.5): the published answers written down from the documents, and answers that no correct
//! server gives, over real HTTP.

mod common;

use common::{CALL, MERCHANT, answering, json, only_request, token};
use invoice::Channel;
use mobilepay::{
    ApiError, BatchError, BatchOutcome, FrozenBatch, FrozenRequest, MOST_IN_BATCH, Proof, proves,
};
use wiremock::ResponseTemplate;

const FIRST: &str = "72c28be5-dfbe-48b2-bce5-ac7769c157d9";
const SECOND: &str = "63679ab7-cc49-4f75-80a7-86217fc105ea";

fn body(number: &str, channel: Channel) -> FrozenRequest {
    FrozenRequest {
        bytes: format!(r#"{{"InvoiceNumber":"{number}","TotalAmount":360.00}}"#).into_bytes(),
        channel,
    }
}

fn batch(numbers: &[&str]) -> FrozenBatch {
    let bodies: Vec<FrozenRequest> = numbers
        .iter()
        .map(|number| body(number, Channel::Phone))
        .collect();
    FrozenBatch::of(&bodies).expect("these can be sent together")
}

async fn sent(template: ResponseTemplate, numbers: &[&str]) -> Result<BatchOutcome, ApiError> {
    let (_server, api) = answering(template).await;
    api.create_batch(&token(), CALL, MERCHANT, &batch(numbers)).await
}

/// What each of `numbers` is after the service said `told` of them.
async fn said(told: &str, numbers: &[&str]) -> Vec<Result<String, Proof>> {
    let outcome = sent(json(202, told), numbers).await.expect("a readable answer");
    assert_eq!(outcome.items.len(), numbers.len());
    let item = |item: Result<mobilepay::Answer<mobilepay::Created>, ApiError>| {
        item.map(|answer| answer.value.invoice_id)
            .map_err(|error| proves(&error))
    };
    outcome.items.into_iter().map(item).collect()
}

#[tokio::test]
async fn the_published_answer_is_matched_by_number_whatever_the_order() {
    let published = format!(
        r#"{{"Accepted":[{{"InvoiceNumber":"58652","InvoiceId":"{FIRST}"}}],
            "Rejected":[{{"InvoiceNumber":"58694","Errors":[{{"ErrorText":"Invoice already exists","ErrorCode":10104}}]}}]}}"#
    );
    let exists = Err(Proof::ExistsAlready);
    assert_eq!(
        said(&published, &["58652", "58694"]).await,
        [Ok(FIRST.to_owned()), exists.clone()]
    );
    assert_eq!(
        said(&published, &["58694", "58652"]).await,
        [exists, Ok(FIRST.to_owned())]
    );
}

#[tokio::test]
async fn both_shapes_of_rejections_are_read() {
    for rejected in [
        r#"{"InvoiceNumber":"2","Errors":[{"ErrorText":"Total invoice amount is exceeded","ErrorCode":10201}]}"#,
        r#"{"InvoiceNumber":"2","ErrorText":"Total invoice amount is exceeded","ErrorCode":10201}"#,
        r#"{"invoiceNumber":"2","errors":[{"errorText":"Total invoice amount is exceeded","errorCode":"10201"}]}"#,
        r#"{"invoice_number":2,"error_text":"Total invoice amount is exceeded","error_code":10201,"errors":null}"#,
        r#"{"InvoiceNumber":" 2 ","ErrorText":"Total invoice amount is exceeded","ErrorCode":10201,"Errors":[]}"#,
    ] {
        let told = format!(r#"{{"Accepted":[],"Rejected":[{rejected}]}}"#);
        let outcome = sent(json(202, &told), &["2"]).await.unwrap();
        let Err(ApiError::Refused {
            code,
            description,
            trace,
            ..
        }) = &outcome.items[0]
        else {
            panic!("{rejected}: {:?}", outcome.items[0]);
        };
        assert_eq!(
            (*code, description.as_deref()),
            (Some(10201), Some("Total invoice amount is exceeded"))
        );
        assert_eq!((trace.body.as_str(), trace.correlation_id), (rejected, CALL));
    }
}

#[tokio::test]
async fn of_several_errors_all_words_are_kept_and_exists_already_decides() {
    let told = r#"{"Accepted":[],"Rejected":[
        {"InvoiceNumber":"1","Errors":[{"ErrorText":"One","ErrorCode":null},{"ErrorText":"Two","ErrorCode":10311}]},
        {"InvoiceNumber":"2","Errors":[{"ErrorText":"One","ErrorCode":10311},{"ErrorText":"Two","ErrorCode":10301}]}]}"#;
    let outcome = sent(json(202, told), &["1", "2"]).await.unwrap();
    let Err(ApiError::Refused {
        code, description, ..
    }) = &outcome.items[0]
    else {
        panic!("{outcome:?}");
    };
    assert_eq!((*code, description.as_deref()), (Some(10311), Some("One · Two")));
    let Err(ApiError::AlreadyExists { code, .. }) = &outcome.items[1] else {
        panic!("{outcome:?}");
    };
    assert_eq!(*code, 10301);
}

#[tokio::test]
async fn a_rejection_without_a_code_is_what_its_words_say_and_otherwise_proves_nothing() {
    for (words, proof) in [
        ("Invoice already exists", Proof::ExistsAlready),
        ("DueDate must be today or later", Proof::Refused),
        ("input.DueDate : Required", Proof::Refused),
        ("Internal server error", Proof::Nothing),
        ("Conflict", Proof::Nothing),
    ] {
        for told in [
            format!(r#"{{"InvoiceNumber":"1","Errors":[{{"ErrorText":"{words}","ErrorCode":null}}]}}"#),
            format!(r#"{{"InvoiceNumber":"1","ErrorText":"{words}","ErrorCode":null}}"#),
        ] {
            let told = format!(r#"{{"Accepted":[],"Rejected":[{told}]}}"#);
            assert_eq!(said(&told, &["1"]).await, [Err(proof)], "{told}");
        }
    }
}

#[tokio::test]
async fn of_what_the_answer_does_not_say_nothing_is_known() {
    let one = format!(r#"{{"InvoiceNumber":"1","InvoiceId":"{FIRST}"}}"#);
    let cases = [
        format!(r#"{{"Accepted":[{one}]}}"#),
        format!(r#"{{"Accepted":[{one}],"Rejected":null}}"#),
        format!(r#"{{"Accepted":[{one},{{"InvoiceNumber":"2"}}],"Rejected":[]}}"#),
        format!(r#"{{"Accepted":[{one},{{"InvoiceNumber":"2","InvoiceId":"../x"}}],"Rejected":[]}}"#),
        format!(r#"{{"Accepted":[{one}],"Rejected":[{{"InvoiceNumber":"2"}}]}}"#),
        format!(r#"{{"Accepted":[{one}],"Rejected":[{{"InvoiceNumber":"2","Errors":[]}}]}}"#),
        format!(r#"{{"Accepted":[{one},1,null,"x",[]],"Rejected":"all"}}"#),
        // Told both ways, and under two ids.
        format!(
            r#"{{"Accepted":[{one},{{"InvoiceNumber":"2","InvoiceId":"{SECOND}"}}],"Rejected":[{{"InvoiceNumber":"2","ErrorCode":10104}}]}}"#
        ),
        format!(
            r#"{{"Accepted":[{one},{{"InvoiceNumber":"2","InvoiceId":"{SECOND}"}},{{"InvoiceNumber":"2","InvoiceId":"a"}}]}}"#
        ),
    ];
    for told in cases {
        assert_eq!(
            said(&told, &["1", "2"]).await,
            [Ok(FIRST.to_owned()), Err(Proof::Nothing)],
            "{told}"
        );
    }
}

#[tokio::test]
async fn told_twice_the_same_is_told_and_one_id_for_two_is_nobodys() {
    let accepted = |number: &str, id: &str| format!(r#"{{"InvoiceNumber":"{number}","InvoiceId":"{id}"}}"#);
    let twice = format!(r#"{{"Accepted":[{0},{0}],"Rejected":[]}}"#, accepted("1", FIRST));
    assert_eq!(said(&twice, &["1"]).await, [Ok(FIRST.to_owned())]);
    let shared = format!(
        r#"{{"Accepted":[{},{},{}]}}"#,
        accepted("1", FIRST),
        accepted("2", &FIRST.to_uppercase()),
        accepted("3", SECOND)
    );
    let nothing = Err(Proof::Nothing);
    assert_eq!(
        said(&shared, &["1", "2", "3"]).await,
        [nothing.clone(), nothing, Ok(SECOND.to_owned())]
    );
}

#[tokio::test]
async fn one_result_without_a_number_belongs_to_the_one_that_is_left() {
    let told = format!(
        r#"{{"Accepted":[{{"InvoiceNumber":null,"InvoiceId":"{SECOND}"}},{{"InvoiceNumber":"1","InvoiceId":"{FIRST}"}}],"Rejected":[]}}"#
    );
    assert_eq!(
        said(&told, &["1", "2"]).await,
        [Ok(FIRST.to_owned()), Ok(SECOND.to_owned())]
    );
    let outcome = sent(json(202, &told), &["1", "2", "3"]).await.unwrap();
    assert_eq!(outcome.items[0].as_ref().unwrap().value.invoice_id, FIRST);
    for item in &outcome.items[1..] {
        assert_eq!(proves(item.as_ref().unwrap_err()), Proof::Nothing);
    }
    assert_eq!(outcome.strangers.len(), 1);
    assert!(outcome.strangers[0].contains(SECOND));
}

#[tokio::test]
async fn what_was_not_sent_is_evidence_and_nothing_else() {
    let told = format!(
        r#"{{"Accepted":[{{"InvoiceNumber":"9","InvoiceId":"{FIRST}"}}],"Rejected":[{{"InvoiceNumber":"8","ErrorCode":1}}]}}"#
    );
    let outcome = sent(json(202, &told), &["1"]).await.unwrap();
    assert_eq!(proves(outcome.items[0].as_ref().unwrap_err()), Proof::Nothing);
    assert_eq!(outcome.strangers.len(), 2);
}

#[tokio::test]
async fn an_answer_about_the_whole_batch_proves_the_same_of_every_invoice() {
    let exists =
        r#"{"error":"DomainError","error_code":"10104","error_description":"Invoice already exists"}"#;
    let domain = r#"{"error":"DomainError","error_code":"10302","error_description":"Merchant not found"}"#;
    let input = r#"{"error":"InputError","error_code":null,"error_description":"input[0].TotalAmount : Invalid input\r\n"}"#;
    for (status, body, proof) in [
        (409, domain, Proof::Refused),
        (400, input, Proof::Refused),
        (413, "", Proof::Refused),
        (403, domain, Proof::Refused),
        (403, "", Proof::NotCarriedOut),
        (401, "", Proof::NotCarriedOut),
        (429, "", Proof::NotCarriedOut),
        // Which of them exists already, and what became of the others, is not said.
        (409, exists, Proof::Nothing),
        (400, exists, Proof::Nothing),
        (202, exists, Proof::Nothing),
        (409, "", Proof::Nothing),
        (
            409,
            r#"{"error":"DomainError","error_code":null}"#,
            Proof::Nothing,
        ),
        (
            409,
            r#"{"error_code":null,"error_description":"Invoice already exists"}"#,
            Proof::Nothing,
        ),
        (500, domain, Proof::Nothing),
        (503, "", Proof::Nothing),
        (302, "", Proof::Nothing),
        (202, "", Proof::Nothing),
        (202, "{}", Proof::Nothing),
        (202, "[]", Proof::Nothing),
        (202, r#"{"Accepted":null}"#, Proof::Nothing),
        (
            202,
            r#"{"Accepted":[{"InvoiceNumber":"1","InvoiceId":"a"}"#,
            Proof::Nothing,
        ),
    ] {
        let error = sent(json(status, body), &["1", "2"]).await.unwrap_err();
        assert_eq!(proves(&error), proof, "{status} {body}");
        assert_eq!(error.trace().status, Some(status));
    }
}

#[tokio::test]
async fn two_thousand_go_in_one_call_with_their_bytes_as_they_are() {
    let bodies: Vec<FrozenRequest> = (0..MOST_IN_BATCH)
        .map(|number| body(&number.to_string(), Channel::Phone))
        .collect();
    let batch = FrozenBatch::of(&bodies).unwrap();
    let words = "æ".repeat(400);
    let told: Vec<String> = (0..MOST_IN_BATCH)
        .rev()
        .map(|number| match number % 2 {
            0 => format!(
                r#"{{"InvoiceNumber":"{number}","Errors":[{{"ErrorText":"{words}","ErrorCode":10311}}]}}"#
            ),
            _ => format!(r#"{{"InvoiceNumber":"{number}","InvoiceId":"{number}-a"}}"#),
        })
        .collect();
    let (rejected, accepted): (Vec<_>, Vec<_>) = told.into_iter().partition(|item| item.contains("Errors"));
    let answer = format!(
        r#"{{"Accepted":[{}],"Rejected":[{}]}}"#,
        accepted.join(","),
        rejected.join(",")
    );
    let (server, api) = answering(json(202, &answer)).await;
    let outcome = api.create_batch(&token(), CALL, MERCHANT, &batch).await.unwrap();
    for (number, item) in outcome.items.iter().enumerate() {
        match item {
            Ok(created) => assert_eq!(created.value.invoice_id, format!("{number}-a")),
            Err(error) => assert_eq!((number % 2, proves(error)), (0, Proof::Refused)),
        }
    }
    assert_eq!(outcome.items.iter().filter(|item| item.is_ok()).count(), 1000);
    let (method, path, sent) = only_request(&server).await;
    assert_eq!(method, "POST");
    assert_eq!(
        path,
        format!("/invoice-restapi/api/v1/merchants/{MERCHANT}/invoices/batch")
    );
    let texts: Vec<&str> = bodies
        .iter()
        .map(|body| str::from_utf8(&body.bytes).unwrap())
        .collect();
    assert_eq!(sent, format!("[{}]", texts.join(",")));
}

#[tokio::test]
async fn links_go_to_their_own_address_and_come_back_without_one() {
    let batch = FrozenBatch::of(&[body("1", Channel::Link)]).unwrap();
    let told = format!(r#"{{"Accepted":[{{"InvoiceNumber":"1","InvoiceId":"{FIRST}"}}],"Rejected":[]}}"#);
    let (server, api) = answering(json(202, &told)).await;
    let outcome = api.create_batch(&token(), CALL, MERCHANT, &batch).await.unwrap();
    assert_eq!(outcome.items[0].as_ref().unwrap().value.invoice_id, FIRST);
    let (_, path, _) = only_request(&server).await;
    assert_eq!(
        path,
        format!("/invoice-restapi/api/v1/merchants/{MERCHANT}/invoices/link/batch")
    );
}

#[test]
fn what_cannot_be_told_apart_is_not_sent_together() {
    let phone = |number: &str| body(number, Channel::Phone);
    let raw = |bytes: &[u8]| FrozenRequest {
        bytes: bytes.to_vec(),
        channel: Channel::Phone,
    };
    let of = |bodies: &[FrozenRequest]| FrozenBatch::of(bodies).unwrap_err();
    assert_eq!(of(&[]), BatchError::Empty);
    assert_eq!(
        of(&[phone("1"), body("2", Channel::Link)]),
        BatchError::OtherChannel(1)
    );
    assert_eq!(
        of(&[phone("1"), phone(" 1")]),
        BatchError::NumberTwice("1".to_owned())
    );
    assert_eq!(of(&[phone("1"), phone(" ")]), BatchError::NumberMissing(1));
    assert_eq!(of(&[raw(b"{}")]), BatchError::NumberMissing(0));
    let two = br#"{"InvoiceNumber":"1"},{"InvoiceNumber":"2"}"#;
    for bytes in [two.as_slice(), b"", b"[]", b"\xff", br#"{"InvoiceNumber":"1""#] {
        assert_eq!(of(&[raw(bytes)]), BatchError::NotABody(0));
    }
    let many: Vec<FrozenRequest> = (0..=MOST_IN_BATCH)
        .map(|number| phone(&number.to_string()))
        .collect();
    assert_eq!(of(&many), BatchError::TooMany(2001));
}

#[test]
fn a_batch_is_not_printed() {
    let printed = format!("{:?}", batch(&["number-of-a-customer"]));
    assert!(!printed.contains("number-of-a-customer"), "{printed}");
}
