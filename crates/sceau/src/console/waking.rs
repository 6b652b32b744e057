//! How a device is called: what is known of it, and the button. Nothing is said that wasn't seen.

use axum::extract::{Path, State};
use domain::{
    Timestamp,
    device::{
        Device, DeviceId,
        waking::{Expected, Pushed, Waking, expected},
    },
};

use super::{
    language::Language,
    moment,
    page::{Page, Section},
    posted::Posted,
    respond::{Answer, Problem, go},
    words::problem_in_words,
};
use crate::{
    actions::{
        devices::Reach,
        waking::{self, Synced, Way},
    },
    app::Shared,
};

/// Statuses of `Push/Status` that have words. Microsoft, DMClient CSP.
const STATUSES: std::ops::RangeInclusive<i64> = 1..=8;

/// `POST /devices/{id}/sync`
pub(super) async fn sync(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = DeviceId::parse(&id).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))?;
    let synced = waking::sync_device(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let done = synced.way.name().replace('_', "-");
    Ok(go(&format!("/devices/{id}?done=sync-{done}")))
}

/// What the device's page says.
#[derive(Clone, Debug, Default)]
pub(super) struct Calling {
    /// Not for one that left.
    pub(super) is_shown: bool,
    pub(super) words: Vec<String>,
    /// What WNS said of the last push.
    pub(super) codes: String,
}

impl Calling {
    pub(super) fn of(page: &Page, device: &Device, reach: &Reach, now: Timestamp) -> Self {
        let language = page.language;
        let waking = &reach.waking;
        let mut words = vec![possible(reach, language)];
        if let Some(last) = &waking.last {
            words.push(pushed(last, language));
        }
        if let Some(sync_at) = waking.sync_at {
            let key = match waking.is_to_tell(device.inventory.heard_at) {
                true => "device-sync-waits",
                false => "device-sync-done",
            };
            words.push(page.with(key, "at", &at(sync_at)));
        }
        words.push(expected_in_words(
            expected(device, reach.poll_minutes, now),
            language,
        ));
        Self {
            is_shown: device.unenrolled_at.is_none(),
            words,
            codes: waking.last.as_ref().map(codes).unwrap_or_default(),
        }
    }
}

fn at(moment: Timestamp) -> String {
    format!("{} UTC", moment::minute(moment))
}

fn sentence(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    language.sentence(key, values).unwrap_or_else(|| key.to_owned())
}

fn possible(reach: &Reach, language: Language) -> String {
    let waking = &reach.waking;
    if !reach.is_pushing {
        return language.words("device-push-off");
    }
    match waking.channel_since {
        Some(since) => sentence(language, "device-push-on", &[("at", &at(since))]),
        None => format!(
            "{} {}",
            language.words("device-push-none"),
            why_none(waking, language)
        )
        .trim_end()
        .to_owned(),
    }
}

fn why_none(waking: &Waking, language: Language) -> String {
    if let Some(reason) = &waking.channel_refused {
        return language.words(&format!("channel-refused-{reason}"));
    }
    if let (None, Some(refused)) = (&waking.pfn, &waking.pfn_refused) {
        let status = refused.status.to_string();
        return sentence(language, "device-pfn-refused", &[("status", &status)]);
    }
    match waking.status {
        Some(status) if STATUSES.contains(&status) => language.words(&format!("push-status-{status}")),
        _ if waking.asked_at.is_none() => language.words("device-push-not-asked"),
        _ => String::new(),
    }
}

fn pushed(last: &Pushed, language: Language) -> String {
    let when = at(last.at);
    if let Some(problem) = &last.problem {
        let why = problem_in_words(problem, language);
        return sentence(language, "device-push-failed", &[("at", &when), ("why", &why)]);
    }
    match last.came_at {
        None => sentence(language, "device-push-taken", &[("at", &when)]),
        Some(came_at) => {
            let after = moment::duration(came_at.since(last.at), language);
            sentence(language, "device-push-came", &[("at", &when), ("after", &after)])
        }
    }
}

fn codes(last: &Pushed) -> String {
    let told = [
        ("X-WNS-Status", &last.status),
        ("X-WNS-DeviceConnectionStatus", &last.connection),
        ("X-WNS-Msg-ID", &last.message_id),
    ];
    let told = told
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
    told.collect::<Vec<_>>().join(" · ")
}

fn expected_in_words(expected: Expected, language: Language) -> String {
    let key = match (expected.is_overdue, expected.minutes) {
        (true, _) => "device-expected-overdue",
        (false, 1440) => "device-expected-daily",
        (false, _) => "device-expected",
    };
    let minutes = expected.minutes.to_string();
    sentence(language, key, &[("at", &at(expected.at)), ("minutes", &minutes)])
}

/// What was done when a person called a device, in sentences: for the command line and for programs.
pub fn synced_in_words(synced: &Synced, language: Language) -> [String; 2] {
    let way = match &synced.way {
        Way::Pushed(when) => sentence(language, "device-push-taken", &[("at", &at(*when))]),
        Way::NotPushed(problem) => problem_in_words(problem, language),
        Way::Queued => language.words("notice-sync-queued"),
        Way::Off => language.words("device-push-off"),
        Way::NoChannel => language.words("device-push-none"),
    };
    [way, expected_in_words(synced.expected, language)]
}
