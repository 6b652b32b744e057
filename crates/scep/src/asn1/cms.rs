use rasn::prelude::*;
use rasn_cms::AlgorithmIdentifier;

pub(crate) use rasn_cms::{ContentInfo, EncapsulatedContentInfo, EncryptedContentInfo};

/// RFC 5652 §5.1. Certificates and CRLs keep the order in which they came or shall go: clients take the first.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct SignedData {
    pub(crate) version: Integer,
    pub(crate) digest_algorithms: SetOf<Any>,
    pub(crate) encap_content_info: EncapsulatedContentInfo,
    #[rasn(tag(0))]
    pub(crate) certificates: Option<SequenceOf<Any>>,
    #[rasn(tag(1))]
    pub(crate) crls: Option<SequenceOf<Any>>,
    pub(crate) signer_infos: SetOf<SignerInfo>,
}

/// RFC 5652 §5.3. Each signed attribute stays the octets that came, since those were signed.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct SignerInfo {
    pub(crate) version: Integer,
    pub(crate) sid: CertificateIdentifier,
    pub(crate) digest_algorithm: AlgorithmIdentifier,
    #[rasn(tag(0))]
    pub(crate) signed_attrs: Option<SetOf<Any>>,
    pub(crate) signature_algorithm: AlgorithmIdentifier,
    pub(crate) signature: OctetString,
    #[rasn(tag(1))]
    pub(crate) unsigned_attrs: Option<SetOf<Any>>,
}

/// SignerIdentifier (RFC 5652 §5.3) and RecipientIdentifier (§6.2.1): the same choice.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice)]
pub(crate) enum CertificateIdentifier {
    IssuerAndSerial(IssuerAndSerial),
    #[rasn(tag(0))]
    SubjectKeyIdentifier(OctetString),
}

/// IssuerAndSerialNumber (RFC 5652 §10.2.4): Name and INTEGER as octets.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct IssuerAndSerial {
    pub(crate) issuer: Any,
    pub(crate) serial: Any,
}

/// The content of a CertPoll (RFC 8894 §3.3.3).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct IssuerAndSubject {
    pub(crate) issuer: Any,
    pub(crate) subject: Any,
}

/// An attribute (RFC 5652 §5.3).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    pub(crate) attribute_type: ObjectIdentifier,
    pub(crate) values: SetOf<Any>,
}

/// RFC 5652 §6.1. Originator and unprotected attributes are passed over.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct EnvelopedData {
    pub(crate) version: Integer,
    #[rasn(tag(0))]
    pub(crate) originator_info: Option<SequenceOf<Any>>,
    pub(crate) recipient_infos: SetOf<Any>,
    pub(crate) encrypted_content_info: EncryptedContentInfo,
    #[rasn(tag(1))]
    pub(crate) unprotected_attrs: Option<SetOf<Any>>,
}

/// RFC 5652 §6.2.1.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct KeyTransRecipientInfo {
    pub(crate) version: Integer,
    pub(crate) rid: CertificateIdentifier,
    pub(crate) key_encryption_algorithm: AlgorithmIdentifier,
    pub(crate) encrypted_key: OctetString,
}

/// RSAES-OAEP-params (RFC 8017 §A.2.1); what is absent has its default (SHA-1, MGF1 over SHA-1, no label).
#[derive(AsnType, Clone, Debug, Default, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct OaepParameters {
    #[rasn(tag(explicit(0)))]
    pub(crate) hash: Option<AlgorithmIdentifier>,
    #[rasn(tag(explicit(1)))]
    pub(crate) mask: Option<AlgorithmIdentifier>,
    #[rasn(tag(explicit(2)))]
    pub(crate) label: Option<AlgorithmIdentifier>,
}

/// RSASSA-PSS-params (RFC 8017 §A.2.3).
#[derive(AsnType, Clone, Debug, Default, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct PssParameters {
    #[rasn(tag(explicit(0)))]
    pub(crate) hash: Option<AlgorithmIdentifier>,
    #[rasn(tag(explicit(1)))]
    pub(crate) mask: Option<AlgorithmIdentifier>,
    #[rasn(tag(explicit(2)))]
    pub(crate) salt_length: Option<Integer>,
    #[rasn(tag(explicit(3)))]
    pub(crate) trailer: Option<Integer>,
}
