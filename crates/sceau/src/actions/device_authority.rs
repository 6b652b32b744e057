//! Sceau's own authority for the identities of devices: made once, sealed in the database so that every node has it.

use std::time::Duration;

use anyhow::Context as _;
use ca::{CertificateAuthority, IssuingKey, serial};
use domain::{Sealed, Timestamp};
use store::Store;

use crate::secrets::{Place, Secrets};

const NAME: &str = "device-authority";
const PLACE: Place<'static> = Place {
    table: "server_keys",
    column: "sealed",
    row: NAME,
};
/// Twenty years: devices that outlive their authority must enrol again.
const LIFETIME: Duration = Duration::from_secs(20 * 365 * 86_400);

/// Opens the authority, making it at the very first start. Two nodes that start at once agree on one.
pub async fn open_or_create(
    store: &Store,
    secrets: &Secrets,
    now: Timestamp,
) -> anyhow::Result<CertificateAuthority> {
    let known = store.read(|tx| Box::pin(store::keys::by_name(tx, NAME))).await?;
    let sealed = match known {
        Some(known) => known.sealed,
        None => {
            let fresh = create(secrets, now)?;
            store
                .write(move |tx| {
                    let fresh = fresh.clone();
                    Box::pin(async move { store::keys::put_if_absent(tx, NAME, &fresh, now).await })
                })
                .await?
        }
    };
    let opened = secrets
        .open(PLACE, &sealed)
        .context("the authority of the devices' identities is sealed under another secrets key")?;
    let (length, rest) = opened
        .split_at_checked(4)
        .context("the stored authority is damaged")?;
    let length = u32::from_be_bytes(length.try_into().context("damaged")?) as usize;
    let (certificate, key) = rest
        .split_at_checked(length)
        .context("the stored authority is damaged")?;
    Ok(CertificateAuthority::open(
        certificate.to_vec(),
        IssuingKey::from_pkcs8(key)?,
    )?)
}

/// Length of the certificate (4 octets), certificate, key (PKCS#8).
fn create(secrets: &Secrets, now: Timestamp) -> anyhow::Result<Sealed> {
    let key = IssuingKey::generate(2048)?;
    let pkcs8 = key.to_pkcs8()?;
    let authority = CertificateAuthority::create_root(
        "Sceau device identities",
        key,
        now.seconds(),
        LIFETIME,
        serial::random()?,
    )?;
    let mut bundle = zeroize::Zeroizing::new(
        u32::try_from(authority.certificate().len())?
            .to_be_bytes()
            .to_vec(),
    );
    bundle.extend_from_slice(authority.certificate());
    bundle.extend_from_slice(&pkcs8);
    secrets.seal(PLACE, &bundle)
}
