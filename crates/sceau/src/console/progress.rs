//! How far a configuration has come, as it happens.

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{Timestamp, scep_configuration::Configuration};

use super::{
    ROWS,
    configurations::one,
    page::{Page, Section},
    respond::{self, Answer},
    tally::Tally,
    visitor::Visitor,
    words::{self, CauseWords},
};
use crate::{
    actions::{
        self,
        devices::{self, ListedDelivery, Progress},
    },
    app::Shared,
};

/// The whole page.
#[derive(Template)]
#[template(path = "distribution/progress.html")]
pub(super) struct ProgressPage {
    pub(super) page: Page,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) query: String,
    pub(super) bar: Tally,
    pub(super) state: String,
    pub(super) states: Vec<(String, i64)>,
    pub(super) failures: Vec<Failure>,
    pub(super) unknown: Vec<String>,
    pub(super) left: i64,
    pub(super) rows: Vec<Row>,
}

/// The part that is fetched again and again.
#[derive(Template)]
#[template(path = "distribution/live.html")]
struct LivePart {
    page: Page,
    id: String,
    bar: Tally,
    state: String,
    states: Vec<(String, i64)>,
    failures: Vec<Failure>,
    unknown: Vec<String>,
    left: i64,
    rows: Vec<Row>,
}

/// Failures with one cause.
pub(super) struct Failure {
    pub(super) count: i64,
    pub(super) cause: CauseWords,
}

pub(super) struct Row {
    pub(super) device_id: String,
    pub(super) device: String,
    pub(super) person: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) note: String,
    pub(super) at: Timestamp,
}

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
}

/// `GET /configurations/{id}/progress`
pub(super) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let page = gather(&app, &visitor, &configuration, asked.state).await;
    page.map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

/// `GET /configurations/{id}/progress/live`
pub(super) async fn live(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let whole = gather(&app, &visitor, &configuration, asked.state)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(respond::show(&LivePart {
        page: whole.page,
        id: whole.id,
        bar: whole.bar,
        state: whole.state,
        states: whole.states,
        failures: whole.failures,
        unknown: whole.unknown,
        left: whole.left,
        rows: whole.rows,
    }))
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    configuration: &Configuration,
    state: String,
) -> actions::Result<ProgressPage> {
    let actor = visitor.actor();
    let progress = devices::progress(app, &actor, &configuration.id).await?;
    let wanted = Some(state.clone()).filter(|state| !state.is_empty());
    let listed = devices::list_deliveries(app, &actor, &configuration.id, wanted, None, ROWS).await?;
    Ok(shown(
        visitor.page(Section::Configurations),
        configuration,
        &progress,
        &listed,
        state,
    ))
}

pub(super) fn shown(
    page: Page,
    configuration: &Configuration,
    progress: &Progress,
    listed: &[ListedDelivery],
    state: String,
) -> ProgressPage {
    let failures = progress
        .failures
        .iter()
        .map(|(cause, count)| Failure {
            count: *count,
            cause: words::cause(cause, page.language),
        })
        .collect();
    let unknown = progress
        .unknown_outcomes
        .iter()
        .map(|one| one.transaction_id.clone())
        .collect();
    // Names of states are letters and underlines: nothing to escape in an address.
    let is_name = state.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let state = if is_name { state } else { String::new() };
    ProgressPage {
        id: configuration.id.to_string(),
        name: configuration.name.clone(),
        query: if state.is_empty() {
            String::new()
        } else {
            format!("?state={state}")
        },
        bar: Tally::of(&progress.states),
        states: progress.states.clone(),
        state,
        failures,
        unknown,
        left: progress.left_on_devices,
        rows: listed.iter().map(|one| row(&page, one)).collect(),
        page,
    }
}

fn row(page: &Page, listed: &ListedDelivery) -> Row {
    let delivery = &listed.delivery;
    let state = delivery.state.name();
    let cause = words::cause_of(&delivery.state);
    Row {
        device_id: delivery.device_id.to_string(),
        device: listed.device_name.clone(),
        person: listed.username.clone().unwrap_or_default(),
        state,
        class: page.state_class(state),
        note: cause.map_or_else(
            || delivery.subject.clone(),
            |cause| words::cause(cause, page.language).what,
        ),
        at: delivery.updated_at,
    }
}
