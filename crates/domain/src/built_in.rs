//! Sceau's own certificate authorities.

use serde::{Deserialize, Serialize};

use crate::{external_ca::AuthorityId, sealed::Sealed, time::Timestamp};

/// What an authority of kind Built-in has beside its common record: keys, certificates and rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltInAuthority {
    /// The common record.
    pub authority_id: AuthorityId,
    /// Its place in URLs (`/ca/{path}/…`). It never changes: certificates point there.
    pub path: String,
    /// Where the key lives that signs certificates and revocation lists.
    pub key: AuthorityKey,
    /// The certificate of that key, DER.
    pub certificate: Vec<u8>,
    /// The certificates above it, the root last, DER.
    pub chain: Vec<Vec<u8>>,
    /// The root's key, where Sceau made it; kept to sign the next issuing certificate.
    pub root_key: Option<Sealed>,
    /// Signs SCEP answers.
    pub ra_signing: SealedIdentity,
    /// Opens SCEP requests. Apart from the authority's key, so that no flaw in decryption reaches that one.
    pub ra_encryption: SealedIdentity,
    /// What it does and takes.
    pub rules: Rules,
    /// The issuing certificate (DER) that is to follow under the same key, announced to clients (RFC 8894 §4.7).
    pub next: Option<Vec<u8>>,
    /// Grows with each change of keys, certificates or rules.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Where an authority's key lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityKey {
    /// In the database, sealed (PKCS#8).
    Sealed(Sealed),
    /// In a PKCS#11 token.
    Pkcs11(TokenKey),
}

/// A key in a PKCS#11 token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenKey {
    /// Path of the module, a shared library.
    pub module: String,
    /// Label of the token.
    pub token: String,
    /// Label of the key.
    pub key: String,
    /// The user PIN, sealed.
    pub pin: Sealed,
}

/// A certificate and its key, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedIdentity {
    /// DER.
    pub certificate: Vec<u8>,
    /// PKCS#8, sealed.
    pub key: Sealed,
}

/// What a built-in authority does and takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Each certificate waits for a person's approval.
    pub needs_approval: bool,
    /// Clients that speak nothing better than single DES and MD5 are answered in kind.
    pub is_legacy: bool,
    /// How long a revocation list counts, in hours; a new one is made when half of it is over.
    pub crl_hours: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            needs_approval: false,
            is_legacy: false,
            crl_hours: 168,
        }
    }
}

/// A signed revocation list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// Of which authority.
    pub authority_id: AuthorityId,
    /// Grows by one with each.
    pub number: i64,
    /// DER.
    pub der: Vec<u8>,
    /// When it was made.
    pub this_update: Timestamp,
    /// Until when it counts.
    pub next_update: Timestamp,
}

impl RevocationList {
    /// Whether a new one is due: half of its time is over.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now.since(self.this_update) * 2 >= self.next_update.since(self.this_update)
    }
}

/// The place of a new authority in URLs: letters, digits and hyphens of its name.
pub fn path_of(name: &str) -> String {
    let plain = name.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    });
    let mut path = String::new();
    for c in plain {
        if c != '-' || !path.ends_with('-') && !path.is_empty() {
            path.push(c);
        }
        if path.len() >= 60 {
            break;
        }
    }
    let path = path.trim_end_matches('-');
    if path.is_empty() {
        "ca".to_owned()
    } else {
        path.to_owned()
    }
}
