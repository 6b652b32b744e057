//! Admin > Infrastructure > Directories: where people and groups are read from.

mod form;

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Timestamp,
    directory::{Directory, DirectoryId, Reading, ReadingOutcome},
};

#[cfg(test)]
pub(super) use form::{DirectoryFormPage, stored as stored_form};

use super::{
    authorities::{Findings, findings_of},
    examined, moment,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self,
        directories::{self, DirectoryStory, DirectoryTest},
    },
    app::Shared,
};

/// Where these pages are.
const BASE: &str = "/admin/infrastructure/directories";

#[derive(Template)]
#[template(path = "directories/list.html")]
pub(super) struct DirectoriesPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) address: String,
    pub(super) mark: Mark,
    pub(super) at: Option<Timestamp>,
}

/// A state's colour and the key of its word.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) key: &'static str,
}

#[derive(Template)]
#[template(path = "directories/show.html")]
pub(super) struct DirectoryPage {
    pub(super) page: Page,
    pub(super) directory: Directory,
    pub(super) kind: String,
    pub(super) mark: Mark,
    pub(super) last: Option<Last>,
    pub(super) complete_at: Option<Timestamp>,
    pub(super) people: i64,
    pub(super) groups: i64,
    pub(super) gone: Vec<String>,
    pub(super) gone_count: i64,
    pub(super) refusals: Vec<RefusedRow>,
    pub(super) findings: Option<Findings>,
}

/// The newest reading in words.
pub(super) struct Last {
    pub(super) at: Timestamp,
    pub(super) took: String,
    pub(super) is_held: bool,
    pub(super) problem: Option<String>,
    /// What it found, and what of it is new.
    pub(super) lines: Vec<String>,
    /// Which entries aren't taken in, and why.
    pub(super) left_out: Vec<(String, String)>,
    pub(super) left_out_count: i64,
    /// Known and found people, groups and members, where it is held.
    pub(super) counts: Vec<(&'static str, u64, u64)>,
}

pub(super) struct RefusedRow {
    pub(super) at: Timestamp,
    pub(super) username: String,
    pub(super) words: String,
    pub(super) detail: String,
}

async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let all = directories::list_directories(&app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(respond::show(&DirectoriesPage::new(
        visitor.page(Section::Directories),
        all,
    )))
}

async fn show(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    shown(&app, &visitor, &id, None).await
}

async fn shown(app: &Shared, visitor: &Visitor, id: &DirectoryId, test: Option<&DirectoryTest>) -> Answer {
    let story = directories::one_directory(app, &visitor.actor(), id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let mut page = visitor.page(Section::Directories);
    page.path = format!("{BASE}/{id}");
    Ok(respond::show(&DirectoryPage::new(page, story, test)))
}

async fn test(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let test = directories::test_directory(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    shown(&app, &visitor, &id, Some(&test)).await
}

async fn read(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    directories::read_now(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{id}?done=directory-read")))
}

async fn confirm(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    directories::confirm_fewer(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{id}?done=directory-confirmed")))
}

async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    directories::remove_directory(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}?done=removed")))
}

fn known(visitor: &Visitor, id: &str) -> Result<DirectoryId, Problem> {
    DirectoryId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Directories)))
}

/// How a directory does.
pub(super) fn mark(directory: &Directory) -> Mark {
    let last = directory.state.last.as_ref().map(|last| last.outcome);
    let (class, key) = match last {
        _ if !directory.settings.is_enabled => ("", "directory-state-off"),
        _ if directory.state.is_sign_in_stopped => ("status-red", "directory-state-stopped"),
        None => ("status-blue", "directory-state-new"),
        Some(ReadingOutcome::Complete) => ("status-green", "directory-state-good"),
        Some(ReadingOutcome::Held) => ("status-orange", "directory-state-held"),
        Some(ReadingOutcome::Failed) => ("status-red", "directory-state-failed"),
    };
    Mark { class, key }
}

impl DirectoriesPage {
    pub(super) fn new(page: Page, all: Vec<Directory>) -> Self {
        let rows = all.into_iter().map(|directory| Row {
            id: directory.id.to_string(),
            kind: page.t(&format!("directory-kind-{}", directory.settings.kind.name())),
            address: directory.settings.addresses.join(", "),
            mark: mark(&directory),
            at: directory.state.last.as_ref().map(Reading::ended_at),
            name: directory.name,
        });
        Self {
            rows: rows.collect(),
            page,
        }
    }
}

impl DirectoryPage {
    pub(super) fn new(page: Page, story: DirectoryStory, test: Option<&DirectoryTest>) -> Self {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let refusals = story.refusals.iter().map(|refused| RefusedRow {
            at: refused.at,
            username: refused.username.clone(),
            words: examined::refusal(&directories::refusal_error(refused), page.language),
            detail: refused.detail.clone(),
        });
        Self {
            kind: page.t(&format!(
                "directory-kind-{}",
                story.directory.settings.kind.name()
            )),
            mark: mark(&story.directory),
            last: story
                .directory
                .state
                .last
                .as_ref()
                .map(|last| Last::new(&page, last)),
            complete_at: story
                .directory
                .state
                .complete_at
                .map(Timestamp::from_milliseconds),
            people: number(story.people),
            groups: number(story.groups),
            gone_count: number(story.gone_count),
            refusals: refusals.collect(),
            findings: test.map(|test| findings_of(&page, &test.steps)),
            gone: story.gone,
            directory: story.directory,
            page,
        }
    }
}

impl Last {
    fn new(page: &Page, last: &Reading) -> Self {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let line = |key: &str, count: u64| page.count(key, &number(count));
        let found = [
            line("directory-found-people", last.found.people),
            line("directory-found-groups", last.found.groups),
        ];
        let changes = [
            ("directory-added", last.added),
            ("directory-changed", last.changed),
            ("directory-gone", last.gone),
            ("directory-groups-changed", last.groups_changed),
            ("directory-groups-gone", last.groups_gone),
            ("directory-referrals", last.referrals),
        ];
        let changes = changes
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| line(key, count));
        let is_held = last.outcome == ReadingOutcome::Held;
        let (known, counted) = (last.known, last.found);
        Self {
            at: last.ended_at(),
            took: moment::duration(last.milliseconds, page.language),
            is_held,
            problem: last
                .problem
                .as_ref()
                .map(|problem| examined::refusal(problem, page.language)),
            lines: if last.problem.is_some() {
                Vec::new()
            } else {
                found.into_iter().chain(changes).collect()
            },
            left_out: last
                .left_out
                .iter()
                .map(|(key, which)| (which.clone(), page.t(key)))
                .collect(),
            left_out_count: number(last.left_out_count),
            counts: if is_held {
                vec![
                    ("directory-count-people", known.people, counted.people),
                    ("directory-count-groups", known.groups, counted.groups),
                    ("directory-count-members", known.members, counted.members),
                ]
            } else {
                Vec::new()
            },
        }
    }
}

/// The directories that need a person, by identifier and name.
pub(super) async fn in_trouble(app: &Shared, visitor: &Visitor) -> actions::Result<Vec<(String, String)>> {
    let all = directories::list_directories(app, &visitor.actor()).await?;
    Ok(all
        .into_iter()
        .filter(|directory| directory.settings.is_enabled && directory.state.needs_a_person())
        .map(|directory| (directory.id.to_string(), directory.name))
        .collect())
}

/// The addresses of these pages.
pub(super) fn router() -> axum::Router<Shared> {
    use axum::routing::{get, post};
    axum::Router::new()
        .route(BASE, get(list))
        .route(&format!("{BASE}/new"), get(form::new).post(form::add))
        .route(&format!("{BASE}/{{id}}"), get(show))
        .route(&format!("{BASE}/{{id}}/edit"), get(form::edit).post(form::change))
        .route(&format!("{BASE}/{{id}}/test"), post(test))
        .route(&format!("{BASE}/{{id}}/read"), post(read))
        .route(&format!("{BASE}/{{id}}/confirm"), post(confirm))
        .route(&format!("{BASE}/{{id}}/remove"), post(remove))
}
