//! SignedData (RFC 5652 §5): the outside of every message, and the degenerate kind that only carries certificates
//! and CRLs.

mod write;

use std::borrow::Cow;

use crate::algorithm::{self, AlgorithmIdentifier};
use crate::asn1::{self, Reader, Value};
use crate::attributes::Attributes;
use crate::certificate::{Certificate, CertificateName};
use crate::{Digest, Error, MAX_CERTIFICATES, MAX_MESSAGE, crypto};

pub(crate) use write::{Outgoing, content_info, write_degenerate};

/// Digest algorithms and signers of one SignedData; SCEP has one of each.
const MAX_SIGNERS: usize = 8;

/// RFC 5652 §5.1, with what is read of it.
struct SignedData<'a> {
    content_type: &'a [u8],
    content: Option<Cow<'a, [u8]>>,
    certificates: Vec<Value<'a>>,
    crls: Vec<Value<'a>>,
    signers: Vec<Value<'a>>,
}

impl<'a> SignedData<'a> {
    fn read(octets: &'a [u8]) -> Result<Self, Error> {
        const WHAT: &str = "SignedData";
        if octets.len() > MAX_MESSAGE {
            return Err(Error::TooLarge("message"));
        }
        let mut parts = content_of(octets, &asn1::SIGNED_DATA, WHAT)?;
        parts.expect(asn1::INTEGER)?;
        parts.expect(asn1::SET)?;
        let mut encapsulated = parts.sequence()?;
        let content_type = encapsulated.object_identifier()?;
        let content = encapsulated.optional(asn1::CONSTRUCTED_0)?;
        let content = content.map(|value| Reader::new(value.content, WHAT).octet_string());
        let many = Error::TooLarge("set of certificates");
        let set = |value: Option<Value<'a>>, most, many| match value {
            Some(value) => Reader::new(value.content, WHAT).all(most, many),
            None => Ok(Vec::new()),
        };
        let certificates = set(
            parts.optional(asn1::CONSTRUCTED_0)?,
            MAX_CERTIFICATES,
            many.clone(),
        )?;
        let crls = set(parts.optional(asn1::CONSTRUCTED_1)?, MAX_CERTIFICATES, many)?;
        let many = Error::Invalid("number of signers");
        let signers = set(Some(parts.expect(asn1::SET)?), MAX_SIGNERS, many)?;
        parts.end()?;
        Ok(Self {
            content_type,
            content: content.transpose()?,
            certificates,
            crls,
            signers,
        })
    }
}

/// The content of a ContentInfo (RFC 5652 §3) of this type, which is a SEQUENCE.
pub(crate) fn content_of<'a>(
    octets: &'a [u8],
    content_type: &asn1::Oid,
    what: &'static str,
) -> Result<Reader<'a>, Error> {
    let mut info = asn1::read_sequence(octets, what)?;
    if !content_type.is(info.object_identifier()?) {
        return Err(Error::Malformed(what));
    }
    let mut explicit = Reader::new(info.expect(asn1::CONSTRUCTED_0)?.content, what);
    info.end()?;
    let content = explicit.sequence()?;
    explicit.end()?;
    Ok(content)
}

/// RFC 5652 §5.3, with what is read of it.
struct SignerInfo<'a> {
    name: CertificateName<'a>,
    digest: AlgorithmIdentifier<'a>,
    /// The signed attributes as they came; each is octets that were signed.
    attributes: Option<Vec<Value<'a>>>,
    algorithm: AlgorithmIdentifier<'a>,
    signature: Cow<'a, [u8]>,
}

impl<'a> SignerInfo<'a> {
    fn read(value: Value<'a>) -> Result<Self, Error> {
        let mut parts = value.within(asn1::SEQUENCE, "SignerInfo")?;
        parts.expect(asn1::INTEGER)?;
        let name = CertificateName::read(&mut parts)?;
        let digest = AlgorithmIdentifier::read(&mut parts)?;
        let attributes = parts.optional(asn1::CONSTRUCTED_0)?;
        let attributes = attributes.map(|set| Attributes::split(set.content));
        let algorithm = AlgorithmIdentifier::read(&mut parts)?;
        let signature = parts.octet_string()?;
        parts.optional(asn1::CONSTRUCTED_1)?;
        parts.end()?;
        Ok(Self {
            name,
            digest,
            attributes: attributes.transpose()?,
            algorithm,
            signature,
        })
    }
}

/// A message as received: parsed, not yet verified.
pub(crate) struct SignedMessage<'a> {
    pub(crate) attributes: Attributes<'a>,
    pub(crate) digest: Digest,
    data: SignedData<'a>,
    signer: SignerInfo<'a>,
}

impl<'a> SignedMessage<'a> {
    /// Reads a message of SCEP, which has signed attributes.
    pub(crate) fn read(message: &'a [u8]) -> Result<Self, Error> {
        let read = Self::read_unattributed(message)?;
        match read.signer.attributes {
            Some(_) => Ok(read),
            None => Err(Error::Missing("set of signed attributes")),
        }
    }

    /// Reads one that may have none, as the answer to GetNextCACert.
    pub(crate) fn read_unattributed(message: &'a [u8]) -> Result<Self, Error> {
        let mut data = SignedData::read(message)?;
        // RFC 8894 §3.2: one signer.
        let signer = match (data.signers.pop(), data.signers.is_empty()) {
            (Some(signer), true) => SignerInfo::read(signer)?,
            (None, _) => return Err(Error::Missing("signer")),
            (Some(_), false) => return Err(Error::Invalid("number of signers")),
        };
        let attributes = signer.attributes.as_deref().unwrap_or_default();
        Ok(Self {
            attributes: Attributes::read(attributes)?,
            digest: Digest::read(&signer.digest)?,
            data,
            signer,
        })
    }

    /// The signed content, which is an envelope or nothing.
    pub(crate) fn content(&self) -> Result<&[u8], Error> {
        let content = self.data.content.as_deref().filter(|content| !content.is_empty());
        content.ok_or(Error::Missing("encrypted content"))
    }

    /// The certificates that the message brings, as they came.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.data.certificates.iter().map(|value| value.whole)
    }

    /// The signer's certificate, if the message brings it. One that can't be read can't be the signer's; the others
    /// may still be.
    pub(crate) fn signer_certificate(&self) -> Option<Certificate<'a>> {
        let read = self.certificates().filter_map(|der| Certificate::read(der).ok());
        find_named(read, &self.signer.name)
    }

    /// The signer's certificate among these.
    pub(crate) fn signer_among<'b>(
        &self,
        certificates: impl IntoIterator<Item = Certificate<'b>>,
    ) -> Option<Certificate<'b>> {
        find_named(certificates, &self.signer.name)
    }

    /// The content octets of the signature algorithm's identifier.
    pub(crate) fn signature_algorithm(&self) -> &'a [u8] {
        self.signer.algorithm.algorithm
    }

    /// Verifies the signature under this certificate's key (RFC 5652 §5.4 and §5.6).
    pub(crate) fn verify(&self, certificate: &Certificate<'_>) -> Result<(), Error> {
        let content = self.data.content.as_deref().unwrap_or_default();
        let algorithm = algorithm::signer_algorithm(self.digest, &self.signer.algorithm)?;
        let key = certificate.public_key();
        let verifies = |octets: &[u8]| crypto::verify(algorithm, key, octets, &self.signer.signature);
        let Some(attributes) = &self.signer.attributes else {
            return if verifies(content) {
                Ok(())
            } else {
                Err(Error::Signature)
            };
        };
        self.check_content(content)?;
        let received: Vec<&[u8]> = attributes.iter().map(|value| value.whole).collect();
        // The signature is over DER, whose SET OF is sorted; some clients sign what they send, unsorted.
        let is_sorted = received.is_sorted();
        let as_sent = asn1::tlv(asn1::SET, &received.concat());
        if verifies(&as_sent) || !is_sorted && verifies(&asn1::set_of(asn1::SET, received)) {
            Ok(())
        } else {
            Err(Error::Signature)
        }
    }

    /// Whether the signed attributes are about this content.
    fn check_content(&self, content: &[u8]) -> Result<(), Error> {
        let stated = self.attributes.message_digest();
        let stated = stated.ok_or(Error::Missing("messageDigest"))?;
        let content_type = self.attributes.content_type();
        let content_type = content_type.ok_or(Error::Missing("contentType"))?;
        if content_type == self.data.content_type && *stated == *crypto::digest(self.digest, content) {
            Ok(())
        } else {
            Err(Error::Signature)
        }
    }
}

/// The certificate of this name: by issuer and serial as octets, else by the serial alone, where the same Name was
/// written in other string types, as some clients do. What is found still has to verify or decrypt.
fn find_named<'a>(
    certificates: impl IntoIterator<Item = Certificate<'a>>,
    name: &CertificateName<'_>,
) -> Option<Certificate<'a>> {
    let mut loosely = None;
    for certificate in certificates {
        if certificate.is_named_exactly(name) {
            return Some(certificate);
        }
        if loosely.is_none() && certificate.is_named_loosely(name) {
            loosely = Some(certificate);
        }
    }
    loosely
}

/// What a SignedData carries beside its content: certificates and CRLs, as they came.
#[derive(Debug, Default)]
pub(crate) struct Degenerate {
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) crls: Vec<Vec<u8>>,
}

/// Reads the degenerate kind (RFC 8894 §3.4); a signature on it would prove nothing and isn't looked at.
pub(crate) fn read_degenerate(octets: &[u8]) -> Result<Degenerate, Error> {
    let data = SignedData::read(octets)?;
    let owned = |all: Vec<Value<'_>>| all.into_iter().map(|value| value.whole.to_vec()).collect();
    Ok(Degenerate {
        certificates: owned(data.certificates),
        crls: owned(data.crls),
    })
}
