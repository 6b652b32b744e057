//! OMA-DM's MD5 authentication (`syncml:auth-md5`): the application-level proof inside a session.
//! MD5 is what the protocol has; the session itself stands on mutual TLS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

/// B64(MD5(B64(MD5(name ":" secret)) ":" nonce)), as OMA Device Management Security 1.2, 5.3 has it. `nonce` is
/// the raw nonce, not its base64.
pub fn credential(name: &str, secret: &str, nonce: &[u8]) -> String {
    let mut inner = Md5::new();
    inner.update(name);
    inner.update(b":");
    inner.update(secret);
    let mut outer = Md5::new();
    outer.update(STANDARD.encode(inner.finalize()));
    outer.update(b":");
    outer.update(nonce);
    STANDARD.encode(outer.finalize())
}

/// Whether `presented` is the credential for this name, secret and nonce. The time it takes doesn't tell where
/// the two differ.
pub fn proves(presented: &str, name: &str, secret: &str, nonce: &[u8]) -> bool {
    let expected = credential(name, secret, nonce);
    let presented = presented.trim();
    let differences = expected
        .bytes()
        .zip(presented.bytes())
        .fold(0_u8, |seen, (a, b)| seen | (a ^ b));
    expected.len() == presented.len() && differences == 0
}
