//! `/enrolment-tokens`: for provisioning packages and programs that enrol devices.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get},
};
use domain::{Timestamp, enrolment_token::EnrolmentToken, person::PersonId};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::Result,
};
use crate::{
    actions::enrolment_tokens::{self, TokenForm},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/enrolment-tokens", get(list).post(make))
        .route("/enrolment-tokens/{id}", delete(withdraw))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    person_id: PersonId,
    devices: u32,
    days: u32,
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    person_id: String,
    devices: u32,
    used: u32,
    state: &'static str,
    created_at: Instant,
    expires_at: Instant,
    withdrawn_at: Option<Instant>,
}

/// The token itself, shown this once.
#[derive(Serialize)]
struct Fresh {
    token: String,
    #[serde(flatten)]
    view: View,
}

impl View {
    fn of(token: EnrolmentToken, now: Timestamp) -> Self {
        Self {
            state: token.state(now).name(),
            id: token.id.to_string(),
            name: token.name,
            person_id: token.person_id.to_string(),
            devices: token.devices,
            used: token.used,
            created_at: token.created_at.into(),
            expires_at: token.expires_at.into(),
            withdrawn_at: token.withdrawn_at.map(Instant),
        }
    }
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let now = app.now();
    let all = enrolment_tokens::list_tokens(&app, &actor).await?;
    let views = all.into_iter().map(|token| View::of(token, now)).collect();
    Ok(Answer(Page::whole(views)))
}

async fn make(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Answer<Fresh>)> {
    let form = TokenForm {
        name: wanted.name,
        person_id: wanted.person_id,
        devices: wanted.devices,
        days: wanted.days,
    };
    let fresh = enrolment_tokens::make_token(&app, &actor, form).await?;
    let view = View::of(fresh.known, app.now());
    let token = fresh.token.to_string();
    Ok((StatusCode::CREATED, Answer(Fresh { token, view })))
}

async fn withdraw(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<EnrolmentToken>,
) -> Result<StatusCode> {
    enrolment_tokens::withdraw_token(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
