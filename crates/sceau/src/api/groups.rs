//! `/groups`: groups of devices and of people.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    device::Device,
    group::{Group, Of, Rule},
    person::Person,
};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    directories::OriginView,
    instant::Instant,
    page::{self, Asked, DEFAULT_LIMIT, Named, Page},
    problem::Result,
};
use crate::{
    actions::{
        directories,
        groups::{self, Effect, GroupForm, GroupStory, NamedBy},
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/groups", get(list).post(add))
        .route("/groups/preview", post(preview_new))
        .route("/groups/{id}", get(one).put(change).delete(remove))
        .route("/groups/{id}/preview", post(preview))
        .route("/groups/{id}/members", post(members))
        .route("/groups/{id}/devices", get(devices))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    after: Option<String>,
    limit: Option<u32>,
}

/// Who is put in and who is taken out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

async fn list(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<ListedView>>> {
    let listed = groups::list_groups(&app, &actor).await?;
    let view = |one: groups::ListedGroup| ListedView {
        member_count: one.group.rule.is_none().then_some(one.members),
        group: View::from(one.group),
    };
    Ok(Answer(Page::whole(listed.into_iter().map(view).collect())))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
) -> Result<Answer<StoryView>> {
    let story = groups::one_group(&app, &actor, &id).await?;
    let origin = directories::group_origin(&app, &actor, &id).await?;
    Ok(Answer(StoryView {
        directory: origin.map(OriginView::from),
        ..StoryView::from(story)
    }))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<GroupForm>,
) -> Result<(StatusCode, Answer<View>)> {
    let group = groups::add_group(&app, &actor, &form).await?;
    Ok((StatusCode::CREATED, Answer(View::from(group))))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
    Body(form): Body<GroupForm>,
) -> Result<Answer<View>> {
    let group = groups::change_group(&app, &actor, &id, &form).await?;
    Ok(Answer(View::from(group)))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
) -> Result<StatusCode> {
    groups::remove_group(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn members(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
    Body(exchange): Body<Exchange>,
) -> Result<Answer<CountView>> {
    let count = groups::change_members(&app, &actor, &id, exchange.add, exchange.remove).await?;
    Ok(Answer(CountView { member_count: count }))
}

async fn devices(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Answer<DevicesView>> {
    let limit = page::limit(asked.limit)?;
    let after = page::key("after", asked.after.as_ref())?;
    let reached = groups::reach_of_group(&app, &actor, &id, after, limit).await?;
    let key = |(device, _): &(Device, Option<Person>)| device.id.to_string();
    Ok(Answer(DevicesView {
        count: reached.count,
        page: Page::of(reached.devices, limit, key, DeviceView::from),
    }))
}

async fn preview_new(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<GroupForm>,
) -> Result<Answer<PreviewView>> {
    let preview = groups::preview_group(&app, &actor, None, &form, DEFAULT_LIMIT).await?;
    Ok(Answer(PreviewView::from(preview)))
}

async fn preview(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Group>,
    Body(form): Body<GroupForm>,
) -> Result<Answer<PreviewView>> {
    let preview = groups::preview_group(&app, &actor, Some(&id), &form, DEFAULT_LIMIT).await?;
    Ok(Answer(PreviewView::from(preview)))
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    description: String,
    of: Of,
    rule: Option<Rule>,
    created_at: Instant,
    updated_at: Instant,
}

#[derive(Serialize)]
struct ListedView {
    #[serde(flatten)]
    group: View,
    /// Absent where a rule says who belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    member_count: Option<i64>,
}

#[derive(Serialize)]
struct StoryView {
    #[serde(flatten)]
    group: View,
    members: Vec<MemberView>,
    named_by: Vec<NamedByView>,
    /// Where it comes from; none where it was made here.
    directory: Option<OriginView>,
}

#[derive(Serialize)]
struct MemberView {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct NamedByView {
    configuration_id: String,
    name: String,
    is_enabled: bool,
    is_excluded: bool,
}

#[derive(Serialize)]
struct CountView {
    member_count: usize,
}

#[derive(Serialize)]
struct DeviceView {
    id: String,
    name: String,
    username: Option<String>,
}

#[derive(Serialize)]
struct DevicesView {
    count: i64,
    #[serde(flatten)]
    page: Page<DeviceView>,
}

#[derive(Serialize)]
struct PreviewView {
    count: i64,
    devices: Vec<DeviceView>,
    effects: Vec<EffectView>,
}

#[derive(Serialize)]
struct EffectView {
    configuration: String,
    gained: i64,
    lost: i64,
}

impl From<Group> for View {
    fn from(group: Group) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name,
            description: group.description,
            of: group.of,
            rule: group.rule,
            created_at: group.created_at.into(),
            updated_at: group.updated_at.into(),
        }
    }
}

impl From<GroupStory> for StoryView {
    fn from(story: GroupStory) -> Self {
        let member = |(member, name): (groups::Member, String)| MemberView {
            id: member.id().to_owned(),
            name,
        };
        let named_by = |named: NamedBy| NamedByView {
            configuration_id: named.id.to_string(),
            name: named.name,
            is_enabled: named.is_enabled,
            is_excluded: named.is_excluded,
        };
        Self {
            group: View::from(story.group),
            members: story.members.into_iter().map(member).collect(),
            named_by: story.named_by.into_iter().map(named_by).collect(),
            directory: None,
        }
    }
}

impl From<(Device, Option<Person>)> for DeviceView {
    fn from((device, person): (Device, Option<Person>)) -> Self {
        Self {
            id: device.id.to_string(),
            name: device.name,
            username: person.map(|person| person.username),
        }
    }
}

impl From<groups::Preview> for PreviewView {
    fn from(preview: groups::Preview) -> Self {
        let effect = |effect: Effect| EffectView {
            configuration: effect.configuration,
            gained: effect.gained,
            lost: effect.lost,
        };
        Self {
            count: preview.reached.count,
            devices: preview
                .reached
                .devices
                .into_iter()
                .map(DeviceView::from)
                .collect(),
            effects: preview.effects.into_iter().map(effect).collect(),
        }
    }
}
