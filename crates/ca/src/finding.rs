//! The rules that a certificate may break before it is signed, in words.

use std::fmt;

/// A rule that a prepared certificate would break. `Display` says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The prepared bytes can't be read again.
    Unreadable,
    /// Its end is not after its begin.
    EndsBeforeItBegins,
    /// It begins before its issuer or ends after it.
    OutlivesIssuer,
    /// Its serial number is below 64 bits or beyond 20 octets (RFC 5280 §4.1.2.2).
    SerialLength {
        /// Its significant octets.
        octets: usize,
    },
    /// Neither a subject nor another name.
    NamesNobody,
    /// An attribute of the subject beyond 64 characters.
    AttributeTooLong {
        /// Its object identifier.
        oid: String,
        /// Its length.
        characters: usize,
    },
    /// A kind of key that isn't known here.
    UnknownKind,
    /// An RSA key below what the profile wants.
    KeyTooSmall {
        /// Its size.
        bits: u32,
        /// The smallest that is certified.
        smallest: u32,
    },
    /// A public exponent below 65537, or an even one.
    WeakExponent {
        /// The exponent.
        exponent: u64,
    },
    /// The key of the authority itself.
    IssuersOwnKey,
    /// No key usage, or one without a bit.
    NoKeyUsage,
    /// CA:TRUE, keyCertSign or cRLSign without an authority's profile.
    UnorderedAuthority,
    /// An extended key usage that the profile doesn't name (smart-card logon and
    /// anyExtendedKeyUsage among them).
    UnorderedUsage {
        /// Its object identifier.
        oid: String,
    },
    /// An extension that can't be read.
    UnreadableName,
    /// A TLS server without a DNS name or an IP address.
    ServerWithoutName,
    /// An extension that stands there twice.
    DuplicateExtension,
    /// The address of a revocation list or of the authority's certificate is no http or https
    /// URL.
    NotAnHttpUrl,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => formatter.write_str("it cannot be read again"),
            Self::EndsBeforeItBegins => formatter.write_str("it ends before it begins"),
            Self::OutlivesIssuer => formatter.write_str("its dates go beyond its issuer's"),
            Self::SerialLength { octets } => write!(
                formatter,
                "the serial number has {octets} octets, between 8 and 20 are needed"
            ),
            Self::NamesNobody => formatter.write_str("neither a subject nor another name"),
            Self::AttributeTooLong { oid, characters } => {
                write!(
                    formatter,
                    "attribute {oid} of the subject has {characters} characters"
                )
            }
            Self::UnknownKind => formatter.write_str("the kind of key is not known"),
            Self::KeyTooSmall { bits, smallest } => {
                write!(formatter, "the key has {bits} bits, {smallest} are needed")
            }
            Self::WeakExponent { exponent } => {
                write!(formatter, "the public exponent {exponent} is too small or even")
            }
            Self::IssuersOwnKey => formatter.write_str("the key is the authority's own"),
            Self::NoKeyUsage => formatter.write_str("no key usage"),
            Self::UnorderedAuthority => {
                formatter.write_str("it would be an authority, which was not ordered")
            }
            Self::UnorderedUsage { oid } => {
                write!(formatter, "the extended key usage {oid} was not ordered")
            }
            Self::UnreadableName => formatter.write_str("a name cannot be read"),
            Self::ServerWithoutName => {
                formatter.write_str("a TLS server without a DNS name or an IP address")
            }
            Self::DuplicateExtension => formatter.write_str("an extension stands there twice"),
            Self::NotAnHttpUrl => formatter.write_str("an address is no http or https URL"),
        }
    }
}
