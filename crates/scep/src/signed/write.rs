use crate::asn1;
use crate::attributes;
use crate::certificate::Certificate;
use crate::{Digest, Error, Identity, algorithm, crypto};

/// A message to be signed.
pub(crate) struct Outgoing<'a> {
    /// Present even when empty: certmonger takes an absent one for an unreachable CA.
    pub(crate) content: &'a [u8],
    /// Beside contentType and messageDigest.
    pub(crate) attributes: Vec<Vec<u8>>,
    pub(crate) digest: Digest,
    /// What lies in it after the signer's own certificate; none at all for `None`, not even that.
    pub(crate) certificates: Option<&'a [Vec<u8>]>,
}

impl Outgoing<'_> {
    /// Signs it.
    pub(crate) fn write(self, signer: &Identity) -> Result<Vec<u8>, Error> {
        let name = Certificate::read(&signer.certificate)?.issuer_and_serial();
        let digest = self.digest.write();
        let certificates = self.certificates.map(|others| {
            let others = others.iter().filter(|other| **other != signer.certificate);
            let all = std::iter::once(&signer.certificate).chain(others);
            let all: Vec<&[u8]> = all.map(Vec::as_slice).collect();
            asn1::tlv(asn1::CONSTRUCTED_0, &all.concat())
        });
        let content = asn1::tlv(asn1::OCTET_STRING, self.content);
        let content = asn1::tlv(asn1::CONSTRUCTED_0, &content);
        let of_content = attributes::of_content(&asn1::DATA, &crypto::digest(self.digest, self.content));
        let attributes = self.attributes.iter().chain(&of_content);
        let attributes: Vec<&[u8]> = attributes.map(Vec::as_slice).collect();
        let signature = signer
            .key
            .sign(self.digest, &asn1::set_of(asn1::SET, attributes.clone()))?;
        let signer_info = asn1::sequence(&[
            &asn1::ONE,
            &name,
            &digest,
            &asn1::set_of(asn1::CONSTRUCTED_0, attributes),
            // strongSwan 5.9.8 refuses any other than plain rsaEncryption.
            &algorithm::with_null(&asn1::RSA_ENCRYPTION),
            &asn1::tlv(asn1::OCTET_STRING, &signature),
        ]);
        Ok(content_info(
            &asn1::SIGNED_DATA,
            &[
                &asn1::ONE,
                &asn1::tlv(asn1::SET, &digest),
                &asn1::sequence(&[&asn1::DATA.der(), &content]),
                certificates.as_deref().unwrap_or_default(),
                &asn1::tlv(asn1::SET, &signer_info),
            ],
        ))
    }
}

/// The degenerate kind (RFC 8894 §3.4), in this order: clients take the first certificate for theirs.
pub(crate) fn write_degenerate(certificates: &[Vec<u8>], crls: &[&[u8]]) -> Vec<u8> {
    let set = |tag: u8, content: Vec<u8>| {
        if content.is_empty() {
            content
        } else {
            asn1::tlv(tag, &content)
        }
    };
    content_info(
        &asn1::SIGNED_DATA,
        &[
            &asn1::ONE,
            &[asn1::SET, 0],
            &asn1::sequence(&[&asn1::DATA.der()]),
            &set(asn1::CONSTRUCTED_0, certificates.concat()),
            &set(asn1::CONSTRUCTED_1, crls.concat()),
            &[asn1::SET, 0],
        ],
    )
}

/// A ContentInfo (RFC 5652 §3) around a SEQUENCE of these parts.
pub(crate) fn content_info(content_type: &asn1::Oid, parts: &[&[u8]]) -> Vec<u8> {
    let content = asn1::tlv(asn1::CONSTRUCTED_0, &asn1::sequence(parts));
    asn1::sequence(&[&content_type.der(), &content])
}
