//! SignedData (RFC 5652 §5): the outside of every message, and the degenerate kind that only carries certificates.

use rasn::prelude::{Any, Integer, OctetString, SetOf};

use crate::asn1::{
    self, CertificateIdentifier, ContentInfo, EncapsulatedContentInfo, SignedData, SignerInfo, oid,
};
use crate::attributes::{Attributes, attribute};
use crate::certificate::Certificate;
use crate::{Digest, Error, Identity, MAX_CERTIFICATES, MAX_MESSAGE, algorithm, crypto};

/// A message as received: parsed, not yet verified.
pub(crate) struct SignedMessage {
    pub(crate) attributes: Attributes,
    pub(crate) digest: Digest,
    content: Option<Vec<u8>>,
    content_type: rasn::types::ObjectIdentifier,
    certificates: Vec<Certificate>,
    signer: SignerInfo,
}

impl SignedMessage {
    pub(crate) fn read(message: &[u8]) -> Result<Self, Error> {
        let data = read_signed_data(message)?;
        let mut signers = data.signer_infos.into_vec();
        // RFC 8894 §3.2: one signer.
        let signer = match (signers.pop(), signers.is_empty()) {
            (Some(signer), true) => signer,
            (None, _) => return Err(Error::Missing("signer")),
            (Some(_), false) => return Err(Error::Invalid("number of signers")),
        };
        let attributes = signer
            .signed_attrs
            .as_ref()
            .ok_or(Error::Missing("set of signed attributes"))?;
        let certificates = data.certificates.unwrap_or_default();
        // One that can't be read can't be the signer's; the others may still be.
        let certificates = certificates
            .iter()
            .filter_map(|octets| Certificate::read(octets.as_bytes()).ok());
        Ok(Self {
            attributes: Attributes::read(attributes)?,
            digest: Digest::read(&signer.digest_algorithm)?,
            content: data.encap_content_info.content.map(|content| content.to_vec()),
            content_type: data.encap_content_info.content_type,
            certificates: certificates.collect(),
            signer,
        })
    }

    /// The signed content, which is an envelope or nothing.
    pub(crate) fn content(&self) -> Result<&[u8], Error> {
        let content = self.content.as_deref().filter(|content| !content.is_empty());
        content.ok_or(Error::Missing("encrypted content"))
    }

    /// The signer's certificate, if the message brings it.
    pub(crate) fn signer_certificate(&self) -> Option<&Certificate> {
        find_named(&self.certificates, &self.signer.sid)
    }

    /// The signer's certificate among these.
    pub(crate) fn signer_among<'a>(&self, certificates: &'a [Certificate]) -> Option<&'a Certificate> {
        find_named(certificates, &self.signer.sid)
    }

    /// Verifies the signature under this certificate's key (RFC 5652 §5.4 and §5.6).
    pub(crate) fn verify(&self, certificate: &Certificate) -> Result<(), Error> {
        let content = self.content.as_deref().unwrap_or_default();
        let stated = self
            .attributes
            .message_digest()
            .ok_or(Error::Missing("messageDigest"))?;
        let content_type = self
            .attributes
            .content_type()
            .ok_or(Error::Missing("contentType"))?;
        if content_type != self.content_type || stated != crypto::digest(self.digest, content) {
            return Err(Error::Signature);
        }
        let algorithm = algorithm::signer_algorithm(self.digest, &self.signer.signature_algorithm)?;
        let received: Vec<&[u8]> = self
            .signer
            .signed_attrs
            .iter()
            .flat_map(SetOf::iter)
            .map(Any::as_bytes)
            .collect();
        let mut sorted = received.clone();
        sorted.sort_unstable();
        // The signature is over DER, whose SET OF is sorted; some clients sign what they send, unsorted.
        let is_verified = [received, sorted].iter().any(|attributes| {
            let octets = asn1::constructed(asn1::SET, attributes);
            crypto::verify(
                algorithm,
                certificate.public_key(),
                &octets,
                &self.signer.signature,
            )
        });
        if is_verified {
            Ok(())
        } else {
            Err(Error::Signature)
        }
    }
}

/// The certificate of this name: by issuer and serial as octets, else by the serial alone, where the same Name was
/// written in other string types, as some clients do. What is found still has to verify or decrypt.
fn find_named<'a>(certificates: &'a [Certificate], name: &CertificateIdentifier) -> Option<&'a Certificate> {
    let exactly = certificates
        .iter()
        .find(|certificate| certificate.is_named_exactly(name));
    exactly.or_else(|| {
        certificates
            .iter()
            .find(|certificate| certificate.is_named_loosely(name))
    })
}

fn read_signed_data(octets: &[u8]) -> Result<SignedData, Error> {
    const WHAT: &str = "SignedData";
    if octets.len() > MAX_MESSAGE {
        return Err(Error::TooLarge("message"));
    }
    let info: ContentInfo = asn1::read(octets, WHAT)?;
    if *info.content_type != *asn1::SIGNED_DATA {
        return Err(Error::Malformed(WHAT));
    }
    let data: SignedData = asn1::read(info.content.as_bytes(), WHAT)?;
    if data
        .certificates
        .as_ref()
        .is_some_and(|certificates| certificates.len() > MAX_CERTIFICATES)
    {
        return Err(Error::TooLarge("set of certificates"));
    }
    Ok(data)
}

/// Signs a message: the content (present even when empty: certmonger takes an absent one for an unreachable CA),
/// the attributes, the signer's certificate and others after it; none at all for `None`.
pub(crate) fn write_signed(
    content: Vec<u8>,
    attributes: Vec<Any>,
    signer: &Identity,
    digest: Digest,
    others: Option<&[Vec<u8>]>,
) -> Result<Vec<u8>, Error> {
    let certificate = Certificate::read(&signer.certificate)?;
    let content_type = asn1::write(&oid(asn1::DATA), "contentType")?;
    let mut attributes = attributes;
    attributes.push(attribute(asn1::CONTENT_TYPE, content_type)?);
    let stated = asn1::tlv(asn1::OCTET_STRING, &crypto::digest(digest, &content));
    attributes.push(attribute(asn1::MESSAGE_DIGEST, stated)?);
    let attributes = SetOf::from_vec(attributes);
    let signature = signer
        .key
        .sign(digest, &asn1::write(&attributes, "set of signed attributes")?)?;
    let signer_info = SignerInfo {
        version: Integer::from(1),
        sid: CertificateIdentifier::IssuerAndSerial(certificate.issuer_and_serial()),
        digest_algorithm: digest.write(),
        signed_attrs: Some(attributes),
        // strongSwan 5.9.8 refuses any other than plain rsaEncryption.
        signature_algorithm: algorithm::with_null(asn1::RSA_ENCRYPTION),
        signature: OctetString::from(signature),
        unsigned_attrs: None,
    };
    let certificates = others.map(|others| {
        let others = others.iter().filter(|other| **other != signer.certificate);
        std::iter::once(&signer.certificate)
            .chain(others)
            .cloned()
            .map(Any::new)
            .collect()
    });
    write_signed_data(&SignedData {
        version: Integer::from(1),
        digest_algorithms: SetOf::from_vec(vec![asn1::any(&digest.write(), "digest algorithm")?]),
        encap_content_info: EncapsulatedContentInfo {
            content_type: oid(asn1::DATA),
            content: Some(OctetString::from(content)),
        },
        certificates,
        crls: None,
        signer_infos: SetOf::from_vec(vec![signer_info]),
    })
}

/// The certs-only kind (RFC 8894 §3.4), in this order.
pub(crate) fn write_degenerate(certificates: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    write_signed_data(&SignedData {
        version: Integer::from(1),
        digest_algorithms: SetOf::new(),
        encap_content_info: EncapsulatedContentInfo {
            content_type: oid(asn1::DATA),
            content: None,
        },
        certificates: Some(certificates.iter().cloned().map(Any::new).collect()),
        crls: None,
        signer_infos: SetOf::new(),
    })
}

/// The certificates of a SignedData, as they came.
pub(crate) fn read_degenerate(octets: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    let certificates = read_signed_data(octets)?.certificates.unwrap_or_default();
    Ok(certificates.into_iter().map(Any::into_bytes).collect())
}

fn write_signed_data(data: &SignedData) -> Result<Vec<u8>, Error> {
    let content = asn1::any(data, "SignedData")?;
    asn1::write(
        &ContentInfo {
            content_type: oid(asn1::SIGNED_DATA),
            content,
        },
        "SignedData",
    )
}
