use std::fmt;
use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::asn1::{self, Oid};
use crate::attributes::attribute;
use crate::{Digest, Error, RsaKey};

/// A subject alternative name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// rfc822Name.
    Email(String),
    /// dNSName.
    Dns(String),
    /// uniformResourceIdentifier.
    Uri(String),
    /// otherName of type 1.3.6.1.4.1.311.20.2.3 holding a UTF8String: Microsoft's user principal name.
    Upn(String),
    /// iPAddress.
    Ip(IpAddr),
}

/// The bits of the keyUsage extension (RFC 5280 §4.2.1.3), the first bit of the first octet highest: as Windows
/// writes them, 0x80 is digitalSignature and 0x20 keyEncipherment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(pub u8);

impl KeyUsage {
    /// digitalSignature.
    pub const DIGITAL_SIGNATURE: Self = Self(0x80);
    /// keyEncipherment.
    pub const KEY_ENCIPHERMENT: Self = Self(0x20);
    /// Both.
    pub const BOTH: Self = Self(0xa0);
}

/// An extended key usage: a dotted object identifier, such as `1.3.6.1.5.5.7.3.2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedKeyUsage(Vec<u8>);

impl ExtendedKeyUsage {
    /// Takes a dotted object identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it isn't one.
    pub fn new(dotted: &str) -> Result<Self, Error> {
        let content = asn1::encode_dotted(dotted).ok_or(Error::Invalid("extended key usage"))?;
        Ok(Self(asn1::tlv(asn1::OBJECT_IDENTIFIER, &content)))
    }

    /// 1.3.6.1.5.5.7.3.2.
    #[must_use]
    pub fn client_authentication() -> Self {
        Self(asn1::CLIENT_AUTHENTICATION.der())
    }
}

/// Builds a PKCS#10 certification request. Debug shows nothing of the challenge.
#[derive(Clone)]
pub struct CsrBuilder {
    subject: Vec<u8>,
    challenge: Option<Zeroizing<String>>,
    names: Vec<GeneralName>,
    key_usage: Option<KeyUsage>,
    extended_key_usages: Vec<ExtendedKeyUsage>,
    digest: Digest,
}

impl CsrBuilder {
    /// Starts with a subject: an X.501 Name as DER, copied as it is.
    #[must_use]
    pub fn new(subject: impl Into<Vec<u8>>) -> Self {
        Self {
            subject: subject.into(),
            challenge: None,
            names: Vec::new(),
            key_usage: None,
            extended_key_usages: Vec::new(),
            digest: Digest::Sha256,
        }
    }

    /// Adds the challengePassword attribute, written as PrintableString.
    #[must_use]
    pub fn challenge(mut self, challenge: &str) -> Self {
        self.challenge = Some(Zeroizing::new(challenge.to_owned()));
        self
    }

    /// Adds a subject alternative name.
    #[must_use]
    pub fn name(mut self, name: GeneralName) -> Self {
        self.names.push(name);
        self
    }

    /// Sets the keyUsage extension (critical).
    #[must_use]
    pub fn key_usage(mut self, usage: KeyUsage) -> Self {
        self.key_usage = Some(usage);
        self
    }

    /// Adds an extended key usage.
    #[must_use]
    pub fn extended_key_usage(mut self, usage: ExtendedKeyUsage) -> Self {
        self.extended_key_usages.push(usage);
        self
    }

    /// Signs with this digest instead of SHA-256.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The request as DER, for this key and signed by it.
    ///
    /// # Errors
    /// [`Error::NotPrintable`] for a challenge or name with characters that its type doesn't have,
    /// [`Error::Malformed`] for a subject that isn't a Name.
    pub fn build(&self, key: &RsaKey) -> Result<Vec<u8>, Error> {
        asn1::read_sequence(&self.subject, "subject")?;
        let mut attributes = Vec::new();
        if let Some(challenge) = &self.challenge {
            if !asn1::is_printable(challenge) {
                return Err(Error::NotPrintable("challenge"));
            }
            let value = Zeroizing::new(asn1::tlv(asn1::PRINTABLE_STRING, challenge.as_bytes()));
            attributes.push(attribute(&asn1::CHALLENGE_PASSWORD, &value));
        }
        let extensions = self.extensions()?;
        if !extensions.is_empty() {
            let value = asn1::tlv(asn1::SEQUENCE, &extensions.concat());
            attributes.push(attribute(&asn1::EXTENSION_REQUEST, &value));
        }
        let attributes = attributes.iter().map(Vec::as_slice).collect();
        let info = asn1::sequence(&[
            &asn1::ZERO,
            &self.subject,
            key.public_key_der(),
            &asn1::set_of(asn1::CONSTRUCTED_0, attributes),
        ]);
        sign(&info, key, self.digest)
    }

    fn extensions(&self) -> Result<Vec<Vec<u8>>, Error> {
        let mut all = Vec::new();
        if let Some(KeyUsage(bits)) = self.key_usage {
            // X.690 §11.2.2: a list of named bits ends with its last set bit.
            let unused = if bits == 0 { 0 } else { bits.trailing_zeros() as u8 };
            let value = asn1::tlv(asn1::BIT_STRING, &[unused, bits]);
            all.push(extension(&asn1::KEY_USAGE, true, &value));
        }
        if !self.extended_key_usages.is_empty() {
            let usages = self.extended_key_usages.iter().map(|usage| usage.0.as_slice());
            let value = asn1::sequence(&usages.collect::<Vec<_>>());
            all.push(extension(&asn1::EXTENDED_KEY_USAGE, false, &value));
        }
        if !self.names.is_empty() {
            let names = self.names.iter().map(GeneralName::write);
            let names = names.collect::<Result<Vec<_>, _>>()?.concat();
            let value = asn1::tlv(asn1::SEQUENCE, &names);
            all.push(extension(&asn1::SUBJECT_ALTERNATIVE_NAME, false, &value));
        }
        Ok(all)
    }
}

/// Signs as X.509 and PKCS#10 sign: the octets, the algorithm and the signature in one SEQUENCE.
pub(crate) fn sign(octets: &[u8], key: &RsaKey, digest: Digest) -> Result<Vec<u8>, Error> {
    let signature = [&[0], key.sign(digest, octets)?.as_slice()].concat();
    let signature = asn1::tlv(asn1::BIT_STRING, &signature);
    Ok(asn1::sequence(&[
        octets,
        &digest.signature_algorithm(),
        &signature,
    ]))
}

impl fmt::Debug for CsrBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrBuilder")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// Extension (RFC 5280 §4.1).
pub(crate) fn extension(id: &Oid, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if is_critical {
        &[asn1::BOOLEAN, 1, 0xff]
    } else {
        &[]
    };
    asn1::sequence(&[&id.der(), critical, &asn1::tlv(asn1::OCTET_STRING, value)])
}

impl GeneralName {
    /// RFC 5280 §4.2.1.6: the tags of GeneralName.
    fn write(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Email(text) => ascii(0x81, text),
            Self::Dns(text) => ascii(0x82, text),
            Self::Uri(text) => ascii(0x86, text),
            Self::Ip(IpAddr::V4(address)) => Ok(asn1::tlv(0x87, &address.octets())),
            Self::Ip(IpAddr::V6(address)) => Ok(asn1::tlv(0x87, &address.octets())),
            Self::Upn(text) => {
                let value = asn1::tlv(asn1::UTF8_STRING, text.as_bytes());
                let value = asn1::tlv(asn1::CONSTRUCTED_0, &value);
                let kind = asn1::USER_PRINCIPAL_NAME.der();
                Ok(asn1::tlv(asn1::CONSTRUCTED_0, &[kind, value].concat()))
            }
        }
    }
}

fn ascii(tag: u8, text: &str) -> Result<Vec<u8>, Error> {
    if text.is_ascii() {
        Ok(asn1::tlv(tag, text.as_bytes()))
    } else {
        Err(Error::NotPrintable("name"))
    }
}
