//! Admin > Operators: those who sign in or call the API.

use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    Error,
    operator::{Operator, Role},
};
use zeroize::Zeroizing;

use super::{
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self,
        operators::{self, OperatorForm},
    },
    app::Shared,
};

#[derive(Template)]
#[template(path = "operators/list.html")]
pub(super) struct OperatorsPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Operator>,
    pub(super) typed_name: String,
    pub(super) role: String,
    pub(super) roles: Vec<(String, String)>,
}

impl OperatorsPage {
    pub(super) fn new(page: Page, rows: Vec<Operator>, fields: &Fields) -> Self {
        let roles = [
            Role::Owner,
            Role::Administrator,
            Role::PkiOperator,
            Role::HelpDesk,
            Role::Auditor,
        ];
        let roles = roles
            .iter()
            .map(|role| (role.name().to_owned(), page.role(role)))
            .collect();
        let role = fields
            .optional("role")
            .unwrap_or_else(|| Role::Auditor.name().to_owned());
        Self {
            page,
            rows,
            typed_name: fields.text("name"),
            role,
            roles,
        }
    }
}

/// `GET /admin/operators`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let page = gather(&app, &visitor, &Fields::default(), &[]).await;
    page.map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

/// `POST /admin/operators`
pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let outcome = match form(&fields) {
        Ok(form) => operators::add_operator(&app, &visitor.actor(), form)
            .await
            .map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(()) => Ok(go("/admin/operators?done=added")),
        Err(error) => refused(&app, &visitor, &fields, error).await,
    }
}

async fn refused(app: &Shared, visitor: &Visitor, fields: &Fields, error: actions::Error) -> Answer {
    if error.refusals().is_empty() {
        return Err(visitor.problem(&error));
    }
    let page = gather(app, visitor, fields, error.refusals()).await;
    let page: Result<Response, _> = page.map(|page| respond::show_refused(&page));
    page.map_err(|error| visitor.problem(&error))
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    fields: &Fields,
    refusals: &[Error],
) -> actions::Result<OperatorsPage> {
    let rows = operators::list_operators(app, &visitor.actor()).await?;
    let page = visitor.page(Section::Operators).refused(refusals);
    Ok(OperatorsPage::new(page, rows, fields))
}

fn form(fields: &Fields) -> Result<OperatorForm, Error> {
    let role =
        Role::from_name(&fields.text("role")).ok_or_else(|| Error::invalid("role", "choose a role"))?;
    Ok(OperatorForm {
        name: fields.text("name"),
        role,
        password: Some(Zeroizing::new(fields.raw("password").to_owned())),
    })
}
