//! `/federation`: the OpenID provider at which people sign in for an enrolment.

use axum::{Router, extract::State, routing::get};
use domain::federation::{Federation, FederationForm};
use serde::Serialize;

use super::{
    body::{Answer, Body},
    caller::Caller,
    problem::Result,
};
use crate::{
    actions::federation,
    app::{App, Shared},
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/federation", get(read).put(change))
}

async fn read(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<View>> {
    let known = federation::federation_settings(&app, &actor).await?;
    Ok(Answer(View::new(&app, &known)))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<FederationForm>,
) -> Result<Answer<View>> {
    let changed = federation::change_federation(&app, &actor, form).await?;
    Ok(Answer(View::new(&app, &changed)))
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    form: FederationForm,
    /// Whether the secret is known; it is never shown.
    has_client_secret: bool,
    /// What the provider must be told.
    redirect_uri: String,
}

impl View {
    fn new(app: &App, known: &Federation) -> Self {
        Self {
            form: FederationForm::from(known),
            has_client_secret: known.client_secret.is_some(),
            redirect_uri: federation::redirect_uri(app),
        }
    }
}
