//! Consents (spec 15) and what the payer does with them (spec 16, S4 and S5): the published bodies over real HTTP.

mod common;

use common::{CALL, answering, json, only_request, token};
use mobilepay::{ApiError, ConsentState, NotSentReason, Proof, proves, user_simulation::Payer};
use uuid::{Uuid, uuid};
use wiremock::ResponseTemplate;

const CONSENT: &str = "e518e841-c058-422c-b8d9-d4d71bf671c4";
const INVOICE: &str = "c0b6e35d-9dfb-47d4-9c9c-1cdfd181e0a4";
const ISSUER: &str = "238fe387-f4a4-40e7-ae8a-4c107da2c0ad";
const USER: Uuid = uuid!("f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba");

#[tokio::test]
async fn a_link_asks_for_consent() {
    let body = format!(
        r#"{{"ConsentId":"{CONSENT}","InvoiceId":"{INVOICE}","PhoneNumber":null,"State":"Pending"}}"#
    );
    for status in [200, 201, 202] {
        let (server, api) = answering(json(status, &body)).await;
        let consent = api.ask_consent(&token(), CALL, INVOICE).await.unwrap().value;
        assert_eq!(
            (consent.consent_id.as_str(), &consent.state),
            (CONSENT, &ConsentState::Pending)
        );
        assert_eq!(
            (consent.invoice_id.as_deref(), consent.phone),
            (Some(INVOICE), None)
        );
        let (method, path, sent) = only_request(&server).await;
        assert_eq!(
            (method.as_str(), path.as_str()),
            ("POST", "/invoice-restapi/api/v1/directinvoiceconsents")
        );
        assert_eq!(sent, format!(r#"{{"invoiceId":"{INVOICE}"}}"#));
    }
}

#[tokio::test]
async fn who_agreed_is_listed_page_by_page() {
    let item = format!(
        r#"{{"ConsentId":"{CONSENT}","InvoiceId":"{INVOICE}","PhoneNumber":"+4577007700","State":"Granted","GrantedOn":"2021-01-01T12:34:56+00:00"}}"#
    );
    let body = format!(r#"{{"GrantedConsents":[{item},{{"ConsentId":null}},7],"PagingState":"a+/b=&c ø"}}"#);
    let (server, api) = answering(json(200, &body)).await;
    let page = api
        .granted_consents(&token(), CALL, ISSUER, Some("x+/y=&z ø"))
        .await
        .unwrap()
        .value;
    assert_eq!(page.next.as_deref(), Some("a+/b=&c ø"));
    let [consent] = page.consents.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(consent.phone.as_deref(), Some("+4577007700"));
    assert_eq!(consent.granted_on.unwrap().to_string(), "2021-01-01T12:34:56Z");
    assert!(!format!("{page:?}").contains("77007700"));
    let (method, path, _) = only_request(&server).await;
    assert_eq!(method, "GET");
    assert_eq!(
        path,
        format!(
            "/invoice-restapi/api/v1/directinvoiceconsents?invoiceIssuerId={ISSUER}&state=granted&pagingState=x%2B%2Fy%3D%26z+%C3%B8"
        )
    );
}

#[tokio::test]
async fn the_first_page_has_no_state_and_the_last_names_no_next() {
    let (server, api) = answering(json(200, r#"{"GrantedConsents":[],"PagingState":null}"#)).await;
    let page = api
        .granted_consents(&token(), CALL, ISSUER, None)
        .await
        .unwrap()
        .value;
    assert_eq!((page.consents.len(), page.next), (0, None));
    let (_, path, _) = only_request(&server).await;
    assert!(!path.contains("pagingState"), "{path}");
    for told in [
        r#"{"GrantedConsents":[],"PagingState":"same"}"#,
        r#"{"grantedconsents":[],"paging_state":""}"#,
    ] {
        let (_server, api) = answering(json(200, told)).await;
        let page = api
            .granted_consents(&token(), CALL, ISSUER, Some("same"))
            .await
            .unwrap();
        assert_eq!(page.value.next, None, "{told}");
    }
}

#[tokio::test]
async fn every_reading_of_a_state_is_understood_and_a_number_waits_for_the_consent() {
    let unknown = ConsentState::Unknown("Asleep".to_owned());
    for (told, state) in [
        (r#""Pending""#, ConsentState::Pending),
        (r#""granted""#, ConsentState::Granted),
        (r#""DENIED""#, ConsentState::Denied),
        ("1", ConsentState::Pending),
        ("2", ConsentState::Granted),
        (r#""3""#, ConsentState::Denied),
        ("4", ConsentState::Deleted),
        (r#""Asleep""#, unknown),
        ("5", ConsentState::Unknown("5".to_owned())),
    ] {
        let body = format!(
            r#"{{"consentId":"{}","phoneNumber":"+4577007700","state":{told},"grantedOn":null,"x":1}}"#,
            CONSENT.to_uppercase()
        );
        let (server, api) = answering(json(200, &body)).await;
        let consent = api.consent(&token(), CALL, CONSENT).await.unwrap().value;
        assert_eq!(consent.phone.is_some(), state == ConsentState::Granted, "{told}");
        assert_eq!(consent.state, state, "{told}");
        let (_, path, _) = only_request(&server).await;
        assert_eq!(
            path,
            format!("/invoice-restapi/api/v1/directinvoiceconsents/{CONSENT}")
        );
    }
}

#[tokio::test]
async fn an_answer_about_something_else_proves_nothing() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"ConsentId":"e518e841-c058-422c-b8d9-d4d71bf671c5","State":"Granted"}"#,
        r#"{"ConsentId":"e518e841-c058-422c-b8d9-d4d71bf671c4"}"#,
        r#"{"State":"Granted"}"#,
    ] {
        let (_server, api) = answering(json(200, body)).await;
        let error = api.consent(&token(), CALL, CONSENT).await.unwrap_err();
        assert_eq!(proves(&error), Proof::Nothing, "{body}");
        let page = api.granted_consents(&token(), CALL, ISSUER, None).await;
        assert_eq!(proves(&page.unwrap_err()), Proof::Nothing, "{body}");
    }
    let (_server, api) = answering(json(409, r#"{"error":"DomainError","error_code":null}"#)).await;
    let error = api.ask_consent(&token(), CALL, INVOICE).await.unwrap_err();
    assert_eq!(proves(&error), Proof::Refused);
}

#[tokio::test]
async fn an_id_that_could_change_the_address_is_not_sent() {
    let (server, api) = answering(ResponseTemplate::new(200)).await;
    for bad in ["", "..", "a/b", "a?b", "a b", "%2e"] {
        for error in [
            api.consent(&token(), CALL, bad).await.unwrap_err(),
            api.ask_consent(&token(), CALL, bad).await.unwrap_err(),
            api.granted_consents(&token(), CALL, bad, None).await.unwrap_err(),
        ] {
            let unwritable = matches!(
                error,
                ApiError::NotSent {
                    reason: NotSentReason::Unwritable,
                    ..
                }
            );
            assert!(unwritable, "{bad}: {error:?}");
        }
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn the_payer_answers_and_takes_it_back() {
    let (server, api) = answering(ResponseTemplate::new(204)).await;
    let token = token();
    let payer = Payer {
        api: &api,
        token: &token,
        user: USER,
    };
    payer.answer_consent(CALL, CONSENT, true).await.unwrap();
    payer.answer_consent(CALL, CONSENT, false).await.unwrap();
    payer.delete_consent(CALL, CONSENT).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let simulated = format!("/invoice-restapi/api/v1/consumers/me/invoices/directinvoiceconsent/{CONSENT}");
    let own = format!("/invoice-restapi/api/v1/directinvoiceconsents/{CONSENT}");
    for (request, (method, path, body)) in requests.iter().zip([
        ("PUT", &simulated, r#"{"isConsentGranted":true}"#),
        ("PUT", &simulated, r#"{"isConsentGranted":false}"#),
        ("DELETE", &own, ""),
    ]) {
        common::has_every_header(request);
        assert_eq!(request.headers["AuthenticatedUser"], USER.to_string().as_str());
        assert_eq!(
            (request.method.as_str(), request.url.path()),
            (method, path.as_str())
        );
        assert_eq!(request.body, body.as_bytes());
    }
    assert_eq!(requests.len(), 3);
}
