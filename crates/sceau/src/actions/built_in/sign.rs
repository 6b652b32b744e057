//! Signing: the intent stands in the ledger before it, the certificate after it. A crash in between is resumed with
//! the same serial number, dates and key, and PKCS#1 v1.5 has no randomness: the certificate is the same.

use std::sync::Arc;

use anyhow::Context as _;
use domain::{Id, Timestamp, issuance::Issuance};

use super::{Opened, template};
use crate::{actions::Result, app::Shared};

/// Intents younger than this are being signed.
const IN_WORK_SECONDS: i64 = 60;
/// Intents resumed at once.
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

/// Signs what a crash left unsigned. Gives how many.
pub async fn resume(app: &Shared, now: Timestamp) -> Result<usize> {
    let before = Id::new(now.plus_seconds(-IN_WORK_SECONDS), [0; 10]);
    let left = app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::intended(tx, &before, BATCH).await }))
        .await?;
    let mut count = 0;
    for issuance in left {
        let opened = app.built_in.of(app, &issuance.authority_id).await;
        let signed = match opened {
            Ok(Some(opened)) => complete(app, &opened, &issuance).await.map(drop),
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        match signed {
            Ok(()) => count += 1,
            // One authority whose token is gone doesn't hold up the others.
            Err(error) => {
                let incident = error.incident().unwrap_or_default();
                tracing::error!(serial = %issuance.serial, %incident, "an intended certificate is not signed yet");
            }
        }
    }
    Ok(count)
}
