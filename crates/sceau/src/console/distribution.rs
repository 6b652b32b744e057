//! Distribution: who gets a configuration.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error,
    assignment::{Assignment, Scope},
    scep_configuration::Configuration,
    subject::alternative_names,
};

use super::{
    configurations::one,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, go},
    visitor::Visitor,
    words,
};
use crate::{
    actions::{
        self,
        assignments::{self, AssignmentForm},
        configurations, devices, groups, people,
    },
    app::Shared,
};

/// Devices of the preview.
const SHOWN: u32 = 10;
/// Devices and people that can be picked from a list.
const PICKS: u32 = 200;

#[derive(Template)]
#[template(path = "distribution/form.html")]
pub(super) struct DistributionPage {
    pub(super) page: Page,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) form: Shown,
    pub(super) count: i64,
    pub(super) is_enabled: bool,
    pub(super) rows: Vec<PreviewRow>,
}

#[derive(Template)]
#[template(path = "distribution/preview.html")]
struct Preview {
    page: Page,
    count: i64,
    is_enabled: bool,
    rows: Vec<PreviewRow>,
}

/// The form as chosen.
pub(super) struct Shown {
    pub(super) is_enabled: bool,
    pub(super) to: &'static str,
    pub(super) groups: Vec<Group>,
}

/// A list to pick from.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) picks: Vec<Pick>,
}

#[derive(Clone)]
pub(super) struct Pick {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) is_chosen: bool,
}

/// A device and what it would ask for.
pub(super) struct PreviewRow {
    pub(super) device: String,
    pub(super) person: String,
    /// The subject, or in words why there is none.
    pub(super) subject: Result<String, String>,
    pub(super) sans: Vec<String>,
}

impl PreviewRow {
    pub(super) fn of(page: &Page, row: configurations::PreviewRow) -> Self {
        let sans = match &row.subject {
            Ok((_, sans)) => alternative_names::read(sans)
                .into_iter()
                .map(|(_, value)| value)
                .collect(),
            Err(_) => Vec::new(),
        };
        Self {
            device: row.device,
            person: row.person.unwrap_or_default(),
            subject: row
                .subject
                .map(|(subject, _)| subject)
                .map_err(|cause| words::cause(&cause, page.language).what),
            sans,
        }
    }
}

/// `GET /configurations/{id}/distribution`
pub(super) async fn show(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let stored = assignments::one_assignment(&app, &visitor.actor(), &configuration.id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let chosen = chosen(&stored);
    again(&app, &visitor, &configuration, &chosen, &[]).await
}

/// `POST /configurations/{id}/distribution`
pub(super) async fn put(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let configuration = one(&app, &visitor, &id).await?;
    let form = match read(&fields) {
        Ok(form) => form,
        Err(error) => {
            let nothing = AssignmentForm {
                is_enabled: fields.is_ticked("is_enabled"),
                scope: Scope::None,
            };
            return again(&app, &visitor, &configuration, &nothing, &[error]).await;
        }
    };
    if fields.raw("do") == "preview" {
        return again(&app, &visitor, &configuration, &form, &[]).await;
    }
    match assignments::put_assignment(&app, &visitor.actor(), &configuration.id, form.clone()).await {
        Ok(_) => Ok(go(&format!(
            "/configurations/{}/progress?done=distributed",
            configuration.id
        ))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => again(&app, &visitor, &configuration, &form, error.refusals()).await,
    }
}

/// `POST /configurations/{id}/distribution/preview`: the part that changes while choosing.
pub(super) async fn preview(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let configuration = one(&app, &visitor, &id).await?;
    let form = read(&fields).map_err(|error| visitor.problem(&error.into()))?;
    let page = visitor.page(Section::Configurations);
    let (count, rows) = reach(&app, &visitor, &page, &configuration, &form.scope)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(respond::show(&Preview {
        page,
        count,
        is_enabled: form.is_enabled,
        rows,
    }))
}

async fn again(
    app: &Shared,
    visitor: &Visitor,
    configuration: &Configuration,
    form: &AssignmentForm,
    refusals: &[Error],
) -> Answer {
    let page = visitor.page(Section::Configurations).refused(refusals);
    let gathered = async {
        let (count, rows) = reach(app, visitor, &page, configuration, &form.scope).await?;
        let form = offered(app, visitor, form).await?;
        Ok((count, rows, form))
    };
    let (count, rows, form) = gathered
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    let shown = DistributionPage {
        id: configuration.id.to_string(),
        name: configuration.name.clone(),
        is_enabled: form.is_enabled,
        form,
        count,
        rows,
        page,
    };
    Ok(if refusals.is_empty() {
        respond::show(&shown)
    } else {
        respond::show_refused(&shown)
    })
}

async fn reach(
    app: &Shared,
    visitor: &Visitor,
    page: &Page,
    configuration: &Configuration,
    scope: &Scope,
) -> actions::Result<(i64, Vec<PreviewRow>)> {
    let actor = visitor.actor();
    let reach = assignments::preview_assignment(app, &actor, scope, SHOWN).await?;
    let rows =
        configurations::preview_subjects(app, &actor, &configuration.settings, Some(reach.devices), SHOWN)
            .await?;
    Ok((
        reach.count,
        rows.into_iter().map(|row| PreviewRow::of(page, row)).collect(),
    ))
}

/// The devices, people and groups to pick from, with what is chosen.
async fn offered(app: &Shared, visitor: &Visitor, form: &AssignmentForm) -> actions::Result<Shown> {
    let actor = visitor.actor();
    let devices = devices::list_devices(app, &actor, devices::DeviceFilter::default(), None, PICKS).await?;
    let devices = devices.into_iter().map(|one| {
        let person = one.username.map(|name| format!(" ({name})")).unwrap_or_default();
        Pick {
            id: one.device.id.to_string(),
            text: format!("{}{person}", one.device.name),
            is_chosen: false,
        }
    });
    let people = people::list_people(app, &actor, String::new(), None, PICKS).await?;
    let people = people.into_iter().map(|one| Pick {
        id: one.id.to_string(),
        text: one.username,
        is_chosen: false,
    });
    let groups = groups::list_groups(app, &actor).await?;
    let groups = groups.into_iter().map(|one| Pick {
        id: one.group.id.to_string(),
        text: one.group.name,
        is_chosen: false,
    });
    Ok(shown(
        form,
        &devices.collect::<Vec<_>>(),
        &people.collect::<Vec<_>>(),
        &groups.collect::<Vec<_>>(),
    ))
}

pub(super) fn shown(form: &AssignmentForm, devices: &[Pick], people: &[Pick], groups: &[Pick]) -> Shown {
    let [
        in_devices,
        in_people,
        out_devices,
        out_people,
        in_groups,
        out_groups,
    ] = listed(&form.scope);
    let marked = |picks: &[Pick], chosen: &[String]| {
        let mut marked: Vec<Pick> = picks
            .iter()
            .map(|pick| Pick {
                is_chosen: chosen.contains(&pick.id),
                ..pick.clone()
            })
            .collect();
        // Chosen ones beyond the list stay chosen.
        for id in chosen
            .iter()
            .filter(|id| !picks.iter().any(|pick| pick.id == **id))
        {
            marked.push(Pick {
                id: id.clone(),
                text: id.clone(),
                is_chosen: true,
            });
        }
        marked
    };
    let group = |name, label, picks| Group { name, label, picks };
    Shown {
        is_enabled: form.is_enabled,
        to: match form.scope {
            Scope::All => "all",
            Scope::None => "none",
            Scope::Custom { .. } => "custom",
        },
        groups: vec![
            group(
                "devices",
                "distribution-custom-devices",
                marked(devices, &in_devices),
            ),
            group("groups", "distribution-custom-groups", marked(groups, &in_groups)),
            group("people", "distribution-custom-people", marked(people, &in_people)),
            group(
                "excluded_devices",
                "distribution-custom-excluded-devices",
                marked(devices, &out_devices),
            ),
            group(
                "excluded_people",
                "distribution-custom-excluded-people",
                marked(people, &out_people),
            ),
            group(
                "excluded_groups",
                "distribution-custom-excluded-groups",
                marked(groups, &out_groups),
            ),
        ],
    }
}

fn listed(scope: &Scope) -> [Vec<String>; 6] {
    let Scope::Custom {
        devices,
        people,
        excluded_devices,
        excluded_people,
        groups,
        excluded_groups,
    } = scope
    else {
        return Default::default();
    };
    [
        devices.iter().map(ToString::to_string).collect(),
        people.iter().map(ToString::to_string).collect(),
        excluded_devices.iter().map(ToString::to_string).collect(),
        excluded_people.iter().map(ToString::to_string).collect(),
        groups.iter().map(ToString::to_string).collect(),
        excluded_groups.iter().map(ToString::to_string).collect(),
    ]
}

fn chosen(stored: &Assignment) -> AssignmentForm {
    AssignmentForm {
        is_enabled: stored.is_enabled,
        scope: stored.scope.clone(),
    }
}

fn read(fields: &Fields) -> Result<AssignmentForm, Error> {
    let scope = match fields.raw("to") {
        "all" => Scope::All,
        "none" | "" => Scope::None,
        "custom" => Scope::Custom {
            devices: ids(fields, "devices")?,
            people: ids(fields, "people")?,
            excluded_devices: ids(fields, "excluded_devices")?,
            excluded_people: ids(fields, "excluded_people")?,
            groups: ids(fields, "groups")?,
            excluded_groups: ids(fields, "excluded_groups")?,
        },
        _ => return Err(Error::invalid("scope", "choose one of the three").keyed("error-choice")),
    };
    Ok(AssignmentForm {
        is_enabled: fields.is_ticked("is_enabled"),
        scope,
    })
}

fn ids<Noun>(fields: &Fields, name: &str) -> Result<Vec<domain::Id<Noun>>, Error> {
    fields.all(name).iter().map(|id| domain::Id::parse(id)).collect()
}
