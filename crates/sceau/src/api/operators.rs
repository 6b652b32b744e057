//! `/operators`: those who administer.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::{
    external_ca::Password,
    operator::{Operator, Role},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::Page,
    problem::Result,
};
use crate::{
    actions::operators::{self, OperatorForm},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/operators", get(list).post(add))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: String,
    role: Role,
    #[serde(default)]
    password: Option<Password>,
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let all = operators::list_operators(&app, &actor).await?;
    Ok(Answer(Page::whole(all.into_iter().map(View::from).collect())))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Answer<View>)> {
    let form = OperatorForm {
        name: form.name,
        role: form.role,
        password: form
            .password
            .map(|password| Zeroizing::new(password.reveal().to_owned())),
    };
    let operator = operators::add_operator(&app, &actor, form).await?;
    Ok((StatusCode::CREATED, Answer(View::from(operator))))
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    role: Role,
    created_at: Instant,
}

impl From<Operator> for View {
    fn from(operator: Operator) -> Self {
        Self {
            id: operator.id.to_string(),
            name: operator.name,
            role: operator.role,
            created_at: operator.created_at.into(),
        }
    }
}
