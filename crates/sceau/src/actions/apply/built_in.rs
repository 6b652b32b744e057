//! A built-in authority as a file wants it. It is made once; one that stands is taken as it is, with its keys, and only
//! what can change of it is compared.

use anyhow::Context as _;
use domain::{
    Error as Refusal,
    actor::Actor,
    external_ca::{Authority, AuthorityKind},
};

use super::{
    super::{
        Result,
        built_in::{self, BuiltInChange, BuiltInForm},
    },
    Change, Doing, Entry, Noun, Step, difference,
};
use crate::app::Shared;

/// Whether an entry is about a built-in authority.
pub(super) fn is_meant(known: &[Authority], entry: &Entry) -> bool {
    let standing = existing(known, entry).map(|authority| authority.kind == AuthorityKind::BuiltIn);
    match entry.fields.get("kind") {
        // One of another kind that stands is not turned into it.
        Some(kind) => kind == "built_in" && standing != Some(false),
        None => standing == Some(true),
    }
}

fn existing<'a>(known: &'a [Authority], entry: &Entry) -> Option<&'a Authority> {
    let name = entry.name().ok()?;
    known.iter().find(|authority| authority.name == name)
}

/// What is to be done with it, or what is wrong with its entry.
pub(super) async fn step(
    app: &Shared,
    actor: &Actor,
    known: &[Authority],
    entry: &Entry,
) -> Result<std::result::Result<Step, Vec<Refusal>>> {
    let name = match entry.name() {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(vec![refusal])),
    };
    let entry = match without_kind(entry) {
        Ok(entry) => entry,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let existing = existing(known, &entry);
    let base = match existing {
        None => BuiltInForm::default(),
        Some(existing) => standing(app, actor, existing).await?,
    };
    let before = serde_json::to_value(&base).context("an authority's form")?;
    let wanted: BuiltInForm = match entry.over(before.clone()) {
        Ok(form) => form,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let mut form = match built_in::check_form(&wanted) {
        Ok(form) => form,
        Err(error) => return Ok(Err(entry.placed(error.refusals().to_vec()))),
    };
    if existing.is_some() {
        // What a file says of keys and their years counts when they are made.
        form = BuiltInForm {
            key_length: base.key_length,
            root_years: base.root_years,
            years: base.years,
            ..form
        };
    }
    let after = serde_json::to_value(&form).context("an authority's form")?;
    let mut differences = difference::between(&before, &after);
    differences.retain(|difference| difference.field != "name");
    let (change, doing) = match existing {
        None => (Change::Added, Doing::AddBuiltIn(Box::new(form))),
        Some(_) if differences.is_empty() => (Change::Same, Doing::Nothing),
        Some(existing) => {
            let change = BuiltInChange {
                name: form.name,
                challenge_seconds: form.challenge_seconds,
                rules: form.rules,
            };
            (Change::Changed, Doing::ChangeBuiltIn(existing.id.clone(), change))
        }
    };
    Ok(Ok(Step {
        place: entry.place,
        noun: Noun::Authority,
        name,
        change,
        differences,
        devices: 0,
        doing,
    }))
}

/// The entry as its form takes it.
fn without_kind(entry: &Entry) -> std::result::Result<Entry, Vec<Refusal>> {
    let foreign: Vec<Refusal> = [
        ("password", entry.password.is_some()),
        ("static_challenge", entry.static_challenge.is_some()),
    ]
    .into_iter()
    .filter(|(_, is_given)| *is_given)
    .map(|(field, _)| {
        let detail = "an authority of this type doesn't have this field";
        Refusal::invalid(&entry.at(field), detail).keyed("error-field-not-of-kind")
    })
    .collect();
    if !foreign.is_empty() {
        return Err(foreign);
    }
    let mut fields = entry.fields.clone();
    fields.remove("kind");
    let entry = Entry {
        place: entry.place.clone(),
        fields,
        password: None,
        static_challenge: None,
    };
    entry.typed::<BuiltInForm>()?;
    Ok(entry)
}

/// One that stands, as far as it can change.
async fn standing(app: &Shared, actor: &Actor, authority: &Authority) -> Result<BuiltInForm> {
    let view = built_in::view(app, actor, &authority.id).await?;
    let view = view.context("a built-in authority without its own record")?;
    Ok(BuiltInForm {
        name: authority.name.clone(),
        challenge_seconds: authority.limits.lifetime_seconds,
        rules: view.rules,
        ..BuiltInForm::default()
    })
}
