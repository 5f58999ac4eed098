//! Trying out a connection against the practice world's provider and against hosts that are no provider.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]

use std::sync::Arc;

use login::probe::{self, ClientVerdict, Reach, RedirectVerdict};
use login::{Clock as _, Discovery, HttpClient, Provider, Registration, ResponseMode, SystemClock};
use simulator::{Config, Country, PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, Simulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const BACK: &str = "https://shop.example/return";

async fn provider() -> (Simulator, HttpClient, Discovery) {
    let simulator = simulator::start(Config::practice(None)).await.unwrap();
    simulator.register_redirect_uri(PRACTICE_CLIENT_ID, BACK);
    let http = HttpClient::new(true).unwrap();
    let provider = Provider {
        discovery_url: simulator.discovery_url(Country::Dk).parse().unwrap(),
        issuer: simulator.issuer(),
        hosts: None,
    };
    let discovery = Discovery::fetch(&http, &provider, &SystemClock::default())
        .await
        .unwrap();
    (simulator, http, discovery)
}

fn registration(client_id: &str, secret: &str, redirect_uri: &str) -> Registration {
    Registration {
        client_id: client_id.into(),
        client_secret: secret.into(),
        redirect_uri: redirect_uri.into(),
        response_mode: ResponseMode::Fragment,
        scopes: vec!["invoice".into(), "offline_access".into()],
        merchant_vat: None,
        prompt: None,
    }
}

#[tokio::test]
async fn the_right_client_is_known_and_a_wrong_secret_is_refused() {
    let (_simulator, http, discovery) = provider().await;
    let clock = SystemClock::default();
    let right = registration(PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, BACK);
    assert_eq!(
        probe::client(&http, &discovery, &right, &clock).await,
        ClientVerdict::Known
    );
    for (id, secret) in [
        (PRACTICE_CLIENT_ID, "wrong"),
        ("some.other.client", PRACTICE_CLIENT_SECRET),
    ] {
        let wrong = registration(id, secret, BACK);
        assert_eq!(
            probe::client(&http, &discovery, &wrong, &clock).await,
            ClientVerdict::Refused
        );
    }
}

#[tokio::test]
async fn a_registered_address_is_accepted_and_one_letter_more_is_not() {
    let (_simulator, http, discovery) = provider().await;
    let now = SystemClock::default().now();
    for (address, verdict) in [
        (BACK, RedirectVerdict::Accepted),
        ("https://shop.example/return/", RedirectVerdict::Refused),
    ] {
        let registration = registration(PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, address);
        assert_eq!(
            probe::redirect(&http, &discovery, &registration, now).await,
            verdict,
            "{address}"
        );
    }
}

#[tokio::test]
async fn what_stands_between_is_told_apart() {
    let (simulator, http, _) = provider().await;
    let reach = async |address: &str| probe::reach(&http, &address.parse().unwrap()).await;
    assert_eq!(
        reach(&simulator.discovery_url(Country::Dk)).await,
        Reach::Answered
    );
    assert_eq!(
        reach("https://no-such-host.invalid/").await,
        Reach::NameNotResolved
    );
    assert_eq!(reach("http://192.0.2.1/").await, Reach::NotAllowed);

    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    assert_eq!(
        reach(&format!("https://127.0.0.1:{port}/")).await,
        Reach::TurnedAway
    );

    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        let mut hello = [0; 16];
        let _ = stream.read(&mut hello).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    assert_eq!(
        reach(&format!("https://127.0.0.1:{port}/")).await,
        Reach::NotSecure
    );
    serving.await.unwrap();
}

/// A certificate that nobody vouches for: a proxy that looks inside, or somebody else's host.
#[tokio::test]
async fn a_host_with_a_certificate_that_nobody_vouches_for_is_not_secure() {
    let made = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let secure = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = secure.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (stream, _) = secure.accept().await.unwrap();
        TlsAcceptor::from(Arc::new(config)).accept(stream).await.is_ok()
    });
    let http = HttpClient::new(true).unwrap();
    let url = format!("https://localhost:{port}/").parse().unwrap();
    assert_eq!(probe::reach(&http, &url).await, Reach::NotSecure);
    assert!(
        !serving.await.unwrap(),
        "the handshake ends before anything is said"
    );
}
