//! Enrolment tokens: a provisioning package or a program shows one instead of a person's password.

use domain::{
    Error as Refusal, Id, Kind,
    actor::Actor,
    enrolment_token::{EnrolmentToken, EnrolmentTokenId, MOST_DAYS, MOST_DEVICES},
    error,
    operator::Permission,
    person::PersonId,
};
use serde_json::json;
use zeroize::Zeroizing;

use super::{Result, activity, people};
use crate::{
    app::Shared,
    secrets::{random, random_token, token_sha256},
};

/// How a token begins: nobody chooses a password like that, and who finds one knows what it is.
const PREFIX: &str = "sceau-enrol-";
/// Tokens that are listed.
const SHOWN: u32 = 200;

/// A token as it is wanted.
#[derive(Clone, Debug)]
pub struct TokenForm {
    /// What it is for.
    pub name: String,
    /// Whose devices it enrols.
    pub person_id: PersonId,
    /// How many in all.
    pub devices: u32,
    /// Days that it is good for.
    pub days: u32,
}

/// A token that was made; it is shown this once.
pub struct FreshToken {
    /// What its bearer shows.
    pub token: Zeroizing<String>,
    /// What is known of it.
    pub known: EnrolmentToken,
}

/// The newest tokens.
pub async fn list_tokens(app: &Shared, actor: &Actor) -> Result<Vec<EnrolmentToken>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::enrolment_tokens::newest(tx, SHOWN).await?) }))
        .await
}

/// Makes a token.
pub async fn make_token(app: &Shared, actor: &Actor, form: TokenForm) -> Result<FreshToken> {
    actor.require(Permission::Configure)?;
    let mut errors = Vec::new();
    let name = error::named("name", &form.name).map_err(|error| errors.push(error));
    for (field, number, most) in [
        ("devices", form.devices, MOST_DEVICES),
        ("days", form.days, MOST_DAYS),
    ] {
        if !(1..=most).contains(&number) {
            let wrong = Refusal::invalid(field, format!("a whole number from 1 to {most}"));
            errors.push(wrong.keyed("error-token-number").with("most", most.to_string()));
        }
    }
    let Ok(name) = name else {
        return Err(super::Error::Several(errors));
    };
    if !errors.is_empty() {
        return Err(super::Error::Several(errors));
    }
    let person = people::one_person(app, actor, &form.person_id)
        .await
        .map_err(|_| Refusal::invalid("person_id", "there is no such person").keyed("error-token-person"))?;
    let now = app.now();
    let token = Zeroizing::new(format!("{PREFIX}{}", *random_token()));
    let known = EnrolmentToken {
        id: Id::new(now, random()),
        name,
        person_id: person.id,
        devices: form.devices,
        used: 0,
        created_at: now,
        expires_at: now.plus_seconds(i64::from(form.days) * 86_400),
        withdrawn_at: None,
    };
    let mut entry = activity::entry(
        actor,
        now,
        "enrolment-token.make",
        ("enrolment_token", known.id.as_str()),
    );
    entry.after = activity::written(&json!({
        "name": known.name, "username": person.username, "devices": known.devices, "days": form.days,
    }));
    let (kept, sha256) = (known.clone(), token_sha256(&token));
    app.store
        .write(move |tx| {
            let (kept, sha256, entry) = (kept.clone(), sha256.clone(), entry.clone());
            Box::pin(async move {
                store::enrolment_tokens::insert(tx, &kept, &sha256).await?;
                store::audit::append(tx, &entry).await
            })
        })
        .await?;
    Ok(FreshToken { token, known })
}

/// Withdraws a token: it enrols nothing any more. What it enrolled stays.
pub async fn withdraw_token(app: &Shared, actor: &Actor, id: &EnrolmentTokenId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let known = store::enrolment_tokens::by_id(tx, &id).await?;
                let known = known.ok_or_else(|| {
                    Refusal::new(Kind::NotFound, "error-not-found", "there is no such token")
                })?;
                if store::enrolment_tokens::withdraw(tx, &id, now).await? {
                    let target = ("enrolment_token", id.as_str());
                    let mut entry = activity::entry(&actor, now, "enrolment-token.withdraw", target);
                    entry.before = activity::written(&json!({ "name": known.name, "used": known.used }));
                    store::audit::append(tx, &entry).await?;
                }
                Ok::<_, super::Error>(())
            })
        })
        .await
}

/// Whether what was given as a password is a token.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}
