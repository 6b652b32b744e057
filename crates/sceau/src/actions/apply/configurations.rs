//! A configuration as a file wants it, with its distribution where the file names one.

use std::collections::BTreeSet;

use anyhow::Context as _;
use domain::{
    Error as Refusal,
    actor::Actor,
    assignment::{Assignment, Scope},
    external_ca::Authority,
    scep_configuration::{Configuration, ConfigurationForm, check},
};
use serde_json::{Map, Value};

use super::{
    super::{
        Result,
        assignments::{self, AssignmentForm},
        authorities, configurations, devices,
    },
    Change, Difference, Doing, Entry, Noun, PutConfiguration, Step, difference,
    groups::{Distribution, Names},
};
use crate::app::Shared;

type Refused<T> = std::result::Result<T, Vec<Refusal>>;

/// What is to be done with the configuration, or what is wrong with its entry. `known`: the authorities that stand, and
/// the names of those that the files add.
pub(super) async fn step(
    app: &Shared,
    actor: &Actor,
    (known, new): (&[Authority], &BTreeSet<String>),
    groups: &Names,
    entry: &Entry,
) -> Result<Refused<Step>> {
    let listed = configurations::list_configurations(app, actor).await?;
    let name = match entry.name() {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(vec![refusal])),
    };
    let existing = listed.into_iter().find(|one| one.configuration.name == name);
    let stands_at = existing.as_ref().map(|one| one.authority_name.clone());
    let existing = existing.map(|one| one.configuration);
    let (authority, distribution) = match apart(entry, stands_at.as_deref(), groups) {
        Ok(apart) => apart,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let stored = known.iter().find(|one| one.name == authority);
    if stored.is_none() && !new.contains(&authority) {
        return Ok(Err(vec![unknown_authority(entry, &authority)]));
    }
    let is_moved = stands_at.as_deref().is_some_and(|name| name != authority);
    let form = match wanted(entry, existing.as_ref(), is_moved)? {
        Ok(form) => form,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let mut differences = match differing(existing.as_ref(), stored, &form)? {
        Ok(differences) => differences,
        Err(wrong) => return Ok(Err(entry.placed(wrong))),
    };
    if stands_at.as_deref() != Some(authority.as_str()) {
        differences.push(Difference {
            field: "authority".to_owned(),
            before: stands_at,
            after: Some(authority.clone()),
        });
    }
    let is_form_same = differences.is_empty();
    let distribution = match distributed(app, actor, existing.as_ref(), distribution, entry).await? {
        Ok(Some((difference, form))) => {
            differences.push(difference);
            Some(form)
        }
        Ok(None) => None,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let change = match &existing {
        None => Change::Added,
        Some(_) if differences.is_empty() => Change::Same,
        Some(_) => Change::Changed,
    };
    let given_to = match &existing {
        Some(existing) if !is_form_same => given_to(app, actor, existing).await?,
        _ => 0,
    };
    let doing = match change {
        Change::Same => Doing::Nothing,
        Change::Added | Change::Changed => Doing::PutConfiguration(Box::new(PutConfiguration {
            id: existing.map(|existing| existing.id),
            authority,
            form: (!is_form_same).then_some(form),
            distribution,
        })),
    };
    Ok(Ok(Step {
        place: entry.place.clone(),
        noun: Noun::Configuration,
        name,
        change,
        differences,
        devices: given_to,
        doing,
    }))
}

/// Adds or changes it, and then its distribution.
pub(super) async fn put(app: &Shared, actor: &Actor, put: PutConfiguration) -> Result<()> {
    let mut id = put.id;
    if let Some(form) = put.form {
        let all = authorities::list(app, actor).await?;
        let authority = all.into_iter().find(|one| one.name == put.authority);
        let form = ConfigurationForm {
            authority_id: authority.map(|one| one.id.to_string()).unwrap_or_default(),
            ..form
        };
        let saved = match &id {
            Some(id) => configurations::change_configuration(app, actor, id, &form).await?,
            None => configurations::add_configuration(app, actor, &form).await?,
        };
        id = Some(saved.configuration.id);
    }
    if let (Some(id), Some(distribution)) = (id, put.distribution) {
        let form = distribution.resolved(app, actor).await?;
        assignments::put_assignment(app, actor, &id, form).await?;
    }
    Ok(())
}

/// What a file gives beside the form: the authority's name and the distribution.
fn apart(entry: &Entry, stands_at: Option<&str>, groups: &Names) -> Refused<(String, Option<Distribution>)> {
    let mut wrong = Vec::new();
    if entry.fields.contains_key("authority_id") {
        let detail = "a file names the authority by its name, in `authority`";
        wrong.push(Refusal::invalid(&entry.at("authority_id"), detail).keyed("error-apply-authority-id"));
    }
    let authority = match entry.fields.get("authority") {
        None => stands_at.unwrap_or_default().to_owned(),
        Some(Value::String(name)) => name.trim().to_owned(),
        Some(_) => String::new(),
    };
    if authority.is_empty() {
        wrong.push(unknown_authority(entry, ""));
    }
    let distribution = match entry.fields.get("distribution").cloned() {
        None => None,
        Some(value) => match groups.distribution(&entry.at("distribution"), value) {
            Ok(distribution) => Some(distribution),
            Err(refusal) => {
                wrong.push(refusal);
                None
            }
        },
    };
    if wrong.is_empty() {
        Ok((authority, distribution))
    } else {
        Err(wrong)
    }
}

/// The form as it would be, the authority aside.
fn wanted(
    entry: &Entry,
    existing: Option<&Configuration>,
    is_moved: bool,
) -> Result<Refused<ConfigurationForm>> {
    let fields: Map<String, Value> = entry
        .fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "authority" | "distribution"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let plain = Entry {
        place: entry.place.clone(),
        fields,
        password: None,
        static_challenge: None,
    };
    if let Err(wrong) = plain.typed::<ConfigurationForm>() {
        return Ok(Err(wrong));
    }
    let mut base = existing.map_or_else(ConfigurationForm::default, ConfigurationForm::of);
    if is_moved {
        // Another authority's certificates have other thumbprints: the issuer's is taken.
        base.thumbprint = String::new();
    }
    let base = serde_json::to_value(base).context("a configuration's form")?;
    Ok(plain.over(base))
}

/// What differs, the authority aside. One that isn't there yet checks the form when it stands.
fn differing(
    existing: Option<&Configuration>,
    authority: Option<&Authority>,
    form: &ConfigurationForm,
) -> Result<Refused<Vec<Difference>>> {
    let before = existing.map_or_else(ConfigurationForm::default, ConfigurationForm::of);
    let mut after = form.clone();
    if let Some(authority) = authority {
        let checked = match check(form, authority) {
            Ok(checked) => checked,
            Err(wrong) => return Ok(Err(wrong)),
        };
        if let Some(existing) = existing {
            after = ConfigurationForm::of(&Configuration {
                name: checked.name,
                description: checked.description,
                settings: checked.settings,
                ..existing.clone()
            });
        }
    }
    after.authority_id.clone_from(&before.authority_id);
    let [before, after] = [before, after].map(serde_json::to_value);
    let mut differences = difference::between(
        &before.context("a configuration's form")?,
        &after.context("a configuration's form")?,
    );
    differences.retain(|difference| existing.is_some() || difference.field != "name");
    Ok(Ok(differences))
}

/// The distribution, if it changes. One that would leave out devices is refused: they would lose their certificates.
async fn distributed(
    app: &Shared,
    actor: &Actor,
    existing: Option<&Configuration>,
    wanted: Option<Distribution>,
    entry: &Entry,
) -> Result<Refused<Option<(Difference, Distribution)>>> {
    let Some(wanted) = wanted else { return Ok(Ok(None)) };
    let before = match existing {
        Some(existing) => Some(assignments::one_assignment(app, actor, &existing.id).await?),
        None => None,
    };
    if before.as_ref().is_some_and(|before| wanted.is_same(before)) {
        return Ok(Ok(None));
    }
    if let Some(before) = &before
        && leaves_out(before, &wanted.form)
        && assignments::preview_assignment(app, actor, &before.scope, 1)
            .await?
            .count
            > 0
    {
        let detail = "devices would lose their certificates by that: change the distribution where it is seen whose, \
                      in the console";
        let refusal = Refusal::invalid(&entry.at("distribution"), detail);
        return Ok(Err(vec![refusal.keyed("error-apply-distribution-narrower")]));
    }
    let words = |is_enabled: bool, scope: &Scope| {
        let scope = serde_json::to_string(scope).unwrap_or_default();
        format!("is_enabled={is_enabled} scope={scope}")
    };
    let difference = Difference {
        field: "distribution".to_owned(),
        before: before.map(|before| words(before.is_enabled, &before.scope)),
        after: Some(words(wanted.form.is_enabled, &wanted.form.scope) + &wanted.new_groups()),
    };
    Ok(Ok(Some((difference, wanted))))
}

/// Whether devices that are reached now may not be any more.
fn leaves_out(before: &Assignment, wanted: &AssignmentForm) -> bool {
    before.is_enabled && !(wanted.is_enabled && (wanted.scope == Scope::All || wanted.scope == before.scope))
}

/// How many devices have it, or are about to.
async fn given_to(app: &Shared, actor: &Actor, configuration: &Configuration) -> Result<i64> {
    let progress = devices::progress(app, actor, &configuration.id).await?;
    Ok(progress
        .states
        .iter()
        .filter(|(state, _)| state != "removed")
        .map(|(_, count)| count)
        .sum())
}

fn unknown_authority(entry: &Entry, name: &str) -> Refusal {
    let detail = format!("no authority “{name}” stands, and the files add none of that name");
    let refusal = Refusal::invalid(&entry.at("authority"), detail).keyed("error-apply-authority");
    refusal.with("name", name)
}
