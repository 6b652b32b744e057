//! What a policy module of NDES answers: no page, but a bare value or plain words.

use zeroize::Zeroizing;

use super::{AdminPage, Lifetime, excerpt};

/// The shortest text that is taken for a challenge.
const MIN_CHALLENGE: usize = 8;
/// The longest: a policy module's may hold a whole signed message.
const MAX_CHALLENGE: usize = 8192;
/// From here on letters alone do for a challenge; shorter ones are a word such as "Unauthorized".
const MIN_LETTERS: usize = 24;

/// What is asked of a server with a policy module ("How to write an NDES policy module").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A challenge.
    GenerateChallenge,
    /// The MD5 of the CA certificate.
    GetCaCertThumbprint,
}

impl Operation {
    /// As it is written in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::GenerateChallenge => "NDESGenerateChallenge",
            Self::GetCaCertThumbprint => "NDESGetCACertThumbprint",
        }
    }

    /// The operation of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::GenerateChallenge, Self::GetCaCertThumbprint]
            .into_iter()
            .find(|operation| operation.name().eq_ignore_ascii_case(name))
    }
}

/// Whether this is a module's bare value, though a page was asked for.
pub(super) fn is_reply(text: &str) -> bool {
    let text = text.trim();
    is_challenge(text) || super::thumbprint(text).is_some()
}

/// Reads an answer without tags. None when it has some: then it is a page.
pub(super) fn read(operation: Operation, text: &str) -> Option<AdminPage> {
    let text = text.trim();
    if text.is_empty() || text.contains('<') {
        return None;
    }
    Some(match operation {
        Operation::GenerateChallenge if is_challenge(text) => AdminPage::Challenge {
            challenge: Zeroizing::new(text.to_owned()),
            ca_md5: None,
            lifetime: Lifetime::Unknown,
        },
        Operation::GetCaCertThumbprint if let Some(md5) = sixteen_bytes(text) => AdminPage::Thumbprint(md5),
        _ => AdminPage::PolicyModule {
            excerpt: excerpt::of(text),
        },
    })
}

/// With blanks between the groups or without, in the hexadecimal digits of either case.
fn sixteen_bytes(text: &str) -> Option<[u8; 16]> {
    super::thumbprint(text).or_else(|| super::hexadecimal(text))
}

/// One run of what Windows takes in a challenge: the characters of ASN.1's PrintableString.
fn is_challenge(text: &str) -> bool {
    let is_printable = |c: char| c.is_ascii_alphanumeric() || "'()+,-./:=?".contains(c);
    (MIN_CHALLENGE..=MAX_CHALLENGE).contains(&text.len())
        && text.chars().all(is_printable)
        && (text.len() >= MIN_LETTERS || text.contains(|c: char| c.is_ascii_digit()))
}
