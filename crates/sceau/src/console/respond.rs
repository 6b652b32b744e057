//! Answers: a page, a redirection, or a problem in words.

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::Kind;
use http::StatusCode;

use super::page::Page;
use crate::actions;

/// What a handler of the console answers with.
pub type Answer = Result<Response, Problem>;

/// An answer that ends the request early.
#[derive(Debug)]
pub struct Problem(Box<Response>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Problem {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

/// The page for what can't be answered.
#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage {
    pub(super) page: Page,
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) incident: Option<String>,
}

impl Problem {
    /// A refusal in words, or an incident's number.
    pub fn page(page: &Page, error: &actions::Error) -> Self {
        let refusal = error.refusals().first();
        let (status, title) = match refusal.map(|refusal| refusal.kind) {
            Some(Kind::NotFound) => (StatusCode::NOT_FOUND, "problem-not-found"),
            Some(Kind::Forbidden) => (StatusCode::FORBIDDEN, "problem-forbidden"),
            Some(Kind::Conflict | Kind::State) => (StatusCode::CONFLICT, "problem-refused"),
            Some(Kind::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, "problem-refused"),
            Some(Kind::Outside) => (StatusCode::BAD_GATEWAY, "problem-refused"),
            None => (StatusCode::INTERNAL_SERVER_ERROR, "problem-internal"),
        };
        let text = refusal.map_or_else(
            || page.t("problem-internal-text"),
            |refusal| page.refusal(refusal),
        );
        Self::shown(page, status, title, text, error.incident())
    }

    /// A form that this session didn't make, or made too long ago.
    pub fn forged(page: &Page) -> Self {
        let text = page.t("problem-forged-text");
        Self::shown(page, StatusCode::FORBIDDEN, "problem-forged", text, None)
    }

    /// A form that can't be read.
    pub fn unreadable(page: &Page) -> Self {
        let text = page.t("problem-unreadable-text");
        Self::shown(page, StatusCode::BAD_REQUEST, "problem-refused", text, None)
    }

    /// There is no such page.
    pub fn missing(page: &Page) -> Self {
        let text = page.t("error-not-found");
        Self::shown(page, StatusCode::NOT_FOUND, "problem-not-found", text, None)
    }

    fn shown(
        page: &Page,
        status: StatusCode,
        title: &'static str,
        text: String,
        incident: Option<String>,
    ) -> Self {
        let mut page = page.clone();
        page.refusals.clear();
        let shown = ProblemPage {
            page,
            title,
            text,
            incident,
        };
        Self::from(respond(&shown, status))
    }
}

/// A page.
pub fn show(template: &impl Template) -> Response {
    respond(template, StatusCode::OK)
}

/// The form again, with what was refused: 422.
pub fn show_refused(template: &impl Template) -> Response {
    respond(template, StatusCode::UNPROCESSABLE_ENTITY)
}

fn respond(template: &impl Template, status: StatusCode) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Goes on to another page after something was done: a reload doesn't do it again.
pub fn go(address: &str) -> Response {
    Redirect::to(address).into_response()
}
