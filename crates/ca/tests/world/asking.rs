//! What was ordered, and requests that ask for it or for more.

use std::sync::LazyLock;

use ca::{CertificateRequest, Deviation, IssuingKey, KeyBits, KeyUsage, ObjectIdentifier, Ordered, Subject};

use super::csr::{common_name, extension, extension_request, oid, request, tlv};
use super::key;

pub static KEY: LazyLock<IssuingKey> = LazyLock::new(key);

pub const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
pub const SERVER: &str = "1.3.6.1.5.5.7.3.1";
pub const SMART_CARD: &str = "1.3.6.1.4.1.311.20.2.2";
pub const UPN: &str = "1.3.6.1.4.1.311.20.2.3";

pub const SAN: &str = "2.5.29.17";
pub const KU: &str = "2.5.29.15";
pub const EKU: &str = "2.5.29.37";

pub fn ordered() -> Ordered {
    Ordered {
        subject: Subject::common_name("device"),
        names: Vec::new(),
        key_usage: KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT,
        extended_key_usages: vec![ObjectIdentifier::parse(CLIENT).unwrap()],
        key_bits: KeyBits::Exactly(2048),
    }
}

pub fn check(request: &[u8], ordered: &Ordered) -> Result<(), Deviation> {
    CertificateRequest::read(request).unwrap().check_against(ordered)
}

/// A request for the common name `device` with these extensions, each in an attribute of its own.
pub fn asking(extensions: &[Vec<u8>]) -> Vec<u8> {
    let attributes: Vec<Vec<u8>> = extensions
        .iter()
        .map(|one| extension_request(std::slice::from_ref(one)))
        .collect();
    request(&KEY, KEY.spki(), &common_name("device"), &attributes)
}

pub fn with_subject(subject: &[u8]) -> Vec<u8> {
    request(&KEY, KEY.spki(), subject, &[])
}

pub fn alternative_names(names: &[Vec<u8>]) -> Vec<u8> {
    extension(SAN, &tlv(0x30, &names.concat()))
}

pub fn usages(dotted: &[&str]) -> Vec<u8> {
    let usages: Vec<Vec<u8>> = dotted.iter().map(|usage| oid(usage)).collect();
    extension(EKU, &tlv(0x30, &usages.concat()))
}

pub fn dns(host: &str) -> Vec<u8> {
    tlv(0x82, host.as_bytes())
}

pub fn upn(name: &str) -> Vec<u8> {
    let value = tlv(0xa0, &tlv(0x0c, name.as_bytes()));
    tlv(0xa0, &[oid(UPN), value].concat())
}
