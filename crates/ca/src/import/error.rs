/// Why a key and certificate can't become an authority here. `Display` is a plain English
/// sentence; [`key`](Self::key) serves translations.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// A file beyond the size of any real one.
    #[error("the file is larger than {limit} octets")]
    TooLarge {
        /// The largest that is read, in octets.
        limit: usize,
    },
    /// The file is no PEM or no PKCS#12, or is damaged.
    #[error("the file cannot be read: {0}")]
    Malformed(&'static str),
    /// No private key.
    #[error("the file holds no private key")]
    NoKey,
    /// More than one private key: which is the authority's can't be told.
    #[error("the file holds {count} private keys instead of one")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// No certificate.
    #[error("the file holds no certificate")]
    NoCertificate,
    /// None of the certificates has this key.
    #[error("the private key belongs to none of the certificates in the file")]
    KeyMismatch,
    /// The certificate that belongs to the key may not issue (basicConstraints, keyUsage).
    #[error("the certificate is not one of a certification authority")]
    NotAnAuthority,
    /// The certificate has ended.
    #[error("the certificate of the authority has expired")]
    Expired {
        /// When it ended, in seconds since 1970 (UTC).
        not_after: i64,
    },
    /// The certificate has not begun.
    #[error("the certificate of the authority is not valid yet")]
    NotYetValid {
        /// When it begins, in seconds since 1970 (UTC).
        not_before: i64,
    },
    /// A key on an elliptic curve, or another that is no RSA key.
    #[error("the private key is not an RSA key")]
    NotRsa,
    /// An RSA key below 2048 bits.
    #[error("the RSA key of {bits} bits is too small: 2048 are needed")]
    KeyTooSmall {
        /// Its size.
        bits: u32,
    },
    /// The key is encrypted, and no passphrase was given.
    #[error("the private key is encrypted: its passphrase is needed")]
    PassphraseNeeded,
    /// The passphrase doesn't open the file.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// Encrypted in a way that isn't read here.
    #[error("the encryption of the file is not supported: {0}")]
    UnsupportedEncryption(&'static str),
}

impl ImportError {
    /// A stable name of the reason, in kebab-case.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::Malformed(_) => "malformed",
            Self::NoKey => "no-key",
            Self::SeveralKeys { .. } => "several-keys",
            Self::NoCertificate => "no-certificate",
            Self::KeyMismatch => "key-mismatch",
            Self::NotAnAuthority => "not-an-authority",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::NotRsa => "not-rsa",
            Self::KeyTooSmall { .. } => "key-too-small",
            Self::PassphraseNeeded => "passphrase-needed",
            Self::WrongPassphrase => "wrong-passphrase",
            Self::UnsupportedEncryption(_) => "unsupported-encryption",
        }
    }
}
