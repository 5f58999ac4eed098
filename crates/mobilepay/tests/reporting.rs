//! Transaction Reporting v3 (spec 18.3): bodies written down from the documents, over real HTTP.

mod common;

use common::{CALL, gateway, json, only_request, token};
use mobilepay::{
    ApiError, ApiHttp, Proof, proves,
    reporting::{Reporting, Span},
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const POINT: &str = "238fe387-f4a4-40e7-ae8a-4c107da2c0ad";

async fn answering(template: ResponseTemplate) -> (MockServer, Reporting) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    let base = server.uri().parse().expect("the server has an address");
    let reporting =
        Reporting::new(base, &gateway(), ApiHttp::practice()).expect("a loopback base is allowed");
    (server, reporting)
}

fn span() -> Span<'static> {
    Span {
        payment_point_id: POINT,
        from: "2022-09-01T00:00:00Z".parse().expect("a moment"),
        to: "2022-09-30T22:00:00Z".parse().expect("a moment"),
    }
}

#[tokio::test]
async fn payment_points_of_invoices_are_known_from_others() {
    let body = format!(
        r#"{{"pageSize":1000,"nextPageNumber":null,"paymentPoints":[{{"id":"{POINT}","name":"MyAwesomeStore","productType":"Invoice","alias":"1"}},
            {{"id":"x","productType":"MyShop"}}]}}"#
    );
    let (server, reporting) = answering(json(200, &body)).await;
    let page = reporting.payment_points(&token(), CALL, 1).await.unwrap().value;
    let ours: Vec<&str> = page
        .entries
        .iter()
        .filter(|point| point.is_for_invoices())
        .map(|point| point.id.as_str())
        .collect();
    assert_eq!((ours, page.next, page.unreadable), (vec![POINT], None, 0));
    let (method, path, _) = only_request(&server).await;
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("GET", "/v3/reporting/paymentpoints?pagesize=1000&pagenumber=1")
    );
}

#[tokio::test]
async fn transactions_keep_every_digit_and_their_transfer() {
    let body = r#"{"pageSize":1000,"nextPageNumber":3,"transactions":[
        {"paymentId":"d1da2195-01c1-4981-bdde-04eb82e362ab","type":"Payment","amount":360.10,"currencyCode":"DKK",
         "timestamp":"2022-09-20T10:11:12.1234567+00:00","merchantReference":null,"transferReference":"040000000000120092 2X",
         "transferDate":"2022-09-21","message":"hello","userPhoneNumber":"xxxx7700","new":{}},
        {"Type":"ServiceFee","Amount":"-0.75","TransferDate":"2022-09-21T00:00:00Z","MerchantReference":"186"}, 7]}"#;
    let (server, reporting) = answering(json(200, body)).await;
    let page = reporting
        .transactions(&token(), CALL, span(), 2)
        .await
        .unwrap()
        .value;
    let [payment, fee] = page.entries.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(payment.amount.unwrap().to_string(), "360.10");
    assert_eq!(
        payment.timestamp.unwrap().to_string(),
        "2022-09-20T10:11:12.1234567Z"
    );
    assert_eq!(payment.transfer_date, fee.transfer_date);
    assert_eq!(
        (
            payment.merchant_reference.as_deref(),
            fee.merchant_reference.as_deref()
        ),
        (None, Some("186"))
    );
    assert_eq!(fee.amount.unwrap().to_string(), "-0.75");
    assert_eq!((page.next, page.unreadable), (Some(3), 1));
    assert!(!format!("{page:?}").contains("hello"));
    let (_, path, _) = only_request(&server).await;
    assert_eq!(
        path,
        format!(
            "/v3/reporting/transactions?pagesize=1000&pagenumber=2&sortdirection=asc&paymentpointid={POINT}&startdate=2022-09-01T00%3A00%3A00Z&enddate=2022-09-30T22%3A00%3A00Z"
        )
    );
}

#[tokio::test]
async fn transfers_are_asked_for_by_days() {
    let body = format!(
        r#"{{"nextPageNumber":null,"transfers":[{{"id":"t","paymentPointId":"{POINT}","reference":"186","date":"2022-09-21","totalTransferredAmount":359.35,"currencyCode":"DKK"}}]}}"#
    );
    let (server, reporting) = answering(json(200, &body)).await;
    let days = ("2022-09-01".parse().unwrap(), "2022-09-30".parse().unwrap());
    let page = reporting
        .transfers(&token(), CALL, POINT, days, 1)
        .await
        .unwrap()
        .value;
    let transfer = &page.entries[0];
    assert_eq!(transfer.total.unwrap().to_string(), "359.35");
    assert_eq!(transfer.reference.as_deref(), Some("186"));
    let (_, path, _) = only_request(&server).await;
    assert!(
        path.ends_with("&startdate=2022-09-01&enddate=2022-09-30"),
        "{path}"
    );
}

#[tokio::test]
async fn pages_come_to_an_end() {
    for (asked, told, next) in [(1, "2", Some(2)), (1, "null", None), (1, r#""2""#, Some(2))] {
        let body = format!(r#"{{"paymentPoints":[],"nextPageNumber":{told}}}"#);
        let (_server, reporting) = answering(json(200, &body)).await;
        let page = reporting
            .payment_points(&token(), CALL, asked)
            .await
            .unwrap()
            .value;
        assert_eq!(page.next, next, "{asked} {told}");
    }
}

#[tokio::test]
async fn a_page_whose_next_cannot_be_told_is_not_taken_for_the_last() {
    for next in ["2", "1", "0", r#""abc""#, "99999999999", "3.0", "[3]", "true"] {
        let body = format!(r#"{{"paymentPoints":[],"nextPageNumber":{next}}}"#);
        let (_server, reporting) = answering(json(200, &body)).await;
        let error = reporting.payment_points(&token(), CALL, 2).await.unwrap_err();
        assert_eq!(proves(&error), Proof::Nothing, "{next}");
    }
}

#[tokio::test]
async fn errors_are_told_in_the_words_of_this_service() {
    let body = r#"{"code":"merchant_not_allowed","message":"No access to this payment point","correlationId":"x","origin":"Reporting"}"#;
    let (_server, reporting) = answering(json(400, body)).await;
    let error = reporting
        .transactions(&token(), CALL, span(), 1)
        .await
        .unwrap_err();
    let ApiError::Refused { description, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(description.as_deref(), Some("No access to this payment point"));
    for body in [
        "",
        "{}",
        "[]",
        r#"{"transactions":null}"#,
        r#"{"transactions":{}}"#,
        r#"{"transactions":[{]}"#,
    ] {
        let (_server, reporting) = answering(json(200, body)).await;
        let error = reporting
            .transactions(&token(), CALL, span(), 1)
            .await
            .unwrap_err();
        assert_eq!(proves(&error), Proof::Nothing, "{body}");
    }
}
