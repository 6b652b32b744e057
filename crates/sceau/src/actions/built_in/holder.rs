//! For which device a certificate of the ledger is.

use domain::{actor::Actor, device::DeviceId, issuance::Issuance, operator::Permission, transaction::Owner};

use crate::{actions::Result, app::Shared};

/// A certificate of the ledger, with the device that its delivery is for.
#[derive(Clone, Debug)]
pub struct ForDevice {
    /// The certificate.
    pub issuance: Issuance,
    /// The device and its name; none for an order, or where the device is gone.
    pub device: Option<(DeviceId, String)>,
}

/// Finds the devices of these certificates.
pub async fn with_devices(app: &Shared, actor: &Actor, listed: Vec<Issuance>) -> Result<Vec<ForDevice>> {
    actor.require(Permission::Read)?;
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::with_capacity(listed.len());
                for issuance in listed {
                    let device = device_of(tx, &issuance.owner).await?;
                    found.push(ForDevice { issuance, device });
                }
                Ok(found)
            })
        })
        .await
}

async fn device_of(tx: &mut store::Tx, owner: &Owner) -> Result<Option<(DeviceId, String)>> {
    let Owner::Delivery(id) = owner else {
        return Ok(None);
    };
    let Some(delivery) = store::deliveries::by_id(tx, id).await? else {
        return Ok(None);
    };
    let device = store::devices::by_id(tx, &delivery.device_id).await?;
    Ok(device.map(|device| (device.id, device.name)))
}
