//! Checking an ID token. OpenID Connect Core 1.0, 3.1.3.7.

use domain::{Timestamp, notification::SendProblem};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use serde_json::{Map, Value};

/// Seconds by which the provider's clock may differ from ours.
const SKEW: i64 = 120;

/// Signatures that are believed. Not among them: `none`, and those whose key both sides know.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token says.
pub type Claims = Map<String, Value>;

/// What a token must say.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// For which sign-in.
    pub nonce: &'a str,
    /// When it is shown.
    pub now: Timestamp,
}

/// The key that a token names, if any.
pub fn key_id(token: &str) -> Option<String> {
    decode_header(token).ok()?.kid
}

/// Checks a token's signature by the provider's keys, then what it says. None of the errors' values is a secret.
pub fn check_id_token(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<Claims, SendProblem> {
    let refuse = |why: &str| SendProblem::new("federation-token").with("why", why);
    let header = decode_header(token).map_err(|error| refuse(&error.to_string()))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refuse(&format!("its algorithm is {:?}", header.alg)));
    }
    let key = key_of(keys, header.kid.as_deref()).ok_or_else(|| refuse("its key is not the provider's"))?;
    let key = DecodingKey::from_jwk(key).map_err(|error| refuse(&error.to_string()))?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // By the application's clock, below.
    validation.validate_exp = false;
    let claims: Claims = decode(token, &key, &validation)
        .map_err(|error| refuse(&error.to_string()))?
        .claims;
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = expected.now.seconds();
    if number("exp").is_none_or(|end| end < (now - SKEW) as f64) {
        return Err(refuse("its time is over"));
    }
    if number("iat").is_some_and(|made| made > (now + SKEW) as f64) {
        return Err(refuse("it comes from the future: compare the clocks"));
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("nonce") != Some(expected.nonce) {
        return Err(refuse("it is of another sign-in"));
    }
    let has_others = matches!(claims.get("aud"), Some(Value::Array(all)) if all.len() > 1);
    if (has_others && text("azp").is_none()) || text("azp").is_some_and(|azp| azp != expected.client_id) {
        return Err(refuse("it was made for another client"));
    }
    Ok(claims)
}

/// The key of that name; without a name the only one that signs.
fn key_of<'k>(keys: &'k JwkSet, kid: Option<&str>) -> Option<&'k Jwk> {
    if let Some(kid) = kid {
        return keys.find(kid);
    }
    let signs = |key: &&Jwk| {
        key.common
            .public_key_use
            .as_ref()
            .is_none_or(|usage| *usage == PublicKeyUse::Signature)
    };
    let mut signing = keys.keys.iter().filter(signs);
    signing.next().filter(|_| signing.next().is_none())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
    };
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const CLIENT: &str = "sceau";
    const ISSUER: &str = "https://login.example.com";

    /// A provider with one key, named `a`.
    struct Maker(EcdsaKeyPair);

    impl Maker {
        fn new() -> Self {
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        fn keys(&self) -> JwkSet {
            // SEC 1, 2.3.3: 04, x, y.
            let point = self.0.public_key().as_ref();
            let (x, y) = (
                URL_SAFE_NO_PAD.encode(&point[1..33]),
                URL_SAFE_NO_PAD.encode(&point[33..]),
            );
            let key = json!({ "kty": "EC", "crv": "P-256", "kid": "a", "use": "sig", "x": x, "y": y });
            serde_json::from_value(json!({ "keys": [key] })).unwrap()
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let text = format!("{header}.{claims}");
            let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }
    }

    fn header() -> Value {
        json!({ "alg": "ES256", "kid": "a", "typ": "JWT" })
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "1", "nonce": "n", "iat": NOW - 1, "exp": NOW + 300,
            "preferred_username": "ada",
        })
    }

    fn check(token: &str, keys: &JwkSet) -> Result<Claims, String> {
        let expected = Expected {
            issuer: ISSUER,
            client_id: CLIENT,
            nonce: "n",
            now: Timestamp::from_seconds(NOW),
        };
        check_id_token(token, keys, &expected).map_err(|problem| problem.values["why"].clone())
    }

    #[test]
    fn a_good_token_says_who_signed_in() {
        let maker = Maker::new();
        let found = check(&maker.token(&header(), &claims()), &maker.keys()).unwrap();
        assert_eq!(found["preferred_username"], "ada");
        // One key alone needs no name; several clients need the one that asked (azp).
        let mut several = claims();
        several["aud"] = json!([CLIENT, "other"]);
        several["azp"] = json!(CLIENT);
        check(&maker.token(&json!({ "alg": "ES256" }), &several), &maker.keys()).unwrap();
    }

    #[test]
    fn a_token_that_says_something_else_is_refused() {
        let maker = Maker::new();
        for (name, value) in [
            ("iss", json!("https://other.example.com")),
            ("iss", Value::Null),
            ("aud", json!("other")),
            ("aud", json!([CLIENT, "other"])),
            ("azp", json!("other")),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("exp", json!(NOW - 121)),
            ("exp", Value::Null),
            ("exp", json!("never")),
            ("iat", json!(NOW + 121)),
            ("sub", Value::Null),
        ] {
            let mut claims = claims();
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value,
            }
            let refused = check(&maker.token(&header(), &claims), &maker.keys());
            assert!(refused.is_err(), "{name}: {claims}");
        }
    }

    #[test]
    fn a_signature_of_somebody_else_or_of_nobody_is_refused() {
        let (maker, other) = (Maker::new(), Maker::new());
        let good = maker.token(&header(), &claims());
        assert!(
            check(&good, &other.keys()).is_err(),
            "another's key under the same name"
        );
        assert!(check(&good, &JwkSet { keys: Vec::new() }).is_err());
        let named = json!({ "alg": "ES256", "kid": "b" });
        assert!(check(&maker.token(&named, &claims()), &maker.keys()).is_err());
        // What both sides know is no proof: the key that anybody can read must not be taken for one (RFC 8725, 2.1).
        for algorithm in ["none", "HS256", "RS256", "ES384"] {
            let header = json!({ "alg": algorithm, "kid": "a" });
            assert!(
                check(&maker.token(&header, &claims()), &maker.keys()).is_err(),
                "{algorithm}"
            );
        }
        let (text, _) = good.rsplit_once('.').unwrap();
        for broken in [
            text,
            &format!("{text}."),
            &format!("{good}A"),
            "",
            ".",
            "..",
            "a.b.c",
        ] {
            assert!(check(broken, &maker.keys()).is_err(), "{broken}");
        }
        let (head, rest) = good.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let mut changed = claims();
        changed["preferred_username"] = json!("eve");
        let changed = URL_SAFE_NO_PAD.encode(changed.to_string());
        assert!(check(&format!("{head}.{changed}.{signature}"), &maker.keys()).is_err());
    }
}
