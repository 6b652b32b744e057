//! `/devices`: enrolled machines, what happens on each, and its timeline.

use std::collections::BTreeMap;

use axum::{Router, extract::State, routing::get};
use domain::{
    actor::Actor,
    delivery::{Delivery, DeliveryState},
    device::{Device, DeviceId, LeftHow},
    diagnosis::Cause,
    event::Event,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::Answer,
    caller::Caller,
    cause,
    device_removal::RemovalView,
    instant::Instant,
    inventory::InventoryView,
    page::{self, Asked, Named, Page},
    problem::Result,
};
use crate::{
    actions::devices::{self, DeviceFilter, ListedDevice},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/devices", get(list))
        .route("/devices/{id}", get(one))
        .route("/devices/{id}/timeline", get(timeline))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    search: Option<String>,
    state: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimelineQuery {
    after: Option<i64>,
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<ListedView>>> {
    let limit = page::limit(asked.limit)?;
    let after = page::key("after", asked.after.as_ref())?;
    let filter = DeviceFilter {
        search: asked.search.unwrap_or_default(),
        state: asked.state,
        ..DeviceFilter::default()
    };
    let rows = devices::list_devices(&app, &actor, filter, after, limit).await?;
    let causes = failures(&app, &actor, &rows).await?;
    let key = |row: &ListedDevice| row.device.id.to_string();
    let view = |row: ListedDevice| {
        let cause = causes.get(&row.device.id).map(cause::view);
        ListedView::of(row, cause)
    };
    Ok(Answer(Page::of(rows, limit, key, view)))
}

/// Why devices of a page failed.
async fn failures(app: &Shared, actor: &Actor, rows: &[ListedDevice]) -> Result<BTreeMap<DeviceId, Cause>> {
    let mut causes = BTreeMap::new();
    for row in rows.iter().filter(|row| row.failed > 0) {
        let story = devices::one_device(app, actor, &row.device.id).await?;
        let failed = story
            .deliveries
            .into_iter()
            .find_map(|(delivery, _)| match delivery.state {
                DeliveryState::Failed { cause } if delivery.is_current => Some(cause),
                _ => None,
            });
        causes.extend(failed.map(|cause| (row.device.id.clone(), cause)));
    }
    Ok(causes)
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<StoryView>> {
    let story = devices::one_device(&app, &actor, &id).await?;
    Ok(Answer(StoryView {
        device: View::of(&story.device),
        silence: story.silence.told.map(|(told_at, leaves_at)| SilenceView {
            told_at: told_at.into(),
            leaves_at: leaves_at.into(),
        }),
        returned_at: story.silence.returned_at.map(Instant),
        inventory: InventoryView::of(&story.device, story.listing.as_ref()),
        person: story.person.map(|person| person.username),
        identity_ends_at: story.identity.map(|identity| identity.not_after.into()),
        deliveries: story
            .deliveries
            .iter()
            .map(|(delivery, name)| {
                let mut lacking = story.lacking.iter();
                let lacking = lacking.find(|(id, _)| *id == delivery.id);
                DeliveryView {
                    lacking: lacking.map(|(_, why)| cause::view(why)),
                    ..DeliveryView::of(delivery, name)
                }
            })
            .collect(),
    }))
}

async fn timeline(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
    Asked(asked): Asked<TimelineQuery>,
) -> Result<Answer<Page<EventView>>> {
    let limit = page::limit(asked.limit)?;
    let rows = devices::timeline(&app, &actor, &id, asked.after, limit).await?;
    let key = |(number, _): &(i64, Event)| number.to_string();
    Ok(Answer(Page::of(rows, limit, key, EventView::from)))
}

#[derive(Serialize)]
struct ListedView {
    #[serde(flatten)]
    device: View,
    person: Option<String>,
    state: &'static str,
    cause: Option<Value>,
    verified: i64,
    failed: i64,
    open: i64,
}

#[derive(Serialize)]
struct StoryView {
    #[serde(flatten)]
    device: View,
    person: Option<String>,
    /// When the certificate by which it speaks ends.
    identity_ends_at: Option<Instant>,
    /// That it isn't heard of, and leaves if that goes on.
    silence: Option<SilenceView>,
    /// When it came back after it had left for its silence.
    returned_at: Option<Instant>,
    /// What it told of itself: no proof of anything.
    inventory: InventoryView,
    deliveries: Vec<DeliveryView>,
}

#[derive(Serialize)]
struct SilenceView {
    /// When people were told.
    told_at: Instant,
    /// When it leaves if it isn't heard of.
    leaves_at: Instant,
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    windows_id: String,
    os_version: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    serial_number: Option<String>,
    enrolled_at: Instant,
    last_seen_at: Instant,
    unenrolled_at: Option<Instant>,
    left_how: Option<&'static str>,
    removal: Option<RemovalView>,
}

#[derive(Serialize)]
struct DeliveryView {
    id: String,
    configuration_id: String,
    configuration_name: String,
    configuration_version: i64,
    attempt: i64,
    is_current: bool,
    /// The state's name and what is known by then.
    #[serde(flatten)]
    state: Value,
    subject: String,
    sans: String,
    /// What can't be filled in any more of what the certificate carries.
    lacking: Option<Value>,
    /// When the device last proved, asked again, that it holds the certificate.
    checked_at: Option<Instant>,
    not_before: Instant,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Serialize)]
struct EventView {
    number: i64,
    delivery_id: Option<String>,
    at: Instant,
    #[serde(flatten)]
    what: Value,
}

impl ListedView {
    fn of(listed: ListedDevice, cause: Option<Value>) -> Self {
        // The worst of what stands on it.
        let state = match &listed {
            row if row.failed > 0 => "failed",
            row if row.open > 0 => "open",
            row if row.verified > 0 => "verified",
            _ => "nothing_planned",
        };
        Self {
            device: View::of(&listed.device),
            person: listed.username,
            state,
            cause,
            verified: listed.verified,
            failed: listed.failed,
            open: listed.open,
        }
    }
}

impl View {
    fn of(device: &Device) -> Self {
        Self {
            id: device.id.to_string(),
            name: device.name.clone(),
            windows_id: device.windows_id.clone(),
            os_version: device.os_version.clone(),
            manufacturer: device.manufacturer.clone(),
            model: device.model.clone(),
            serial_number: device.serial_number.clone(),
            enrolled_at: device.enrolled_at.into(),
            last_seen_at: device.last_seen_at.into(),
            unenrolled_at: device.unenrolled_at.map(Instant),
            left_how: device.left_how.map(LeftHow::name),
            removal: device.removal.as_ref().map(RemovalView::from),
        }
    }
}

impl DeliveryView {
    fn of(delivery: &Delivery, name: &str) -> Self {
        Self {
            id: delivery.id.to_string(),
            configuration_id: delivery.configuration_id.to_string(),
            configuration_name: name.to_owned(),
            configuration_version: delivery.configuration_version,
            attempt: delivery.attempt,
            is_current: delivery.is_current,
            state: cause::view(&delivery.state),
            subject: delivery.subject.clone(),
            sans: delivery.sans.clone(),
            lacking: None,
            checked_at: delivery.checked_at.map(Instant),
            not_before: delivery.not_before.into(),
            created_at: delivery.created_at.into(),
            updated_at: delivery.updated_at.into(),
        }
    }
}

impl From<(i64, Event)> for EventView {
    fn from((number, event): (i64, Event)) -> Self {
        Self {
            number,
            delivery_id: event.delivery_id.map(|id| id.to_string()),
            at: event.at.into(),
            what: cause::view(&event.what),
        }
    }
}
