//! Signing: the intent stands in the ledger before it, the certificate after it. A crash in between is resumed with
//! the same serial number, dates and key, and PKCS#1 v1.5 has no randomness: the certificate is the same.

use std::sync::Arc;

use anyhow::Context as _;
use domain::{Id, Timestamp, issuance::Issuance};
use store::issuances::LookedThrough;
use tokio::sync::Mutex;

use super::{Opened, template};
use crate::{actions::Result, app::Shared};

/// Intents younger than this are being signed.
const IN_WORK_SECONDS: i64 = 60;
/// Whatever began so long ago on any node was kept or given up.
const SETTLED_SECONDS: i64 = 600;
/// The ledger is looked through so often: a busy authority adds thousands of rows in that time.
const LOOK_SECONDS: i64 = 60;
/// Intents found at once.
const BATCH: u32 = 100;

/// Signs what was intended and keeps the certificate. Gives it as DER.
pub async fn complete(app: &Shared, opened: &Arc<Opened>, issuance: &Issuance) -> Result<Vec<u8>> {
    let certificate = sign(opened, issuance)?;
    let (id, signed, now) = (issuance.id.clone(), certificate.clone(), app.now());
    app.store
        .write(move |tx| {
            let (id, signed) = (id.clone(), signed.clone());
            Box::pin(async move { store::issuances::complete(tx, &id, &signed, now).await })
        })
        .await?;
    Ok(certificate)
}

fn sign(opened: &Opened, issuance: &Issuance) -> Result<Vec<u8>> {
    let order = template::order(issuance, opened)?;
    let prepared = opened
        .authority
        .prepare(order)
        .context("preparing a certificate")?;
    let linted = prepared.lint().context("checking a certificate")?;
    Ok(linted.sign().context("signing a certificate")?.der)
}

/// What a crash left unsigned, as far as this process knows.
#[derive(Default)]
pub struct Unsigned(Mutex<Look>);

#[derive(Default)]
struct Look {
    /// When that was last done.
    at: Option<Timestamp>,
    /// The ledger was looked through up to this number.
    to: i64,
    /// Those that were found there and could not be signed yet.
    left: Vec<Issuance>,
}

/// Signs what a crash left unsigned. Gives how many.
pub async fn resume(app: &Shared, now: Timestamp) -> Result<usize> {
    let mut look = app.unsigned.0.lock().await;
    let is_due = look.at.is_none_or(|at| now >= at.plus_seconds(LOOK_SECONDS));
    let looked = match is_due {
        true => look_through(app, look.to, now).await?,
        false => LookedThrough {
            to: look.to,
            unsigned: Vec::new(),
        },
    };
    // What is younger than settled is found again.
    let mut left = std::mem::take(&mut look.left);
    left.retain(|known| looked.unsigned.iter().all(|found| found.id != known.id));
    left.extend(looked.unsigned);
    look.to = looked.to;
    // Where a batch was full there is more.
    if is_due && left.len() < BATCH as usize {
        look.at = Some(now);
    }
    let mut count = 0;
    for issuance in left {
        match sign_left(app, &issuance).await {
            Ok(is_signed) => count += usize::from(is_signed),
            // One authority whose token is gone doesn't hold up the others.
            Err(error) => {
                let incident = error.incident().unwrap_or_default();
                tracing::error!(serial = %issuance.serial, %incident, "an intended certificate is not signed yet");
                look.left.push(issuance);
            }
        }
    }
    Ok(count)
}

async fn look_through(app: &Shared, from: i64, now: Timestamp) -> Result<LookedThrough> {
    // An embedded database numbers its rows as they are kept: nothing is kept later under a smaller number.
    let settled_seconds = match app.store.is_embedded() {
        true => IN_WORK_SECONDS,
        false => SETTLED_SECONDS,
    };
    let (before, settled) = (
        Id::new(now.plus_seconds(-IN_WORK_SECONDS), [0; 10]),
        Id::new(now.plus_seconds(-settled_seconds), [0; 10]),
    );
    let looked = app.store.read(move |tx| {
        let (before, settled) = (before.clone(), settled.clone());
        Box::pin(async move { store::issuances::unsigned(tx, from, &before, &settled, BATCH).await })
    });
    Ok(looked.await?)
}

/// Signs one, unless its authority is gone. Gives whether it did.
async fn sign_left(app: &Shared, issuance: &Issuance) -> Result<bool> {
    let Some(opened) = app.built_in.of(app, &issuance.authority_id).await? else {
        return Ok(false);
    };
    complete(app, &opened, issuance).await?;
    Ok(true)
}
