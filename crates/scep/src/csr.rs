use std::fmt;
use std::net::IpAddr;

use rasn::prelude::{Any, BitString, Integer, ObjectIdentifier, OctetString, Oid, SetOf};
use zeroize::Zeroizing;

use crate::asn1::{self, Attribute, Extension, PublicKeyInfo, RequestInfo, Signed, oid};
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
pub struct ExtendedKeyUsage(ObjectIdentifier);

impl ExtendedKeyUsage {
    /// Takes a dotted object identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it isn't one.
    pub fn new(dotted: &str) -> Result<Self, Error> {
        const INVALID: Error = Error::Invalid("extended key usage");
        let arcs = dotted
            .split('.')
            .map(str::parse::<u32>)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| INVALID)?;
        ObjectIdentifier::new(arcs).map(Self).ok_or(INVALID)
    }

    /// 1.3.6.1.5.5.7.3.2.
    #[must_use]
    pub fn client_authentication() -> Self {
        Self(oid(asn1::CLIENT_AUTHENTICATION))
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

    /// Signs with this digest instead of SHA-256; SHA-1 is refused.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The request as DER, for this key and signed by it.
    ///
    /// # Errors
    /// [`Error::NotPrintable`] for a challenge or name with characters that its type doesn't have,
    /// [`Error::Malformed`] for a subject that isn't a Name, [`Error::Algorithm`] for SHA-1.
    pub fn build(&self, key: &RsaKey) -> Result<Vec<u8>, Error> {
        const WHAT: &str = "certification request";
        asn1::read::<Any>(&self.subject, "subject")?;
        let mut attributes = Vec::new();
        if let Some(challenge) = &self.challenge {
            if !asn1::is_printable(challenge) {
                return Err(Error::NotPrintable("challenge"));
            }
            let value = asn1::tlv(asn1::PRINTABLE_STRING, challenge.as_bytes());
            attributes.push(attribute(asn1::CHALLENGE_PASSWORD, value)?);
        }
        let extensions = self.extensions()?;
        if !extensions.is_empty() {
            attributes.push(attribute(
                asn1::EXTENSION_REQUEST,
                asn1::write(&extensions, "extensions")?,
            )?);
        }
        let info = RequestInfo {
            version: Integer::from(0),
            subject: Any::new(self.subject.clone()),
            public_key: Any::new(key.public_key_der().to_vec()),
            attributes: Some(SetOf::from_vec(attributes)),
        };
        let signed = asn1::any(&info, WHAT)?;
        let signature = BitString::from_vec(key.sign(self.digest, signed.as_bytes())?);
        asn1::write(
            &Signed {
                signed,
                algorithm: self.digest.signature_algorithm(),
                signature,
            },
            WHAT,
        )
    }

    fn extensions(&self) -> Result<Vec<Extension>, Error> {
        let mut all = Vec::new();
        if let Some(KeyUsage(bits)) = self.key_usage {
            // X.690 §11.2.2: a list of named bits ends with its last set bit.
            let unused = if bits == 0 { 0 } else { bits.trailing_zeros() as u8 };
            all.push(extension(
                asn1::KEY_USAGE,
                true,
                asn1::tlv(asn1::BIT_STRING, &[unused, bits]),
            ));
        }
        if !self.extended_key_usages.is_empty() {
            let usages: Vec<_> = self
                .extended_key_usages
                .iter()
                .map(|usage| usage.0.clone())
                .collect();
            let value = asn1::write(&usages, "extended key usage")?;
            all.push(extension(asn1::EXTENDED_KEY_USAGE, false, value));
        }
        if !self.names.is_empty() {
            let names = self
                .names
                .iter()
                .map(GeneralName::write)
                .collect::<Result<Vec<_>, _>>()?;
            let value = asn1::tlv(asn1::SEQUENCE, &names.concat());
            all.push(extension(asn1::SUBJECT_ALTERNATIVE_NAME, false, value));
        }
        Ok(all)
    }
}

impl fmt::Debug for CsrBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrBuilder")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

pub(crate) fn extension(id: &Oid, critical: bool, value: Vec<u8>) -> Extension {
    Extension {
        id: oid(id),
        critical,
        value: OctetString::from(value),
    }
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
                let kind = asn1::write(&oid(asn1::USER_PRINCIPAL_NAME), "user principal name")?;
                let value = asn1::tlv(0xa0, &asn1::tlv(asn1::UTF8_STRING, text.as_bytes()));
                Ok(asn1::constructed(0xa0, &[&kind, &value]))
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

/// A PKCS#10 as received.
pub(crate) struct Csr {
    der: Vec<u8>,
    info: RequestInfo,
    key: PublicKeyInfo,
}

impl Csr {
    /// Reads the structure; what follows it (line ends) is cut off.
    pub(crate) fn read(octets: &[u8]) -> Result<Self, Error> {
        const WHAT: &str = "certification request";
        let whole: Any = asn1::read(octets, WHAT)?;
        let der = whole.into_bytes();
        let outer: Signed = asn1::read(&der, WHAT)?;
        let info: RequestInfo = asn1::read(outer.signed.as_bytes(), WHAT)?;
        let key = asn1::read(info.public_key.as_bytes(), "public key")?;
        Ok(Self { der, info, key })
    }

    pub(crate) fn into_der(self) -> Vec<u8> {
        self.der
    }

    pub(crate) fn subject(&self) -> &Any {
        &self.info.subject
    }

    /// The content of the subjectPublicKey BIT STRING.
    pub(crate) fn public_key(&self) -> &[u8] {
        self.key.key.as_raw_slice()
    }

    /// The challengePassword. There may be other attributes beside it that can't be read.
    pub(crate) fn challenge(&self) -> Option<Zeroizing<String>> {
        let all = self.info.attributes.iter().flat_map(SetOf::iter);
        let mut read = all.filter_map(|octets| asn1::read::<Attribute>(octets.as_bytes(), "attribute").ok());
        let found = read.find(|attribute| *attribute.attribute_type == *asn1::CHALLENGE_PASSWORD)?;
        found
            .values
            .iter()
            .next()
            .and_then(|value| asn1::text(value.as_bytes()))
            .map(Zeroizing::new)
    }
}
