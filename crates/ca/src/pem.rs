//! PEM (RFC 7468) of what is made here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A certificate (DER) as PEM, with a line end at its end.
pub fn certificate(der: &[u8]) -> String {
    block("CERTIFICATE", der)
}

/// A revocation list (DER) as PEM.
pub fn revocation_list(der: &[u8]) -> String {
    block("X509 CRL", der)
}

/// A PKCS#8 `PrivateKeyInfo` (DER) as PEM, wiped when dropped.
pub fn private_key(pkcs8: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(block("PRIVATE KEY", pkcs8))
}

fn block(label: &str, der: &[u8]) -> String {
    let encoded = Zeroizing::new(STANDARD.encode(der));
    // Room for all of it at once: a growing buffer would leave copies of a key behind.
    let mut text = String::with_capacity(encoded.len() + encoded.len() / 64 + 2 * label.len() + 40);
    text.push_str(&["-----BEGIN ", label, "-----\n"].concat());
    for (position, character) in encoded.chars().enumerate() {
        if position > 0 && position % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str(&["\n-----END ", label, "-----\n"].concat());
    text
}
