//! A person wants to know now whether a device still holds what it proved. It is asked in its next session; what that
//! does is in `sessions/drift.rs`.

use domain::{
    Error as Refusal, Kind, actor::Actor, delivery::DeliveryState, device::DeviceId, operator::Permission,
};
use store::audit::AuditEntry;

use super::{Result, activity};
use crate::app::Shared;

/// The device is asked in its next session for each certificate that it proved. Gives how many these are.
pub async fn check_device(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<i64> {
    actor.require(Permission::Devices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
                let device = store::devices::by_id(tx, &id).await?.ok_or_else(unknown)?;
                if !device.is_staying() {
                    let detail = "the device leaves, or has left";
                    return Err(Refusal::new(Kind::State, "error-device-leaves", detail).into());
                }
                let mut asked = 0;
                for delivery in store::deliveries::of_device(tx, &id).await? {
                    if delivery.is_current && matches!(delivery.state, DeliveryState::Verified { .. }) {
                        store::deliveries::update(tx, &delivery.to_be_checked(now)).await?;
                        asked += 1;
                    }
                }
                if asked == 0 {
                    let detail = "the device has proved no certificate that it could be asked for";
                    return Err(Refusal::new(Kind::State, "error-nothing-to-check", detail).into());
                }
                let entry: AuditEntry = activity::entry(&actor, now, "device.check", ("device", id.as_str()));
                store::audit::append(tx, &entry).await?;
                Ok(asked)
            })
        })
        .await
}
