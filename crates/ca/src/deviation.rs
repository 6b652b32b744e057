//! How a request strays from what was ordered, in words.

use std::fmt;

use crate::ordered::KeyBits;

/// Why a request does not get the certificate that was ordered. `Display` is a plain English
/// sentence for the requester that says nothing of what was ordered; [`key`](Self::key) and
/// [`values`](Self::values) serve translations.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// More than 64 of one part.
    TooMany(Part),
    /// The key is no RSA key.
    NotRsa,
    /// An RSA key below 2048 bits, whatever was ordered.
    KeyTooSmall {
        /// Its size.
        bits: u32,
    },
    /// An RSA key of another size than ordered, or beyond 8192 bits.
    KeySize {
        /// Its size.
        bits: u32,
        /// The size that was ordered.
        ordered: KeyBits,
    },
    /// A public exponent below 65537, or an even one.
    WeakExponent,
    /// The request's own signature is broken (RFC 2986 §4.2).
    NoProofOfPossession,
    /// The subject can't be read as a `Name`.
    UnreadableSubject,
    /// The subject is empty, and one was ordered.
    EmptySubject,
    /// A value of the subject holds a slash, a NUL, a line end or another control character
    /// that was not ordered.
    SubjectCharacters {
        /// The attribute's object identifier.
        attribute: String,
    },
    /// The subject holds an attribute or a value that was not ordered.
    SubjectNotOrdered {
        /// The attribute's object identifier.
        attribute: String,
        /// The value asked for, cut to 64 characters, without control characters.
        asked: String,
    },
    /// The subject lacks an attribute that was ordered.
    SubjectIncomplete {
        /// The attribute's object identifier.
        attribute: String,
    },
    /// Extensions were asked for in a form that can't be read.
    UnreadableExtensions,
    /// An extension that can't be read.
    UnreadableExtension {
        /// Its object identifier.
        extension: String,
    },
    /// A subject alternative name that was not ordered.
    NameNotOrdered {
        /// Its kind and value, cut to 64 characters, without control characters.
        asked: String,
    },
    /// Alternative names were asked for, and one that was ordered is not among them.
    NameMissing {
        /// Its kind and value.
        name: String,
    },
    /// A key usage that was not ordered.
    KeyUsage,
    /// keyCertSign or cRLSign: the usages of an authority.
    AuthorityKeyUsage,
    /// basicConstraints with CA:TRUE.
    Authority,
    /// An extended key usage that was not ordered.
    ExtendedKeyUsage {
        /// Its object identifier.
        usage: String,
    },
    /// The extended key usage of a smart-card logon, which was not ordered.
    SmartCardLogon,
    /// One of Microsoft's application policies that is no ordered extended key usage.
    ApplicationPolicy {
        /// Its object identifier.
        usage: String,
    },
    /// Microsoft's extension with a security identifier (SID).
    SecurityIdentifier,
    /// An extension that no request may ask for.
    Extension {
        /// Its object identifier.
        extension: String,
    },
}

/// A part of a request that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The attributes of the request.
    Attributes,
    /// The extensions asked for, in all attributes together.
    Extensions,
    /// The attributes of the subject.
    SubjectParts,
    /// The subject alternative names.
    Names,
}

impl Deviation {
    /// A stable name of the reason, in kebab-case.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TooMany(Part::Attributes) => "too-many-attributes",
            Self::TooMany(Part::Extensions) => "too-many-extensions",
            Self::TooMany(Part::SubjectParts) => "too-many-subject-parts",
            Self::TooMany(Part::Names) => "too-many-names",
            Self::NotRsa => "not-rsa",
            Self::KeyTooSmall { .. } => "key-too-small",
            Self::KeySize { .. } => "key-size",
            Self::WeakExponent => "weak-exponent",
            Self::NoProofOfPossession => "no-proof-of-possession",
            Self::UnreadableSubject => "unreadable-subject",
            Self::EmptySubject => "empty-subject",
            Self::SubjectCharacters { .. } => "subject-characters",
            Self::SubjectNotOrdered { .. } => "subject-not-ordered",
            Self::SubjectIncomplete { .. } => "subject-incomplete",
            Self::UnreadableExtensions => "unreadable-extensions",
            Self::UnreadableExtension { .. } => "unreadable-extension",
            Self::NameNotOrdered { .. } => "name-not-ordered",
            Self::NameMissing { .. } => "name-missing",
            Self::KeyUsage => "key-usage",
            Self::AuthorityKeyUsage => "authority-key-usage",
            Self::Authority => "authority",
            Self::ExtendedKeyUsage { .. } => "extended-key-usage",
            Self::SmartCardLogon => "smart-card-logon",
            Self::ApplicationPolicy { .. } => "application-policy",
            Self::SecurityIdentifier => "security-identifier",
            Self::Extension { .. } => "extension",
        }
    }

    /// The values of the reason by name, for a translation's placeholders.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::KeyTooSmall { bits } => vec![("bits", bits.to_string())],
            Self::KeySize { bits, ordered } => vec![
                ("bits", bits.to_string()),
                ("ordered", ordered.bits().to_string()),
            ],
            Self::SubjectCharacters { attribute } | Self::SubjectIncomplete { attribute } => {
                vec![("attribute", attribute.clone())]
            }
            Self::SubjectNotOrdered { attribute, asked } => {
                vec![("attribute", attribute.clone()), ("asked", asked.clone())]
            }
            Self::UnreadableExtension { extension } | Self::Extension { extension } => {
                vec![("extension", extension.clone())]
            }
            Self::NameNotOrdered { asked } => vec![("asked", asked.clone())],
            Self::NameMissing { name } => vec![("name", name.clone())],
            Self::ExtendedKeyUsage { usage } | Self::ApplicationPolicy { usage } => {
                vec![("usage", usage.clone())]
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(Part::Attributes) => to.write_str("the request has too many attributes"),
            Self::TooMany(Part::Extensions) => to.write_str("the request has too many extensions"),
            Self::TooMany(Part::SubjectParts) => to.write_str("the subject has too many parts"),
            Self::TooMany(Part::Names) => to.write_str("the request has too many alternative names"),
            Self::NotRsa => to.write_str("the key is not an RSA key"),
            Self::KeyTooSmall { bits } => write!(to, "the RSA key of {bits} bits is too small"),
            Self::KeySize { bits, .. } => {
                write!(to, "the RSA key of {bits} bits is not of the size ordered")
            }
            Self::WeakExponent => to.write_str("the public exponent of the RSA key is weak"),
            Self::NoProofOfPossession => to.write_str("the signature of the request does not fit its key"),
            Self::UnreadableSubject => to.write_str("the subject of the request cannot be read"),
            Self::EmptySubject => to.write_str("the request names no subject"),
            Self::SubjectCharacters { attribute } => write!(
                to,
                "the subject's attribute {attribute} holds characters that are not allowed"
            ),
            Self::SubjectNotOrdered { attribute, asked } => write!(
                to,
                "the subject's attribute {attribute} with the value \"{asked}\" was not ordered"
            ),
            Self::SubjectIncomplete { attribute } => {
                write!(to, "the subject lacks the attribute {attribute} that was ordered")
            }
            Self::UnreadableExtensions => to.write_str("the extensions asked for cannot be read"),
            Self::UnreadableExtension { extension } => {
                write!(to, "the extension {extension} cannot be read")
            }
            Self::NameNotOrdered { asked } => write!(to, "the alternative name {asked} was not ordered"),
            Self::NameMissing { .. } => {
                to.write_str("an alternative name that was ordered is not in the request")
            }
            Self::KeyUsage => to.write_str("a key usage was not ordered"),
            Self::AuthorityKeyUsage => to.write_str("the key usage of an authority was not ordered"),
            Self::Authority => to.write_str("a certificate of an authority was not ordered"),
            Self::ExtendedKeyUsage { usage } => write!(to, "the extended key usage {usage} was not ordered"),
            Self::SmartCardLogon => to.write_str("the usage for smart-card logon was not ordered"),
            Self::ApplicationPolicy { usage } => {
                write!(to, "the application policy {usage} was not ordered")
            }
            Self::SecurityIdentifier => to.write_str("a security identifier cannot be asked for"),
            Self::Extension { extension } => write!(to, "the extension {extension} was not ordered"),
        }
    }
}

impl std::error::Error for Deviation {}
