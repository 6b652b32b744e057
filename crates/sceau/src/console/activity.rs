//! Admin > Activity: who changed what.

use askama::Template;
use axum::extract::{Query, State};
use domain::Timestamp;

use super::{
    ROWS,
    page::{Page, Section},
    respond::{self, Answer},
    visitor::Visitor,
};
use crate::{
    actions::activity::{self, AuditEntry, AuditRow},
    app::Shared,
};

#[derive(Template)]
#[template(path = "activity/list.html")]
pub(super) struct ActivityPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
}

pub(super) struct Row {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) words: String,
    pub(super) action: String,
    pub(super) target: String,
    pub(super) details: Option<String>,
    /// Whether what it told of somebody was erased.
    pub(super) is_erased: bool,
}

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    after: Option<i64>,
}

/// `GET /admin/activity`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let rows = activity::list_activity(&app, &visitor.actor(), asked.after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = rows.len() >= ROWS as usize;
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| format!("/admin/activity?after={}", row.number));
    let page = visitor.page(Section::Activity);
    let told = |row: AuditRow| Row {
        is_erased: row.is_erased,
        ..shown(&page, row.entry)
    };
    let rows = rows.into_iter().map(told).collect();
    Ok(respond::show(&ActivityPage { page, rows, next }))
}

pub(super) fn shown(page: &Page, entry: AuditEntry) -> Row {
    let key = format!("audit-{}", entry.action.replace(['.', '_'], "-"));
    let details = [("activity-before", entry.before), ("activity-after", entry.after)]
        .into_iter()
        .filter_map(|(key, text)| Some(format!("{}\n{}", page.t(key), indented(&text?))))
        .collect::<Vec<_>>();
    Row {
        at: entry.at,
        actor: entry.actor,
        words: page
            .language
            .sentence(&key, &[])
            .unwrap_or_else(|| entry.action.clone()),
        action: entry.action,
        target: format!("{} {}", entry.target_kind, entry.target_id),
        details: (!details.is_empty()).then(|| details.join("\n\n")),
        is_erased: false,
    }
}

fn indented(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}
