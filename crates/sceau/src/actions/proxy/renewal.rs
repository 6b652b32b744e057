//! Renewals at an order's address.
//!
//! The proxy can't open an answer, so it never sees the certificate that an order got, and has none to compare with.
//! What it demands instead is proof enough: the order was granted here; the certificate that signs the renewal was
//! signed by one of the authority's known CA certificates (its key, not its name), has not ended, and bears exactly
//! the order's subject and alternative names; and the message's signature proves that the client has its key. Such a
//! certificate could come to somebody else only where the authority gave the same identity twice, and then that
//! somebody can renew with the authority itself. Whether it was revoked, the authority knows and says.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Timestamp,
    certificate::compare_identity,
    external_ca::Authority,
    order::Order,
    subject::alternative_names,
    transaction::{Transaction, TransactionState},
};

use super::rules::{Asked, Place, unless_unknown};
use crate::secrets::hex;

/// A renewal that waits for approval and that nobody has asked after for so long holds up no other.
const FORGOTTEN_SECONDS: i64 = 86_400;

/// SHA-256 (hex) of the certificate that is being renewed, or the word for why it is none of this order's.
pub(super) fn proof(
    order: &Order,
    known: &[Transaction],
    asked: &Asked,
    authority: &Authority,
    now: Timestamp,
) -> Result<String, &'static str> {
    if !known
        .iter()
        .any(|known| known.state == TransactionState::Succeeded)
    {
        return Err("nothing-to-renew");
    }
    let sans = alternative_names::literal(&order.sans);
    let certificate = &asked.signer_certificate;
    match compare_identity(certificate, &order.subject, &sans, &authority.certificates) {
        Err(_) => Err("renewal-not-ours"),
        Ok(not_after) if not_after <= now => Err("renewal-expired"),
        Ok(_) => Ok(hex(digest(&SHA256, certificate).as_ref())),
    }
}

/// A renewal is a transaction of its own, and one runs at a time. A client may name it as it named the first one, by
/// its key, so the certificate that is being renewed tells them apart.
pub(super) fn place(
    known: Vec<Transaction>,
    asked: &Asked,
    certificate: String,
    authority: &Authority,
    now: Timestamp,
) -> Result<Place, &'static str> {
    let is_running = known.iter().any(|known| is_running(known, now));
    let same = known.into_iter().rev().find(|known| {
        known.transaction_id == asked.transaction_id && known.renews_sha256.as_ref() == Some(&certificate)
    });
    match same {
        Some(known) => unless_unknown(known, authority),
        None if is_running => Err("renewal-running"),
        None => Ok(Place::New {
            renews_sha256: Some(certificate),
        }),
    }
}

fn is_running(known: &Transaction, now: Timestamp) -> bool {
    let is_underway = match known.state {
        TransactionState::Forwarded => true,
        TransactionState::Pending => now < known.forwarded_at.plus_seconds(FORGOTTEN_SECONDS),
        _ => false,
    };
    known.renews_sha256.is_some() && is_underway
}
