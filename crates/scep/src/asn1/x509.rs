use rasn::prelude::*;

pub(crate) use rasn_cms::AlgorithmIdentifier;

/// Anything that is signed as X.509 and PKCS#10 sign: the signed octets, the algorithm, the signature.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct Signed {
    pub(crate) signed: Any,
    pub(crate) algorithm: AlgorithmIdentifier,
    pub(crate) signature: BitString,
}

/// TBSCertificate (RFC 5280 §4.1).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct TbsCertificate {
    #[rasn(tag(explicit(0)))]
    pub(crate) version: Option<Integer>,
    pub(crate) serial: Any,
    pub(crate) signature: AlgorithmIdentifier,
    pub(crate) issuer: Any,
    pub(crate) validity: Any,
    pub(crate) subject: Any,
    pub(crate) public_key: Any,
    #[rasn(tag(1))]
    pub(crate) issuer_unique_id: Option<BitString>,
    #[rasn(tag(2))]
    pub(crate) subject_unique_id: Option<BitString>,
    #[rasn(tag(explicit(3)))]
    pub(crate) extensions: Option<SequenceOf<Extension>>,
}

/// Extension (RFC 5280 §4.1).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct Extension {
    pub(crate) id: ObjectIdentifier,
    #[rasn(default)]
    pub(crate) critical: bool,
    pub(crate) value: OctetString,
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct PublicKeyInfo {
    pub(crate) algorithm: AlgorithmIdentifier,
    pub(crate) key: BitString,
}

/// CertificationRequestInfo (RFC 2986 §4.1).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct RequestInfo {
    pub(crate) version: Integer,
    pub(crate) subject: Any,
    pub(crate) public_key: Any,
    #[rasn(tag(0))]
    pub(crate) attributes: Option<SetOf<Any>>,
}

/// BasicConstraints (RFC 5280 §4.2.1.9).
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
pub(crate) struct BasicConstraints {
    #[rasn(default)]
    pub(crate) is_ca: bool,
    pub(crate) path_length: Option<Integer>,
}
