//! The provider's signing key: RS256, kept with the books so that tokens outlive a restart (spec 5.5).

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The key pair and its name.
pub(crate) struct SigningKey {
    pair: KeyPair,
    kid: String,
    thumbprint: String,
}

/// A key could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("the signing key cannot be used")]
pub struct KeyFault;

impl SigningKey {
    /// A new key, and its PKCS#8 form in base64url for keeping.
    pub(crate) fn generate() -> Result<(Self, String), KeyFault> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFault)?;
        let der = pair.as_der().map_err(|_| KeyFault)?;
        let kept = BASE64.encode(der.as_ref());
        Ok((Self::of(pair), kept))
    }

    /// A kept key.
    pub(crate) fn restore(kept: &str) -> Result<Self, KeyFault> {
        let der = BASE64.decode(kept).map_err(|_| KeyFault)?;
        KeyPair::from_pkcs8(&der).map(Self::of).map_err(|_| KeyFault)
    }

    fn of(pair: KeyPair) -> Self {
        let digest = Sha256::digest(pair.public_key().as_ref());
        // 40 upper-case hex characters, as a certificate's thumbprint would be (spec 5.5).
        let kid = hex::encode_upper(&digest[..20]);
        Self {
            thumbprint: BASE64.encode(&digest[..20]),
            pair,
            kid,
        }
    }

    fn jwk(&self) -> serde_json::Value {
        let public: PublicKeyComponents<Vec<u8>> = self.pair.public_key().into();
        serde_json::json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.thumbprint,
            "n": BASE64.encode(public.n), "e": BASE64.encode(public.e),
        })
    }

    /// A signed JWT with `claims`.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, KeyFault> {
        let header =
            serde_json::json!({ "alg": "RS256", "kid": self.kid, "typ": "JWT", "x5t": self.thumbprint });
        let part = |value: Vec<u8>| BASE64.encode(value);
        let header = part(serde_json::to_vec(&header).map_err(|_| KeyFault)?);
        let claims = part(serde_json::to_vec(claims).map_err(|_| KeyFault)?);
        let input = format!("{header}.{claims}");
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &aws_lc_rs::signature::RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                input.as_bytes(),
                &mut signature,
            )
            .map_err(|_| KeyFault)?;
        Ok(format!("{input}.{}", BASE64.encode(signature)))
    }

    /// The claims of a JWT of ours, if its signature is right.
    pub(crate) fn verify(&self, token: &str) -> Option<serde_json::Value> {
        let (input, signature) = token.rsplit_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        let public = aws_lc_rs::signature::UnparsedPublicKey::new(
            &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
            self.pair.public_key().as_ref(),
        );
        public.verify(input.as_bytes(), &signature).ok()?;
        let claims = BASE64.decode(input.split('.').nth(1)?).ok()?;
        serde_json::from_slice(&claims).ok()
    }
}

/// The key that signs and those that did before it, the newest last: what they signed is still good (spec 21.2).
pub(crate) struct Keys(RwLock<Vec<SigningKey>>);

impl Keys {
    pub(crate) fn new(all: Vec<SigningKey>) -> Self {
        Self(RwLock::new(all))
    }

    /// Signs with this key from now on.
    pub(crate) fn rotate(&self, key: SigningKey) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(key);
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<SigningKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self) -> usize {
        self.read().len()
    }

    /// The JSON Web Key Set, the one that signs first.
    pub(crate) fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.read().iter().rev().map(SigningKey::jwk).collect();
        serde_json::json!({ "keys": keys })
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, KeyFault> {
        self.read().last().ok_or(KeyFault)?.sign(claims)
    }

    /// The claims of a JWT of ours, if its signature is right.
    pub(crate) fn verify(&self, token: &str) -> Option<serde_json::Value> {
        self.read().iter().rev().find_map(|key| key.verify(token))
    }
}

/// `c_hash` or `at_hash`: the left half of the hash (OIDC Core 3.3.2.11).
pub(crate) fn half_hash(text: &str) -> String {
    BASE64.encode(&Sha256::digest(text)[..16])
}

/// S256 of a verifier (RFC 7636, 4.2).
pub(crate) fn s256(verifier: &str) -> String {
    BASE64.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_pkce_vector_holds() {
        let verifier = "0396f08effbfdc95e803fd2d855bf8743f9f03097b6aaf6864eaa4081ed3e172";
        assert_eq!(s256(verifier), "Ge5p0wzlM_2SrxcCy9WAplP_CupB2xu2uiwFq_BBUmY");
    }

    #[test]
    fn the_c_hash_vector_holds() {
        assert_eq!(half_hash(&"0123456789abcdef".repeat(4)), "qK5ubukpq-o6_PxSWMjM1g");
    }

    #[test]
    fn a_kept_key_signs_what_the_first_one_verifies() {
        let (key, kept) = SigningKey::generate().unwrap();
        let again = SigningKey::restore(&kept).unwrap();
        let token = again.sign(&serde_json::json!({ "sub": "x" })).unwrap();
        assert_eq!(key.verify(&token).unwrap()["sub"], "x");
        assert!(key.verify(&format!("{token}x")).is_none());
    }
}
