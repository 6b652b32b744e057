//! Chains that were seen and that no person has taken over yet.

use domain::{Timestamp, external_ca::AuthorityId, thumbprint::Sha1};

use crate::{
    Error, Tx,
    row::Row,
    value::{hex_list, values},
};

/// A chain that was seen at an authority and isn't believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingChain {
    /// At which authority.
    pub authority_id: AuthorityId,
    /// What GetCACaps answered, one keyword a line.
    pub capabilities: String,
    /// The certificates of GetCACert, DER, as received.
    pub certificates: Vec<Vec<u8>>,
    /// The certificate that issued the RA certificates.
    pub issuer_sha1: Sha1,
    /// Names exactly these certificates: SHA-256 over them, hex.
    pub seen_sha256: String,
    /// When it was seen first.
    pub seen_at: Timestamp,
}

// The same chain seen again keeps the moment at which it was seen first.
const PUT: &str =
    "INSERT INTO authority_pending_chains (authority_id, capabilities, certificates, issuer_sha1,
     seen_sha256, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (authority_id) DO UPDATE SET capabilities = excluded.capabilities,
     certificates = excluded.certificates, issuer_sha1 = excluded.issuer_sha1,
     seen_sha256 = excluded.seen_sha256, seen_at = excluded.seen_at
     WHERE authority_pending_chains.seen_sha256 <> excluded.seen_sha256";
const OF: &str = "SELECT * FROM authority_pending_chains WHERE authority_id = $1";
const DELETE: &str = "DELETE FROM authority_pending_chains WHERE authority_id = $1";

/// Keeps what was seen, in place of what was seen before.
pub async fn put(tx: &mut Tx, chain: &PendingChain) -> Result<(), Error> {
    let values = values![
        chain.authority_id,
        chain.capabilities,
        hex_list(&chain.certificates)?,
        chain.issuer_sha1,
        chain.seen_sha256,
        chain.seen_at,
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// What was seen at an authority and isn't taken over.
pub async fn of(tx: &mut Tx, authority_id: &AuthorityId) -> Result<Option<PendingChain>, Error> {
    tx.first(OF, values![authority_id], read).await
}

/// Forgets it. Whether there was one.
pub async fn delete(tx: &mut Tx, authority_id: &AuthorityId) -> Result<bool, Error> {
    Ok(tx.execute(DELETE, values![authority_id]).await? > 0)
}

fn read(row: &Row) -> Result<PendingChain, Error> {
    Ok(PendingChain {
        authority_id: row.read("authority_id")?,
        capabilities: row.read("capabilities")?,
        certificates: row.hex_list("certificates")?,
        issuer_sha1: row.read("issuer_sha1")?,
        seen_sha256: row.read("seen_sha256")?,
        seen_at: row.read("seen_at")?,
    })
}
