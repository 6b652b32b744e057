//! The form of a directory, and the test of what was typed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error,
    directory::{Directory, DirectoryForm, DirectoryId, DirectoryKind, NAMES, preset},
    external_ca::Password,
};

use super::{BASE, known};
use crate::{
    actions::{self, directories},
    app::Shared,
    console::{
        authorities::{Findings, findings_of},
        page::{Page, Section},
        posted::{Fields, Posted},
        respond::{self, Answer, Problem, go},
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "directories/form.html")]
pub(in super::super) struct DirectoryFormPage {
    pub(in super::super) page: Page,
    pub(in super::super) title: &'static str,
    pub(in super::super) action: String,
    pub(in super::super) back: String,
    pub(in super::super) is_new: bool,
    pub(in super::super) fields: Fields,
    pub(in super::super) kinds: Vec<(String, String)>,
    pub(in super::super) kind: String,
    /// Ours, the key of its label, what was typed, and what the kinds have for it.
    pub(in super::super) mapping: Vec<(String, String, String, String)>,
    pub(in super::super) findings: Option<Findings>,
}

pub(super) async fn new(visitor: Visitor) -> Answer {
    let fields = stored(&DirectoryForm::default());
    let page = visitor.page(Section::Directories);
    Ok(respond::show(&DirectoryFormPage::new(page, None, fields)))
}

pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    if fields.raw("do") == "test" {
        return tested(&app, &visitor, None, fields).await;
    }
    let outcome = match read(&fields) {
        Ok(form) => directories::add_directory(&app, &visitor.actor(), &form).await,
        Err(error) => Err(error.into()),
    };
    finish(&visitor, None, fields, outcome, "added")
}

pub(super) async fn edit(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    let directory = one(&app, &visitor, &id).await?;
    let fields = stored(&DirectoryForm::from(&directory));
    let page = visitor.page(Section::Directories);
    Ok(respond::show(&DirectoryFormPage::new(page, Some(&id), fields)))
}

pub(super) async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    if fields.raw("do") == "test" {
        return tested(&app, &visitor, Some(&id), fields).await;
    }
    let outcome = match read(&fields) {
        Ok(form) => directories::change_directory(&app, &visitor.actor(), &id, &form).await,
        Err(error) => Err(error.into()),
    };
    finish(&visitor, Some(&id), fields, outcome, "saved")
}

async fn one(app: &Shared, visitor: &Visitor, id: &DirectoryId) -> Result<Directory, Problem> {
    let story = directories::one_directory(app, &visitor.actor(), id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(story.directory)
}

fn finish(
    visitor: &Visitor,
    id: Option<&DirectoryId>,
    fields: Fields,
    outcome: actions::Result<Directory>,
    done: &str,
) -> Answer {
    match outcome {
        Ok(directory) => Ok(go(&format!("{BASE}/{}?done={done}", directory.id))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Directories).refused(error.refusals());
            Ok(respond::show_refused(&DirectoryFormPage::new(page, id, fields)))
        }
    }
}

/// Tries what was typed; nothing is saved, and a password has to be typed again for saving.
async fn tested(app: &Shared, visitor: &Visitor, id: Option<&DirectoryId>, fields: Fields) -> Answer {
    let outcome = match read(&fields) {
        Ok(form) => directories::test_directory_form(app, &visitor.actor(), id, &form).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(test) => {
            let page = visitor.page(Section::Directories);
            let findings = findings_of(&page, &test.steps);
            Ok(respond::show(&DirectoryFormPage {
                findings: Some(findings),
                ..DirectoryFormPage::new(page, id, fields)
            }))
        }
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Directories).refused(error.refusals());
            Ok(respond::show_refused(&DirectoryFormPage::new(page, id, fields)))
        }
    }
}

impl DirectoryFormPage {
    pub(in super::super) fn new(page: Page, id: Option<&DirectoryId>, fields: Fields) -> Self {
        let kinds = DirectoryKind::ALL.map(|kind| {
            let name = kind.name().to_owned();
            let words = page.t(&format!("directory-kind-{name}"));
            (name, words)
        });
        let usual = |kind, name| Some(preset(kind, name).unwrap_or_default()).filter(|text| !text.is_empty());
        let mapping = NAMES.into_iter().map(|name| {
            let both = DirectoryKind::ALL.map(|kind| usual(kind, name).unwrap_or("–"));
            let label = match name {
                "id" | "group_name" | "member" => format!("directory-map-{name}"),
                _ => format!("person-{name}"),
            };
            (
                format!("map_{name}"),
                label,
                fields.text(&format!("map_{name}")),
                both.join(" / "),
            )
        });
        Self {
            title: if id.is_some() {
                "directory-edit-title"
            } else {
                "directory-new-title"
            },
            action: id.map_or_else(|| format!("{BASE}/new"), |id| format!("{BASE}/{id}/edit")),
            back: id.map_or_else(|| BASE.to_owned(), |id| format!("{BASE}/{id}")),
            is_new: id.is_none(),
            kinds: kinds.to_vec(),
            kind: fields.text("kind"),
            mapping: mapping.collect(),
            findings: None,
            fields,
            page,
        }
    }
}

/// A form's values as its fields; passwords are never shown again.
pub(in super::super) fn stored(form: &DirectoryForm) -> Fields {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut values = vec![
        text("name", &form.name),
        text("kind", form.kind.name()),
        text("addresses", &form.addresses.join("\n")),
        text("trust_pem", &form.trust_pem),
        text("bind_dn", &form.bind_dn),
        text("base_dn", &form.base_dn),
        text("user_filter", &form.user_filter),
        text("group_filter", &form.group_filter),
        text("read_minutes", &form.read_minutes.to_string()),
    ];
    let mut custom = Vec::new();
    for (name, attribute) in &form.mapping {
        match name.strip_prefix("custom.") {
            Some(name) => custom.push(format!("{name}={attribute}")),
            // A dash says that it isn't read at all.
            None if attribute.is_empty() => values.push(text(&format!("map_{name}"), "-")),
            None => values.push(text(&format!("map_{name}"), attribute)),
        }
    }
    values.push(text("custom", &custom.join("\n")));
    for (name, is_ticked) in [("adopts", form.adopts), ("is_enabled", form.is_enabled)] {
        if is_ticked {
            values.push(text(name, "yes"));
        }
    }
    Fields::new(values)
}

fn read(fields: &Fields) -> Result<DirectoryForm, Error> {
    let wrong = |field: &str, key: &str| Error::invalid(field, "it can't be read").keyed(key);
    let kind = DirectoryKind::from_name(&fields.text("kind")).ok_or_else(|| wrong("kind", "error-choice"))?;
    let read_minutes = fields.text("read_minutes");
    let read_minutes = read_minutes
        .parse()
        .map_err(|_| wrong("read_minutes", "error-directory-minutes"))?;
    let mut mapping = BTreeMap::new();
    for name in NAMES {
        match fields.text(&format!("map_{name}")).as_str() {
            "" => {}
            "-" => drop(mapping.insert(name.to_owned(), String::new())),
            attribute => drop(mapping.insert(name.to_owned(), attribute.to_owned())),
        }
    }
    for line in fields
        .raw("custom")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let (name, attribute) = line
            .split_once('=')
            .ok_or_else(|| wrong("custom", "error-custom-invalid"))?;
        mapping.insert(format!("custom.{}", name.trim()), attribute.trim().to_owned());
    }
    Ok(DirectoryForm {
        name: fields.text("name"),
        kind,
        addresses: fields
            .raw("addresses")
            .split([',', '\n', ' ', '\r'])
            .map(str::to_owned)
            .collect(),
        trust_pem: fields.text("trust_pem"),
        bind_dn: fields.text("bind_dn"),
        bind_password: Some(Password::new(fields.raw("bind_password").to_owned())),
        base_dn: fields.text("base_dn"),
        user_filter: fields.text("user_filter"),
        group_filter: fields.text("group_filter"),
        mapping,
        read_minutes,
        adopts: fields.is_ticked("adopts"),
        is_enabled: fields.is_ticked("is_enabled"),
    })
}
