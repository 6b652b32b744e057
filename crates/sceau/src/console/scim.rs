//! Admin > Infrastructure > SCIM: identity providers that write people and groups.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error, Timestamp,
    scim::{Source, SourceId, Token, TokenId},
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
        scim::{self, SourceForm, SourceStory},
    },
    app::Shared,
};

/// Where these pages are.
const BASE: &str = "/admin/infrastructure/scim";

#[derive(Template)]
#[template(path = "scim/list.html")]
pub(super) struct SourcesPage {
    page: Page,
    rows: Vec<Row>,
    called: String,
    adopts: bool,
}

struct Row {
    id: String,
    name: String,
    used_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "scim/show.html")]
pub(super) struct SourcePage {
    page: Page,
    id: String,
    name: String,
    called: String,
    adopts: bool,
    url: String,
    /// A token itself, when it was made just now.
    fresh: Option<String>,
    tokens: Vec<TokenRow>,
    people: i64,
    inactive: i64,
    groups: i64,
    gone: Vec<String>,
    gone_count: i64,
}

struct TokenRow {
    id: String,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

impl SourcesPage {
    pub(super) fn new(page: Page, all: Vec<(Source, Option<Timestamp>)>, fields: &Fields) -> Self {
        let rows = all.into_iter().map(|(source, used_at)| Row {
            id: source.id.to_string(),
            name: source.name,
            used_at,
        });
        Self {
            page,
            rows: rows.collect(),
            called: fields.text("name"),
            adopts: fields.is_ticked("adopts"),
        }
    }
}

impl SourcePage {
    pub(super) fn new(page: Page, url: String, story: SourceStory, fresh: Option<String>) -> Self {
        let row = |token: Token| TokenRow {
            id: token.id.to_string(),
            created_at: token.created_at,
            used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        };
        Self {
            page,
            id: story.source.id.to_string(),
            called: story.source.name.clone(),
            name: story.source.name,
            adopts: story.source.adopts,
            url,
            fresh,
            tokens: story.tokens.into_iter().map(row).collect(),
            people: story.people,
            inactive: story.inactive,
            groups: i64::try_from(story.groups).unwrap_or(i64::MAX),
            gone: story.gone,
            gone_count: story.gone_count,
        }
    }
}

async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let page = listed(&app, &visitor, &Fields::default(), &[]).await;
    page.map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

async fn listed(
    app: &Shared,
    visitor: &Visitor,
    fields: &Fields,
    refusals: &[Error],
) -> actions::Result<SourcesPage> {
    let all = scim::list_sources(app, &visitor.actor()).await?;
    let page = visitor.page(Section::Scim).refused(refusals);
    Ok(SourcesPage::new(page, all, fields))
}

/// `POST …/scim`. The token is shown by this answer alone, which no cache keeps.
async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    match scim::add_source(&app, &visitor.actor(), &form(&fields)).await {
        Ok((source, fresh)) => shown(&app, &visitor, &source.id, Some(fresh.token.to_string())).await,
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = listed(&app, &visitor, &fields, error.refusals()).await;
            page.map(|page| respond::show_refused(&page))
                .map_err(|error| visitor.problem(&error))
        }
    }
}

async fn show(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    shown(&app, &visitor, &id, None).await
}

async fn shown(app: &Shared, visitor: &Visitor, id: &SourceId, fresh: Option<String>) -> Answer {
    let page = gather(app, visitor, id, fresh).await;
    page.map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    id: &SourceId,
    fresh: Option<String>,
) -> actions::Result<SourcePage> {
    let story = scim::one_source(app, &visitor.actor(), id).await?;
    let mut page = visitor.page(Section::Scim);
    page.path = format!("{BASE}/{id}");
    Ok(SourcePage::new(page, scim::address(app), story, fresh))
}

async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    match scim::change_source(&app, &visitor.actor(), &id, &form(&fields)).await {
        Ok(_) => Ok(go(&format!("{BASE}/{id}?done=saved"))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(refused) => {
            let page = gather(&app, &visitor, &id, None).await;
            let mut page = page.map_err(|error| visitor.problem(&error))?;
            page.page = page.page.refused(refused.refusals());
            page.called = fields.text("name");
            page.adopts = fields.is_ticked("adopts");
            Ok(respond::show_refused(&page))
        }
    }
}

async fn make_token(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let fresh = scim::make_token(&app, &visitor.actor(), &id).await;
    let fresh = fresh.map_err(|error| visitor.problem(&error))?;
    shown(&app, &visitor, &id, Some(fresh.token.to_string())).await
}

async fn revoke(
    State(app): State<Shared>,
    Path((id, token)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let token = TokenId::parse(&token);
    let token = token.map_err(|_| Problem::missing(&visitor.page(Section::Scim)))?;
    scim::revoke_token(&app, &visitor.actor(), &id, &token)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{id}?done=scim-token-revoked")))
}

async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    scim::remove_source(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}?done=removed")))
}

fn form(fields: &Fields) -> SourceForm {
    SourceForm {
        name: fields.text("name"),
        adopts: fields.is_ticked("adopts"),
    }
}

fn known(visitor: &Visitor, id: &str) -> Result<SourceId, Problem> {
    SourceId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Scim)))
}

/// The addresses of these pages.
pub(super) fn router() -> axum::Router<Shared> {
    use axum::routing::{get, post};
    axum::Router::new()
        .route(BASE, get(list).post(add))
        .route(&format!("{BASE}/{{id}}"), get(show).post(change))
        .route(&format!("{BASE}/{{id}}/tokens"), post(make_token))
        .route(&format!("{BASE}/{{id}}/tokens/{{token}}/revoke"), post(revoke))
        .route(&format!("{BASE}/{{id}}/remove"), post(remove))
}
