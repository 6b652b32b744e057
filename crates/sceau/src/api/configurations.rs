//! `/configurations`: what devices ask certificates for.

use std::collections::BTreeMap;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::scep_configuration::{Configuration, ConfigurationForm, Warning};
use serde::Serialize;
use serde_json::Value;

use super::{
    body::{Answer, Body},
    caller::Caller,
    cause,
    instant::Instant,
    ledger::OutcomeUnknown,
    page::{Named, Page},
    problem::Result,
};
use crate::{
    actions::{configurations, devices},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/configurations", get(list).post(add))
        .route("/configurations/{id}", get(one).put(change).delete(remove))
        .route("/configurations/{id}/progress", get(progress))
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let all = configurations::list_configurations(&app, &actor).await?;
    let views = all
        .iter()
        .map(|listed| View::of(&listed.configuration, None))
        .collect();
    Ok(Answer(Page::whole(views)))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
) -> Result<Answer<View>> {
    let configuration = configurations::one_configuration(&app, &actor, &id).await?;
    Ok(Answer(View::of(&configuration, None)))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<ConfigurationForm>,
) -> Result<(StatusCode, Answer<View>)> {
    let saved = configurations::add_configuration(&app, &actor, &form).await?;
    let view = View::of(&saved.configuration, Some(&saved.warnings));
    Ok((StatusCode::CREATED, Answer(view)))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
    Body(form): Body<ConfigurationForm>,
) -> Result<Answer<View>> {
    let saved = configurations::change_configuration(&app, &actor, &id, &form).await?;
    Ok(Answer(View::of(&saved.configuration, Some(&saved.warnings))))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
) -> Result<StatusCode> {
    configurations::remove_configuration(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn progress(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
) -> Result<Answer<ProgressView>> {
    let progress = devices::progress(&app, &actor, &id).await?;
    Ok(Answer(ProgressView {
        total: progress.states.iter().map(|(_, count)| count).sum(),
        states: progress.states.into_iter().collect(),
        failures: progress
            .failures
            .iter()
            .map(|(cause, count)| Failures {
                cause: cause::view(cause),
                count: *count,
            })
            .collect(),
        outcome_unknown: progress
            .unknown_outcomes
            .into_iter()
            .map(OutcomeUnknown::from)
            .collect(),
        left_on_devices: progress.left_on_devices,
    }))
}

/// A configuration as it goes out: the form, as it would come in again.
#[derive(Serialize)]
struct View {
    id: String,
    #[serde(flatten)]
    form: ConfigurationForm,
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<WarningView>>,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Serialize)]
struct WarningView {
    field: &'static str,
    key: &'static str,
}

#[derive(Serialize)]
struct ProgressView {
    total: i64,
    states: BTreeMap<String, i64>,
    failures: Vec<Failures>,
    outcome_unknown: Vec<OutcomeUnknown>,
    left_on_devices: i64,
}

#[derive(Serialize)]
struct Failures {
    cause: Value,
    count: i64,
}

impl View {
    fn of(configuration: &Configuration, warnings: Option<&[Warning]>) -> Self {
        Self {
            id: configuration.id.to_string(),
            form: ConfigurationForm::of(configuration),
            version: configuration.version,
            warnings: warnings.map(|warnings| {
                warnings
                    .iter()
                    .map(|warning| WarningView {
                        field: warning.field(),
                        key: warning.key(),
                    })
                    .collect()
            }),
            created_at: configuration.created_at.into(),
            updated_at: configuration.updated_at.into(),
        }
    }
}
