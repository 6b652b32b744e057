//! `/push`: the account by which devices are woken, and how it goes.

use axum::{Router, extract::State, routing::get};
use domain::{
    notification::SendProblem,
    push::{Push, PushForm},
};
use serde::Serialize;

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    problem::Result,
};
use crate::{actions::push, app::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/push", get(read).put(change))
}

async fn read(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<View>> {
    Ok(Answer(push::push_settings(&app, &actor).await?.into()))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<PushForm>,
) -> Result<Answer<View>> {
    Ok(Answer(push::change_push(&app, &actor, form).await?.into()))
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    form: PushForm,
    /// Whether the secret is known; it is never shown.
    has_client_secret: bool,
    /// What stands in the way of every push.
    problem: Option<SendProblem>,
    problem_at: Option<Instant>,
    /// Nothing is pushed before this moment.
    blocked_until: Option<Instant>,
    accepted_at: Option<Instant>,
}

impl From<Push> for View {
    fn from(push: Push) -> Self {
        let state = push.state;
        Self {
            form: PushForm::from(&push.settings),
            has_client_secret: push.client_secret.is_some(),
            problem: state.problem,
            problem_at: state.problem_at.map(Instant::from),
            blocked_until: state.blocked_until.map(Instant::from),
            accepted_at: state.accepted_at.map(Instant::from),
        }
    }
}
