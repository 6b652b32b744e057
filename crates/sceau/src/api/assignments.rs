//! `/configurations/{id}/assignment` and `/assignments`: for whom a configuration is.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use domain::{
    assignment::{Assignment, Scope},
    scep_configuration::{Configuration, ConfigurationId},
};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::Named,
    problem::Result,
};
use crate::{
    actions::assignments::{self, AssignmentForm},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/configurations/{id}/assignment", get(one).put(put))
        .route("/assignments", post(post_one))
}

/// A distribution with its configuration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    configuration: ConfigurationId,
    is_enabled: bool,
    scope: Scope,
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
) -> Result<Answer<View>> {
    let assignment = assignments::one_assignment(&app, &actor, &id).await?;
    Ok(Answer(View::from(assignment)))
}

async fn put(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Configuration>,
    Body(form): Body<AssignmentForm>,
) -> Result<Answer<View>> {
    let assignment = assignments::put_assignment(&app, &actor, &id, form).await?;
    Ok(Answer(View::from(assignment)))
}

async fn post_one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<Form>,
) -> Result<Answer<View>> {
    let assigned = AssignmentForm {
        is_enabled: form.is_enabled,
        scope: form.scope,
    };
    let assignment = assignments::put_assignment(&app, &actor, &form.configuration, assigned).await?;
    Ok(Answer(View::from(assignment)))
}

#[derive(Serialize)]
struct View {
    configuration_id: String,
    is_enabled: bool,
    scope: Scope,
    updated_at: Instant,
}

impl From<Assignment> for View {
    fn from(assignment: Assignment) -> Self {
        Self {
            configuration_id: assignment.configuration_id.to_string(),
            is_enabled: assignment.is_enabled,
            scope: assignment.scope,
            updated_at: assignment.updated_at.into(),
        }
    }
}
