//! Keys and signatures of the provider, right and wrong.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaSignatureEncoding,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{SECRET, Spoil};

/// How a token is signed.
#[derive(Clone, Copy, Default)]
pub enum Signing {
    #[default]
    Rs256,
    Rs384,
    Ps256,
    /// With the client secret, which a careless confidential client would take.
    Hs256,
    /// With the public key as if it were a secret: the classic confusion.
    Hs256PublicKey,
    Es256,
    None,
    /// RS256 by a key that is not the provider's, under the right `kid`.
    Stranger,
    /// RS256 with one bit turned.
    Broken,
    /// RS256 over other claims.
    Swapped,
}

static KEYS: LazyLock<[KeyPair; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| KeyPair::generate(KeySize::Rsa2048).unwrap()));

pub fn kid(generation: usize) -> String {
    format!("{generation:040X}")
}

/// The public keys: the signing one alone.
pub fn key_set(generation: usize) -> Value {
    json!({ "keys": [public(generation)] })
}

pub fn public(generation: usize) -> Value {
    let key = KEYS[generation].public_key();
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(generation),
        "n": number(key.modulus().big_endian_without_leading_zero()),
        "e": number(key.exponent().big_endian_without_leading_zero()),
    })
}

/// `c_hash` and `at_hash` of RS256 (OIDC Core 3.3.2.11).
pub fn half_hash(value: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(value)[..16])
}

pub fn sign(claims: Value, generation: usize, spoil: Spoil, signing: Signing) -> String {
    let algorithm = match signing {
        Signing::Rs384 => "RS384",
        Signing::Ps256 => "PS256",
        Signing::Hs256 | Signing::Hs256PublicKey => "HS256",
        Signing::Es256 => "ES256",
        Signing::None => "none",
        _ => "RS256",
    };
    let mut header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid(generation) });
    if let Some(spoil) = spoil {
        spoil(&mut header);
    }
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = signature(&signed, generation, signing);
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn signature(signed: &str, generation: usize, signing: Signing) -> Vec<u8> {
    let own = &KEYS[generation];
    match signing {
        Signing::Rs256 => rsa(own, &RSA_PKCS1_SHA256, signed),
        Signing::Rs384 => rsa(own, &RSA_PKCS1_SHA384, signed),
        Signing::Ps256 => rsa(own, &RSA_PSS_SHA256, signed),
        Signing::Stranger => rsa(&KEYS[2], &RSA_PKCS1_SHA256, signed),
        Signing::Swapped => rsa(own, &RSA_PKCS1_SHA256, "e30.e30"),
        Signing::Broken => {
            let mut bytes = rsa(own, &RSA_PKCS1_SHA256, signed);
            bytes[7] ^= 1;
            bytes
        }
        Signing::Hs256 => mac(SECRET.as_bytes(), signed),
        Signing::Hs256PublicKey => {
            let der: PublicKeyX509Der<'_> = own.public_key().as_der().unwrap();
            mac(der.as_ref(), signed)
        }
        Signing::Es256 => vec![7; 64],
        Signing::None => Vec::new(),
    }
}

fn rsa(key: &KeyPair, encoding: &'static RsaSignatureEncoding, text: &str) -> Vec<u8> {
    let mut bytes = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(encoding, &random, text.as_bytes(), &mut bytes).unwrap();
    bytes
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}
