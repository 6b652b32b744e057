//! `/notifications`: who is told of warnings, and whether it arrived.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    notification::{Channel, Event, Notice, NoticeState, SendProblem, Target},
    warning::WarningKind,
};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{self, Asked, Named, Page},
    problem::Result,
};
use crate::{
    actions::notices::{self, ChannelForm, ListedChannel},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/notifications", get(list).post(add))
        .route("/notifications/{id}", get(one).patch(change).delete(remove))
        .route("/notifications/{id}/test", post(test))
        .route("/notices", get(told))
}

/// A channel as it comes in.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Form {
    Email {
        address: String,
        language: Option<String>,
    },
    Webhook {
        name: String,
        url: String,
        #[serde(default)]
        trust_pem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    is_enabled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    limit: Option<u32>,
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let all = notices::list_channels(&app, &actor).await?;
    Ok(Answer(Page::whole(all.into_iter().map(View::from).collect())))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Channel>,
) -> Result<Answer<View>> {
    Ok(Answer(notices::one_channel(&app, &actor, &id).await?.into()))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Answer<View>)> {
    let form = match form {
        Form::Email { address, language } => ChannelForm::Email {
            address,
            language: language.unwrap_or_else(|| app.settings.mail.language.clone()),
        },
        Form::Webhook { name, url, trust_pem } => ChannelForm::Webhook { name, url, trust_pem },
    };
    let (channel, secret) = notices::add_channel(&app, &actor, form).await?;
    let listed = ListedChannel {
        channel,
        newest: Vec::new(),
    };
    let view = View {
        secret: secret.map(|secret| secret.to_string()),
        ..View::from(listed)
    };
    Ok((StatusCode::CREATED, Answer(view)))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Channel>,
    Body(change): Body<Change>,
) -> Result<Answer<View>> {
    notices::enable_channel(&app, &actor, &id, change.is_enabled).await?;
    Ok(Answer(notices::one_channel(&app, &actor, &id).await?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Channel>,
) -> Result<StatusCode> {
    notices::remove_channel(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Channel>,
) -> Result<Answer<NoticeView>> {
    Ok(Answer(notices::try_channel(&app, &actor, &id).await?.into()))
}

async fn told(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<Limit>,
) -> Result<Answer<Page<NoticeView>>> {
    let limit = page::limit(asked.limit)?;
    let all = notices::list_notices(&app, &actor, limit).await?;
    Ok(Answer(Page::whole(
        all.into_iter().map(NoticeView::from).collect(),
    )))
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    #[serde(flatten)]
    target: Target,
    is_enabled: bool,
    created_at: Instant,
    updated_at: Instant,
    /// The last one that was tried.
    last: Option<NoticeView>,
    is_in_trouble: bool,
    /// A webhook's, right after it was made and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<ListedChannel> for View {
    fn from(listed: ListedChannel) -> Self {
        Self {
            id: listed.channel.id.to_string(),
            is_in_trouble: listed.is_in_trouble(),
            last: listed.last_tried().cloned().map(NoticeView::from),
            name: listed.channel.name,
            target: listed.channel.target,
            is_enabled: listed.channel.is_enabled,
            created_at: listed.channel.created_at.into(),
            updated_at: listed.channel.updated_at.into(),
            secret: None,
        }
    }
}

#[derive(Serialize)]
struct NoticeView {
    id: String,
    channel_id: String,
    event: Event,
    kind: Option<WarningKind>,
    authority_id: Option<String>,
    authority: String,
    threshold: i64,
    values: BTreeMap<String, String>,
    at: Instant,
    state: NoticeState,
    attempts: i64,
    last_error: Option<SendProblem>,
    created_at: Instant,
    sent_at: Option<Instant>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id.to_string(),
            channel_id: notice.channel_id.to_string(),
            event: notice.told.event,
            kind: notice.told.kind,
            authority_id: notice.told.authority_id.map(|id| id.to_string()),
            authority: notice.told.authority,
            threshold: notice.told.threshold,
            values: notice.told.values,
            at: notice.told.at.into(),
            state: notice.state,
            attempts: notice.attempts,
            last_error: notice.last_error,
            created_at: notice.created_at.into(),
            sent_at: notice.sent_at.map(Instant),
        }
    }
}
