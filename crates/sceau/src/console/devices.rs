//! Devices: where each one stands, in words, and its timeline.

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Timestamp,
    delivery::{Delivery, DeliveryId, DeliveryState, Proof},
    device::{Device, DeviceId},
};

use super::{
    ROWS, device_check,
    device_removal::{self, Leaving},
    device_silence::SilenceWords,
    device_trust::TrustRow,
    device_twins::TwinRow,
    inventory::Told,
    moment,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
    waking::Calling,
    words::{self, CauseWords, EventWords},
};
use crate::{
    actions::devices::{self, DeviceFilter, DeviceStory, ListedDevice},
    app::Shared,
};

/// States that a list can be narrowed to.
const STATES: [&str; 7] = [
    "waiting_for_device",
    "waiting_for_challenge",
    "sent",
    "enrolling",
    "pending_at_ca",
    "verified",
    "failed",
];

/// How devices stand, that a list can be narrowed to as well.
const STANDINGS: [(&str, &str); 3] = [
    (devices::LEAVING, "standing-leaving"),
    (devices::SILENT, "standing-silent"),
    (devices::REVOKED, "standing-revoked"),
];

/// Steps of a timeline on one page.
const STEPS: u32 = 200;

#[derive(Template)]
#[template(path = "devices/list.html")]
pub(super) struct DevicesPage {
    pub(super) page: Page,
    pub(super) search: String,
    pub(super) state: String,
    pub(super) states: Vec<(String, String)>,
    pub(super) server: String,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) model: String,
    pub(super) person: String,
    /// Class and words of what its deliveries come to.
    pub(super) states: Vec<(&'static str, String)>,
    pub(super) last_seen_at: Timestamp,
}

#[derive(Template)]
#[template(path = "devices/show.html")]
pub(super) struct DevicePage {
    pub(super) page: Page,
    pub(super) device: Device,
    pub(super) leaving: Option<Leaving>,
    /// That it is silent, or came back after it had left for that.
    pub(super) silence: SilenceWords,
    /// How it left, by whom and when.
    pub(super) left: Option<String>,
    pub(super) person: String,
    /// The end of its own identity, and whether it should have renewed it by now.
    pub(super) identity: Option<(Timestamp, bool)>,
    pub(super) facts: Vec<(&'static str, String)>,
    /// What it told when it was asked.
    pub(super) told: Told,
    pub(super) deliveries: Vec<DeliveryRow>,
    /// The certificates of authorities that it trusts.
    pub(super) trust: Vec<TrustRow>,
    /// Others that say the same of their hardware.
    pub(super) twins: Vec<TwinRow>,
    /// Whether the device can be asked for what it proved.
    pub(super) can_check: bool,
    /// How it is called.
    pub(super) calling: Calling,
    pub(super) timeline: Vec<EventWords>,
    pub(super) next: Option<String>,
}

pub(super) struct DeliveryRow {
    pub(super) id: String,
    pub(super) configuration: String,
    pub(super) state: &'static str,
    pub(super) sentence: String,
    pub(super) cause: Option<CauseWords>,
    pub(super) attempt: String,
    pub(super) since: Timestamp,
    pub(super) subject: String,
    pub(super) sha1: Option<String>,
    pub(super) proof: &'static str,
    /// When it was last looked at again, or what that waits for.
    pub(super) checked: String,
    pub(super) can_retry: bool,
    /// What the certificate carries and isn't there any more.
    pub(super) lacking: Option<CauseWords>,
}

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    search: String,
    #[serde(default)]
    state: String,
    after: Option<String>,
}

#[derive(serde::Deserialize)]
pub(super) struct Onward {
    after: Option<i64>,
}

/// `GET /devices`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let filter = DeviceFilter {
        search: asked.search.clone(),
        state: Some(asked.state.clone()).filter(|state| !state.is_empty()),
        ..DeviceFilter::default()
    };
    let after = asked.after.as_deref().and_then(|id| DeviceId::parse(id).ok());
    let listed = devices::list_devices(&app, &visitor.actor(), filter, after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = listed.len() >= ROWS as usize;
    let next = listed.last().filter(|_| is_full).map(|last| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("search", &asked.search)
            .append_pair("state", &asked.state)
            .append_pair("after", last.device.id.as_str())
            .finish();
        format!("/devices?{query}")
    });
    let page = visitor.page(Section::Devices);
    let rows = listed.into_iter().map(|one| row(&page, one)).collect();
    let server = app.settings.public_url.clone();
    Ok(respond::show(&DevicesPage {
        states: offered(&page),
        page,
        search: asked.search,
        state: asked.state,
        server,
        rows,
        next,
    }))
}

/// `GET /devices/{id}`
pub(super) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
    Query(onward): Query<Onward>,
) -> Answer {
    let id = known(&visitor, &id)?;
    let actor = visitor.actor();
    let story = devices::one_device(&app, &actor, &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let events = devices::timeline(&app, &actor, &id, onward.after, STEPS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = events.len() >= STEPS as usize;
    let next = events
        .last()
        .filter(|_| is_full)
        .map(|(number, _)| format!("/devices/{id}?after={number}"));
    let page = visitor.page(Section::Devices);
    let timeline = events
        .iter()
        .map(|(_, event)| words::event(event, page.language))
        .collect();
    Ok(respond::show(&shown(page, story, timeline, next, app.now())))
}

/// `POST /devices/{id}/deliveries/{delivery}/retry`
pub(super) async fn retry(
    State(app): State<Shared>,
    Path((device, delivery)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let visitor = posted.visitor;
    let device = known(&visitor, &device)?;
    let delivery =
        DeliveryId::parse(&delivery).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))?;
    devices::retry_delivery(&app, &visitor.actor(), &delivery)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{device}?done=retried")))
}

pub(super) fn offered(page: &Page) -> Vec<(String, String)> {
    let all = (String::new(), page.t("state-all"));
    let states = STATES.map(|state| (state.to_owned(), page.state(state)));
    let standings = STANDINGS.map(|(name, key)| (name.to_owned(), page.t(key)));
    std::iter::once(all).chain(states).chain(standings).collect()
}

fn known(visitor: &Visitor, id: &str) -> Result<DeviceId, Problem> {
    DeviceId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))
}

pub(super) fn shown(
    page: Page,
    story: DeviceStory,
    timeline: Vec<EventWords>,
    next: Option<String>,
    now: Timestamp,
) -> DevicePage {
    let deliveries = story
        .deliveries
        .iter()
        .map(|(delivery, name)| {
            let row = delivery_row(&page, &story.device, delivery, name);
            let lacking = story.lacking.iter().find(|(id, _)| *id == delivery.id);
            DeliveryRow {
                checked: device_check::in_words(&page, &story.device, delivery, story.check_days, now),
                lacking: lacking.map(|(_, cause)| words::cause(cause, page.language)),
                sentence: its_turn(&page, delivery, now).unwrap_or(row.sentence),
                ..row
            }
        })
        .collect();
    let trust = story.trust.iter();
    let trust = trust
        .map(|held| TrustRow::of(&page, &story.device, held))
        .collect();
    let twins = story.twins.iter();
    let twins = twins
        .map(|other| TwinRow::of(&page, &story.device.id, other))
        .collect();
    let can_check = device_check::is_possible(&story.device, &story.deliveries);
    let calling = Calling::of(&page, &story.device, &story.reach, now);
    let device = story.device;
    let model = [&device.manufacturer, &device.model];
    let model: Vec<&str> = model.into_iter().filter_map(|text| text.as_deref()).collect();
    let facts = [
        ("device-windows", device.os_version.clone()),
        (
            "device-model",
            Some(model.join(" ")).filter(|text| !text.is_empty()),
        ),
        ("device-serial", device.serial_number.clone()),
    ];
    DevicePage {
        identity: story
            .identity
            .filter(|_| device.unenrolled_at.is_none())
            .map(|identity| (identity.not_after, identity.is_late(now))),
        leaving: Leaving::of(&page, &device),
        silence: SilenceWords::of(&page, &device, &story.silence),
        left: device
            .unenrolled_at
            .and_then(|_| device_removal::in_words(&page, &device)),
        told: Told::of(&page, &device, story.listing.as_ref(), &story.certificates),
        person: story.person.map(|person| person.username).unwrap_or_default(),
        facts: facts
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect(),
        page,
        device,
        deliveries,
        trust,
        twins,
        can_check,
        calling,
        timeline,
        next,
    }
}

/// That it waits for a moment, not for the device.
fn its_turn(page: &Page, delivery: &Delivery, now: Timestamp) -> Option<String> {
    let waits = delivery.state == DeliveryState::WaitingForDevice && delivery.not_before > now;
    waits.then(|| page.with("sentence-its-turn", "at", &moment::minute(delivery.not_before)))
}

fn delivery_row(page: &Page, device: &Device, delivery: &Delivery, configuration: &str) -> DeliveryRow {
    let state = delivery.state.name();
    let (sha1, proof) = match &delivery.state {
        DeliveryState::Verified { sha1, by } => (Some(sha1.to_string()), words::proof(*by)),
        _ => (None, ""),
    };
    DeliveryRow {
        id: delivery.id.to_string(),
        configuration: configuration.to_owned(),
        state,
        sentence: match (&delivery.state, words::cause_of(&delivery.state)) {
            (_, Some(cause)) if cause.is_lack() => page.t("sentence-held_back"),
            (
                DeliveryState::Verified {
                    by: Proof::Thumbprint,
                    ..
                },
                _,
            ) => page.t("sentence-verified-by-thumbprint"),
            _ => page.t(&format!("sentence-{state}")),
        },
        cause: words::cause_of(&delivery.state).map(|cause| words::cause(cause, page.language)),
        attempt: delivery.attempt.to_string(),
        since: delivery.updated_at,
        subject: delivery.subject.clone(),
        sha1,
        proof,
        checked: String::new(),
        lacking: None,
        can_retry: device.is_staying()
            && delivery.is_current
            && matches!(delivery.state, DeliveryState::Failed { .. }),
    }
}

fn row(page: &Page, listed: ListedDevice) -> Row {
    let counts = [
        ("status-green", "device-verified-count", listed.verified),
        ("status-blue", "device-open-count", listed.open),
        ("status-red", "device-failed-count", listed.failed),
    ];
    let device = listed.device;
    let left = device_removal::in_words(page, &device).map(|words| ("", words));
    let states = counts
        .into_iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(class, key, count)| (class, page.count(key, &count)));
    Row {
        id: device.id.to_string(),
        name: device.name,
        model: device.model.unwrap_or_default(),
        person: listed.username.unwrap_or_default(),
        states: states.chain(left).collect(),
        last_seen_at: device.last_seen_at,
    }
}
