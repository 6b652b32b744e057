/// A digest algorithm for signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// Read from old clients. It is never signed: a reply to such a request is signed with SHA-256.
    Sha1,
    /// What RFC 8894 §2.9 makes mandatory.
    Sha256,
    /// Offered by NDES.
    Sha512,
}

/// A cipher for envelopes; all in CBC mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// Single DES: broken; only where a policy names it.
    Des,
    /// Triple DES, the best that NDES advertises.
    Des3,
    /// What RFC 8894 §2.9 makes mandatory.
    Aes128,
    /// AES with 192 bits.
    Aes192,
    /// AES with 256 bits.
    Aes256,
}

/// How the content key travels to the recipient's RSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyTransport {
    /// RSAES-PKCS1-v1_5, what everyone speaks.
    Pkcs1,
    /// RSAES-OAEP with SHA-1 and MGF1 over SHA-1 (the default parameters of RFC 8017).
    OaepSha1,
    /// RSAES-OAEP with SHA-256 and MGF1 over SHA-256.
    OaepSha256,
}
