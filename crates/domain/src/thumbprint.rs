//! Thumbprints of certificates.

mod matching;

pub use matching::{Known, from_certificate, known, match_pasted, md5, sha256};

use std::fmt;

use aws_lc_rs::digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// SHA-1 of a certificate's DER: what Windows calls a thumbprint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha1([u8; 20]);

impl Sha1 {
    /// The thumbprint of a certificate (DER).
    pub fn of(der: &[u8]) -> Self {
        let mut octets = [0; 20];
        let value = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der);
        for (to, from) in octets.iter_mut().zip(value.as_ref()) {
            *to = *from;
        }
        Self(octets)
    }
    /// A thumbprint from its twenty octets.
    pub const fn from_octets(octets: [u8; 20]) -> Self {
        Self(octets)
    }
    /// Its twenty octets.
    pub const fn octets(self) -> [u8; 20] {
        self.0
    }
    /// Reads 40 hexadecimal digits of either case; blanks and colons between them are skipped.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| !matches!(c, ' ' | ':' | '\u{200e}'))
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()?;
        let octets: Vec<u8> = digits
            .chunks_exact(2)
            .filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?))
            .collect();
        (digits.len() == 40).then_some(())?;
        Some(Self(octets.try_into().ok()?))
    }
}

impl fmt::Display for Sha1 {
    /// 40 upper-case hexadecimal digits, as Windows shows them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}
impl fmt::Debug for Sha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Sha1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Sha1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("a SHA-1 thumbprint is 40 hexadecimal digits"))
    }
}
