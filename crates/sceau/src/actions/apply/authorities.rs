//! An authority as a file wants it.

use anyhow::Context as _;
use domain::{
    Error as Refusal,
    external_ca::{self, Authority, AuthorityForm, Password},
};
use serde_json::Value;

use super::{
    super::{Result, authorities},
    Change, Difference, Doing, Entry, Noun, Step, difference,
};
use crate::app::{App, Shared};

/// What is to be done with the authority, or what is wrong with its entry.
pub(super) fn step(
    app: &Shared,
    known: &[Authority],
    entry: &Entry,
) -> Result<std::result::Result<Step, Vec<Refusal>>> {
    let name = match entry.name() {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(vec![refusal])),
    };
    if let Err(wrong) = entry.typed::<AuthorityForm>() {
        return Ok(Err(wrong));
    }
    let existing = known.iter().find(|authority| authority.name == name);
    let base = existing.map_or_else(AuthorityForm::default, AuthorityForm::of);
    let before = serde_json::to_value(&base).context("an authority's form")?;
    let form: AuthorityForm = match entry.over(before.clone()) {
        Ok(form) => form,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if let Err(error) = authorities::refuse_built_in(&form, existing) {
        return Ok(Err(entry.placed(error.refusals().to_vec())));
    }
    let given = AuthorityForm {
        password: entry.password.clone(),
        static_challenge: entry.static_challenge.clone(),
        ..form
    };
    // A secret that is the stored one already is no change; it is sent along where the rest of the edit wants it.
    let form = match existing {
        Some(existing) if is_known(app, existing, &given)? => {
            let kept = AuthorityForm {
                password: None,
                static_challenge: None,
                ..given.clone()
            };
            if external_ca::check(&kept, Some(existing)).is_ok() {
                kept
            } else {
                given
            }
        }
        _ => given,
    };
    let checked = match external_ca::check(&form, existing) {
        Ok(checked) => checked,
        Err(wrong) => return Ok(Err(entry.placed(wrong))),
    };
    let after = serde_json::to_value(AuthorityForm::taken(&checked)).context("an authority's form")?;
    Ok(Ok(planned(entry, name, existing, form, &before, &after)))
}

fn planned(
    entry: &Entry,
    name: String,
    existing: Option<&Authority>,
    form: AuthorityForm,
    before: &Value,
    after: &Value,
) -> Step {
    let mut differences = difference::between(before, after);
    differences.retain(|difference| existing.is_some() || difference.field != "name");
    let secrets = [
        ("password", &form.password),
        ("static_challenge", &form.static_challenge),
    ];
    for (field, secret) in secrets {
        if secret.is_some() {
            differences.push(Difference {
                field: field.to_owned(),
                before: existing.map(|_| "***".to_owned()),
                after: Some("***".to_owned()),
            });
        }
    }
    let (change, doing) = match existing {
        None => (Change::Added, Doing::AddAuthority(Box::new(form))),
        Some(_) if differences.is_empty() => (Change::Same, Doing::Nothing),
        Some(existing) => (
            Change::Changed,
            Doing::ChangeAuthority(existing.id.clone(), Box::new(form)),
        ),
    };
    Step {
        place: entry.place.clone(),
        noun: Noun::Authority,
        name,
        change,
        differences,
        devices: 0,
        doing,
    }
}

/// Whether each secret that is given is the stored one.
fn is_known(app: &App, existing: &Authority, given: &AuthorityForm) -> Result<bool> {
    let is_same = |secret: &Option<Password>, stored: &str| {
        secret.as_ref().is_none_or(|secret| secret.reveal() == stored)
    };
    if existing.static_challenge.is_some() {
        let stored = authorities::static_challenge(app, existing)?;
        return Ok(given.password.is_none() && is_same(&given.static_challenge, &stored));
    }
    let stored = authorities::open_password(app, existing)?;
    Ok(given.static_challenge.is_none() && is_same(&given.password, &stored))
}
