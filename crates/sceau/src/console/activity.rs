//! Admin > Activity: who changed what, narrowed down, and as a file.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{Timestamp, actor::Actor};

use super::{
    ROWS, csv, moment,
    page::{Page, Section},
    respond::{self, Answer},
    visitor::Visitor,
};
use crate::{
    actions::activity::{self, AuditEntry, AuditFilter, AuditRow},
    app::Shared,
};

/// What entries are about: the first word of what was done.
const AREAS: [&str; 21] = [
    "admission",
    "assignment",
    "authority",
    "certificate",
    "configuration",
    "delivery",
    "device",
    "directory",
    "enrolment",
    "enrolment-token",
    "federation",
    "group",
    "issuance",
    "notification",
    "operator",
    "order",
    "person",
    "push",
    "records",
    "scim-source",
    "scim-token",
];
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Rows of a file that are read at a time.
const PAGE: u32 = 1000;

#[derive(Template)]
#[template(path = "activity/list.html")]
pub(super) struct ActivityPage {
    pub(super) page: Page,
    pub(super) asked: Asked,
    /// Words of an area's, or none.
    pub(super) areas: Vec<(String, String)>,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
    /// Where the same is had as a file.
    pub(super) file: String,
}

pub(super) struct Row {
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) words: String,
    pub(super) action: String,
    pub(super) target: String,
    pub(super) details: Option<String>,
    pub(super) source_ip: Option<String>,
    /// Whether what it told of somebody was erased.
    pub(super) is_erased: bool,
}

/// What the list is narrowed to, as its address says it.
#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) who: String,
    pub(super) area: String,
    pub(super) target: String,
    /// Days, `2026-11-23`, the last one included.
    pub(super) since: String,
    pub(super) until: String,
    pub(super) after: Option<i64>,
}

impl Asked {
    /// A day that is none is not used: the page says so.
    fn filter(&self) -> AuditFilter {
        let is_area = AREAS.contains(&self.area.as_str());
        AuditFilter {
            who: self.who.trim().to_owned(),
            area: if is_area { self.area.clone() } else { String::new() },
            target: self.target.trim().to_owned(),
            since: Timestamp::from_day(self.since.trim()),
            until: Timestamp::from_day(self.until.trim()).map(|day| day.plus_seconds(DAY)),
        }
    }

    /// Whether a day was written that is none.
    pub(super) fn has_wrong_day(&self) -> bool {
        let is_wrong = |day: &str| !day.trim().is_empty() && Timestamp::from_day(day.trim()).is_none();
        is_wrong(&self.since) || is_wrong(&self.until)
    }

    pub(super) fn is_narrowed(&self) -> bool {
        let said = [&self.who, &self.area, &self.target, &self.since, &self.until];
        said.iter().any(|text| !text.trim().is_empty())
    }

    fn query(&self, after: Option<i64>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("who", &self.who),
            ("area", &self.area),
            ("target", &self.target),
            ("since", &self.since),
            ("until", &self.until),
        ] {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        if let Some(after) = after {
            query.append_pair("after", &after.to_string());
        }
        query.finish()
    }
}

/// `GET /admin/activity`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let rows = activity::find_activity(&app, &visitor.actor(), &asked.filter(), asked.after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = rows.len() >= ROWS as usize;
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| format!("/admin/activity?{}", asked.query(Some(row.number))));
    let page = visitor.page(Section::Activity);
    Ok(respond::show(&ActivityPage::new(page, asked, rows, next)))
}

impl ActivityPage {
    pub(super) fn new(page: Page, asked: Asked, rows: Vec<AuditRow>, next: Option<String>) -> Self {
        let told = |row: AuditRow| Row {
            is_erased: row.is_erased,
            ..shown(&page, row.entry)
        };
        let rows = rows.into_iter().map(told).collect();
        Self {
            areas: offered(&page),
            file: format!("/admin/activity.csv?{}", asked.query(None)),
            page,
            asked,
            rows,
            next,
        }
    }
}

fn offered(page: &Page) -> Vec<(String, String)> {
    let all = (String::new(), page.t("activity-all"));
    let areas = AREAS
        .iter()
        .map(|area| ((*area).to_owned(), page.t(&format!("activity-area-{area}"))));
    std::iter::once(all).chain(areas).collect()
}

/// `GET /admin/activity.csv`: all that the filter wants, newest first, as it is read.
pub(super) async fn file(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let (filter, actor) = (asked.filter(), visitor.actor());
    // The first page is read before anything is answered: a refusal is a page in words.
    let first = activity::find_activity(&app, &actor, &filter, None, PAGE).await;
    let first = first.map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Activity);
    let (response, pages): (Response, csv::Pages) = csv::download("activity.csv");
    tokio::spawn(write(app, page, actor, filter, first, pages));
    Ok(response)
}

async fn write(
    app: Shared,
    page: Page,
    actor: Actor,
    filter: AuditFilter,
    first: Vec<AuditRow>,
    pages: csv::Pages,
) {
    let heads = [
        "number", "when", "who", "what", "target", "from", "before", "after",
    ];
    let heads: Vec<String> = heads
        .iter()
        .map(|head| page.t(&format!("activity-{head}")))
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut text = format!("{}{}", csv::MARK, csv::line(&heads));
    let mut rows = first;
    // Ends: each page begins below the last number of the one before.
    loop {
        text.extend(rows.iter().map(line));
        if !pages.send(std::mem::take(&mut text)).await {
            return;
        }
        let Some(last) = rows.last().filter(|_| rows.len() >= PAGE as usize) else {
            return;
        };
        let next = activity::find_activity(&app, &actor, &filter, Some(last.number), PAGE).await;
        rows = match next {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, "an export of the activity was broken off");
                return pages.fail().await;
            }
        };
    }
}

fn line(row: &AuditRow) -> String {
    let entry = &row.entry;
    csv::line(&[
        &row.number.to_string(),
        &moment::iso(entry.at),
        &entry.actor,
        &entry.action,
        &format!("{} {}", entry.target_kind, entry.target_id),
        entry.source_ip.as_deref().unwrap_or_default(),
        entry.before.as_deref().unwrap_or_default(),
        entry.after.as_deref().unwrap_or_default(),
    ])
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
        source_ip: entry.source_ip,
        is_erased: false,
    }
}

fn indented(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}
