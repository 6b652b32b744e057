//! What SCEP needs to know of a certificate, read from the octets that came.

use std::borrow::Cow;

use crate::algorithm::{self, AlgorithmIdentifier};
use crate::asn1::{self, Oid, Reader, Value};
use crate::{Error, crypto};

/// How a message names a certificate: SignerIdentifier (RFC 5652 §5.3) and RecipientIdentifier (§6.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CertificateName<'a> {
    /// Name and INTEGER, whole.
    IssuerAndSerial {
        issuer: &'a [u8],
        serial: &'a [u8],
    },
    SubjectKeyIdentifier(Cow<'a, [u8]>),
}

impl<'a> CertificateName<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let value = reader.any()?;
        match value.tag {
            asn1::SEQUENCE => {
                let mut parts = value.within(asn1::SEQUENCE, "issuer and serial number")?;
                let issuer = parts.expect(asn1::SEQUENCE)?.whole;
                let serial = parts.expect(asn1::INTEGER)?.whole;
                parts.end()?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            asn1::CONTEXT_0 | asn1::CONSTRUCTED_0 => {
                let identifier = value.octets().ok_or(reader.malformed())?;
                Ok(Self::SubjectKeyIdentifier(identifier))
            }
            _ => Err(reader.malformed()),
        }
    }
}

/// What is signed as X.509 and PKCS#10 sign: the signed octets, the algorithm, the signature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) signed: Value<'a>,
    algorithm: AlgorithmIdentifier<'a>,
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn read(value: Value<'a>, what: &'static str) -> Result<Self, Error> {
        let mut parts = value.within(asn1::SEQUENCE, what)?;
        let signed = parts.expect(asn1::SEQUENCE)?;
        let algorithm = AlgorithmIdentifier::read(&mut parts)?;
        let signature = parts.bit_string()?;
        parts.end()?;
        Ok(Self {
            signed,
            algorithm,
            signature,
        })
    }

    /// Whether this certificate's key signed it.
    pub(crate) fn is_signed_by(&self, issuer: &Certificate<'_>) -> bool {
        let curve = issuer.key.algorithm.parameters;
        let curve = curve.and_then(|value| value.object_identifier());
        let algorithm = algorithm::certificate_algorithm(&self.algorithm, curve);
        algorithm.is_some_and(|algorithm| {
            crypto::verify(algorithm, issuer.public_key(), self.signed.whole, self.signature)
        })
    }
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicKeyInfo<'a> {
    algorithm: AlgorithmIdentifier<'a>,
    /// The content of the BIT STRING.
    pub(crate) key: &'a [u8],
}

impl<'a> PublicKeyInfo<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let mut parts = reader.sequence()?;
        let algorithm = AlgorithmIdentifier::read(&mut parts)?;
        let key = parts.bit_string()?;
        parts.end()?;
        Ok(Self { algorithm, key })
    }
}

/// A certificate (RFC 5280 §4.1), its parts as octets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Certificate<'a> {
    pub(crate) der: &'a [u8],
    outer: Signed<'a>,
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    key: PublicKeyInfo<'a>,
    extensions: Option<Value<'a>>,
}

impl<'a> Certificate<'a> {
    /// Reads one; what follows it (line ends) is cut off.
    pub(crate) fn read(octets: &'a [u8]) -> Result<Self, Error> {
        const WHAT: &str = "certificate";
        let whole = asn1::read(octets, WHAT)?;
        let outer = Signed::read(whole, WHAT)?;
        let mut parts = outer.signed.within(asn1::SEQUENCE, WHAT)?;
        parts.optional(asn1::CONSTRUCTED_0)?;
        let serial = parts.expect(asn1::INTEGER)?.whole;
        parts.expect(asn1::SEQUENCE)?;
        let issuer = parts.expect(asn1::SEQUENCE)?.whole;
        parts.expect(asn1::SEQUENCE)?;
        let subject = parts.expect(asn1::SEQUENCE)?.whole;
        let key = PublicKeyInfo::read(&mut parts)?;
        // issuerUniqueID and subjectUniqueID.
        for tag in [0x81, 0x82] {
            parts.optional(tag)?;
        }
        let extensions = parts.optional(asn1::CONSTRUCTED_3)?;
        parts.end()?;
        Ok(Self {
            der: whole.whole,
            outer,
            serial,
            issuer,
            subject,
            key,
            extensions,
        })
    }

    pub(crate) fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// The content octets of the serial number.
    pub(crate) fn serial_number(&self) -> &'a [u8] {
        Value::take(self.serial).map_or(&[], |(value, _)| value.content)
    }

    pub(crate) fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// How messages name this certificate: IssuerAndSerialNumber (RFC 5652 §10.2.4), copied as octets.
    pub(crate) fn issuer_and_serial(&self) -> Vec<u8> {
        asn1::sequence(&[self.issuer, self.serial])
    }

    /// Whether a message names this certificate, octet by octet.
    pub(crate) fn is_named_exactly(&self, name: &CertificateName<'_>) -> bool {
        match name {
            CertificateName::IssuerAndSerial { issuer, serial } => {
                *issuer == self.issuer && *serial == self.serial
            }
            CertificateName::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier() == Some(identifier)
            }
        }
    }

    /// The same, the issuer's Name aside: some clients write it anew in other string types.
    pub(crate) fn is_named_loosely(&self, name: &CertificateName<'_>) -> bool {
        match name {
            CertificateName::IssuerAndSerial { serial, .. } => *serial == self.serial,
            CertificateName::SubjectKeyIdentifier(_) => self.is_named_exactly(name),
        }
    }

    /// The content of the subjectPublicKey BIT STRING.
    pub(crate) fn public_key(&self) -> &'a [u8] {
        self.key.key
    }

    /// The RSAPublicKey (RFC 8017 §A.1.1).
    pub(crate) fn rsa_public_key(&self) -> Result<&'a [u8], Error> {
        if asn1::RSA_ENCRYPTION.is(self.key.algorithm.algorithm) {
            Ok(self.key.key)
        } else {
            Err(Error::Key("it isn't an RSA key"))
        }
    }

    /// Whether the other certificate's key signed this one, and its name stands as issuer.
    pub(crate) fn is_issued_by(&self, issuer: &Self) -> bool {
        self.issuer == issuer.subject && self.outer.is_signed_by(issuer)
    }

    /// Whether subject and issuer are the same.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether basicConstraints say that this is a CA. A version 1 certificate that names itself as its issuer is
    /// taken for one too: old roots have no extensions.
    pub(crate) fn is_ca(&self) -> bool {
        match self.extension(&asn1::BASIC_CONSTRAINTS) {
            Some(extension) => {
                let constraints = asn1::read_sequence(extension, "basicConstraints");
                let is_ca = constraints.and_then(|mut parts| parts.optional(asn1::BOOLEAN));
                is_ca.is_ok_and(|value| value.is_some_and(|value| !matches!(value.content, [] | [0])))
            }
            None => self.extensions.is_none() && self.is_self_issued(),
        }
    }

    /// The first octet of keyUsage (RFC 5280 §4.2.1.3: 0x80 digitalSignature, 0x20 keyEncipherment); all bits
    /// where the extension is missing, since then nothing is forbidden.
    pub(crate) fn key_usage(&self) -> u8 {
        let Some(extension) = self.extension(&asn1::KEY_USAGE) else {
            return 0xff;
        };
        match Value::take(extension) {
            Some((
                Value {
                    tag: asn1::BIT_STRING,
                    content: [_, first, ..],
                    ..
                },
                _,
            )) => *first,
            _ => 0,
        }
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        let extension = self.extension(&asn1::SUBJECT_KEY_IDENTIFIER)?;
        let (value, _) = Value::take(extension)?;
        (value.tag == asn1::OCTET_STRING).then_some(value.content)
    }

    /// The value of an extension: what is in its OCTET STRING.
    fn extension(&self, id: &Oid) -> Option<&'a [u8]> {
        let mut all = asn1::read_sequence(self.extensions?.content, "extensions").ok()?;
        while !all.is_empty() {
            let mut parts = all.sequence().ok()?;
            let is_wanted = id.is(parts.object_identifier().ok()?);
            parts.optional(asn1::BOOLEAN).ok()?;
            let value = parts.expect(asn1::OCTET_STRING).ok()?;
            if is_wanted {
                return Some(value.content);
            }
        }
        None
    }
}
