//! What a secret looks like wherever it may have got: itself, and every way in which programs write bytes down.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// A value that belongs in the keychain, in the memory of the program, and on the wire to its one addressee.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// So many bytes of the beginning or of the end give a secret away: a leak that was cut short is one too.
const ENOUGH: usize = 24;

/// By so many first bytes a form is looked up before it is compared.
const PREFIX: usize = 8;

type Form = (usize, &'static str, Vec<u8>);

/// The traces of some secrets, made ready for a search.
pub(crate) struct Traces<'a> {
    secrets: &'a [Secret],
    forms: HashMap<[u8; PREFIX], Vec<Form>>,
}

impl<'a> Traces<'a> {
    pub(crate) fn of(secrets: &'a [Secret]) -> Self {
        let mut forms: HashMap<[u8; PREFIX], Vec<Form>> = HashMap::new();
        for (at, secret) in secrets.iter().enumerate() {
            assert!(
                secret.value.len() >= ENOUGH,
                "{} is too short to be told",
                secret.name
            );
            let bytes = secret.value.as_bytes();
            for part in [&bytes[..ENOUGH], &bytes[bytes.len() - ENOUGH..]] {
                for (how, form) in forms_of(part) {
                    let prefix = form[..PREFIX].try_into().unwrap();
                    forms.entry(prefix).or_default().push((at, how, form));
                }
            }
        }
        Self { secrets, forms }
    }

    /// Every trace in `text`, as *name, form*. Also across white space, as in a list printed one byte a line.
    pub(crate) fn in_bytes(&self, text: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.search(text, &mut found);
        let dense: Vec<u8> = text
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        self.search(&dense, &mut found);
        found
    }

    fn search(&self, text: &[u8], found: &mut BTreeSet<String>) {
        for (start, window) in text.windows(PREFIX).enumerate() {
            let prefix: &[u8; PREFIX] = window.try_into().unwrap();
            for (at, how, form) in self.forms.get(prefix).into_iter().flatten() {
                if text[start..].starts_with(form) {
                    found.insert(format!("{}, {how}", self.secrets[*at].name));
                }
            }
        }
    }
}

fn forms_of(part: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(part).into_owned();
    let each = |write: fn(&u8) -> String| part.iter().map(write).collect::<Vec<String>>();
    let form: String = url::form_urlencoded::byte_serialize(part).collect();
    let mut forms = vec![
        ("plain", text.clone()),
        ("JSON", text.replace('/', "\\/")),
        ("URL-encoded", form.to_ascii_lowercase()),
        ("URL-encoded", each(|byte| format!("%{byte:02X}")).concat()),
        ("URL-encoded", each(|byte| format!("%{byte:02x}")).concat()),
        ("hex", each(|byte| format!("{byte:02x}")).concat()),
        ("hex", each(|byte| format!("{byte:02X}")).concat()),
        ("list of bytes", each(u8::to_string).join(",")),
    ];
    forms.push(("URL-encoded", form));
    for before in 0..3 {
        forms.push(("base64", core(&BASE64_STANDARD_NO_PAD, before, part)));
        forms.push(("base64url", core(&BASE64_URL_SAFE_NO_PAD, before, part)));
    }
    let mut forms: Vec<(&str, Vec<u8>)> = forms
        .into_iter()
        .map(|(how, form)| (how, form.into_bytes()))
        .collect();
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    forms.push(("UTF-16", wide));
    forms
}

/// The characters of base64 that `part` alone decides when `before` bytes stand before it.
fn core(base64: &impl base64::Engine, before: usize, part: &[u8]) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(part);
    let text = base64.encode(&bytes);
    text[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
}

#[test]
fn every_form_is_told_wherever_it_stands() {
    let value = "s3cret+value/with=every&kind%of.sign~in_it-0123456789";
    let secret = Secret {
        name: "it".into(),
        value: value.into(),
    };
    let secrets = [secret];
    let traces = Traces::of(&secrets);
    let written = |text: String| traces.in_bytes(format!("before {text} after").as_bytes());
    for before in ["", "a", "ab", "abc", "Bearer ", "{\"refresh_token\":\""] {
        let whole = format!("{before}{value}; and more");
        assert!(written(BASE64_STANDARD_NO_PAD.encode(&whole)).contains("it, base64"));
        assert!(written(BASE64_URL_SAFE_NO_PAD.encode(&whole)).contains("it, base64url"));
        let bytes = whole.as_bytes();
        assert!(written(format!("{bytes:?}")).contains("it, list of bytes"));
        assert!(written(format!("{bytes:#?}")).contains("it, list of bytes"));
        assert!(written(whole).contains("it, plain"));
    }
    assert!(
        written(url::form_urlencoded::byte_serialize(value.as_bytes()).collect()).contains("it, URL-encoded")
    );
    assert!(written(value.replace('/', "\\/")).contains("it, JSON"));
    assert!(written(value[..30].to_owned()).contains("it, plain"), "cut");
    assert!(written(value[20..].to_owned()).contains("it, plain"), "its end");
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(traces.in_bytes(&wide).contains("it, UTF-16"));
    assert_eq!(
        written("nothing of the kind, 115, 51, 99".into()),
        BTreeSet::new()
    );
}
