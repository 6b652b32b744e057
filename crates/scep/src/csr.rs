use std::net::IpAddr;

use zeroize::Zeroizing;

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
pub struct ExtendedKeyUsage(pub(crate) String);

impl ExtendedKeyUsage {
    /// Takes a dotted object identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it isn't one.
    pub fn new(dotted: impl Into<String>) -> Result<Self, Error> {
        Ok(Self(dotted.into()))
    }

    /// 1.3.6.1.5.5.7.3.2.
    #[must_use]
    pub fn client_authentication() -> Self {
        Self("1.3.6.1.5.5.7.3.2".into())
    }
}

/// Builds a PKCS#10 certification request.
#[derive(Debug, Clone)]
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
        let _ = key;
        todo!()
    }
}
