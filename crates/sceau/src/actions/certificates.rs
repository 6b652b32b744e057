//! Certificates that devices proved to hold.

use domain::{
    Error as Refusal, Kind, actor::Actor, certificate::Certificate, delivery::DeliveryId, device::DeviceId,
    operator::Permission, thumbprint::Sha1,
};
pub use store::certificates::ListedCertificate;

use super::Result;
use crate::app::Shared;

/// A page of certificates, newest first.
pub async fn list_certificates(
    app: &Shared,
    actor: &Actor,
    search: String,
    after: Option<(DeliveryId, Sha1)>,
    limit: u32,
) -> Result<Vec<ListedCertificate>> {
    actor.require(Permission::Read)?;
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let after = after.as_ref().map(|(delivery, sha1)| (delivery, sha1));
                Ok(store::certificates::list(tx, &search, after, limit).await?)
            })
        })
        .await
}

/// One certificate of a device, with the device's name.
pub async fn one_certificate(
    app: &Shared,
    actor: &Actor,
    device: &DeviceId,
    sha1: Sha1,
) -> Result<(Certificate, String)> {
    actor.require(Permission::Read)?;
    let device = device.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let unknown =
                    || Refusal::new(Kind::NotFound, "error-not-found", "there is no such certificate");
                let certificate = store::certificates::by_sha1(tx, &device, &sha1)
                    .await?
                    .ok_or_else(unknown)?;
                let device = store::devices::by_id(tx, &device).await?.ok_or_else(unknown)?;
                Ok((certificate, device.name))
            })
        })
        .await
}
