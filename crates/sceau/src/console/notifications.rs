//! Admin > Notifications: who is told of warnings, and whether it arrived.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error, Timestamp,
    notification::{ChannelId, Notice, NoticeState, SendProblem, Target},
};

use super::{
    notified,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self,
        notices::{self, ChannelForm, ListedChannel},
    },
    app::Shared,
};

const BASE: &str = "/admin/notifications";
/// Notices that are shown.
const NOTICES: u32 = 20;

#[derive(Template)]
#[template(path = "notifications/list.html")]
pub(super) struct NotificationsPage {
    pub(super) page: Page,
    pub(super) rows: Vec<ChannelRow>,
    pub(super) notices: Vec<NoticeRow>,
    pub(super) is_mail_on: bool,
    /// What was typed.
    pub(super) typed: Fields,
    pub(super) languages: Vec<(String, String)>,
    pub(super) language: String,
    /// A webhook's name and secret, right after it was made.
    pub(super) secret: Option<(String, String)>,
    /// What came of a test: its colour, its words and the reason.
    pub(super) trial: Option<(&'static str, String, Option<String>)>,
}

/// A channel as the page shows it.
pub(super) struct ChannelRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) address: String,
    pub(super) language: Option<String>,
    pub(super) is_enabled: bool,
    pub(super) mark: Option<Mark>,
    pub(super) at: Option<Timestamp>,
    pub(super) problem: Option<String>,
    pub(super) waiting: i64,
}

/// A state's colour and the key of its word.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) key: &'static str,
}

/// A notice as the page shows it.
pub(super) struct NoticeRow {
    pub(super) at: Timestamp,
    pub(super) channel: String,
    pub(super) authority: String,
    pub(super) words: String,
    pub(super) mark: Mark,
    pub(super) attempts: i64,
    pub(super) problem: Option<String>,
}

/// `GET /admin/notifications`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let page = gather(&app, &visitor, Fields::default(), &[]).await?;
    Ok(respond::show(&page))
}

/// `POST /admin/notifications`
pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    match notices::add_channel(&app, &visitor.actor(), form(&fields)).await {
        Ok((_, None)) => Ok(go("/admin/notifications?done=channel-added")),
        Ok((channel, Some(secret))) => {
            let mut page = gather(&app, &visitor, Fields::default(), &[]).await?;
            page.secret = Some((channel.name, secret.to_string()));
            Ok(respond::show(&page))
        }
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = gather(&app, &visitor, fields, error.refusals()).await?;
            Ok(respond::show_refused(&page))
        }
    }
}

/// `POST /admin/notifications/{id}/test`
pub(super) async fn test(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    let notice = notices::try_channel(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let mut page = gather(&app, &visitor, Fields::default(), &[]).await?;
    let name = page.rows.iter().find(|row| row.id == id.as_str());
    let name = name.map_or_else(String::new, |row| row.name.clone());
    let (class, key) = match notice.state {
        NoticeState::Sent => ("alert-success", "trial-arrived"),
        NoticeState::Failed => ("alert-danger", "trial-failed"),
        NoticeState::Waiting => ("alert-warning", "trial-waiting"),
    };
    let problem = notice.last_error.as_ref();
    page.trial = Some((
        class,
        page.page.with(key, "name", &name),
        problem.map(|problem| reason(&page.page, problem)),
    ));
    Ok(respond::show(&page))
}

/// `POST /admin/notifications/{id}/{enable,disable}`
pub(super) async fn enable(
    State(app): State<Shared>,
    Path((id, is_enabled)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    let is_enabled = match is_enabled.as_str() {
        "enable" => true,
        "disable" => false,
        _ => return Err(Problem::missing(&visitor.page(Section::Notifications))),
    };
    notices::enable_channel(&app, &visitor.actor(), &id, is_enabled)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go("/admin/notifications?done=channel-changed"))
}

/// `POST /admin/notifications/{id}/remove`
pub(super) async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    notices::remove_channel(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go("/admin/notifications?done=channel-removed"))
}

fn known(visitor: &Visitor, id: &str) -> Result<ChannelId, Problem> {
    ChannelId::parse(id).map_err(|error| visitor.problem(&error.into()))
}

fn form(fields: &Fields) -> ChannelForm {
    if fields.text("kind") == "webhook" {
        ChannelForm::Webhook {
            name: fields.text("name"),
            url: fields.text("url"),
            trust_pem: fields.text("trust_pem"),
        }
    } else {
        ChannelForm::Email {
            address: fields.text("address"),
            language: fields.text("language"),
        }
    }
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    typed: Fields,
    refusals: &[Error],
) -> Result<NotificationsPage, Problem> {
    let read = async {
        let actor = visitor.actor();
        let channels = notices::list_channels(app, &actor).await?;
        let newest = notices::list_notices(app, &actor, NOTICES).await?;
        Ok::<_, actions::Error>((channels, newest))
    };
    let (channels, newest) = read.await.map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Notifications).refused(refusals);
    let mail = &app.settings.mail;
    let language = typed
        .optional("language")
        .unwrap_or_else(|| page.language.code().to_owned());
    Ok(NotificationsPage::new(
        page,
        &channels,
        &newest,
        (typed, language),
        mail.is_on(),
    ))
}

impl NotificationsPage {
    pub(super) fn new(
        page: Page,
        channels: &[ListedChannel],
        newest: &[Notice],
        (typed, language): (Fields, String),
        is_mail_on: bool,
    ) -> Self {
        let named = |notice: &Notice| {
            let found = channels
                .iter()
                .find(|listed| listed.channel.id == notice.channel_id);
            found.map_or_else(String::new, |listed| listed.channel.name.clone())
        };
        let notices = newest.iter().map(|notice| NoticeRow {
            at: notice.created_at,
            channel: named(notice),
            authority: notice.told.authority.clone(),
            words: notified::sentence(&notice.told, page.language),
            mark: mark(notice),
            attempts: notice.attempts,
            problem: notice.last_error.as_ref().map(|problem| reason(&page, problem)),
        });
        Self {
            rows: channels.iter().map(|listed| row(&page, listed)).collect(),
            notices: notices.collect(),
            is_mail_on,
            typed,
            languages: ["en", "fr"]
                .map(|code| (code.to_owned(), page.t(&format!("channel-language-{code}"))))
                .to_vec(),
            language,
            secret: None,
            trial: None,
            page,
        }
    }
}

fn row(page: &Page, listed: &ListedChannel) -> ChannelRow {
    let channel = &listed.channel;
    let last = listed.last_tried();
    let waiting = listed
        .newest
        .iter()
        .filter(|notice| notice.state == NoticeState::Waiting);
    let (kind, language) = match &channel.target {
        Target::Email { language, .. } => (
            "channel-kind-email",
            Some(page.t(&format!("channel-language-{language}"))),
        ),
        Target::Webhook { .. } => ("channel-kind-webhook", None),
    };
    ChannelRow {
        id: channel.id.to_string(),
        name: channel.name.clone(),
        kind,
        address: channel.target.address().to_owned(),
        language,
        is_enabled: channel.is_enabled,
        mark: last.map(mark),
        at: last.map(|notice| notice.sent_at.unwrap_or(notice.created_at)),
        problem: last
            .and_then(|notice| notice.last_error.as_ref())
            .map(|problem| reason(page, problem)),
        waiting: i64::try_from(waiting.count()).unwrap_or(i64::MAX),
    }
}

fn mark(notice: &Notice) -> Mark {
    let (class, key) = match notice.state {
        NoticeState::Sent => ("status-green", "channel-good"),
        NoticeState::Failed => ("status-red", "channel-failed"),
        NoticeState::Waiting if notice.attempts > 0 => ("status-orange", "channel-again"),
        NoticeState::Waiting => ("", "channel-queued"),
    };
    Mark { class, key }
}

/// Why something didn't arrive, in the reader's language.
pub(super) fn reason(page: &Page, problem: &SendProblem) -> String {
    let values: Vec<(&str, &str)> = problem
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let said = page.language.sentence(&problem.key, &values);
    said.unwrap_or_else(|| problem.key.clone())
}

/// The addresses of the page.
pub(super) fn router() -> axum::Router<Shared> {
    use axum::routing::{get, post};
    axum::Router::new()
        .route(BASE, get(list).post(add))
        .route(&format!("{BASE}/{{id}}/test"), post(test))
        .route(&format!("{BASE}/{{id}}/remove"), post(remove))
        .route(&format!("{BASE}/{{id}}/{{state}}"), post(enable))
}
