//! Groups: of devices and of people, by hand or by rule.

mod form;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Error, Id,
    device::{Device, DeviceId},
    group::{Comparison, Condition, Fact, GroupId, Of, Rule},
    person::Person,
};

use super::{
    ROWS,
    distribution::Pick,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self, devices,
        directories::{self, Origin},
        groups::{self, GroupStory, ListedGroup, NamedBy, Preview},
        people,
    },
    app::Shared,
};
pub(super) use form::GroupPage;
#[cfg(test)]
pub(super) use form::stored;

/// Devices of the preview.
const SHOWN: u32 = 10;
/// Devices or people that can be picked from a list.
const PICKS: u32 = 200;

#[derive(Template)]
#[template(path = "groups/list.html")]
pub(super) struct GroupsPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) of: &'static str,
    /// Who belongs to it, in words.
    pub(super) who: String,
}

#[derive(Template)]
#[template(path = "groups/show.html")]
pub(super) struct ShownGroupPage {
    pub(super) page: Page,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) of: &'static str,
    /// The conditions in words; none where members are put in by hand.
    pub(super) conditions: Option<Vec<String>>,
    pub(super) is_stated: bool,
    pub(super) members: Vec<String>,
    pub(super) named_by: Vec<NamedBy>,
    pub(super) count: i64,
    pub(super) rows: Vec<DeviceRow>,
    pub(super) next: Option<String>,
    /// The directory that gives it.
    pub(super) origin: Option<Origin>,
}

#[derive(Template)]
#[template(path = "groups/preview.html")]
struct PreviewPart {
    page: Page,
    preview: Option<Previewed>,
}

/// Whom a group has or would have.
pub(super) struct Previewed {
    pub(super) count: i64,
    pub(super) rows: Vec<DeviceRow>,
    /// What follows for distributions, in words.
    pub(super) effects: Vec<String>,
}

pub(super) struct DeviceRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) person: String,
    pub(super) model: String,
    pub(super) os_version: String,
}

#[derive(serde::Deserialize)]
struct Asked {
    of: Option<String>,
    after: Option<String>,
}

/// The pages of groups.
pub(super) fn router() -> axum::Router<Shared> {
    use axum::routing::{get, post};
    axum::Router::new()
        .route("/groups", get(list))
        .route("/groups/new", get(new).post(add))
        .route("/groups/new/preview", post(preview_new))
        .route("/groups/{id}", get(show))
        .route("/groups/{id}/edit", get(edit).post(change))
        .route("/groups/{id}/edit/preview", post(preview))
        .route("/groups/{id}/remove", post(remove))
}

async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let listed = groups::list_groups(&app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Groups);
    let rows = listed.iter().map(|one| row(&page, one)).collect();
    Ok(respond::show(&GroupsPage { page, rows }))
}

async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Answer {
    let story = story(&app, &visitor, &id).await?;
    let after = asked.after.as_deref().map(DeviceId::parse).transpose();
    let after = after.map_err(|_| Problem::missing(&visitor.page(Section::Groups)))?;
    let reached = groups::reach_of_group(&app, &visitor.actor(), &story.group.id, after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let origin = directories::group_origin(&app, &visitor.actor(), &story.group.id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Groups);
    Ok(respond::show(&ShownGroupPage {
        origin,
        ..shown(page, story, reached.count, &reached.devices)
    }))
}

async fn new(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let of = if asked.of.as_deref() == Some("people") {
        Of::People
    } else {
        Of::Devices
    };
    again(&app, &visitor, None, of, &Fields::default(), &[]).await
}

async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let of = form::of(&fields);
    if fields.raw("do") == "preview" {
        return again(&app, &visitor, None, of, &fields, &[]).await;
    }
    let outcome = match form::read(&fields, of) {
        Ok(form) => groups::add_group(&app, &visitor.actor(), &form).await,
        Err(refusals) => Err(actions::Error::Several(refusals)),
    };
    match outcome {
        Ok(group) => Ok(go(&format!("/groups/{}?done=added", group.id))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => again(&app, &visitor, None, of, &fields, error.refusals()).await,
    }
}

async fn edit(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let story = story(&app, &visitor, &id).await?;
    let fields = form::stored(&story);
    again(&app, &visitor, Some(&story), story.group.of, &fields, &[]).await
}

async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let story = story(&app, &visitor, &id).await?;
    let of = story.group.of;
    if fields.raw("do") == "preview" {
        return again(&app, &visitor, Some(&story), of, &fields, &[]).await;
    }
    let id = &story.group.id;
    let outcome = match form::read(&fields, of) {
        Ok(form) => groups::change_group(&app, &visitor.actor(), id, &form).await,
        Err(refusals) => Err(actions::Error::Several(refusals)),
    };
    match outcome {
        Ok(_) => Ok(go(&format!("/groups/{id}?done=saved"))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => again(&app, &visitor, Some(&story), of, &fields, error.refusals()).await,
    }
}

async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    groups::remove_group(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go("/groups?done=removed"))
}

async fn preview_new(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    part(&app, &visitor, None, form::of(&fields), &fields).await
}

async fn preview(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let story = story(&app, &visitor, &id).await?;
    part(&app, &visitor, Some(&story.group.id), story.group.of, &fields).await
}

/// The part that changes while the form is filled in. What can't be previewed yet has none.
async fn part(app: &Shared, visitor: &Visitor, id: Option<&GroupId>, of: Of, fields: &Fields) -> Answer {
    let page = visitor.page(Section::Groups);
    let (preview, _) = previewed(app, visitor, &page, id, of, fields).await?;
    Ok(respond::show(&PreviewPart { page, preview }))
}

async fn previewed(
    app: &Shared,
    visitor: &Visitor,
    page: &Page,
    id: Option<&GroupId>,
    of: Of,
    fields: &Fields,
) -> Result<(Option<Previewed>, Vec<Error>), Problem> {
    let mut form = match form::read(fields, of) {
        Ok(form) => form,
        Err(refusals) => return Ok((None, refusals)),
    };
    if form.name.is_empty() {
        // Who would be in it doesn't hang on the name.
        form.name.push('-');
    }
    match groups::preview_group(app, &visitor.actor(), id, &form, SHOWN).await {
        Ok(preview) => Ok((Some(in_words(page, preview)), Vec::new())),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => Ok((None, error.refusals().to_vec())),
    }
}

async fn again(
    app: &Shared,
    visitor: &Visitor,
    story: Option<&GroupStory>,
    of: Of,
    fields: &Fields,
    refusals: &[Error],
) -> Answer {
    let page = visitor.page(Section::Groups).refused(refusals);
    let id = story.map(|story| &story.group.id);
    let is_begun = fields.is_ticked("by");
    let (preview, wrong) = if is_begun && refusals.is_empty() {
        previewed(app, visitor, &page, id, of, fields).await?
    } else {
        (None, Vec::new())
    };
    let page = if wrong.is_empty() {
        page
    } else {
        page.refused(&wrong)
    };
    let picks = picks(app, visitor, story, of)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_refused = !page.refusals.is_empty();
    let shown = GroupPage::new(page, story.map(|story| &story.group), of, fields, picks, preview);
    Ok(if is_refused {
        respond::show_refused(&shown)
    } else {
        respond::show(&shown)
    })
}

/// The devices or people to pick from: the first of them, and those that are in the group.
async fn picks(
    app: &Shared,
    visitor: &Visitor,
    story: Option<&GroupStory>,
    of: Of,
) -> actions::Result<Vec<Pick>> {
    let actor = visitor.actor();
    let pick = |id: String, text: String| Pick {
        id,
        text,
        is_chosen: false,
    };
    let mut picks: Vec<Pick> = match of {
        Of::Devices => devices::list_devices(app, &actor, devices::DeviceFilter::default(), None, PICKS)
            .await?
            .into_iter()
            .map(|one| {
                let person = one.username.map(|name| format!(" ({name})")).unwrap_or_default();
                pick(one.device.id.to_string(), format!("{}{person}", one.device.name))
            })
            .collect(),
        Of::People => people::list_people(app, &actor, String::new(), None, PICKS)
            .await?
            .into_iter()
            .map(|one| pick(one.id.to_string(), one.username))
            .collect(),
    };
    let listed: BTreeSet<String> = picks.iter().map(|pick| pick.id.clone()).collect();
    for (member, name) in story.into_iter().flat_map(|story| &story.members) {
        if !listed.contains(member.id()) {
            picks.push(pick(member.id().to_owned(), name.clone()));
        }
    }
    Ok(picks)
}

fn known(visitor: &Visitor, id: &str) -> Result<GroupId, Problem> {
    Id::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Groups)))
}

async fn story(app: &Shared, visitor: &Visitor, id: &str) -> Result<GroupStory, Problem> {
    let id = known(visitor, id)?;
    groups::one_group(app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))
}

pub(super) fn row(page: &Page, one: &ListedGroup) -> Row {
    let who = match &one.group.rule {
        Some(rule) => described(page, rule).join(page.t("group-and").as_str()),
        None => page.count("group-by-hand-count", &one.members),
    };
    Row {
        id: one.group.id.to_string(),
        name: one.group.name.clone(),
        description: one.group.description.clone(),
        of: label(one.group.of),
        who,
    }
}

pub(super) fn shown(
    page: Page,
    story: GroupStory,
    count: i64,
    devices: &[(Device, Option<Person>)],
) -> ShownGroupPage {
    let GroupStory {
        group,
        members,
        named_by,
    } = story;
    let is_full = devices.len() >= ROWS as usize;
    let last = devices.last().filter(|_| is_full);
    ShownGroupPage {
        next: last.map(|(device, _)| format!("/groups/{}?after={}", group.id, device.id)),
        id: group.id.to_string(),
        name: group.name,
        description: group.description,
        of: label(group.of),
        conditions: group.rule.as_ref().map(|rule| described(&page, rule)),
        is_stated: group.rule.as_ref().is_some_and(Rule::is_stated),
        members: members.into_iter().map(|(_, name)| name).collect(),
        named_by,
        count,
        rows: devices.iter().map(device_row).collect(),
        origin: None,
        page,
    }
}

pub(super) fn in_words(page: &Page, preview: Preview) -> Previewed {
    let effect = |effect: groups::Effect| {
        let (gained, lost) = (effect.gained.to_string(), effect.lost.to_string());
        let values = [
            ("configuration", effect.configuration.as_str()),
            ("gained", gained.as_str()),
            ("lost", lost.as_str()),
        ];
        page.language
            .sentence("group-effect", &values)
            .unwrap_or_default()
    };
    Previewed {
        count: preview.reached.count,
        rows: preview.reached.devices.iter().map(device_row).collect(),
        effects: preview.effects.into_iter().map(effect).collect(),
    }
}

fn device_row((device, person): &(Device, Option<Person>)) -> DeviceRow {
    DeviceRow {
        id: device.id.to_string(),
        name: device.name.clone(),
        person: person
            .as_ref()
            .map(|person| person.username.clone())
            .unwrap_or_default(),
        model: device.model.clone().unwrap_or_default(),
        os_version: device.os_version.clone().unwrap_or_default(),
    }
}

fn label(of: Of) -> &'static str {
    match of {
        Of::Devices => "group-of-devices",
        Of::People => "group-of-people",
    }
}

/// The conditions in words.
fn described(page: &Page, Rule(conditions): &Rule) -> Vec<String> {
    let described = |condition: &Condition| {
        let (fact, is) = (fact(page, &condition.fact), page.t(comparison(condition.is)));
        let values = [
            ("fact", fact.as_str()),
            ("is", is.as_str()),
            ("value", condition.value.as_str()),
        ];
        page.language
            .sentence("group-condition", &values)
            .unwrap_or_default()
    };
    conditions.iter().map(described).collect()
}

fn fact(page: &Page, fact: &Fact) -> String {
    match fact {
        Fact::DeviceName => page.t("group-fact-name"),
        Fact::Manufacturer => page.t("group-fact-manufacturer"),
        Fact::Model => page.t("group-fact-model"),
        Fact::OsVersion => page.t("group-fact-os-version"),
        Fact::Edition => page.t("device-edition"),
        Fact::TpmVersion => page.t("group-fact-tpm-version"),
        Fact::Username => page.t("person-username"),
        Fact::Attribute(name) => page.t(&format!("person-{name}")),
        Fact::Custom(name) => page.with("group-fact-custom-named", "name", name),
    }
}

fn comparison(is: Comparison) -> &'static str {
    match is {
        Comparison::Equals => "group-is-equals",
        Comparison::StartsWith => "group-is-starts-with",
        Comparison::Contains => "group-is-contains",
        Comparison::AtLeast => "group-is-at-least",
        Comparison::Below => "group-is-below",
    }
}
