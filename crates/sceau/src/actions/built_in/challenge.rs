//! One-time challenges: the moment and 128 random bits in hex, kept by their hash, good for one certificate of one
//! owner.

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

/// Hex digits of the moment (48 bits of milliseconds) that a challenge begins with.
const MOMENT_DIGITS: usize = 12;
/// Hex digits of a challenge.
const DIGITS: usize = MOMENT_DIGITS + 32;

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
    let challenge = Zeroizing::new(format!("{:012x}{}", now.milliseconds(), *random_token()));
    let record = OneTimeChallenge {
        key: key(&challenge),
        authority_id: authority.id.clone(),
        owner: owner.clone(),
        wanted: wanted.clone(),
        created_at: now,
        expires_at: now.plus_seconds(authority.limits.lifetime_seconds.into()),
    };
    store::one_time_challenges::insert(tx, &record).await?;
    Ok(challenge)
}

/// Under what a challenge is kept and found. A hash alone would scatter those of one hour over the whole of each index,
/// and every enrolment would rewrite a page of its own there; the moment before it keeps neighbours together. It is no
/// secret, the 128 bits behind it are. What an earlier version gave out has no moment and is found by the hash.
pub(super) fn key(challenge: &str) -> String {
    let hash = token_sha256(challenge);
    // Anything may be sent as a challenge, also what a database takes for no text.
    let is_moment = |text: &&str| text.bytes().all(|octet| octet.is_ascii_hexdigit());
    match challenge.get(..MOMENT_DIGITS).filter(is_moment) {
        Some(moment) if challenge.len() == DIGITS => format!("{moment}{hash}"),
        _ => hash,
    }
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, key};

    #[test]
    fn only_a_moment_stands_before_the_hash() {
        let made = "0".repeat(DIGITS);
        assert!(key(&made).starts_with("000000000000"));
        assert_eq!(key(&made).len(), 12 + 64);
        // PostgreSQL takes no NUL in a text, and whoever sends one shall be refused like anybody else.
        let hostile = format!("\0{}", "0".repeat(DIGITS - 1));
        assert_eq!(key(&hostile).len(), 64);
        assert_eq!(key("0123456789abcdef0123456789abcdef").len(), 64);
        assert_eq!(key(&"é".repeat(DIGITS / 2)).len(), 64);
    }
}
