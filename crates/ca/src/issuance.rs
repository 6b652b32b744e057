//! What a certificate shall be: the profile, the subject, the names and the dates.

use std::net::IpAddr;
use std::ops::BitOr;

use crate::object_identifier::{Attribute, ObjectIdentifier};
use crate::ordered::SMALLEST_KEY;
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;

/// One certificate, described. The same order always gives the same certificate from the same
/// authority, so an order that is stored before signing can be signed again after a crash.
#[derive(Clone, Debug)]
pub struct Order {
    pub profile: Profile,
    pub subject: Subject,
    /// The DER of the `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
    /// The subject alternative names; the extension is left out when there are none.
    pub names: Vec<GeneralName>,
    pub serial: SerialNumber,
    /// Seconds since 1970 (UTC); moved to the begin of the authority's own certificate.
    pub not_before: i64,
    /// Seconds since 1970 (UTC); shortened to the end of the authority's own certificate.
    pub not_after: i64,
    /// Where the authority's revocation list is published, if anywhere.
    pub revocation_list_url: Option<String>,
    /// Where the authority's own certificate is published (caIssuers, RFC 5280 §4.2.2.1), if
    /// anywhere.
    pub issuer_certificate_url: Option<String>,
}

impl Order {
    /// An order without alternative names and without URLs. Times in seconds since
    /// 1970 (UTC); the key is the DER of its `SubjectPublicKeyInfo`.
    pub fn new(
        profile: Profile,
        subject: Subject,
        public_key: &[u8],
        serial: SerialNumber,
        not_before: i64,
        not_after: i64,
    ) -> Self {
        Self {
            profile,
            subject,
            public_key: public_key.to_vec(),
            names: Vec::new(),
            serial,
            not_before,
            not_after,
            revocation_list_url: None,
            issuer_certificate_url: None,
        }
    }
}

/// What a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub key_usage: KeyUsage,
    /// The extension is left out when there are none.
    pub extended_key_usages: Vec<ObjectIdentifier>,
    /// The smallest RSA key that is certified, in bits.
    pub smallest_key: u32,
    pub(crate) authority: Option<PathLength>,
}

/// How many authorities may stand below one in a chain; `None` for any number.
pub(crate) type PathLength = Option<u8>;

/// id-kp-serverAuth, id-kp-clientAuth (RFC 5280 §4.2.1.12).
const SERVER_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
/// 1.3.6.1.4.1.311.20.2.1, Certificate Request Agent: what the certificates of an NDES carry.
const CERTIFICATE_REQUEST_AGENT: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 1];

impl Profile {
    /// A device's identity towards a management server: client authentication.
    pub fn device_identity() -> Self {
        Self::of(KeyUsage::DIGITAL_SIGNATURE, &[CLIENT_AUTHENTICATION])
    }

    /// A certificate of an end entity for these usages and RSA keys of at least so many bits
    /// (2048, if less is named).
    pub fn end_entity(
        key_usage: KeyUsage,
        extended_key_usages: Vec<ObjectIdentifier>,
        smallest_key: u32,
    ) -> Self {
        Self {
            key_usage,
            extended_key_usages,
            smallest_key: smallest_key.max(SMALLEST_KEY),
            authority: None,
        }
    }

    /// A TLS server.
    pub fn tls_server() -> Self {
        Self::of(
            KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT,
            &[SERVER_AUTHENTICATION],
        )
    }

    /// The certificate that a registration authority signs its answers with, as NDES has it.
    pub fn registration_signing() -> Self {
        Self::of(KeyUsage::DIGITAL_SIGNATURE, &[CERTIFICATE_REQUEST_AGENT])
    }

    /// The certificate that requests to a registration authority are encrypted for, as NDES
    /// has it.
    pub fn registration_encryption() -> Self {
        Self::of(KeyUsage::KEY_ENCIPHERMENT, &[CERTIFICATE_REQUEST_AGENT])
    }

    /// What the request asks for, as far as an end entity may have it: its key usage (both
    /// digitalSignature and keyEncipherment when it names none) and its extended key usages.
    /// Never basicConstraints.
    pub fn from_request(request: &CertificateRequest) -> Self {
        let both = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT;
        Self {
            key_usage: request
                .key_usage()
                .filter(|usage| *usage != KeyUsage::NONE)
                .unwrap_or(both),
            extended_key_usages: request.extended_key_usages(),
            smallest_key: SMALLEST_KEY,
            authority: None,
        }
    }

    pub(crate) fn authority(path_length: PathLength) -> Self {
        Self {
            // digitalSignature and keyEncipherment beside the authority's own two, so that the
            // same certificate can answer SCEP without a separate RA (RFC 8894 §2.1.2).
            key_usage: KeyUsage::DIGITAL_SIGNATURE
                | KeyUsage::KEY_ENCIPHERMENT
                | KeyUsage::KEY_CERT_SIGN
                | KeyUsage::CRL_SIGN,
            authority: Some(path_length),
            ..Self::of(KeyUsage::NONE, &[])
        }
    }

    fn of(key_usage: KeyUsage, extended: &[&[u8]]) -> Self {
        Self {
            key_usage,
            extended_key_usages: extended.iter().map(|oid| ObjectIdentifier::of(oid)).collect(),
            smallest_key: SMALLEST_KEY,
            authority: None,
        }
    }
}

/// Whom a certificate names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The DER of a `Name`, taken as it is (the subject of a request, for one).
    Raw(Vec<u8>),
    /// Attributes in the order in which they are written, one per RDN.
    Attributes(Vec<(Attribute, String)>),
    /// RDNs in the order in which they are written, each of one attribute or several, by object
    /// identifier.
    Relative(Vec<Vec<(ObjectIdentifier, String)>>),
}

impl Subject {
    /// A subject of one common name.
    pub fn common_name(name: impl Into<String>) -> Self {
        Self::Attributes(vec![(Attribute::CommonName, name.into())])
    }
}

/// One subject alternative name (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    Dns(String),
    Ip(IpAddr),
    Email(String),
    Uri(String),
    /// Microsoft's user principal name, an otherName of type 1.3.6.1.4.1.311.20.2.3.
    UserPrincipalName(String),
    /// The DER of a `GeneralName`, taken as it is.
    Raw(Vec<u8>),
}

/// The bits of the key usage extension (RFC 5280 §4.2.1.3); bit 0 is the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    pub const NONE: Self = Self(0);
    pub const DIGITAL_SIGNATURE: Self = Self(0x8000);
    pub const CONTENT_COMMITMENT: Self = Self(0x4000);
    pub const KEY_ENCIPHERMENT: Self = Self(0x2000);
    pub const DATA_ENCIPHERMENT: Self = Self(0x1000);
    pub const KEY_AGREEMENT: Self = Self(0x0800);
    pub const KEY_CERT_SIGN: Self = Self(0x0400);
    pub const CRL_SIGN: Self = Self(0x0200);

    /// Whether all bits of `other` are set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any bit of `other` is set.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Without the bits that only an authority may have.
    pub(crate) fn of_end_entity(self) -> Self {
        Self(self.0 & !(Self::KEY_CERT_SIGN.0 | Self::CRL_SIGN.0))
    }

    /// From the octets of a BIT STRING.
    pub(crate) fn of_octets(octets: &[u8]) -> Self {
        let mut octets = octets.iter().copied();
        let high = octets.next().unwrap_or(0);
        let low = octets.next().unwrap_or(0) & 0x80;
        Self(u16::from_be_bytes([high, low]))
    }

    /// The value of a BIT STRING as DER wants a named bit list: without trailing zeros.
    pub(crate) fn bit_string_value(self) -> Vec<u8> {
        let [high, low] = self.0.to_be_bytes();
        let unused = self.0.trailing_zeros() % 8;
        let unused = u8::try_from(unused).unwrap_or(0);
        match (high, low) {
            (0, 0) => vec![0],
            (_, 0) => vec![unused, high],
            _ => vec![unused, high, low],
        }
    }
}

impl BitOr for KeyUsage {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
