//! Looking again whether a device holds what it proved: when that was last done, and the button that asks for it.

use axum::extract::{Path, State};
use domain::{
    Timestamp,
    delivery::{Delivery, DeliveryState},
    device::{Device, DeviceId},
    scep_configuration::CertificateStore,
};

use super::{
    moment,
    page::{Page, Section},
    posted::Posted,
    respond::{Answer, Problem, go},
};
use crate::{actions::device_check, app::Shared};

/// `POST /devices/{id}/check`
pub(super) async fn check(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = DeviceId::parse(&id).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))?;
    device_check::check_device(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=check-asked")))
}

/// Whether there is something to ask the device for.
pub(super) fn is_possible(device: &Device, deliveries: &[(Delivery, String)]) -> bool {
    let is_proved =
        |delivery: &Delivery| delivery.is_current && matches!(delivery.state, DeliveryState::Verified { .. });
    device.is_staying() && deliveries.iter().any(|(delivery, _)| is_proved(delivery))
}

/// When the device last said that it still holds a certificate, and what the next question waits for.
pub(super) fn in_words(
    page: &Page,
    device: &Device,
    delivery: &Delivery,
    days: u16,
    now: Timestamp,
) -> String {
    if !delivery.is_current || !matches!(delivery.state, DeliveryState::Verified { .. }) {
        return String::new();
    }
    let is_due = device.is_staying() && delivery.check_due(days) <= now;
    let key = match (is_due, delivery.store, delivery.checked_at) {
        (true, Some(CertificateStore::User), _) => "device-check-waits-user",
        (true, ..) => "device-check-waits",
        (false, _, Some(_)) => "device-checked",
        (false, _, None) => return String::new(),
    };
    let at = format!("{} UTC", moment::minute(delivery.last_seen_there()));
    page.with(key, "at", &at)
}
