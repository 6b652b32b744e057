//! Authorities, groups and configurations as files want them. A thing is known by its name. What a file doesn't name stays as
//! it is, and nothing is removed.

mod authorities;
mod built_in;
mod configurations;
mod difference;
mod groups;

use std::collections::BTreeSet;

use domain::{
    Error as Refusal,
    actor::Actor,
    external_ca::{AuthorityForm, AuthorityId, Password},
    group::GroupId,
    operator::Permission,
    scep_configuration::{ConfigurationForm, ConfigurationId},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use difference::Difference;

use super::{
    Error, Result,
    built_in::{BuiltInChange, BuiltInForm},
    groups::GroupForm,
};
use crate::app::Shared;

/// Everything that the files want.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Authorities, external and built-in.
    pub authorities: Vec<Entry>,
    /// Groups of devices and of people.
    pub groups: Vec<Entry>,
    /// Configurations, perhaps with their distribution.
    pub configurations: Vec<Entry>,
}

/// One thing as a file names it. Secrets stand apart, so that nothing shows them.
#[derive(Debug)]
pub struct Entry {
    /// Where it stands, as in `authority[2]`.
    pub place: String,
    /// The fields that the file gives.
    pub fields: Map<String, Value>,
    /// The password that a reference led to.
    pub password: Option<Password>,
    /// The fixed challenge that a reference led to.
    pub static_challenge: Option<Password>,
}

/// What is to be done with one thing.
#[derive(Debug)]
pub struct Step {
    /// Where the file names it.
    pub place: String,
    /// What it is.
    pub noun: Noun,
    /// Its name.
    pub name: String,
    /// Whether it is new, changes, or stays.
    pub change: Change,
    /// What differs.
    pub differences: Vec<Difference>,
    /// Devices that a configuration that changes was given to.
    pub devices: i64,
    doing: Doing,
}

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// An authority.
    Authority,
    /// A group.
    Group,
    /// A configuration.
    Configuration,
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is added.
    Added,
    /// It is changed.
    Changed,
    /// It stays as it is.
    Same,
}

#[derive(Debug)]
enum Doing {
    Nothing,
    AddAuthority(Box<AuthorityForm>),
    ChangeAuthority(AuthorityId, Box<AuthorityForm>),
    AddBuiltIn(Box<BuiltInForm>),
    ChangeBuiltIn(AuthorityId, BuiltInChange),
    AddGroup(Box<GroupForm>),
    ChangeGroup(GroupId, Box<GroupForm>),
    PutConfiguration(Box<PutConfiguration>),
}

/// A configuration that is added or changed, or whose distribution is.
#[derive(Debug)]
struct PutConfiguration {
    id: Option<ConfigurationId>,
    authority: String,
    /// None where only the distribution changes.
    form: Option<ConfigurationForm>,
    distribution: Option<groups::Distribution>,
}

impl Entry {
    fn name(&self) -> std::result::Result<String, Refusal> {
        let name = self.fields.get("name").and_then(Value::as_str).map(str::trim);
        name.filter(|name| !name.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| Refusal::invalid(&self.at("name"), "a name is needed").keyed("error-name-empty"))
    }

    fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.place)
    }

    /// Refusals of an action or a check at their places in the file.
    fn placed(&self, refusals: Vec<Refusal>) -> Vec<Refusal> {
        placed(&self.place, refusals)
    }

    /// Each field by itself as the form takes it: so that what is wrong is known by its place.
    fn typed<Form: DeserializeOwned>(&self) -> std::result::Result<(), Vec<Refusal>> {
        let wrong: Vec<Refusal> = self
            .fields
            .iter()
            .filter_map(|(name, value)| {
                let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
                let error = serde_json::from_value::<Form>(alone).err()?.to_string();
                let detail = error.split(", expected one of").next().unwrap_or_default();
                let refusal = Refusal::invalid(&self.at(name), detail).keyed("error-apply-field");
                Some(refusal.with("detail", detail))
            })
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// The form with the fields that the file gives.
    fn over<Form: DeserializeOwned>(&self, base: Value) -> std::result::Result<Form, Vec<Refusal>> {
        let mut whole = base;
        difference::overlay(&mut whole, &Value::Object(self.fields.clone()));
        serde_json::from_value(whole).map_err(|error| {
            let detail = error.to_string();
            let refusal = Refusal::invalid(&self.place, detail.clone()).keyed("error-apply-field");
            vec![refusal.with("detail", detail)]
        })
    }
}

/// Checks everything and says what is to be done. Nothing is changed, and no other system is asked.
pub async fn plan(app: &Shared, actor: &Actor, wanted: &Wanted) -> Result<Vec<Step>> {
    actor.require(Permission::Configure)?;
    let known = super::authorities::list(app, actor).await?;
    let (mut steps, mut refusals) = (Vec::new(), Vec::new());
    refusals.extend(twice(&wanted.authorities));
    refusals.extend(twice(&wanted.groups));
    refusals.extend(twice(&wanted.configurations));
    for entry in &wanted.authorities {
        let step = if built_in::is_meant(&known, entry) {
            built_in::step(app, actor, &known, entry).await?
        } else {
            authorities::step(app, &known, entry)?
        };
        match step {
            Ok(step) => steps.push(step),
            Err(several) => refusals.extend(several),
        }
    }
    let new: BTreeSet<String> = wanted
        .authorities
        .iter()
        .filter_map(|entry| entry.name().ok())
        .collect();
    for entry in &wanted.groups {
        match groups::step(app, actor, entry).await? {
            Ok(step) => steps.push(step),
            Err(several) => refusals.extend(several),
        }
    }
    let named = groups::Names::of(app, actor, &wanted.groups).await?;
    for entry in &wanted.configurations {
        match configurations::step(app, actor, (&known, &new), &named, entry).await? {
            Ok(step) => steps.push(step),
            Err(several) => refusals.extend(several),
        }
    }
    if refusals.is_empty() {
        Ok(steps)
    } else {
        Err(Error::Several(refusals))
    }
}

/// Does one step, with the checks and the audit row of the action that it is. Refusals are at their place in the file.
pub async fn perform(app: &Shared, actor: &Actor, step: Step) -> Result<()> {
    let place = step.place;
    let done = match step.doing {
        Doing::Nothing => Ok(()),
        Doing::AddAuthority(form) => super::authorities::add_authority(app, actor, &form)
            .await
            .map(drop),
        Doing::ChangeAuthority(id, form) => super::authorities::change_authority(app, actor, &id, &form)
            .await
            .map(drop),
        Doing::AddBuiltIn(form) => super::built_in::add_built_in(app, actor, &form).await.map(drop),
        Doing::ChangeBuiltIn(id, form) => super::built_in::change_built_in(app, actor, &id, &form)
            .await
            .map(drop),
        Doing::AddGroup(form) => super::groups::add_group(app, actor, &form).await.map(drop),
        Doing::ChangeGroup(id, form) => super::groups::change_group(app, actor, &id, &form)
            .await
            .map(drop),
        Doing::PutConfiguration(put) => configurations::put(app, actor, *put).await,
    };
    done.map_err(|error| match error {
        Error::Internal(_) => error,
        refused => Error::Several(placed(&place, refused.refusals().to_vec())),
    })
}

/// Names that two entries bear.
fn twice(entries: &[Entry]) -> Vec<Refusal> {
    let mut seen = BTreeSet::new();
    entries
        .iter()
        .filter_map(|entry| {
            let name = entry.name().ok()?;
            if seen.insert(name.clone()) {
                return None;
            }
            let detail = format!("the files name “{name}” twice");
            let refusal = Refusal::invalid(&entry.at("name"), detail).keyed("error-apply-twice");
            Some(refusal.with("name", name))
        })
        .collect()
}

fn placed(place: &str, refusals: Vec<Refusal>) -> Vec<Refusal> {
    refusals
        .into_iter()
        .map(|refusal| {
            let at = match refusal.field.as_deref() {
                Some("authority_id") => format!("{place}.authority"),
                Some(field) => format!("{place}.{field}"),
                None => place.to_owned(),
            };
            refusal.at(&at)
        })
        .collect()
}
