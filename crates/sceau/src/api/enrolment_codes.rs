//! `/people/{id}/enrolment-code`: a code that the person types once on a device instead of a password.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::person::Person;
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::Named,
    problem::Result,
};
use crate::{
    actions::{
        self,
        enrolment_codes::{self, USUAL_HOURS},
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route(
        "/people/{id}/enrolment-code",
        get(known).post(make).delete(take_back),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default = "usual_hours")]
    hours: u32,
}

fn usual_hours() -> u32 {
    USUAL_HOURS
}

/// The code itself, shown this once.
#[derive(Serialize)]
struct Fresh {
    code: String,
    expires_at: Instant,
}

#[derive(Serialize)]
struct View {
    created_at: Instant,
    expires_at: Instant,
    is_spent: bool,
}

async fn known(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
) -> Result<Answer<View>> {
    let code = enrolment_codes::code_of(&app, &actor, &id).await?;
    let code = code.ok_or_else(|| actions::Error::from(enrolment_codes::none()))?;
    Ok(Answer(View {
        created_at: code.created_at.into(),
        expires_at: code.expires_at.into(),
        is_spent: code.is_spent,
    }))
}

async fn make(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Answer<Fresh>)> {
    let fresh = enrolment_codes::make_code(&app, &actor, &id, wanted.hours).await?;
    let view = Fresh {
        code: fresh.code.to_string(),
        expires_at: fresh.expires_at.into(),
    };
    Ok((StatusCode::CREATED, Answer(view)))
}

async fn take_back(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
) -> Result<StatusCode> {
    enrolment_codes::take_code_back(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
