//! Admin > Enrolment > Tokens: for provisioning packages and programs that enrol devices.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error, Timestamp,
    enrolment_token::{EnrolmentToken, EnrolmentTokenId, TokenState},
};

use super::{
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self,
        enrolment_tokens::{self, TokenForm},
        people,
    },
    app::Shared,
};

#[derive(Template)]
#[template(path = "tokens.html")]
pub(super) struct TokensPage {
    page: Page,
    /// The token itself, when it was made just now.
    fresh: Option<String>,
    rows: Vec<Row>,
    called: String,
    username: String,
    devices: String,
    days: String,
}

struct Row {
    id: String,
    name: String,
    used: String,
    state: &'static str,
    is_good: bool,
    expires_at: Timestamp,
}

impl TokensPage {
    pub(super) fn new(page: Page, tokens: Vec<EnrolmentToken>, fields: &Fields, now: Timestamp) -> Self {
        let rows = tokens.into_iter().map(|token| Row {
            used: format!("{} / {}", token.used, token.devices),
            state: words(token.state(now)),
            is_good: token.state(now) == TokenState::Good,
            id: token.id.to_string(),
            name: token.name,
            expires_at: token.expires_at,
        });
        Self {
            page,
            fresh: None,
            rows: rows.collect(),
            called: fields.text("name"),
            username: fields.text("username"),
            devices: fields.optional("devices").unwrap_or_else(|| "10".to_owned()),
            days: fields.optional("days").unwrap_or_else(|| "7".to_owned()),
        }
    }

    #[cfg(test)]
    pub(super) fn with(self, fresh: &str) -> Self {
        Self {
            fresh: Some(fresh.to_owned()),
            ..self
        }
    }
}

fn words(state: TokenState) -> &'static str {
    match state {
        TokenState::Good => "token-state-good",
        TokenState::UsedUp => "token-state-used-up",
        TokenState::Ended => "token-state-ended",
        TokenState::Withdrawn => "token-state-withdrawn",
    }
}

/// `GET /admin/enrolment/tokens`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let page = gather(&app, &visitor, &Fields::default(), &[]).await;
    page.map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

/// `POST /admin/enrolment/tokens`. The token is shown by this answer alone, which no cache keeps.
pub(super) async fn make(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    match made(&app, &visitor, &fields).await {
        Ok(token) => {
            let page = gather(&app, &visitor, &Fields::default(), &[]).await;
            let page = page.map_err(|error| visitor.problem(&error))?;
            Ok(respond::show(&TokensPage {
                fresh: Some(token),
                ..page
            }))
        }
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = gather(&app, &visitor, &fields, error.refusals()).await;
            page.map(|page| respond::show_refused(&page))
                .map_err(|error| visitor.problem(&error))
        }
    }
}

/// `POST /admin/enrolment/tokens/{id}/withdraw`
pub(super) async fn withdraw(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = EnrolmentTokenId::parse(&id);
    let id = id.map_err(|_| Problem::missing(&visitor.page(Section::Enrolment)))?;
    enrolment_tokens::withdraw_token(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go("/admin/enrolment/tokens?done=token-withdrawn"))
}

async fn made(app: &Shared, visitor: &Visitor, fields: &Fields) -> actions::Result<String> {
    let username = fields.text("username");
    let person = people::person_named(app, &visitor.actor(), &username).await?;
    let person = person
        .ok_or_else(|| Error::invalid("username", "there is no such person").keyed("error-token-person"))?;
    // What is no number is none that is allowed: the action says which are.
    let number = |field: &str| fields.text(field).parse::<u32>().unwrap_or(0);
    let form = TokenForm {
        name: fields.text("name"),
        person_id: person.id,
        devices: number("devices"),
        days: number("days"),
    };
    let fresh = enrolment_tokens::make_token(app, &visitor.actor(), form).await?;
    Ok(fresh.token.to_string())
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    fields: &Fields,
    refusals: &[Error],
) -> actions::Result<TokensPage> {
    let tokens = enrolment_tokens::list_tokens(app, &visitor.actor()).await?;
    let page = visitor.page(Section::Enrolment).refused(refusals);
    Ok(TokensPage::new(page, tokens, fields, app.now()))
}
