//! Admin > Enrolment > Sign-in at a provider: the OpenID provider at which people sign in for an enrolment.

use askama::Template;
use axum::{Router, extract::State, routing::get};
use domain::{
    external_ca::Password,
    federation::{Federation, FederationForm, USUAL_CLAIM, USUAL_SCOPES},
};

use super::{
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, go},
    visitor::Visitor,
};
use crate::{actions::federation, app::Shared};

const PATH: &str = "/admin/enrolment/sign-in";

pub(super) fn router() -> Router<Shared> {
    Router::new().route(PATH, get(show).post(change))
}

#[derive(Template)]
#[template(path = "federation.html")]
pub(super) struct FederationPage {
    page: Page,
    typed: Fields,
    is_enabled: bool,
    has_no_secret: bool,
    has_secret: bool,
    /// What the provider must be told.
    redirect_uri: String,
}

impl FederationPage {
    pub(super) fn new(page: Page, known: &Federation, typed: Fields, redirect_uri: String) -> Self {
        Self {
            is_enabled: typed.is_ticked("is_enabled"),
            has_no_secret: typed.is_ticked("has_no_secret"),
            has_secret: known.client_secret.is_some(),
            page,
            typed,
            redirect_uri,
        }
    }
}

/// `GET /admin/enrolment/sign-in`
async fn show(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let known = known(&app, &visitor).await?;
    let page = visitor.page(Section::Enrolment);
    let typed = stored(&known);
    let redirect_uri = federation::redirect_uri(&app);
    Ok(respond::show(&FederationPage::new(
        page,
        &known,
        typed,
        redirect_uri,
    )))
}

/// `POST /admin/enrolment/sign-in`
async fn change(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let form = FederationForm {
        is_enabled: fields.is_ticked("is_enabled"),
        issuer: fields.text("issuer"),
        client_id: fields.text("client_id"),
        client_secret: fields.optional("client_secret").map(Password::new),
        has_no_secret: fields.is_ticked("has_no_secret"),
        claim: fields.text("claim"),
        scopes: fields.text("scopes"),
        domains: fields.text("domains"),
        trust_pem: fields.text("trust_pem"),
    };
    match federation::change_federation(&app, &visitor.actor(), form).await {
        Ok(_) => Ok(go(&format!("{PATH}?done=saved"))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Enrolment).refused(error.refusals());
            let known = known(&app, &visitor).await?;
            let redirect_uri = federation::redirect_uri(&app);
            let shown = FederationPage::new(page, &known, fields, redirect_uri);
            Ok(respond::show_refused(&shown))
        }
    }
}

async fn known(app: &Shared, visitor: &Visitor) -> Result<Federation, respond::Problem> {
    let known = federation::federation_settings(app, &visitor.actor()).await;
    known.map_err(|error| visitor.problem(&error))
}

/// What is stored, as the form has it; what is usual where nothing is.
pub(super) fn stored(known: &Federation) -> Fields {
    let form = FederationForm::from(known);
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let mut values = vec![
        ("issuer".to_owned(), form.issuer),
        ("client_id".to_owned(), form.client_id),
        ("claim".to_owned(), or(form.claim, USUAL_CLAIM)),
        ("scopes".to_owned(), or(form.scopes, USUAL_SCOPES)),
        ("domains".to_owned(), form.domains),
        ("trust_pem".to_owned(), form.trust_pem),
    ];
    for (name, is_ticked) in [
        ("is_enabled", form.is_enabled),
        ("has_no_secret", form.has_no_secret),
    ] {
        if is_ticked {
            values.push((name.to_owned(), "yes".to_owned()));
        }
    }
    Fields::new(values)
}
