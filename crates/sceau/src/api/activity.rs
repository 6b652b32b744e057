//! `/activity`: who changed what, newest first.

use axum::{Router, extract::State, routing::get};
use domain::{Error as Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::Answer,
    caller::Caller,
    instant::Instant,
    page::{self, Asked, Page},
    problem::Result,
};
use crate::{
    actions::activity::{self, AuditFilter, AuditRow},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/activity", get(list))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    after: Option<i64>,
    limit: Option<u32>,
    #[serde(default)]
    who: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    target: String,
    since: Option<String>,
    until: Option<String>,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<View>>> {
    let limit = page::limit(asked.limit)?;
    let filter = AuditFilter {
        since: day("since", asked.since.as_deref())?,
        until: day("until", asked.until.as_deref())?.map(|day| day.plus_seconds(86_400)),
        who: asked.who,
        area: asked.area,
        target: asked.target,
    };
    let rows = activity::find_activity(&app, &actor, &filter, asked.after, limit).await?;
    let key = |row: &AuditRow| row.number.to_string();
    Ok(Answer(Page::of(rows, limit, key, View::from)))
}

/// A day in UTC; none where none was written.
fn day(field: &str, text: Option<&str>) -> std::result::Result<Option<Timestamp>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Refusal::invalid(field, "a day is written as 2026-11-23").keyed("activity-wrong-day");
    Timestamp::from_day(text).map(Some).ok_or_else(wrong)
}

#[derive(Serialize)]
struct View {
    number: i64,
    at: Instant,
    actor: String,
    action: String,
    target: Target,
    before: Option<Value>,
    after: Option<Value>,
    source_ip: Option<String>,
    /// Its place in the hash chain, once sealed.
    seal: Option<i64>,
    /// Whether what it told of somebody was erased.
    is_erased: bool,
}

#[derive(Serialize)]
struct Target {
    kind: String,
    id: String,
}

impl From<AuditRow> for View {
    fn from(row: AuditRow) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let entry = row.entry;
        Self {
            number: row.number,
            at: entry.at.into(),
            actor: entry.actor,
            action: entry.action,
            target: Target {
                kind: entry.target_kind,
                id: entry.target_id,
            },
            before: json(entry.before),
            after: json(entry.after),
            source_ip: entry.source_ip,
            seal: row.seal_number,
            is_erased: row.is_erased,
        }
    }
}
