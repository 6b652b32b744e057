//! `/admission`: who may enrol devices, and how many.

use axum::{Router, extract::State, routing::get};
use domain::admission::Admission;

use super::{
    body::{Answer, Body},
    caller::Caller,
    problem::Result,
};
use crate::{actions::admission, app::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/admission", get(read).put(change))
}

async fn read(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Admission>> {
    Ok(Answer(admission::admission(&app, &actor).await?))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(wanted): Body<Admission>,
) -> Result<Answer<Admission>> {
    Ok(Answer(admission::change_admission(&app, &actor, wanted).await?))
}
