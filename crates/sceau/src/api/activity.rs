//! `/activity`: who changed what, newest first.

use axum::{Router, extract::State, routing::get};
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
    actions::activity::{self, AuditRow},
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
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<View>>> {
    let limit = page::limit(asked.limit)?;
    let rows = activity::list_activity(&app, &actor, asked.after, limit).await?;
    let key = |row: &AuditRow| row.number.to_string();
    Ok(Answer(Page::of(rows, limit, key, View::from)))
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
