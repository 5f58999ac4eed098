//! Faults on demand: what a client sees of each, and what was done behind it.

use anyhow::{Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Country, Fault, Trouble};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::shop::Shop;

const CREATE: &str = "/merchants/{merchant}/invoices";

/// The bytes that come back on a connection of its own, until it ends.
async fn bytes_of(shop: &Shop, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
    let mut line = TcpStream::connect(("127.0.0.1", shop.simulator.port())).await?;
    let request = format!(
        "{method} /invoice-restapi/api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
         x-ibm-client-id: {}\r\nx-ibm-client-secret: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        simulator::PRACTICE_GATEWAY_ID,
        simulator::PRACTICE_GATEWAY_SECRET,
        shop.token,
        body.len()
    );
    line.write_all(request.as_bytes()).await?;
    let mut got = Vec::new();
    // A reset ends the reading as well; what came before it is kept.
    let _ = line.read_to_end(&mut got).await;
    Ok(got)
}

/// Creates under this fault; the bytes of the answer, and whether the invoice is in the books.
async fn created_under(fault: Fault) -> Result<(Vec<u8>, bool)> {
    let shop = Shop::danish().await?;
    shop.simulator
        .faults()
        .add(fault.method("POST").on(CREATE).once());
    let body = shop.body("1").to_string();
    let bytes = bytes_of(&shop, "POST", &shop.path("/invoices"), &body).await?;
    Ok((bytes, invoices(&shop).await? == 1))
}

async fn invoices(shop: &Shop) -> Result<usize> {
    let state = practice(shop, Method::GET, "/state", None).await?.1;
    Ok(state["invoices"].as_array().map_or(0, Vec::len))
}

async fn practice(
    shop: &Shop,
    method: Method,
    path: &str,
    body: Option<&str>,
) -> Result<(StatusCode, Value)> {
    let url = format!("{}/__practice{path}", shop.simulator.base_url());
    let mut request = shop.http.request(method, url);
    if let Some(body) = body {
        request = request.body(body.to_owned());
    }
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

/// Content-Length and the body that came.
fn length_and_body(bytes: &[u8]) -> Result<(usize, String)> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or_else(|| anyhow::anyhow!("no whole head"))?;
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    Ok((length.unwrap_or_default(), body.to_owned()))
}

#[tokio::test]
async fn a_connection_dropped_before_leaves_nothing_in_the_books() -> Result<()> {
    assert_eq!(
        created_under(Fault::new(Trouble::DropBefore)).await?,
        (Vec::new(), false)
    );
    Ok(())
}

#[tokio::test]
async fn a_connection_dropped_after_committing_gives_no_byte_but_an_invoice() -> Result<()> {
    assert_eq!(
        created_under(Fault::new(Trouble::DropAfter)).await?,
        (Vec::new(), true)
    );
    Ok(())
}

#[tokio::test]
async fn a_connection_dropped_in_the_middle_gives_half_an_answer() -> Result<()> {
    let (bytes, committed) = created_under(Fault::new(Trouble::DropMiddle)).await?;
    let (length, body) = length_and_body(&bytes)?;
    assert!(length > 0 && body.len() == length / 2, "{length} {body}");
    assert!(committed);
    Ok(())
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_its_head_says() -> Result<()> {
    let (bytes, committed) = created_under(Fault::new(Trouble::Truncated)).await?;
    let (length, body) = length_and_body(&bytes)?;
    assert!(body.len() < length && body.len() > length / 2, "{length} {body}");
    assert!(committed);
    Ok(())
}

#[tokio::test]
async fn a_slow_body_comes_whole_in_pieces() -> Result<()> {
    let (bytes, committed) = created_under(Fault::new(Trouble::Slow { bytes: 7, ms: 1 })).await?;
    let (length, body) = length_and_body(&bytes)?;
    assert_eq!(length, body.len());
    assert!(body.contains("InvoiceId") && committed);
    Ok(())
}

#[tokio::test]
async fn a_slow_body_is_slow() -> Result<()> {
    let shop = Shop::danish().await?;
    // An hour a byte: the head is here, the body is not.
    let hour = 3_600_000;
    shop.simulator
        .faults()
        .add(Fault::new(Trouble::Slow { bytes: 1, ms: hour }));
    let url = shop.simulator.discovery_url(Country::Dk);
    let mut answer = shop.http.get(url).send().await?;
    assert_eq!(answer.status(), StatusCode::OK);
    let nothing = tokio::time::timeout(std::time::Duration::from_millis(20), answer.chunk()).await;
    assert!(nothing.is_err());
    Ok(())
}

#[tokio::test]
async fn a_garbled_body_is_no_json() -> Result<()> {
    let (bytes, committed) = created_under(Fault::new(Trouble::Garbage)).await?;
    let (_, body) = length_and_body(&bytes)?;
    assert!(serde_json::from_str::<Value>(&body).is_err() && committed);
    assert!(String::from_utf8_lossy(&bytes).starts_with("HTTP/1.1 200"));
    Ok(())
}

#[tokio::test]
async fn a_status_is_answered_instead_or_after_handling() -> Result<()> {
    for status in [401, 403, 429, 500, 503] {
        for handled in [false, true] {
            let trouble = Trouble::Status {
                status,
                retry_after: None,
                as_date: false,
                handled,
            };
            let (bytes, committed) = created_under(Fault::new(trouble)).await?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
            assert_eq!(committed, handled, "{status}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn too_many_says_when_to_come_back_in_seconds_or_as_a_date() -> Result<()> {
    let shop = Shop::danish().await?;
    for (asked, said) in [
        (json!({"kind": "status", "status": 429, "retryAfter": 30}), "30"),
        (
            json!({"kind": "status", "status": 503, "retryAfter": 30, "retryAfterDate": true}),
            "Mon, 02 Mar 2026 11:00:30 GMT",
        ),
    ] {
        practice(&shop, Method::DELETE, "/faults", None).await?;
        practice(&shop, Method::POST, "/faults", Some(&asked.to_string())).await?;
        let answer = shop.request(Method::GET, "/merchants/me").send().await?;
        assert_eq!(answer.headers()["retry-after"], said);
        // A client measures a date against the answer's own.
        assert_eq!(answer.headers()["date"], "Mon, 02 Mar 2026 11:00:00 GMT");
    }
    Ok(())
}

#[tokio::test]
async fn a_delay_holds_the_call_back_and_a_client_that_leaves_was_never_served() -> Result<()> {
    let shop = Shop::danish().await?;
    let hour = 3_600_000;
    for (trouble, kept) in [(Trouble::Delay { ms: hour }, 0), (Trouble::Late { ms: hour }, 1)] {
        shop.simulator.faults().clear();
        shop.simulator.faults().add(Fault::new(trouble));
        let body = shop.body("1");
        let path = shop.path("/invoices");
        tokio::select! {
            _ = shop.call(Method::POST, &path, Some(&body)) => bail!("{trouble:?} let it through"),
            held = until_held(&shop, kept) => held?,
        }
        assert_eq!(invoices(&shop).await?, kept, "{trouble:?}");
    }
    Ok(())
}

/// Waits until the call is struck and what it leaves is in the books.
async fn until_held(shop: &Shop, kept: usize) -> Result<()> {
    while shop.simulator.faults().list()[0].struck == 0 || invoices(shop).await? < kept {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_short_delay_ends_with_the_answer() -> Result<()> {
    let shop = Shop::danish().await?;
    shop.simulator.faults().add(Fault::new(Trouble::Delay { ms: 15 }));
    let before = std::time::Instant::now();
    shop.create(&shop.body("1")).await?;
    assert!(before.elapsed() >= std::time::Duration::from_millis(15));
    Ok(())
}

#[tokio::test]
async fn an_answer_without_a_body_is_cut_in_its_head() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.simulator.faults().add(Fault::new(Trouble::DropMiddle));
    let bytes = bytes_of(&shop, "PUT", &shop.path(&format!("/invoices/{id}/cancel")), "").await?;
    shop.simulator.faults().clear();
    assert!(!bytes.is_empty() && length_and_body(&bytes).map_or(true, |(length, body)| body.len() < length));
    assert_eq!(shop.status(&id).await?, "canceled");
    Ok(())
}

#[tokio::test]
async fn token_endpoint_and_discovery_are_struck_by_name() -> Result<()> {
    let shop = Shop::danish().await?;
    let discovery = shop.simulator.discovery_url(Country::Dk);
    shop.simulator.faults().add(Fault::status(503).on("discovery"));
    shop.simulator
        .faults()
        .add(Fault::new(Trouble::DropAfter).on("token"));
    assert_eq!(
        reqwest::get(discovery).await?.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let token = format!(
        "{}/merchant-authentication-openidconnect/connect/token",
        shop.simulator.base_url()
    );
    assert!(reqwest::Client::new().post(token).send().await.is_err());
    shop.create(&shop.body("1")).await?;
    Ok(())
}

#[tokio::test]
async fn a_fault_on_one_route_leaves_the_others_alone_and_its_count_runs_out() -> Result<()> {
    let shop = Shop::danish().await?;
    let asked =
        json!({"kind": "status", "status": 500, "method": "post", "route": CREATE, "count": 2, "skip": 1});
    let (status, answer) = practice(&shop, Method::POST, "/faults", Some(&asked.to_string())).await?;
    assert_eq!((status, answer["id"].as_u64()), (StatusCode::CREATED, Some(1)));
    let mut got = Vec::new();
    for number in ["1", "2", "3", "4"] {
        shop.link(&shop.body(number)).await?;
        got.push(
            shop.call(Method::POST, &shop.path("/invoices"), Some(&shop.body(number)))
                .await?
                .0
                .as_u16(),
        );
    }
    assert_eq!(got, [200, 500, 500, 200]);
    let listed = practice(&shop, Method::GET, "/faults", None).await?.1;
    let rule = &listed["faults"][0];
    assert_eq!(
        (&rule["kind"], &rule["struck"], &rule["live"]),
        (&json!("status"), &json!(2), &json!(false))
    );
    Ok(())
}

#[tokio::test]
async fn faults_are_taken_away_one_by_one_or_all_and_never_strike_the_way_to_do_it() -> Result<()> {
    let shop = Shop::danish().await?;
    let first = shop.simulator.faults().add(Fault::new(Trouble::DropBefore));
    shop.simulator.faults().add(Fault::status(500));
    let one = format!("/faults/{first}");
    assert_eq!(
        practice(&shop, Method::DELETE, &one, None).await?.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        practice(&shop, Method::DELETE, &one, None).await?.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    practice(&shop, Method::DELETE, "/faults", None).await?;
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::OK
    );
    Ok(())
}

#[tokio::test]
async fn a_rule_that_makes_no_sense_is_refused_with_a_reason() -> Result<()> {
    let shop = Shop::danish().await?;
    for bad in [
        "",
        "{}",
        r#"{"kind":"status"}"#,
        r#"{"kind":"status","status":200}"#,
        r#"{"kind":"delay"}"#,
        r#"{"kind":"explode"}"#,
        r#"{"kind":"garbage","probability":2}"#,
        r#"{"kind":"garbage","rout":"token"}"#,
    ] {
        let (status, reason) = practice(&shop, Method::POST, "/faults", Some(bad)).await?;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(reason.as_str().is_some_and(|text| text.len() > 10), "{reason}");
    }
    assert!(shop.simulator.faults().list().is_empty());
    Ok(())
}
