//! The ledger of what built-in authorities issue: the intent first, then the certificate.

use domain::{
    Timestamp,
    external_ca::AuthorityId,
    issuance::{Issuance, IssuanceId, IssuanceState, RevocationReason, Revoked, WantedCertificate},
    transaction::Owner,
};

use crate::{
    Error, Tx,
    devices::LAST,
    row::Row,
    transactions::{columns, owner},
    value::{json, values, word},
};

/// Reads issuances with their certificates.
macro_rules! found {
    ($condition:literal) => {
        concat!(
            "SELECT issuances.*, signed.der AS certificate, signed.issued_at
             FROM issuances LEFT JOIN issuance_certificates signed ON signed.issuance_number = issuances.number ",
            $condition
        )
    };
}

const INSERT: &str = "INSERT INTO issuances (id, authority_id, serial, transaction_id, renews, key_sha256,
     signer_sha256, owner_kind, owner_id, wanted, public_key, not_before, not_after, state, began_pending,
     requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (authority_id, transaction_id, renews) WHERE renews IS NOT NULL DO NOTHING";
// One statement spends the challenge and keeps the intent: of two requests at once, one finds the other's row.
const SPEND: &str = "INSERT INTO issuances (id, authority_id, serial, transaction_id, renews, key_sha256,
     signer_sha256, owner_kind, owner_id, wanted, public_key, not_before, not_after, state, began_pending,
     requested_at, challenge_key)
     SELECT $1, c.authority_id, $2, $3, NULL, $4, $5, c.owner_kind, c.owner_id, c.wanted, $6, $7,
     CASE WHEN $8 + c.validity_milliseconds < $9 THEN $8 + c.validity_milliseconds ELSE $9 END, $10, $13, $8,
     c.challenge_key
     FROM one_time_challenges c WHERE c.challenge_key = $11 AND c.authority_id = $12 AND c.expires_at > $8
     ON CONFLICT DO NOTHING RETURNING *";
// The row of the intent isn't touched: that it is issued follows from its certificate.
const COMPLETE: &str = "INSERT INTO issuance_certificates (issuance_number, der, issued_at)
     SELECT number, $2, $3 FROM issuances WHERE id = $1 AND state <> 'refused'
     ON CONFLICT (issuance_number) DO UPDATE SET der = excluded.der WHERE issuance_certificates.der = excluded.der";
const DECIDE: &str = "UPDATE issuances SET state = $2, not_before = $3, not_after = $4
     WHERE id = $1 AND state = 'pending'";
const REVOKE: &str = "UPDATE issuances SET revoked_at = $2, revocation_reason = $3
     WHERE id = $1 AND revoked_at IS NULL
     AND EXISTS (SELECT 1 FROM issuance_certificates WHERE issuance_number = issuances.number)";
// What was never signed is never signed: what it should have held is gone.
const ERASE: &str = "UPDATE issuances SET wanted = $2, public_key = $3, state = CASE WHEN EXISTS
     (SELECT 1 FROM issuance_certificates WHERE issuance_number = issuances.number) THEN state ELSE 'refused' END
     WHERE id = $1";
const ERASE_CERTIFICATE: &str = "UPDATE issuance_certificates SET der = $2
     WHERE issuance_number = (SELECT number FROM issuances WHERE id = $1)";
const BY_ID: &str = found!("WHERE id = $1");
const BY_SERIAL: &str = found!("WHERE authority_id = $1 AND serial = $2");
const BY_RENEWAL: &str = found!("WHERE authority_id = $1 AND transaction_id = $2 AND renews = $3");
const OF_OWNER: &str = found!("WHERE owner_kind = $1 AND owner_id = $2 ORDER BY id");
const POLLED: &str = found!(
    "WHERE began_pending AND authority_id = $1 AND transaction_id = $2 AND signer_sha256 = $3
     ORDER BY id DESC LIMIT 1"
);
const BY_CHALLENGE: &str = found!("WHERE challenge_key = $1");
const LIST: &str = found!("WHERE authority_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
const PENDING: &str = found!("WHERE state = 'pending' AND authority_id = $1 ORDER BY id LIMIT $2");
const UNSIGNED: &str = found!(
    "WHERE number > $1 AND id < $2 AND state = 'intended' AND signed.issuance_number IS NULL ORDER BY number LIMIT $3"
);
// Numbers are given a little out of the order of the identifiers: nothing younger lies below the mark.
const SEEN_TO: &str = "SELECT COALESCE(MAX(number), $1) AS n FROM issuances WHERE number > $1 AND id < $2
     AND number < (SELECT COALESCE(MIN(number), 9223372036854775807) FROM issuances WHERE number > $1 AND id >= $2)";
const REVOKED: &str = found!(
    "WHERE authority_id = $1 AND revoked_at IS NOT NULL
     AND not_after > $2 ORDER BY revoked_at, id"
);
const LAST_REVOKED: &str = "SELECT COALESCE(MAX(revoked_at), 0) AS n FROM issuances WHERE authority_id = $1
     AND revoked_at IS NOT NULL";
const VALID: &str = "SELECT COUNT(*) AS n FROM issuances
     JOIN issuance_certificates ON issuance_number = number WHERE authority_id = $1
     AND revoked_at IS NULL AND not_after > $2";

/// Keeps the intent to renew. False: the same renewal stands already.
pub async fn insert_intent(tx: &mut Tx, issuance: &Issuance) -> Result<bool, Error> {
    let (owner_kind, owner_id) = columns(&issuance.owner);
    let values = values![
        issuance.id,
        issuance.authority_id,
        issuance.serial,
        issuance.transaction_id,
        issuance.renews,
        issuance.key_sha256,
        issuance.signer_sha256,
        owner_kind,
        owner_id,
        json(&issuance.wanted)?,
        issuance.public_key,
        issuance.not_before,
        issuance.not_after,
        issuance.state.name(),
        issuance.state == IssuanceState::Pending,
        issuance.requested_at,
    ];
    Ok(tx.execute(INSERT, values).await? > 0)
}

/// What a first request asks, before it is known what was ordered.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The identifier that the issuance gets.
    pub id: IssuanceId,
    /// By which authority.
    pub authority_id: AuthorityId,
    /// The key under which the challenge is kept.
    pub challenge_key: String,
    /// Serial number, hex.
    pub serial: String,
    /// SCEP's transactionID.
    pub transaction_id: String,
    /// SHA-256 (hex) of the public key that is to be certified.
    pub key_sha256: String,
    /// SHA-256 (hex) of the public key that signed the request.
    pub signer_sha256: String,
    /// The public key (SubjectPublicKeyInfo, DER).
    pub public_key: Vec<u8>,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// The end of the authority's own certificate.
    pub not_after_at_most: Timestamp,
    /// How it begins: pending, or intended.
    pub state: IssuanceState,
    /// When it is asked for.
    pub now: Timestamp,
}

/// Spends a challenge and keeps the intent to issue what it was given for. None: there is no such challenge any more,
/// it was spent, or the transaction stands already.
pub async fn spend(tx: &mut Tx, asked: &Asked) -> Result<Option<Issuance>, Error> {
    let values = values![
        asked.id,
        asked.serial,
        asked.transaction_id,
        asked.key_sha256,
        asked.signer_sha256,
        asked.public_key,
        asked.not_before,
        asked.now,
        asked.not_after_at_most,
        asked.state.name(),
        asked.challenge_key,
        asked.authority_id,
        asked.state == IssuanceState::Pending,
    ];
    tx.first(SPEND, values, read_new).await
}

/// The issuance that spent a challenge.
pub async fn by_challenge(tx: &mut Tx, challenge_key: &str) -> Result<Option<Issuance>, Error> {
    tx.first(BY_CHALLENGE, values![challenge_key], read).await
}

/// Keeps the certificate that was signed; another certificate for the same intent isn't found.
pub async fn complete(tx: &mut Tx, id: &IssuanceId, certificate: &[u8], now: Timestamp) -> Result<(), Error> {
    tx.change("issuances", COMPLETE, values![id, certificate, now])
        .await
}

/// Keeps a person's decision on a pending one, with the dates that count from then on.
pub async fn decide(tx: &mut Tx, issuance: &Issuance) -> Result<(), Error> {
    let values = values![
        issuance.id,
        issuance.state.name(),
        issuance.not_before,
        issuance.not_after
    ];
    tx.change("issuances", DECIDE, values).await
}

/// Keeps a revocation; the first one stays.
pub async fn revoke(tx: &mut Tx, id: &IssuanceId, revoked: &Revoked) -> Result<(), Error> {
    let values = values![id, revoked.at, word(&revoked.reason)?];
    tx.change("issuances", REVOKE, values).await
}

/// Erases whose an issuance is: its subject and names, its certificate and its key. Serial number, dates and revocation
/// stay.
pub async fn erase(tx: &mut Tx, issuance: &Issuance) -> Result<(), Error> {
    let wanted = WantedCertificate {
        subject: String::new(),
        sans: Vec::new(),
        ..issuance.wanted.clone()
    };
    let nothing: Vec<u8> = Vec::new();
    let values = values![issuance.id, json(&wanted)?, nothing];
    tx.change("issuances", ERASE, values).await?;
    tx.execute(ERASE_CERTIFICATE, values![issuance.id, nothing])
        .await
        .map(drop)
}

/// Finds an issuance.
pub async fn by_id(tx: &mut Tx, id: &IssuanceId) -> Result<Option<Issuance>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// The issuance of that serial number (hex) by an authority.
pub async fn by_serial(
    tx: &mut Tx,
    authority: &AuthorityId,
    serial: &str,
) -> Result<Option<Issuance>, Error> {
    tx.first(BY_SERIAL, values![authority, serial], read).await
}

/// What a renewal led to; `renews` is the serial number of the certificate that signed it.
pub async fn by_renewal(
    tx: &mut Tx,
    authority: &AuthorityId,
    transaction_id: &str,
    renews: &str,
) -> Result<Option<Issuance>, Error> {
    tx.first(BY_RENEWAL, values![authority, transaction_id, renews], read)
        .await
}

/// What was issued for a delivery or an order, oldest first: the first one, then its renewals.
pub async fn of_owner(tx: &mut Tx, of: &Owner) -> Result<Vec<Issuance>, Error> {
    let (kind, id) = columns(of);
    tx.all(OF_OWNER, values![kind, id], read).await
}

/// What a client polls for: the newest of a transaction that began pending, whose request that key signed.
pub async fn polled(
    tx: &mut Tx,
    authority: &AuthorityId,
    transaction_id: &str,
    signer_sha256: &str,
) -> Result<Option<Issuance>, Error> {
    let values = values![authority, transaction_id, signer_sha256];
    tx.first(POLLED, values, read).await
}

/// An authority's issuances, newest first, those older than `after`.
pub async fn list(
    tx: &mut Tx,
    authority: &AuthorityId,
    after: Option<&IssuanceId>,
    limit: u32,
) -> Result<Vec<Issuance>, Error> {
    let before = after.map_or(LAST, IssuanceId::as_str);
    tx.all(LIST, values![authority, before, limit], read).await
}

/// An authority's issuances that wait for a person, oldest first.
pub async fn pending(tx: &mut Tx, authority: &AuthorityId, limit: u32) -> Result<Vec<Issuance>, Error> {
    tx.all(PENDING, values![authority, limit], read).await
}

/// A part of the ledger that was looked through for what a crash left.
#[derive(Debug)]
pub struct LookedThrough {
    /// Intents without a certificate, in the order in which they were kept.
    pub unsigned: Vec<Issuance>,
    /// The number up to which there is no other one; where to go on the next time.
    pub to: i64,
}

/// Looks through the ledger after the number `from`: at most `limit` intents older than `before` that were never signed.
/// `settled` is so old that whatever began before it was kept or given up.
pub async fn unsigned(
    tx: &mut Tx,
    from: i64,
    before: &IssuanceId,
    settled: &IssuanceId,
    limit: u32,
) -> Result<LookedThrough, Error> {
    let found = tx
        .all(UNSIGNED, values![from, before, limit], |row| {
            Ok((row.read::<i64>("number")?, read(row)?))
        })
        .await?;
    let to = tx.number(SEEN_TO, values![from, settled]).await?;
    let is_all = u32::try_from(found.len()).is_ok_and(|count| count < limit);
    let last = found.last().map_or(to, |(number, _)| *number);
    Ok(LookedThrough {
        to: if is_all { to } else { to.min(last) },
        unsigned: found.into_iter().map(|(_, issuance)| issuance).collect(),
    })
}

/// What an authority revoked and what would still count at `now`, oldest first.
pub async fn revoked(tx: &mut Tx, authority: &AuthorityId, now: Timestamp) -> Result<Vec<Issuance>, Error> {
    tx.all(REVOKED, values![authority, now], read).await
}

/// When an authority last revoked a certificate; the beginning of time where it never did.
pub async fn last_revoked(tx: &mut Tx, authority: &AuthorityId) -> Result<Timestamp, Error> {
    let milliseconds = tx.number(LAST_REVOKED, values![authority]).await?;
    Ok(Timestamp::from_milliseconds(milliseconds))
}

/// How many certificates of an authority count now.
pub async fn count_valid(tx: &mut Tx, authority: &AuthorityId, now: Timestamp) -> Result<i64, Error> {
    tx.number(VALID, values![authority, now]).await
}

/// What has a certificate is issued, whatever its row says; of one that was erased no octet is left.
fn read(row: &Row) -> Result<Issuance, Error> {
    let intent = read_new(row)?;
    let certificate: Option<Vec<u8>> = row.read("certificate")?;
    Ok(Issuance {
        state: if certificate.is_some() {
            IssuanceState::Issued
        } else {
            intent.state
        },
        certificate: certificate.filter(|der| !der.is_empty()),
        issued_at: row.read("issued_at")?,
        ..intent
    })
}

/// What was only now intended has no certificate.
fn read_new(row: &Row) -> Result<Issuance, Error> {
    let revoked_at: Option<Timestamp> = row.read("revoked_at")?;
    let reason: Option<String> = row.read("revocation_reason")?;
    Ok(Issuance {
        id: row.read("id")?,
        authority_id: row.read("authority_id")?,
        serial: row.read("serial")?,
        transaction_id: row.read("transaction_id")?,
        renews: row.read("renews")?,
        key_sha256: row.read("key_sha256")?,
        signer_sha256: row.read("signer_sha256")?,
        owner: owner(row)?,
        wanted: row.json("wanted")?,
        public_key: row.read("public_key")?,
        not_before: row.read("not_before")?,
        not_after: row.read("not_after")?,
        state: row.word("state")?,
        certificate: None,
        requested_at: row.read("requested_at")?,
        issued_at: None,
        revoked: revoked_at.map(|at| Revoked {
            at,
            reason: reason
                .as_deref()
                .and_then(RevocationReason::from_name)
                .unwrap_or(RevocationReason::Unspecified),
        }),
    })
}
