//! The certificate request of an enrolling device, with all that real ones have wrong, and what a renewal puts around it.

use anyhow::Context as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::der::{bit_string, null, object_identifier, octet_string, sequence, set_of, tlv};

/// The request for a device identity, signed with SHA-256.
///
/// As captured from Windows 10: the CN `<id>!<DeviceID>` with a NUL at its end is called a
/// PrintableString, which has neither `!` nor NUL, and the one extension holds raw ASCII where DER
/// should be.
///
/// # Errors
/// A key that isn't one.
pub fn device_request(pkcs8: &[u8], id: &str, device_id: &str) -> anyhow::Result<Vec<u8>> {
    let key = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| anyhow::anyhow!("the device's key can't be used"))?;
    let oid = |dotted: &str| object_identifier(dotted).context("an object identifier");
    let name = tlv(0x13, format!("{id}!{device_id}\0").as_bytes());
    let subject = sequence(&[set_of(vec![sequence(&[oid("2.5.4.3")?, name])])]);
    let public_key = sequence(&[
        sequence(&[oid("1.2.840.113549.1.1.1")?, null()]),
        bit_string(key.public_key().as_ref()),
    ]);
    let extension = sequence(&[
        oid("1.3.6.1.4.1.311.66.1.0")?,
        octet_string(format!("{device_id}\0").as_bytes()),
    ]);
    let attribute = sequence(&[
        oid("1.2.840.113549.1.9.14")?,
        set_of(vec![sequence(&[extension])]),
    ]);
    let information = sequence(&[tlv(0x02, &[0]), subject, public_key, tlv(0xA0, &attribute)]);
    let signature = sign(&key, &information)?;
    let algorithm = sequence(&[oid("1.2.840.113549.1.1.11")?, null()]);
    Ok(sequence(&[information, algorithm, bit_string(&signature)]))
}

/// A certificate request inside a SignedData (RFC 5652 §5), signed by the device's identity without signed attributes.
pub(crate) fn signed_request(csr: &[u8], identity: &[u8], pkcs8: &[u8]) -> anyhow::Result<Vec<u8>> {
    let key = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| anyhow::anyhow!("the device's key can't be used"))?;
    let (_, certificate) = X509Certificate::from_der(identity).context("the identity can't be read")?;
    let oid = |dotted: &str| object_identifier(dotted).context("an object identifier");
    let sha256 = sequence(&[oid("2.16.840.1.101.3.4.2.1")?, null()]);
    let version = tlv(0x02, &[1]);
    let signer = sequence(&[
        version.clone(),
        sequence(&[
            certificate.issuer().as_raw().to_vec(),
            tlv(0x02, certificate.raw_serial()),
        ]),
        sha256.clone(),
        sequence(&[oid("1.2.840.113549.1.1.1")?, null()]),
        octet_string(&sign(&key, csr)?),
    ]);
    let content = sequence(&[oid("1.2.840.113549.1.7.1")?, tlv(0xA0, &octet_string(csr))]);
    let signed = sequence(&[
        version,
        set_of(vec![sha256]),
        content,
        tlv(0xA0, identity),
        set_of(vec![signer]),
    ]);
    Ok(sequence(&[oid("1.2.840.113549.1.7.2")?, tlv(0xA0, &signed)]))
}

fn sign(key: &RsaKeyPair, octets: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut signature)
        .map_err(|_| anyhow::anyhow!("the request can't be signed"))?;
    Ok(signature)
}
