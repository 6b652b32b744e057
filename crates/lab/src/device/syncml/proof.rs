//! The device's proof inside a message: OMA Device Management Security 1.2, 5.3.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

/// Puts a `Cred` of `syncml:auth-md5` into a message: the digest of name, secret and nonce (raw).
#[must_use]
pub fn proved(package: &str, name: &str, secret: &str, nonce: &[u8]) -> String {
    let inner = STANDARD.encode(Md5::digest(format!("{name}:{secret}")));
    let outer = Md5::new()
        .chain_update(inner)
        .chain_update(b":")
        .chain_update(nonce);
    let digest = STANDARD.encode(outer.finalize());
    // It stands behind Source and before Meta (OMA SyncML Representation DTD 1.2, SyncHdr).
    package.replacen(
        "</Source>",
        &format!(
            "</Source><Cred><Meta><Format xmlns=\"syncml:metinf\">b64</Format>\
             <Type xmlns=\"syncml:metinf\">syncml:auth-md5</Type></Meta><Data>{digest}</Data></Cred>"
        ),
        1,
    )
}
