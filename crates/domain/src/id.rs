//! Identifiers: 32 hexadecimal digits that sort by the time they were made, one type per noun.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{error::Error, time::Timestamp};

/// The identifier of one `Noun`. Twelve digits of milliseconds, then twenty of randomness, so that lists
/// can be paged by key.
pub struct Id<Noun>(String, PhantomData<fn() -> Noun>);

impl<Noun> Id<Noun> {
    /// Makes a new identifier from the time and ten random octets.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let mut text = format!("{:012x}", now.milliseconds().max(0));
        for octet in random {
            text.push_str(&format!("{octet:02x}"));
        }
        Self(text, PhantomData)
    }

    /// Reads an identifier that came from outside: exactly 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let is_hex = text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if text.len() == 32 && is_hex {
            Ok(Self(text.to_owned(), PhantomData))
        } else {
            Err(Error::invalid("id", "an identifier is 32 hexadecimal digits"))
        }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<Noun> Clone for Id<Noun> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<Noun> PartialEq for Id<Noun> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<Noun> Eq for Id<Noun> {}
impl<Noun> PartialOrd for Id<Noun> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<Noun> Ord for Id<Noun> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<Noun> std::hash::Hash for Id<Noun> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<Noun> fmt::Debug for Id<Noun> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<Noun> fmt::Display for Id<Noun> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<Noun> Serialize for Id<Noun> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de, Noun> Deserialize<'de> for Id<Noun> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
