use super::Oid;

// RFC 5652: content types and attributes.
pub(crate) const DATA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 7, 1]);
pub(crate) const SIGNED_DATA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 7, 2]);
pub(crate) const ENVELOPED_DATA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 7, 3]);
pub(crate) const CONTENT_TYPE: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 9, 3]);
pub(crate) const MESSAGE_DIGEST: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 9, 4]);

// RFC 8894 §3.2.1: the attributes of SCEP.
pub(crate) const MESSAGE_TYPE: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 2]);
pub(crate) const PKI_STATUS: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 3]);
pub(crate) const FAIL_INFO: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 4]);
pub(crate) const SENDER_NONCE: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 5]);
pub(crate) const RECIPIENT_NONCE: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 6]);
pub(crate) const TRANSACTION_ID: Oid = Oid::new(&[2, 16, 840, 1, 113_733, 1, 9, 7]);
pub(crate) const FAIL_INFO_TEXT: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 24, 1]);
// What NDES adds to a failure: an HRESULT as decimal text.
pub(crate) const MICROSOFT_HRESULT: Oid = Oid::new(&[1, 3, 6, 1, 4, 1, 311, 21, 33]);

// RFC 2985: attributes of a PKCS#10.
pub(crate) const CHALLENGE_PASSWORD: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 9, 7]);
pub(crate) const EXTENSION_REQUEST: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 9, 14]);

// RFC 5280: extensions.
pub(crate) const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new(&[2, 5, 29, 14]);
pub(crate) const KEY_USAGE: Oid = Oid::new(&[2, 5, 29, 15]);
pub(crate) const SUBJECT_ALTERNATIVE_NAME: Oid = Oid::new(&[2, 5, 29, 17]);
pub(crate) const BASIC_CONSTRAINTS: Oid = Oid::new(&[2, 5, 29, 19]);
pub(crate) const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::new(&[2, 5, 29, 35]);
pub(crate) const EXTENDED_KEY_USAGE: Oid = Oid::new(&[2, 5, 29, 37]);
pub(crate) const USER_PRINCIPAL_NAME: Oid = Oid::new(&[1, 3, 6, 1, 4, 1, 311, 20, 2, 3]);
pub(crate) const CLIENT_AUTHENTICATION: Oid = Oid::new(&[1, 3, 6, 1, 5, 5, 7, 3, 2]);
pub(crate) const COMMON_NAME: Oid = Oid::new(&[2, 5, 4, 3]);

// RFC 8017: RSA.
pub(crate) const RSA_ENCRYPTION: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 1]);
pub(crate) const MD5_WITH_RSA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 4]);
pub(crate) const SHA1_WITH_RSA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 5]);
pub(crate) const RSAES_OAEP: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 7]);
pub(crate) const MGF1: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 8]);
pub(crate) const RSASSA_PSS: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 10]);
pub(crate) const SHA256_WITH_RSA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 11]);
pub(crate) const SHA384_WITH_RSA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 12]);
pub(crate) const SHA512_WITH_RSA: Oid = Oid::new(&[1, 2, 840, 113_549, 1, 1, 13]);
// OIW's older name for sha1WithRSAEncryption, which Windows devices still write.
pub(crate) const OIW_SHA1_WITH_RSA: Oid = Oid::new(&[1, 3, 14, 3, 2, 29]);

// RFC 5758: ECDSA, for the certificates of a CA.
pub(crate) const ECDSA_WITH_SHA256: Oid = Oid::new(&[1, 2, 840, 10_045, 4, 3, 2]);
pub(crate) const ECDSA_WITH_SHA384: Oid = Oid::new(&[1, 2, 840, 10_045, 4, 3, 3]);
pub(crate) const P256: Oid = Oid::new(&[1, 2, 840, 10_045, 3, 1, 7]);
pub(crate) const P384: Oid = Oid::new(&[1, 3, 132, 0, 34]);

// Digests.
pub(crate) const MD5: Oid = Oid::new(&[1, 2, 840, 113_549, 2, 5]);
pub(crate) const SHA1: Oid = Oid::new(&[1, 3, 14, 3, 2, 26]);
pub(crate) const SHA256: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 1]);
pub(crate) const SHA384: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 2]);
pub(crate) const SHA512: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 2, 3]);

// Ciphers.
pub(crate) const DES_CBC: Oid = Oid::new(&[1, 3, 14, 3, 2, 7]);
pub(crate) const DES_EDE3_CBC: Oid = Oid::new(&[1, 2, 840, 113_549, 3, 7]);
pub(crate) const AES128_CBC: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 2]);
pub(crate) const AES192_CBC: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 22]);
pub(crate) const AES256_CBC: Oid = Oid::new(&[2, 16, 840, 1, 101, 3, 4, 1, 42]);
