//! A configuration or its distribution changed: deliveries are planned for every device that is meant.

use domain::{device::DeviceId, scep_configuration::ConfigurationId};

use crate::{
    actions::{Result, delivery},
    app::Shared,
};

/// The job's kind; its key and payload are the configuration's id.
pub const KIND: &str = "plan_configuration";
/// Devices planned in one transaction.
const BATCH: u32 = 200;

/// Goes through all devices by key, a batch at a time. Running it again does no harm.
pub async fn run(app: &Shared, payload: &str) -> Result<()> {
    let id = ConfigurationId::parse(payload)?;
    let mut after: Option<DeviceId> = None;
    loop {
        let (id, from, now) = (id.clone(), after.clone(), app.now());
        let last = app
            .store
            .write(move |tx| {
                let (id, from) = (id.clone(), from.clone());
                Box::pin(async move {
                    if store::configurations::by_id(tx, &id).await?.is_none() {
                        return Ok(None);
                    }
                    let ids = store::devices::list_ids_page(tx, from.as_ref(), BATCH).await?;
                    for id in &ids {
                        if let Some(device) = store::devices::by_id(tx, id).await? {
                            delivery::plan_for_device(tx, &device, now).await?;
                        }
                    }
                    Ok::<_, crate::actions::Error>(ids.last().cloned())
                })
            })
            .await?;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}
