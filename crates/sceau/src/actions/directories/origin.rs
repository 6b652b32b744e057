//! Where people and groups come from, and what can't be changed here therefore.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    directory::{DirectoryId, PersonLink},
    group::GroupId,
    operator::Permission,
    person::{Attributes, Person, PersonId},
};
use store::Tx;

use crate::{actions::Result, app::Shared};

/// The directory that a person or a group comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which.
    pub directory_id: DirectoryId,
    /// Its name.
    pub directory: String,
    /// Where the entry was; empty for groups.
    pub dn: String,
    /// The attributes that it gave.
    pub fields: Vec<String>,
    /// The account is disabled there.
    pub is_disabled: bool,
    /// Since when it isn't there any more.
    pub gone_at: Option<Timestamp>,
}

/// Where a person comes from; none where they were made by hand.
pub async fn person_origin(app: &Shared, actor: &Actor, id: &PersonId) -> Result<Option<Origin>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let Some(link) = store::directories::person_link(tx, &id).await? else {
                    return Ok(None);
                };
                let directory = name(tx, &link.directory_id).await?;
                Ok(Some(Origin {
                    directory_id: link.directory_id,
                    directory,
                    dn: link.dn,
                    fields: link.fields,
                    is_disabled: link.is_disabled,
                    gone_at: link.gone_at,
                }))
            })
        })
        .await
}

/// Where a group comes from; none where it was made by hand.
pub async fn group_origin(app: &Shared, actor: &Actor, id: &GroupId) -> Result<Option<Origin>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let Some(link) = store::directories::group_link(tx, &id).await? else {
                    return Ok(None);
                };
                Ok(Some(Origin {
                    directory: name(tx, &link.directory_id).await?,
                    directory_id: link.directory_id,
                    dn: String::new(),
                    fields: Vec::new(),
                    is_disabled: false,
                    gone_at: link.gone_at,
                }))
            })
        })
        .await
}

async fn name(tx: &mut Tx, id: &DirectoryId) -> Result<String> {
    let directory = store::directories::by_id(tx, id).await?;
    Ok(directory.map(|directory| directory.name).unwrap_or_default())
}

/// Refuses what would be lost at the next reading, and a password that the directory doesn't know of.
pub(in crate::actions) async fn refuse_change_of_person(
    tx: &mut Tx,
    before: &Person,
    (username, attributes): (&str, &Attributes),
    is_password_given: bool,
) -> Result<()> {
    let Some(link) = store::directories::person_link(tx, &before.id).await? else {
        return Ok(());
    };
    let refusals: Vec<Refusal> = changed_fields(&link, before, username, attributes)
        .into_iter()
        .map(|field| (field, "error-person-from-directory"))
        .chain(is_password_given.then(|| ("password".to_owned(), "error-person-password-of-directory")))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(field, key)| Refusal::new(Kind::Invalid, key, "it comes from the directory").at(&field))
        .collect();
    if refusals.is_empty() {
        return Ok(());
    }
    let directory = name(tx, &link.directory_id).await?;
    let told = |refusal: Refusal| {
        let mut refusal = refusal.with("directory", directory.clone());
        refusal.detail = format!("{} “{directory}”", refusal.detail);
        refusal
    };
    Err(crate::actions::Error::Several(
        refusals.into_iter().map(told).collect(),
    ))
}

/// The fields of a form that the directory gave and somebody changed.
fn changed_fields(
    link: &PersonLink,
    before: &Person,
    username: &str,
    attributes: &Attributes,
) -> Vec<String> {
    let mut changed = Vec::new();
    if before.username != username {
        changed.push("username".to_owned());
    }
    for field in &link.fields {
        if before.attributes.value(field) != attributes.value(field) {
            let field = if field.starts_with("custom.") {
                "custom"
            } else {
                field
            };
            changed.push(field.to_owned());
        }
    }
    changed.dedup();
    changed
}

/// Refuses to change a group that a directory gives.
pub(in crate::actions) async fn refuse_change_of_group(tx: &mut Tx, id: &GroupId) -> Result<()> {
    let Some(link) = store::directories::group_link(tx, id).await? else {
        return Ok(());
    };
    let directory = name(tx, &link.directory_id).await?;
    let detail = format!("the group comes from the directory “{directory}”: change it there");
    let refusal = Refusal::new(Kind::Conflict, "error-group-from-directory", detail);
    Err(refusal.with("directory", directory).into())
}

/// Refuses to remove a group that the next reading would bring back.
pub(in crate::actions) async fn refuse_removal_of_group(tx: &mut Tx, id: &GroupId) -> Result<()> {
    let link = store::directories::group_link(tx, id).await?;
    match link {
        Some(link) if link.gone_at.is_none() => refuse_change_of_group(tx, id).await,
        _ => Ok(()),
    }
}
