//! `/directories`: where people and groups are read from.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::directory::{Counts, Directory, DirectoryForm, Reading, ReadingOutcome, Refused};
use serde::Serialize;

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::Result,
};
use crate::{
    actions::{
        authorities::TestStep,
        directories::{self, DirectoryStory, DirectoryTest, Origin},
    },
    app::Shared,
    console::{examined, language::Language},
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/directories", get(list).post(add))
        .route("/directories/test", post(test_form))
        .route("/directories/{id}", get(one).put(change).delete(remove))
        .route("/directories/{id}/test", post(test))
        .route("/directories/{id}/read", post(read))
        .route("/directories/{id}/confirm", post(confirm))
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<View>>> {
    let all = directories::list_directories(&app, &actor).await?;
    Ok(Answer(Page::whole(all.into_iter().map(View::from).collect())))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
) -> Result<Answer<StoryView>> {
    let story = directories::one_directory(&app, &actor, &id).await?;
    Ok(Answer(StoryView::from(story)))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<DirectoryForm>,
) -> Result<(StatusCode, Answer<View>)> {
    let directory = directories::add_directory(&app, &actor, &form).await?;
    Ok((StatusCode::CREATED, Answer(View::from(directory))))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
    Body(form): Body<DirectoryForm>,
) -> Result<Answer<View>> {
    let directory = directories::change_directory(&app, &actor, &id, &form).await?;
    Ok(Answer(View::from(directory)))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
) -> Result<StatusCode> {
    directories::remove_directory(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
) -> Result<Answer<TestView>> {
    let test = directories::test_directory(&app, &actor, &id).await?;
    Ok(Answer(TestView::from(test)))
}

async fn test_form(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<DirectoryForm>,
) -> Result<Answer<TestView>> {
    let test = directories::test_directory_form(&app, &actor, None, &form).await?;
    Ok(Answer(TestView::from(test)))
}

async fn read(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
) -> Result<StatusCode> {
    directories::read_now(&app, &actor, &id).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn confirm(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Directory>,
) -> Result<StatusCode> {
    directories::confirm_fewer(&app, &actor, &id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A directory without its password.
#[derive(Serialize)]
struct View {
    id: String,
    #[serde(flatten)]
    form: DirectoryForm,
    is_sign_in_stopped: bool,
    last_reading: Option<ReadingView>,
    last_complete_at: Option<Instant>,
    failures: u32,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Serialize)]
struct ReadingView {
    ended_at: Instant,
    milliseconds: i64,
    outcome: ReadingOutcome,
    /// The reason in English.
    detail: Option<String>,
    found: Counts,
    known: Counts,
    added: u64,
    changed: u64,
    gone: u64,
    groups_changed: u64,
    groups_gone: u64,
    referrals: u64,
    left_out_count: u64,
    left_out: Vec<LeftOutView>,
}

#[derive(Serialize)]
struct LeftOutView {
    which: String,
    /// The reason in English.
    detail: String,
}

#[derive(Serialize)]
struct StoryView {
    #[serde(flatten)]
    directory: View,
    people: usize,
    groups: usize,
    gone_count: usize,
    gone: Vec<String>,
    refusals: Vec<RefusedView>,
}

#[derive(Serialize)]
struct RefusedView {
    at: Instant,
    username: String,
    /// The reason in English.
    reason: String,
    /// The directory's own words.
    detail: String,
}

#[derive(Serialize)]
struct TestView {
    is_good: bool,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    #[serde(flatten)]
    step: TestStep,
    detail: String,
}

/// The directory or the SCIM source that a person or a group comes from.
#[derive(Serialize)]
pub(super) struct OriginView {
    kind: &'static str,
    id: String,
    name: String,
    fields: Vec<String>,
    is_disabled: bool,
    gone_at: Option<Instant>,
}

impl From<Origin> for OriginView {
    fn from(origin: Origin) -> Self {
        Self {
            kind: origin.giver.kind(),
            id: origin.giver.id().to_owned(),
            name: origin.name,
            fields: origin.fields,
            is_disabled: origin.is_disabled,
            gone_at: origin.gone_at.map(Instant),
        }
    }
}

impl From<Directory> for View {
    fn from(directory: Directory) -> Self {
        let form = DirectoryForm::from(&directory);
        let state = directory.state;
        Self {
            id: directory.id.to_string(),
            form,
            is_sign_in_stopped: state.is_sign_in_stopped,
            last_complete_at: state
                .complete_at
                .map(domain::Timestamp::from_milliseconds)
                .map(Instant),
            last_reading: state.last.map(ReadingView::from),
            failures: state.failures,
            created_at: directory.created_at.into(),
            updated_at: directory.updated_at.into(),
        }
    }
}

impl From<Reading> for ReadingView {
    fn from(reading: Reading) -> Self {
        Self {
            ended_at: reading.ended_at().into(),
            milliseconds: reading.milliseconds,
            outcome: reading.outcome,
            detail: reading
                .problem
                .as_ref()
                .map(|problem| examined::refusal(problem, Language::English)),
            found: reading.found,
            known: reading.known,
            added: reading.added,
            changed: reading.changed,
            gone: reading.gone,
            groups_changed: reading.groups_changed,
            groups_gone: reading.groups_gone,
            referrals: reading.referrals,
            left_out_count: reading.left_out_count,
            left_out: reading
                .left_out
                .into_iter()
                .map(|(key, which)| LeftOutView {
                    which,
                    detail: Language::English.words(&key),
                })
                .collect(),
        }
    }
}

impl From<DirectoryStory> for StoryView {
    fn from(story: DirectoryStory) -> Self {
        Self {
            people: story.people,
            groups: story.groups,
            gone_count: story.gone_count,
            gone: story.gone,
            refusals: story.refusals.into_iter().map(RefusedView::from).collect(),
            directory: View::from(story.directory),
        }
    }
}

impl From<Refused> for RefusedView {
    fn from(refused: Refused) -> Self {
        let reason = examined::refusal(&directories::refusal_error(&refused), Language::English);
        Self {
            at: refused.at.into(),
            username: refused.username,
            reason,
            detail: refused.detail,
        }
    }
}

impl From<DirectoryTest> for TestView {
    fn from(test: DirectoryTest) -> Self {
        let is_good = test.is_good();
        let steps = test.steps.into_iter().map(|step| StepView {
            detail: examined::sentence(&step, Language::English),
            step,
        });
        Self {
            is_good,
            steps: steps.collect(),
        }
    }
}
