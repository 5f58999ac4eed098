//! What people see: the portal's login, choice and consent, and the other plain pages. Each says that this is practice.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use crate::openid::Request;
use crate::seed::{self, Merchant};

const STYLE: &str = include_str!("pages.css");

/// Submits the form by itself; there is a button for those without script.
const SUBMIT: &str = "document.forms[0].submit()";

/// The words of one language.
pub(crate) struct Words {
    lang: &'static str,
    practice: &'static str,
    login_title: &'static str,
    email: &'static str,
    password: &'static str,
    login: &'static str,
    wrong: &'static str,
    filled_in: &'static str,
    choose_title: &'static str,
    choose: &'static str,
    go_on: &'static str,
    consent_title: &'static str,
    consent_intro: &'static str,
    scope_invoice: &'static str,
    scope_reporting: &'static str,
    allow: &'static str,
    deny: &'static str,
    unauthorized_title: &'static str,
    unauthorized: &'static str,
}

static DANISH: Words = Words {
    lang: "da",
    practice: "Øveverden. Dette er ikke MobilePay; intet herfra når en rigtig kunde.",
    login_title: "Log ind på øveportalen",
    email: "E-mail",
    password: "Adgangskode",
    login: "Log ind",
    wrong: "E-mail eller adgangskode er forkert.",
    filled_in: "Felterne er udfyldt med en opdigtet butik.",
    choose_title: "Vælg forretning",
    choose: "Hvilken forretning skal integrationen gælde for?",
    go_on: "Fortsæt",
    consent_title: "3.part integration med MobilePay",
    consent_intro: "Tillad en 3.part at integrere din MobilePay løsning for dig",
    scope_invoice: "MobilePay Invoice: oprette og følge regninger",
    scope_reporting: "Transaktionsrapporter",
    allow: "Ja, tillad",
    deny: "Nej, tillad ikke",
    unauthorized_title: "Ingen adgang",
    unauthorized: "Anmodningen kan ikke behandles.",
};

static FINNISH: Words = Words {
    lang: "fi",
    practice: "Harjoitusmaailma. Tämä ei ole MobilePay; mikään ei päädy oikealle asiakkaalle.",
    login_title: "Kirjaudu harjoitusportaaliin",
    email: "Sähköposti",
    password: "Salasana",
    login: "Kirjaudu sisään",
    wrong: "Sähköposti tai salasana on väärin.",
    filled_in: "Kentät on täytetty keksityn kaupan tiedoilla.",
    choose_title: "Valitse yritys",
    choose: "Mitä yritystä yhteys koskee?",
    go_on: "Jatka",
    consent_title: "Kolmannen osapuolen MobilePay-yhteys",
    consent_intro: "Salli kolmannen osapuolen käyttää MobilePay-ratkaisuasi puolestasi",
    scope_invoice: "MobilePay Invoice: laskujen luonti ja seuranta",
    scope_reporting: "Tapahtumaraportit",
    allow: "Kyllä, salli",
    deny: "Ei, älä salli",
    unauthorized_title: "Ei oikeuksia",
    unauthorized: "Pyyntöä ei voida käsitellä.",
};

static ENGLISH: Words = Words {
    lang: "en",
    practice: "Practice world. This is not MobilePay; nothing here reaches a real customer.",
    login_title: "Log in to the practice portal",
    email: "E-mail",
    password: "Password",
    login: "Log in",
    wrong: "The e-mail or the password is wrong.",
    filled_in: "The fields are filled in with a fictitious shop.",
    choose_title: "Choose business",
    choose: "Which business is the integration for?",
    go_on: "Continue",
    consent_title: "Third-party integration with MobilePay",
    consent_intro: "Allow a third party to integrate your MobilePay solution for you",
    scope_invoice: "MobilePay Invoice: create and follow bills",
    scope_reporting: "Transaction reports",
    allow: "Yes, allow",
    deny: "No, do not allow",
    unauthorized_title: "No access",
    unauthorized: "The request cannot be handled.",
};

impl Words {
    /// By `ui_locales`, else by what the browser asks for; Danish if neither says.
    pub(crate) fn of(headers: &HeaderMap, request: &Request) -> &'static Self {
        let asked = request.ui_locales.as_deref();
        let browser = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        match asked.or(browser).unwrap_or_default().get(..2) {
            Some("fi") => &FINNISH,
            Some("en") => &ENGLISH,
            _ => &DANISH,
        }
    }
}

/// The login (spec 5.3, 1).
pub(crate) fn login(words: &Words, request: &Request, email: &str, wrong: bool) -> Response {
    let note = if wrong {
        format!("<p class=bad role=alert>{}</p>", words.wrong)
    } else {
        format!("<p class=soft>{}</p>", words.filled_in)
    };
    let body = format!(
        "<h1>{}</h1>{note}<form method=post>{}<input type=hidden name=step value=login>\
         <label for=email>{}</label><input id=email name=email type=email autocomplete=username required value=\"{}\">\
         <label for=password>{}</label><input id=password name=password type=password autocomplete=current-password \
         required value=\"{}\"><button class=primary>{}</button></form>",
        words.login_title,
        hidden(request),
        words.email,
        escape(email),
        words.password,
        if wrong { "" } else { seed::PASSWORD },
        words.login,
    );
    page(words, words.login_title, &body, None)
}

/// Several merchants and no VAT number, by that reading: the user chooses.
pub(crate) fn choose(words: &Words, request: &Request, merchants: &[&Merchant]) -> Response {
    let options: String = merchants
        .iter()
        .enumerate()
        .map(|(index, merchant)| {
            let checked = if index == 0 { " checked" } else { "" };
            format!(
                "<label class=choice><input type=radio name=merchant value=\"{}\"{checked}> {} <small>{}</small></label>",
                merchant.id,
                escape(merchant.name),
                merchant.vat
            )
        })
        .collect();
    let body = format!(
        "<h1>{}</h1><form method=post>{}<input type=hidden name=step value=merchant><fieldset><legend>{}</legend>{options}\
         </fieldset><button class=primary>{}</button></form>",
        words.choose_title,
        hidden(request),
        words.choose,
        words.go_on
    );
    page(words, words.choose_title, &body, None)
}

/// The consent (spec 5.3, 2).
pub(crate) fn consent(words: &Words, request: &Request, merchant: Option<&Merchant>) -> Response {
    let asked = |scope: &str| request.scope.split(' ').any(|asked| asked == scope);
    let product = |wanted: bool, text: &str| {
        if wanted {
            format!("<label class=choice><input type=checkbox checked disabled> {text}</label>")
        } else {
            String::new()
        }
    };
    let name = merchant.map(|merchant| {
        format!(
            "<p class=who>{}<small>{}</small></p>",
            escape(merchant.name),
            merchant.vat
        )
    });
    let body = format!(
        "<h1>{}</h1><p>{}</p>{}<form method=post>{}<input type=hidden name=step value=consent>\
         <input type=hidden name=merchant value=\"{}\">{}{}<p class=soft>{}</p>\
         <button class=primary name=decision value=allow>{}</button><button name=decision value=deny>{}</button></form>",
        words.consent_title,
        words.consent_intro,
        name.unwrap_or_default(),
        hidden(request),
        merchant.map(|merchant| merchant.id).unwrap_or_default(),
        product(asked("invoice"), words.scope_invoice),
        product(asked("transactionreporting"), words.scope_reporting),
        escape(&request.client_id),
        words.allow,
        words.deny,
    );
    page(words, words.consent_title, &body, None)
}

/// A bad request: no details, on purpose (spec 5.7).
pub(crate) fn unauthorized(words: &Words) -> Response {
    let body = format!(
        "<h1>{}</h1><p>{}</p>",
        words.unauthorized_title, words.unauthorized
    );
    let mut response = page(words, words.unauthorized_title, &body, None);
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// OAuth 2.0 Form Post Response Mode: a form that submits itself, with a button for browsers without script.
pub(crate) fn form_post(redirect_uri: &str, parameters: &[(&str, String)]) -> Response {
    let fields: String = parameters
        .iter()
        .map(|(name, value)| format!("<input type=hidden name=\"{name}\" value=\"{}\">", escape(value)))
        .collect();
    let body = format!(
        "<form method=post action=\"{}\">{fields}<noscript><button class=primary>{}</button></noscript></form>\
         <script>{SUBMIT}</script>",
        escape(redirect_uri),
        DANISH.go_on
    );
    let origin = url::Url::parse(redirect_uri)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    page(&DANISH, "MobilePay", &body, Some(&origin))
}

/// Any page: strict policy, our style by its hash, the practice band on top.
pub(crate) fn page(words: &Words, title: &str, body: &str, form_to: Option<&str>) -> Response {
    let html = format!(
        "<!doctype html><html lang={}><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><body><p class=band>{}</p><main>{body}</main></body></html>",
        words.lang, words.practice
    );
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    // Chromium holds the redirect after a form to form-action as well, so the merchant's address is let through.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; form-action 'self' {}; img-src 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SUBMIT),
        form_to.unwrap_or("https: http://127.0.0.1:* http://localhost:*"),
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Words by `lang` of a link's address, else by its country, or English for an English browser.
pub(crate) fn words_for(headers: &HeaderMap, country: &str, lang: &str) -> &'static Words {
    let browser = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match lang {
        "da" => return &DANISH,
        "fi" => return &FINNISH,
        "en" => return &ENGLISH,
        _ => {}
    }
    match (browser.get(..2), country) {
        (Some("en"), _) => &ENGLISH,
        (Some("fi"), _) | (_, "FI") => &FINNISH,
        _ => &DANISH,
    }
}

impl Words {
    /// The one of three that is in this language.
    pub(crate) fn pick<T>(&self, danish: T, finnish: T, english: T) -> T {
        match self.lang {
            "da" => danish,
            "fi" => finnish,
            _ => english,
        }
    }
}

fn hidden(request: &Request) -> String {
    let fields = serde_json::to_value(request).unwrap_or_default();
    let fields = fields.as_object().into_iter().flatten();
    fields
        .filter_map(|(name, value)| value.as_str().map(|value| (name, value)))
        .map(|(name, value)| format!("<input type=hidden name=\"{name}\" value=\"{}\">", escape(value)))
        .collect()
}

/// Text for HTML, also inside quotes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
