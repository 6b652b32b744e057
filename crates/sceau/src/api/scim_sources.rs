//! `/scim-sources`: identity providers that write people and groups, and what they show to do so.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use domain::{
    Id,
    scim::{Source, SourceId, Token, TokenId},
};
use serde::Serialize;

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::{Problem, Result},
};
use crate::{
    actions::scim::{self, FreshToken, SourceForm, SourceStory},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/scim-sources", get(list).post(add))
        .route("/scim-sources/{id}", get(one).put(change).delete(remove))
        .route("/scim-sources/{id}/tokens", post(make_token))
        .route("/scim-sources/{id}/tokens/{token}", delete(revoke_token))
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    adopts: bool,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    view: View,
    last_used_at: Option<Instant>,
}

#[derive(Serialize)]
struct StoryView {
    #[serde(flatten)]
    view: View,
    url: String,
    people: i64,
    inactive: i64,
    gone: Vec<String>,
    gone_count: i64,
    groups: usize,
    tokens: Vec<TokenView>,
}

#[derive(Serialize)]
struct TokenView {
    id: String,
    created_at: Instant,
    last_used_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

/// The token itself, shown this once.
#[derive(Serialize)]
struct Fresh {
    token: String,
    #[serde(flatten)]
    view: TokenView,
}

/// A source that was added, with its first token.
#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    view: View,
    url: String,
    token: Fresh,
}

impl From<Source> for View {
    fn from(source: Source) -> Self {
        Self {
            id: source.id.to_string(),
            name: source.name,
            adopts: source.adopts,
            created_at: source.created_at.into(),
            updated_at: source.updated_at.into(),
        }
    }
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id.to_string(),
            created_at: token.created_at.into(),
            last_used_at: token.last_used_at.map(Instant),
            revoked_at: token.revoked_at.map(Instant),
        }
    }
}

impl From<FreshToken> for Fresh {
    fn from(fresh: FreshToken) -> Self {
        Self {
            token: fresh.token.to_string(),
            view: fresh.known.into(),
        }
    }
}

impl StoryView {
    fn of(app: &Shared, story: SourceStory) -> Self {
        Self {
            view: story.source.into(),
            url: scim::address(app),
            people: story.people,
            inactive: story.inactive,
            gone: story.gone,
            gone_count: story.gone_count,
            groups: story.groups,
            tokens: story.tokens.into_iter().map(TokenView::from).collect(),
        }
    }
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<Listed>>> {
    let all = scim::list_sources(&app, &actor).await?;
    let views = all.into_iter().map(|(source, at)| Listed {
        view: source.into(),
        last_used_at: at.map(Instant),
    });
    Ok(Answer(Page::whole(views.collect())))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Source>,
) -> Result<Answer<StoryView>> {
    let story = scim::one_source(&app, &actor, &id).await?;
    Ok(Answer(StoryView::of(&app, story)))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<SourceForm>,
) -> Result<(StatusCode, Answer<Added>)> {
    let (source, token) = scim::add_source(&app, &actor, &form).await?;
    let added = Added {
        view: source.into(),
        url: scim::address(&app),
        token: token.into(),
    };
    Ok((StatusCode::CREATED, Answer(added)))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Source>,
    Body(form): Body<SourceForm>,
) -> Result<Answer<View>> {
    let source = scim::change_source(&app, &actor, &id, &form).await?;
    Ok(Answer(source.into()))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Source>,
) -> Result<StatusCode> {
    scim::remove_source(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn make_token(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Source>,
) -> Result<(StatusCode, Answer<Fresh>)> {
    let fresh = scim::make_token(&app, &actor, &id).await?;
    Ok((StatusCode::CREATED, Answer(fresh.into())))
}

async fn revoke_token(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Path((id, token)): Path<(String, String)>,
) -> Result<StatusCode> {
    let (id, token): (SourceId, TokenId) = match (Id::parse(&id), Id::parse(&token)) {
        (Ok(id), Ok(token)) => (id, token),
        _ => return Err(Problem::not_found()),
    };
    scim::revoke_token(&app, &actor, &id, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
