//! What SCEP needs to know of a certificate, read from the octets that came.

use rasn::prelude::{Any, Oid};

use crate::asn1::{
    self, BasicConstraints, CertificateIdentifier, Extension, IssuerAndSerial, PublicKeyInfo, Signed,
    TbsCertificate,
};
use crate::{Error, algorithm, crypto};

/// A certificate, its parts as octets.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    outer: Signed,
    inner: TbsCertificate,
    key: PublicKeyInfo,
}

impl Certificate {
    pub(crate) fn read(der: &[u8]) -> Result<Self, Error> {
        const WHAT: &str = "certificate";
        let (_, rest) = rasn::ber::decode_with_remainder::<Any>(der).map_err(|_| Error::Malformed(WHAT))?;
        let der = der.get(..der.len() - rest.len()).unwrap_or(der);
        if rest
            .iter()
            .any(|octet| !matches!(octet, b'\r' | b'\n' | b' ' | 0))
        {
            return Err(Error::Malformed(WHAT));
        }
        let outer: Signed = asn1::read(der, WHAT)?;
        let inner: TbsCertificate = asn1::read(outer.signed.as_bytes(), WHAT)?;
        let key = asn1::read(inner.public_key.as_bytes(), "public key")?;
        Ok(Self {
            der: der.to_vec(),
            outer,
            inner,
            key,
        })
    }

    pub(crate) fn subject(&self) -> &[u8] {
        self.inner.subject.as_bytes()
    }

    /// How messages name this certificate.
    pub(crate) fn issuer_and_serial(&self) -> IssuerAndSerial {
        IssuerAndSerial {
            issuer: self.inner.issuer.clone(),
            serial: self.inner.serial.clone(),
        }
    }

    /// Whether a message names this certificate, octet by octet.
    pub(crate) fn is_named_exactly(&self, name: &CertificateIdentifier) -> bool {
        match name {
            CertificateIdentifier::IssuerAndSerial(name) => *name == self.issuer_and_serial(),
            CertificateIdentifier::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier().as_deref() == Some(identifier.as_ref())
            }
        }
    }

    /// The same, the issuer's Name aside: some clients write it anew in other string types.
    pub(crate) fn is_named_loosely(&self, name: &CertificateIdentifier) -> bool {
        match name {
            CertificateIdentifier::IssuerAndSerial(name) => name.serial == self.inner.serial,
            CertificateIdentifier::SubjectKeyIdentifier(_) => self.is_named_exactly(name),
        }
    }

    /// The content of the subjectPublicKey BIT STRING.
    pub(crate) fn public_key(&self) -> &[u8] {
        self.key.key.as_raw_slice()
    }

    /// The SubjectPublicKeyInfo of an RSA key, made anew: some have no NULL in it, and libraries refuse that.
    pub(crate) fn rsa_key_info(&self) -> Result<Vec<u8>, Error> {
        let algorithm = algorithm::with_null(asn1::RSA_ENCRYPTION);
        if self.key.algorithm.algorithm != algorithm.algorithm {
            return Err(Error::Key("it isn't an RSA key"));
        }
        asn1::write(
            &PublicKeyInfo {
                algorithm,
                key: self.key.key.clone(),
            },
            "public key",
        )
    }

    /// Whether the other certificate's key signed this one, and its name stands as issuer.
    pub(crate) fn is_issued_by(&self, issuer: &Self) -> bool {
        let curve = issuer.key.algorithm.parameters.as_ref();
        let curve = curve.and_then(|octets| asn1::read(octets.as_bytes(), "curve").ok());
        let curve: Option<rasn::types::ObjectIdentifier> = curve;
        let algorithm = algorithm::certificate_algorithm(&self.outer.algorithm, curve.as_deref());
        self.inner.issuer == issuer.inner.subject
            && algorithm.is_some_and(|algorithm| {
                let signature = self.outer.signature.as_raw_slice();
                crypto::verify(
                    algorithm,
                    issuer.public_key(),
                    self.outer.signed.as_bytes(),
                    signature,
                )
            })
    }

    /// Whether subject and issuer are the same.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.inner.issuer == self.inner.subject
    }

    /// Whether basicConstraints say that this is a CA. A version 1 certificate that names itself as its issuer is
    /// taken for one too: old roots have no extensions.
    pub(crate) fn is_ca(&self) -> bool {
        match self.extension(asn1::BASIC_CONSTRAINTS) {
            Some(extension) => {
                let read = asn1::read::<BasicConstraints>(&extension.value, "basicConstraints");
                read.is_ok_and(|constraints| constraints.is_ca)
            }
            None => self.inner.extensions.is_none() && self.is_self_issued(),
        }
    }

    /// The first octet of keyUsage (RFC 5280 §4.2.1.3: 0x80 digitalSignature, 0x20 keyEncipherment); all bits
    /// where the extension is missing, since then nothing is forbidden.
    pub(crate) fn key_usage(&self) -> u8 {
        let Some(extension) = self.extension(asn1::KEY_USAGE) else {
            return 0xff;
        };
        match asn1::primitive(&extension.value) {
            Some((asn1::BIT_STRING, [_, first, ..])) => *first,
            _ => 0,
        }
    }

    pub(crate) fn subject_key_identifier(&self) -> Option<Vec<u8>> {
        let extension = self.extension(asn1::SUBJECT_KEY_IDENTIFIER)?;
        match asn1::primitive(&extension.value)? {
            (asn1::OCTET_STRING, identifier) => Some(identifier.to_vec()),
            _ => None,
        }
    }

    fn extension(&self, id: &Oid) -> Option<&Extension> {
        self.inner
            .extensions
            .iter()
            .flatten()
            .find(|extension| *extension.id == *id)
    }
}
