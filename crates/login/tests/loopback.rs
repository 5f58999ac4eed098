//! The listener, as a browser and as a stranger meet it.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use login::{AnswerError, Loopback, LoopbackError};
use sha2::{Digest as _, Sha256};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn listening() -> (Loopback, String) {
    let url = format!("http://127.0.0.1:{}/back", free_port());
    (Loopback::listen(&url).await.unwrap(), url)
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

/// Refuses whatever gets through to the sign-in, so that nothing waits for a verdict.
async fn guarded() -> String {
    let (mut loopback, url) = listening().await;
    tokio::spawn(async move { while loopback.next().await.is_some() {} });
    url
}

/// Posts `body` and answers the delivery with `verdict`.
async fn posted(body: &'static str, verdict: bool) -> (u16, String, Result<(), AnswerError>) {
    let (mut loopback, url) = listening().await;
    let request = browser().post(&url).body(body);
    let post = tokio::spawn(async move {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    });
    let delivery = loopback.next().await.unwrap();
    let answer = delivery.answer.map(drop);
    delivery.taken.send(verdict).unwrap();
    let (status, page) = post.await.unwrap();
    (status, page, answer)
}

#[tokio::test]
async fn a_posted_form_is_taken() {
    let (status, page, answer) = posted("code=c&id_token=t&state=s", true).await;
    assert_eq!((status, answer), (200, Ok(())));
    assert!(page.contains("close this page") && !page.contains("<script"));
}

#[tokio::test]
async fn a_form_with_a_foreign_state_is_answered_409() {
    let (status, page, answer) = posted("code=marked-code&id_token=t&state=marked-state", false).await;
    assert_eq!((status, answer), (409, Ok(())));
    assert!(!page.contains("marked"));
}

#[tokio::test]
async fn a_form_that_is_no_answer_is_delivered_as_such() {
    assert_eq!(posted("hello=there", false).await.2, Err(AnswerError::NoAnswer));
    assert_eq!(
        posted("code=c&id_token=t", false).await.2,
        Err(AnswerError::StateMissing)
    );
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

#[tokio::test]
async fn the_page_runs_only_its_own_script_and_is_kept_nowhere() {
    let (_loopback, url) = listening().await;
    let response = browser().get(&url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let page = response.text().await.unwrap();
    let policy = headers["content-security-policy"].to_str().unwrap();
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let script = hash(between(&page, "<script>", "</script>"));
    let style = hash(between(&page, "<style>", "</style>"));
    let expected = format!(
        "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(policy, expected);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_refused() {
    let url = guarded().await;
    let port = url::Url::parse(&url).unwrap().port().unwrap();
    for host in [
        format!("evil.example:{port}"),
        "127.0.0.1".into(),
        "127.0.0.1:1".into(),
    ] {
        let page = browser().get(&url).header("host", &host).send().await.unwrap();
        let form = browser()
            .post(&url)
            .header("host", &host)
            .body("code=c&id_token=t&state=s")
            .send()
            .await
            .unwrap();
        assert_eq!(
            (page.status().as_u16(), form.status().as_u16()),
            (421, 421),
            "{host}"
        );
    }
    let ours = browser()
        .get(&url)
        .header("host", format!("localhost:{port}"))
        .send()
        .await
        .unwrap();
    assert_eq!(ours.status(), 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_unread() {
    let url = guarded().await;
    let post = browser()
        .post(&url)
        .body("x".repeat(64 * 1024 + 1))
        .send()
        .await
        .unwrap();
    assert_eq!(post.status(), 413);
}

#[tokio::test]
async fn other_paths_and_methods_are_not_served() {
    let (_loopback, url) = listening().await;
    assert_eq!(
        browser()
            .get(format!("{url}/more"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(browser().put(&url).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn a_taken_port_is_said_with_its_number() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = Loopback::listen(&format!("http://127.0.0.1:{port}/")).await.err();
    assert!(matches!(refused, Some(LoopbackError::PortTaken(told)) if told == port));
}

#[tokio::test]
async fn the_port_is_free_again_after_it_is_dropped() {
    let (loopback, url) = listening().await;
    assert_eq!(browser().get(&url).send().await.unwrap().status(), 200);
    drop(loopback);
    assert!(Loopback::listen(&url).await.is_ok());
}

#[tokio::test]
async fn a_form_that_waits_is_answered_when_the_sign_in_is_given_up() {
    let (mut loopback, url) = listening().await;
    let post = tokio::spawn(browser().post(&url).body("code=c&id_token=t&state=s").send());
    let delivery = loopback.next().await.unwrap();
    drop((delivery, loopback));
    assert_eq!(post.await.unwrap().unwrap().status(), 409);
}

#[tokio::test]
async fn only_plain_addresses_of_this_computer_are_listened_at() {
    for address in [
        "https://127.0.0.1:7890/",
        "http://192.0.2.1:7890/",
        "http://shop.example/",
        "nowhere",
    ] {
        let refused = Loopback::listen(address).await.err();
        assert!(matches!(refused, Some(LoopbackError::NotLoopback)), "{address}");
    }
}
