//! One-time challenges: 128 random bits in hex, kept by their hash, good for one certificate of one owner.

use domain::{
    Timestamp,
    external_ca::Authority,
    issuance::{OneTimeChallenge, WantedCertificate},
    transaction::Owner,
};
use store::Tx;
use zeroize::Zeroizing;

use super::template;
use crate::{
    actions::Result,
    secrets::{random_token, token_sha256},
};

/// Makes a challenge and stores what it is good for. The challenge itself is known to the caller alone.
pub async fn mint(
    tx: &mut Tx,
    authority: &Authority,
    owner: &Owner,
    wanted: &WantedCertificate,
    now: Timestamp,
) -> Result<Zeroizing<String>> {
    // What no certificate can hold is refused now, not at the device.
    template::ordered(wanted)?;
    let challenge = random_token();
    let record = OneTimeChallenge {
        sha256: token_sha256(&challenge),
        authority_id: authority.id.clone(),
        owner: owner.clone(),
        wanted: wanted.clone(),
        created_at: now,
        expires_at: now.plus_seconds(authority.limits.lifetime_seconds.into()),
        used_by: None,
    };
    store::one_time_challenges::insert(tx, &record).await?;
    Ok(challenge)
}
