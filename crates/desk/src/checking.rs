//! Tries out a connection piece by piece, so that a merchant learns which piece is wrong and not only that one is.
//!
//! Nothing here changes anything: no token is asked for that could be given, no invoice is touched. What an answer does not
//! prove is left open.

use login::probe::{self, ClientVerdict, Reach, RedirectVerdict};
use login::{Clock, Discovery, DiscoveryError, HttpClient, Provider, Registration};
use mobilepay::{AccessToken, Api, ApiError, Me};
use uuid::Uuid;

use crate::ipc::{CheckedPiece, Finding, Piece, Verdict};

/// What is tried out.
pub(crate) struct Subject<'c> {
    pub(crate) http: HttpClient,
    pub(crate) provider: Provider,
    pub(crate) registration: Registration,
    pub(crate) api: &'c Api,
    /// Of whoever is signed in.
    pub(crate) token: Option<AccessToken>,
    pub(crate) clock: &'c dyn Clock,
}

/// The findings so far.
struct Report(Vec<CheckedPiece>);

impl Report {
    fn say(&mut self, piece: Piece, verdict: Verdict, finding: Finding, about: impl Into<String>) {
        self.0.push(CheckedPiece {
            piece,
            verdict,
            finding,
            about: about.into(),
        });
    }

    /// The pieces that depend on one that is not right.
    fn leave_open(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.say(*piece, Verdict::Open, Finding::EarlierFirst, "");
        }
    }
}

/// All pieces, in order.
pub(crate) async fn check(subject: &Subject<'_>) -> Vec<CheckedPiece> {
    let mut report = Report(Vec::new());
    if reach(subject, &mut report).await {
        sign_in(subject, &mut report).await;
    } else {
        report.leave_open(&[Piece::Provider, Piece::Oauth, Piece::Redirect]);
    }
    api(subject, &mut report).await;
    report.0
}

/// Network and TLS. Answers whether the provider can be spoken to.
async fn reach(subject: &Subject<'_>, report: &mut Report) -> bool {
    let url = &subject.provider.discovery_url;
    let host = url.host_str().unwrap_or_default();
    let reached = probe::reach(&subject.http, url).await;
    let finding = match reached {
        Reach::Answered | Reach::NotSecure => Finding::Answers,
        Reach::NameNotResolved => Finding::NameNotResolved,
        Reach::TurnedAway => Finding::TurnedAway,
        Reach::NoAnswer => Finding::NoAnswer,
        Reach::NotAllowed => Finding::NotHttps,
    };
    if finding != Finding::Answers {
        report.say(Piece::Network, Verdict::Bad, finding, host);
        report.leave_open(&[Piece::Tls]);
        return false;
    }
    report.say(Piece::Network, Verdict::Good, finding, host);
    match (reached, url.scheme()) {
        (Reach::NotSecure, _) => report.say(Piece::Tls, Verdict::Bad, Finding::NotProven, host),
        (_, "https") => report.say(Piece::Tls, Verdict::Good, Finding::Proven, host),
        _ => report.say(Piece::Tls, Verdict::Good, Finding::OnThisComputer, host),
    }
    reached == Reach::Answered
}

/// Provider, credentials and return address.
async fn sign_in(subject: &Subject<'_>, report: &mut Report) {
    let discovery = match Discovery::fetch(&subject.http, &subject.provider, subject.clock).await {
        Ok(discovery) => discovery,
        Err(error) => {
            report.say(
                Piece::Provider,
                Verdict::Bad,
                unusable(&error),
                &subject.provider.issuer,
            );
            return report.leave_open(&[Piece::Oauth, Piece::Redirect]);
        }
    };
    let registration = &subject.registration;
    report.say(
        Piece::Provider,
        Verdict::Good,
        Finding::ProviderFits,
        &subject.provider.issuer,
    );
    let client = probe::client(&subject.http, &discovery, registration, subject.clock).await;
    let (verdict, finding) = match client {
        ClientVerdict::Known => (Verdict::Good, Finding::OauthKnown),
        ClientVerdict::Refused => (Verdict::Bad, Finding::OauthRefused),
        ClientVerdict::NotAllowed => (Verdict::Bad, Finding::OauthNotAllowed),
        ClientVerdict::Unclear => (Verdict::Open, Finding::OauthUnclear),
    };
    report.say(Piece::Oauth, verdict, finding, &registration.client_id);
    // An unknown client has no whitelist: its refusal would say nothing about the address.
    if verdict == Verdict::Bad {
        return report.leave_open(&[Piece::Redirect]);
    }
    let redirect = probe::redirect(&subject.http, &discovery, registration, subject.clock.now()).await;
    let (verdict, finding) = match redirect {
        RedirectVerdict::Accepted => (Verdict::Good, Finding::RedirectKnown),
        RedirectVerdict::Refused => (Verdict::Bad, Finding::RedirectRefused),
        RedirectVerdict::Unclear => (Verdict::Open, Finding::RedirectUnclear),
    };
    report.say(Piece::Redirect, verdict, finding, &registration.redirect_uri);
}

const fn unusable(error: &DiscoveryError) -> Finding {
    match error {
        DiscoveryError::Unreachable(_) | DiscoveryError::Status(_) | DiscoveryError::Unreadable => {
            Finding::ProviderUnreadable
        }
        DiscoveryError::IssuerMismatch => Finding::IssuerOther,
        DiscoveryError::EndpointNotTrusted(_) => Finding::EndpointNotTrusted,
        DiscoveryError::FlowNotOffered => Finding::FlowNotOffered,
        DiscoveryError::KeysUnreadable => Finding::KeysUnreadable,
    }
}

/// Gateway, merchant and issuers.
async fn api(subject: &Subject<'_>, report: &mut Report) {
    let Some(token) = &subject.token else {
        let stranger = AccessToken::new("nobody-has-signed-in".into());
        let answer = subject.api.me(&stranger, Uuid::new_v4()).await;
        gateway(answer.err().as_ref(), false, report);
        report.say(Piece::Merchant, Verdict::Open, Finding::AfterSignIn, "");
        return report.say(Piece::Issuer, Verdict::Open, Finding::AfterSignIn, "");
    };
    let answer = subject.api.me(token, Uuid::new_v4()).await;
    if !gateway(answer.as_ref().err(), true, report) {
        return report.leave_open(&[Piece::Merchant, Piece::Issuer]);
    }
    let Ok(answer) = answer else {
        report.say(Piece::Merchant, Verdict::Bad, Finding::NoMerchant, "");
        return report.leave_open(&[Piece::Issuer]);
    };
    let merchant = answer.value;
    report.say(
        Piece::Merchant,
        Verdict::Good,
        Finding::MerchantKnown,
        &merchant.merchant_id,
    );
    issuers(subject, token, &merchant, report).await;
}

/// What the first call says of the gateway's credentials. `signed_in`: with a token that was renewed if it had to be, so
/// that a 401 that does not name them leaves it open whether they or the sign-in are not accepted. Answers whether it let us through.
fn gateway(error: Option<&ApiError>, signed_in: bool, report: &mut Report) -> bool {
    let (verdict, finding) = match error {
        None
        | Some(
            ApiError::Forbidden { .. }
            | ApiError::Refused { .. }
            | ApiError::NotFound { .. }
            | ApiError::AlreadyExists { .. },
        ) => (Verdict::Good, Finding::GatewayPassed),
        Some(ApiError::Unauthorized { description, .. }) if names_the_app(description.as_deref()) => {
            (Verdict::Bad, Finding::GatewayRefused)
        }
        Some(ApiError::Unauthorized { .. }) if signed_in => (Verdict::Open, Finding::SignInNotAccepted),
        Some(ApiError::Unauthorized { .. }) => (Verdict::Open, Finding::AfterSignIn),
        Some(ApiError::NotSent { .. }) => (Verdict::Bad, Finding::ApiUnreachable),
        Some(ApiError::Throttled { .. } | ApiError::Unclear { .. }) => (Verdict::Open, Finding::ApiTrouble),
    };
    report.say(Piece::Gateway, verdict, finding, "");
    verdict == Verdict::Good
}

/// IBM API Connect checks the app before the token and says so: "Invalid client id or secret." (spec 3: inferred).
fn names_the_app(description: Option<&str>) -> bool {
    description.is_some_and(|text| text.to_ascii_lowercase().contains("client id"))
}

async fn issuers(subject: &Subject<'_>, token: &AccessToken, merchant: &Me, report: &mut Report) {
    use mobilepay::IssuerStatus as Status;
    let answer = subject
        .api
        .issuers(token, Uuid::new_v4(), &merchant.merchant_id)
        .await;
    let Ok(answer) = answer else {
        return report.say(Piece::Issuer, Verdict::Open, Finding::ApiTrouble, "");
    };
    let all = &answer.value.issuers;
    let found = |fits: &dyn Fn(&Status) -> bool| all.iter().find(|issuer| fits(&issuer.status));
    let name = |issuer: &mobilepay::Issuer| issuer.name.clone().unwrap_or_default();
    if let Some(issuer) = found(&|status| status.may_be_used()) {
        return report.say(Piece::Issuer, Verdict::Good, Finding::IssuerUsable, name(issuer));
    }
    if let Some(issuer) = found(&|status| matches!(status, Status::Pending)) {
        return report.say(Piece::Issuer, Verdict::Bad, Finding::IssuerPending, name(issuer));
    }
    match all.first() {
        Some(issuer) => report.say(Piece::Issuer, Verdict::Bad, Finding::IssuerDisabled, name(issuer)),
        None => report.say(Piece::Issuer, Verdict::Bad, Finding::NoIssuer, ""),
    }
}
