//! Admin > Enrolment: who may enrol devices, and how many.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use domain::{
    Error,
    admission::{Admission, GroupLimit},
    group::{Group, GroupId, Of},
};

use super::{
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, go},
    visitor::Visitor,
};
use crate::{
    actions::{self, admission, groups},
    app::Shared,
};

#[derive(Template)]
#[template(path = "admission.html")]
pub(super) struct AdmissionPage {
    page: Page,
    is_closed: bool,
    devices_per_person: String,
    lowest_build: String,
    serial_numbers: String,
    rows: Vec<Row>,
}

/// A group of people and what is said of it.
struct Row {
    id: String,
    name: String,
    is_admitted: bool,
    is_excluded: bool,
    devices: String,
}

impl AdmissionPage {
    pub(super) fn new(page: Page, groups: &[Group], fields: &Fields) -> Self {
        let (admitted, excluded) = (fields.all("groups"), fields.all("excluded"));
        let rows = groups.iter().filter(|group| group.of == Of::People).map(|group| {
            let id = group.id.to_string();
            Row {
                is_admitted: admitted.contains(&id),
                is_excluded: excluded.contains(&id),
                devices: fields.text(&limit_name(&id)),
                name: group.name.clone(),
                id,
            }
        });
        Self {
            is_closed: fields.is_ticked("is_closed"),
            devices_per_person: fields.text("devices_per_person"),
            lowest_build: fields.text("lowest_build"),
            serial_numbers: fields.text("serial_numbers"),
            rows: rows.collect(),
            page,
        }
    }
}

/// `GET /admin/enrolment`
pub(super) async fn show(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let known = admission::admission(&app, &visitor.actor()).await;
    let known = known.map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Enrolment);
    let groups = of_people(&app, &visitor).await?;
    Ok(respond::show(&AdmissionPage::new(page, &groups, &stored(&known))))
}

/// `POST /admin/enrolment`
pub(super) async fn change(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let groups = of_people(&app, &visitor).await?;
    let outcome = match form(&fields, &groups) {
        Ok(wanted) => admission::change_admission(&app, &visitor.actor(), wanted)
            .await
            .map(drop),
        Err(errors) => Err(actions::Error::Several(errors)),
    };
    match outcome {
        Ok(()) => Ok(go("/admin/enrolment?done=saved")),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Enrolment).refused(error.refusals());
            Ok(respond::show_refused(&AdmissionPage::new(page, &groups, &fields)))
        }
    }
}

async fn of_people(app: &Shared, visitor: &Visitor) -> Result<Vec<Group>, respond::Problem> {
    let listed = groups::list_groups(app, &visitor.actor()).await;
    let listed = listed.map_err(|error| visitor.problem(&error))?;
    Ok(listed.into_iter().map(|listed| listed.group).collect())
}

fn limit_name(id: &str) -> String {
    format!("limit-{id}")
}

/// What is stored, as the form has it.
pub(super) fn stored(admission: &Admission) -> Fields {
    let each = |name: &'static str, ids: &BTreeSet<GroupId>| {
        let named = ids.iter().map(move |id| (name.to_owned(), id.to_string()));
        named.collect::<Vec<_>>()
    };
    let mut values = each("groups", &admission.groups);
    values.extend(each("excluded", &admission.excluded));
    values.extend(
        admission
            .limits
            .iter()
            .map(|limit| (limit_name(limit.group.as_str()), limit.devices.to_string())),
    );
    if let Some(devices) = admission.devices_per_person {
        values.push(("devices_per_person".to_owned(), devices.to_string()));
    }
    if let Some(build) = admission.lowest_build {
        values.push(("lowest_build".to_owned(), build.to_string()));
    }
    let serials: Vec<&str> = admission.serial_numbers.iter().map(String::as_str).collect();
    values.push(("serial_numbers".to_owned(), serials.join("\n")));
    if admission.is_closed {
        values.push(("is_closed".to_owned(), "yes".to_owned()));
    }
    Fields::new(values)
}

fn form(fields: &Fields, groups: &[Group]) -> Result<Admission, Vec<Error>> {
    let mut errors = Vec::new();
    let mut number = |field: &str, text: Option<String>| {
        let text = text?;
        let number = text.parse::<u32>();
        if number.is_err() {
            let most = domain::admission::MOST_DEVICES.to_string();
            let error = Error::invalid(field, "a limit is a whole number");
            errors.push(error.keyed("error-admission-limit").with("most", most));
        }
        number.ok()
    };
    let devices_per_person = number("devices_per_person", fields.optional("devices_per_person"));
    let mut limits = Vec::new();
    for group in groups {
        if let Some(devices) = number("limits", fields.optional(&limit_name(group.id.as_str()))) {
            limits.push(GroupLimit {
                group: group.id.clone(),
                devices,
            });
        }
    }
    let mut named = |field: &str| {
        let ids = fields.all(field);
        let read = ids
            .iter()
            .map(|id| GroupId::parse(id))
            .collect::<Result<BTreeSet<_>, _>>();
        read.map_err(|error| errors.push(error.at(field)))
            .unwrap_or_default()
    };
    let (groups, excluded) = (named("groups"), named("excluded"));
    let lowest_build = fields.optional("lowest_build").and_then(|text| {
        let build = text.parse::<u32>();
        if build.is_err() {
            let error = Error::invalid("lowest_build", "a build is a whole number");
            errors.push(error.keyed("error-admission-build"));
        }
        build.ok()
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Admission {
        is_closed: fields.is_ticked("is_closed"),
        groups,
        excluded,
        devices_per_person,
        limits,
        lowest_build,
        serial_numbers: fields
            .raw("serial_numbers")
            .split([',', ';', '\n'])
            .map(|serial| serial.trim().to_owned())
            .filter(|serial| !serial.is_empty())
            .collect(),
    })
}
