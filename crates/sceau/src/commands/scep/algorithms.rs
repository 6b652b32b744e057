//! Algorithms as they are named on the command line and in state files.

use clap::{Args, ValueEnum};
use scep::{Capabilities, Cipher, Digest, Enrolment, KeyTransport, Retrieval};
use serde::{Deserialize, Serialize};

/// Flags that choose algorithms.
#[derive(Debug, Args)]
pub(super) struct Algorithms {
    /// Cipher of the message, and of the answer [default: AES-128 where the server offers AES, else triple DES]
    #[arg(long, value_enum)]
    cipher: Option<CipherName>,
    /// Digest of the signatures [default: SHA-256, or SHA-512 where the server offers that alone]
    #[arg(long, value_enum)]
    digest: Option<DigestName>,
    /// How the content key travels
    #[arg(long, value_enum, default_value_t = TransportName::Pkcs1)]
    key_transport: TransportName,
}

/// What was chosen, or follows from what the server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub(super) cipher: CipherName,
    pub(super) digest: DigestName,
    pub(super) key_transport: TransportName,
}

/// Ciphers, all in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CipherName {
    /// AES with 256 bits
    Aes256,
    /// AES with 192 bits
    Aes192,
    /// AES with 128 bits
    Aes128,
    /// Triple DES: old
    Des3,
    /// Single DES: broken; for servers that answer in nothing else
    Des,
}

/// Digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DigestName {
    /// SHA-256
    Sha256,
    /// SHA-512
    Sha512,
    /// SHA-384
    Sha384,
    /// SHA-1: broken
    Sha1,
    /// MD5: broken long ago
    Md5,
}

impl CipherName {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Aes256 => "AES-256-CBC",
            Self::Aes192 => "AES-192-CBC",
            Self::Aes128 => "AES-128-CBC",
            Self::Des3 => "triple DES",
            Self::Des => "single DES (broken)",
        }
    }
}

impl DigestName {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
            Self::Sha384 => "SHA-384",
            Self::Sha1 => "SHA-1 (broken)",
            Self::Md5 => "MD5 (broken)",
        }
    }
}

/// Key transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TransportName {
    /// RSAES-PKCS1-v1_5, which every server takes
    Pkcs1,
    /// RSAES-OAEP with SHA-1
    OaepSha1,
    /// RSAES-OAEP with SHA-256
    OaepSha256,
}

impl Algorithms {
    pub(super) fn choose(&self, capabilities: &Capabilities) -> Chosen {
        Chosen {
            cipher: self.cipher.unwrap_or_else(|| capabilities.cipher().into()),
            digest: self.digest.unwrap_or_else(|| capabilities.digest().into()),
            key_transport: self.key_transport,
        }
    }
}

impl From<CipherName> for Cipher {
    fn from(name: CipherName) -> Self {
        match name {
            CipherName::Aes256 => Self::Aes256,
            CipherName::Aes192 => Self::Aes192,
            CipherName::Aes128 => Self::Aes128,
            CipherName::Des3 => Self::Des3,
            CipherName::Des => Self::Des,
        }
    }
}

impl From<Cipher> for CipherName {
    fn from(cipher: Cipher) -> Self {
        match cipher {
            Cipher::Aes256 => Self::Aes256,
            Cipher::Aes192 => Self::Aes192,
            Cipher::Aes128 => Self::Aes128,
            Cipher::Des3 => Self::Des3,
            Cipher::Des => Self::Des,
        }
    }
}

impl From<DigestName> for Digest {
    fn from(name: DigestName) -> Self {
        match name {
            DigestName::Sha256 => Self::Sha256,
            DigestName::Sha512 => Self::Sha512,
            DigestName::Sha384 => Self::Sha384,
            DigestName::Sha1 => Self::Sha1,
            DigestName::Md5 => Self::Md5,
        }
    }
}

impl From<Digest> for DigestName {
    fn from(digest: Digest) -> Self {
        match digest {
            Digest::Sha256 => Self::Sha256,
            Digest::Sha512 => Self::Sha512,
            Digest::Sha384 => Self::Sha384,
            Digest::Sha1 => Self::Sha1,
            Digest::Md5 => Self::Md5,
        }
    }
}

impl From<TransportName> for KeyTransport {
    fn from(name: TransportName) -> Self {
        match name {
            TransportName::Pkcs1 => Self::Pkcs1,
            TransportName::OaepSha1 => Self::OaepSha1,
            TransportName::OaepSha256 => Self::OaepSha256,
        }
    }
}

impl Chosen {
    /// The question with these algorithms.
    pub(super) fn apply_to(self, retrieval: Retrieval) -> Retrieval {
        retrieval
            .with_cipher(self.cipher.into())
            .with_digest(self.digest.into())
            .with_key_transport(self.key_transport.into())
    }

    /// The enrolment with these algorithms.
    pub(super) fn apply(self, enrolment: Enrolment) -> Enrolment {
        enrolment
            .with_cipher(self.cipher.into())
            .with_digest(self.digest.into())
            .with_key_transport(self.key_transport.into())
    }
}

/// A key transport in words.
pub(super) fn transport_words(transport: KeyTransport) -> &'static str {
    match transport {
        KeyTransport::Pkcs1 => "RSAES-PKCS1-v1_5",
        KeyTransport::OaepSha1 => "RSAES-OAEP with SHA-1",
        KeyTransport::OaepSha256 => "RSAES-OAEP with SHA-256",
    }
}
