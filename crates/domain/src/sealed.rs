//! A secret that only the application can open.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Ciphertext as it stands in the database: key id, nonce, AES-256-GCM output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}
