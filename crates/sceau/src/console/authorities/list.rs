//! The list of authorities.

use askama::Template;
use axum::extract::State;
use domain::external_ca::Authority;

use super::{Mark, mark};
use crate::{
    actions::authorities,
    app::Shared,
    console::{
        page::{Page, Section},
        respond::{self, Answer},
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "authorities/list.html")]
pub(in super::super) struct AuthoritiesPage {
    pub(in super::super) page: Page,
    pub(in super::super) rows: Vec<Row>,
}

pub(in super::super) struct Row {
    pub(in super::super) authority: Authority,
    pub(in super::super) health: Mark,
}

/// `GET …`
pub(in super::super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let authorities = authorities::list(&app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    let now = app.now();
    let rows = authorities
        .into_iter()
        .map(|authority| Row {
            health: mark(&authority.health, now),
            authority,
        })
        .collect();
    Ok(respond::show(&AuthoritiesPage {
        page: visitor.page(Section::Authorities),
        rows,
    }))
}
