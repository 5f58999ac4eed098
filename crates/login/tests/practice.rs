//! The whole sign-in against the practice world's provider, which shares no code with this client.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]

use std::sync::Arc;

use login::{
    Attempt, Clock, Discovery, HttpClient, Loopback, Provider, Registration, ResponseMode, ReturnedAnswer,
    SecretStore, Session, SessionOnly, SessionState, SigninError, SystemClock,
};
use secrecy::ExposeSecret as _;
use simulator::visitor::{self, Person, Return};
use simulator::{Config, Country, PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, Reading, Simulator, Switches};

struct Practice {
    simulator: Simulator,
    session: Session,
    clock: Arc<dyn Clock>,
}

async fn practice(country: Country, redirect_uri: &str, response_mode: ResponseMode) -> Practice {
    practice_under(Switches::default(), country, redirect_uri, response_mode).await
}

/// With readings of the documents (spec 21.1).
async fn practice_under(
    switches: Switches,
    country: Country,
    redirect_uri: &str,
    response_mode: ResponseMode,
) -> Practice {
    let config = Config {
        switches,
        ..Config::practice(None)
    };
    let simulator = simulator::start(config).await.unwrap();
    simulator.register_redirect_uri(PRACTICE_CLIENT_ID, redirect_uri);
    let provider = Provider {
        discovery_url: simulator.discovery_url(country).parse().unwrap(),
        issuer: simulator.issuer(),
        hosts: Some(["127.0.0.1".to_owned()].into()),
    };
    let registration = Registration {
        client_id: PRACTICE_CLIENT_ID.into(),
        client_secret: PRACTICE_CLIENT_SECRET.into(),
        redirect_uri: redirect_uri.into(),
        response_mode,
        scopes: vec!["invoice".into(), "offline_access".into()],
        merchant_vat: None,
        prompt: None,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store: Arc<dyn SecretStore> = Arc::new(SessionOnly::default());
    let http = HttpClient::new(true).unwrap();
    let session = Session::new(
        "practice",
        provider,
        registration,
        store,
        http,
        Arc::clone(&clock),
    );
    Practice {
        simulator,
        session,
        clock,
    }
}

impl Practice {
    async fn begin(&self) -> (Arc<Discovery>, Attempt) {
        let discovery = self.session.discovery().await.unwrap();
        let attempt = Attempt::begin(&discovery, self.session.registration(), self.clock.now()).unwrap();
        (discovery, attempt)
    }

    async fn complete(
        &self,
        discovery: &Discovery,
        attempt: Attempt,
        answer: ReturnedAnswer,
    ) -> Option<SigninError> {
        let (http, registration) = (self.session.http(), self.session.registration());
        let done = attempt
            .complete(answer, http, discovery, registration, self.clock.as_ref())
            .await;
        match done {
            Ok(signed_in) => {
                self.session.begin(signed_in).await.unwrap();
                None
            }
            Err(error) => Some(error),
        }
    }

    /// Signed in, and a refresh works twice.
    async fn stands(&self) {
        assert!(matches!(self.session.state(), SessionState::SignedIn { .. }));
        for _ in 0..2 {
            let former = self.session.access_token().await.unwrap();
            self.session.rejected(&former).await;
            let token = self.session.access_token().await.unwrap();
            assert_ne!(former.expose_secret(), token.expose_secret());
        }
        self.simulator.shutdown().await;
    }
}

#[tokio::test]
async fn a_danish_merchant_comes_back_by_fragment() {
    let address = "https://shop.example/return";
    let practice = practice(Country::Dk, address, ResponseMode::Fragment).await;
    let (discovery, attempt) = practice.begin().await;
    let back = visitor::consent(attempt.authorize_url().as_str(), Person::danish())
        .await
        .unwrap();
    let Return::Fragment(back) = back else {
        panic!("{back:?}")
    };
    let answer = ReturnedAnswer::from_pasted(&back, address, "practice").unwrap();
    assert_eq!(practice.complete(&discovery, attempt, answer).await, None);
    practice.stands().await;
}

#[tokio::test]
async fn a_session_stands_under_every_reading_of_issuer_and_refresh() {
    let address = "https://shop.example/return";
    for reading in [
        Reading::ConformingIssuer,
        Reading::ReusedRefreshTokens,
        Reading::SampleRefresh,
    ] {
        let switches = Switches::default().with(reading);
        let practice = practice_under(switches, Country::Dk, address, ResponseMode::Fragment).await;
        let (discovery, attempt) = practice.begin().await;
        let back = visitor::consent(attempt.authorize_url().as_str(), Person::danish())
            .await
            .unwrap();
        let Return::Fragment(back) = back else {
            panic!("{back:?}")
        };
        let answer = ReturnedAnswer::from_pasted(&back, address, "practice").unwrap();
        let failed = practice.complete(&discovery, attempt, answer).await;
        assert_eq!(failed, None, "{reading:?}");
        practice.stands().await;
    }
}

#[tokio::test]
async fn a_finnish_merchant_comes_back_by_form() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}/back");
    let practice = practice(Country::Fi, &address, ResponseMode::FormPost).await;
    let mut loopback = Loopback::listen(&address).await.unwrap();
    let (discovery, attempt) = practice.begin().await;
    let back = visitor::consent(attempt.authorize_url().as_str(), Person::finnish())
        .await
        .unwrap();
    let Return::Form { action, body } = back else {
        panic!("{back:?}")
    };
    assert_eq!(action, address);
    let browser = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    let posted = tokio::spawn(browser.post(&action).body(body).send());
    let delivery = loopback.next().await.unwrap();
    let answer = delivery.answer.unwrap();
    delivery.taken.send(attempt.is_answered_by(&answer)).unwrap();
    assert_eq!(posted.await.unwrap().unwrap().status(), 200);
    assert_eq!(practice.complete(&discovery, attempt, answer).await, None);
    practice.stands().await;
}

#[tokio::test]
async fn a_merchant_who_says_no_is_told_so() {
    let address = "https://shop.example/return";
    let practice = practice(Country::Dk, address, ResponseMode::Fragment).await;
    let (discovery, attempt) = practice.begin().await;
    let person = Person::danish().who_refuses();
    let back = visitor::consent(attempt.authorize_url().as_str(), person)
        .await
        .unwrap();
    let Return::Fragment(back) = back else {
        panic!("{back:?}")
    };
    let answer = ReturnedAnswer::from_pasted(&back, address, "practice").unwrap();
    let refused = practice.complete(&discovery, attempt, answer).await;
    assert_eq!(refused, Some(SigninError::Provider("access_denied".into())));
    assert_eq!(practice.session.state(), SessionState::SignedOut);
}
