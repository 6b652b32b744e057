use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey,
    Pkcs1PublicEncryptingKey, PublicEncryptingKey,
};

use super::legacy;
use super::private_key::public_key_info;
use crate::{Error, KeyTransport};

/// None for PKCS#1 v1.5.
pub(super) fn oaep(transport: KeyTransport) -> Option<&'static OaepAlgorithm> {
    match transport {
        KeyTransport::Pkcs1 => None,
        KeyTransport::OaepSha1 => Some(&OAEP_SHA1_MGF1SHA1),
        KeyTransport::OaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
    }
}

/// Encrypts a content key to an RSAPublicKey (DER) of 1024 bits or more.
pub(crate) fn transport_key(
    transport: KeyTransport,
    public_key: &[u8],
    content_key: &[u8],
) -> Result<Vec<u8>, Error> {
    const REFUSED: Error = Error::Key("it isn't an RSA key of 1024 bits or more");
    // Made anew around the key: some certificates have no NULL there, and the library refuses that.
    let encrypted = match PublicEncryptingKey::from_der(&public_key_info(public_key)) {
        Ok(key) => encrypt(transport, key, content_key),
        // It refuses keys under 2048 bits.
        Err(_) => legacy::Rsa::from_public(public_key)
            .and_then(|key| key.encrypt(transport, content_key))
            .map(|out| out.to_vec()),
    };
    encrypted.ok_or(REFUSED)
}

fn encrypt(transport: KeyTransport, key: PublicEncryptingKey, content_key: &[u8]) -> Option<Vec<u8>> {
    let mut room = vec![0; key.key_size_bytes()];
    let length = match oaep(transport) {
        None => {
            let key = Pkcs1PublicEncryptingKey::new(key).ok()?;
            key.encrypt(content_key, &mut room).ok()?.len()
        }
        Some(algorithm) => {
            let key = OaepPublicEncryptingKey::new(key).ok()?;
            key.encrypt(algorithm, content_key, &mut room, None).ok()?.len()
        }
    };
    room.truncate(length);
    Some(room)
}
