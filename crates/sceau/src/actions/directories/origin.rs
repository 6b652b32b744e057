//! Where people and groups come from, and what can't be changed here therefore.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    directory::DirectoryId,
    group::GroupId,
    operator::Permission,
    person::{Attributes, Person, PersonId},
    scim::SourceId,
};
use store::Tx;

use crate::{actions::Result, app::Shared};

/// What gives people and groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Giver {
    /// A directory that is read.
    Directory(DirectoryId),
    /// An identity provider that writes.
    Scim(SourceId),
}

/// The directory or the SCIM source that a person or a group comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which.
    pub giver: Giver,
    /// Its name.
    pub name: String,
    /// Where the entry was; empty for groups, and where there is no entry.
    pub dn: String,
    /// The attributes that it gave.
    pub fields: Vec<String>,
    /// The account is disabled there.
    pub is_disabled: bool,
    /// Since when it isn't there any more.
    pub gone_at: Option<Timestamp>,
}

impl Giver {
    /// Its name, as the API gives it and keys end with it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Directory(_) => "directory",
            Self::Scim(_) => "scim",
        }
    }

    /// Its identifier.
    pub fn id(&self) -> &str {
        match self {
            Self::Directory(id) => id.as_str(),
            Self::Scim(id) => id.as_str(),
        }
    }
}

/// Where a person comes from; none where they were made by hand.
pub async fn person_origin(app: &Shared, actor: &Actor, id: &PersonId) -> Result<Option<Origin>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { origin_of_person(tx, &id).await }))
        .await
}

/// Where a group comes from; none where it was made by hand.
pub async fn group_origin(app: &Shared, actor: &Actor, id: &GroupId) -> Result<Option<Origin>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { origin_of_group(tx, &id).await }))
        .await
}

async fn origin_of_person(tx: &mut Tx, id: &PersonId) -> Result<Option<Origin>> {
    if let Some(link) = store::directories::person_link(tx, id).await? {
        return Ok(Some(Origin {
            name: name(tx, &link.directory_id).await?,
            giver: Giver::Directory(link.directory_id),
            dn: link.dn,
            fields: link.fields,
            is_disabled: link.is_disabled,
            gone_at: link.gone_at,
        }));
    }
    let Some(tie) = store::scim::people::of(tx, id).await? else {
        return Ok(None);
    };
    Ok(Some(Origin {
        name: source_name(tx, &tie.source_id).await?,
        giver: Giver::Scim(tie.source_id),
        dn: String::new(),
        fields: tie.fields,
        is_disabled: !tie.is_active,
        gone_at: tie.gone_at,
    }))
}

async fn origin_of_group(tx: &mut Tx, id: &GroupId) -> Result<Option<Origin>> {
    let (giver, name, gone_at) = match store::directories::group_link(tx, id).await? {
        Some(link) => {
            let name = name(tx, &link.directory_id).await?;
            (Giver::Directory(link.directory_id), name, link.gone_at)
        }
        None => match store::scim::groups::of(tx, id).await? {
            Some(tie) => {
                let name = source_name(tx, &tie.source_id).await?;
                (Giver::Scim(tie.source_id), name, tie.gone_at)
            }
            None => return Ok(None),
        },
    };
    Ok(Some(Origin {
        giver,
        name,
        dn: String::new(),
        fields: Vec::new(),
        is_disabled: false,
        gone_at,
    }))
}

async fn name(tx: &mut Tx, id: &DirectoryId) -> Result<String> {
    let directory = store::directories::by_id(tx, id).await?;
    Ok(directory.map(|directory| directory.name).unwrap_or_default())
}

async fn source_name(tx: &mut Tx, id: &SourceId) -> Result<String> {
    let source = store::scim::by_id(tx, id).await?;
    Ok(source.map(|source| source.name).unwrap_or_default())
}

/// Refuses what would be lost when it is read or written again, and a password that a directory doesn't know of.
pub(in crate::actions) async fn refuse_change_of_person(
    tx: &mut Tx,
    before: &Person,
    (username, attributes): (&str, &Attributes),
    is_password_given: bool,
) -> Result<()> {
    let Some(origin) = origin_of_person(tx, &before.id).await? else {
        return Ok(());
    };
    // A SCIM source proves no passwords: one may be set here.
    let (key, is_password_refused) = match &origin.giver {
        Giver::Directory(_) => ("error-person-from-directory", is_password_given),
        Giver::Scim(_) => ("error-person-from-scim", false),
    };
    let refusals: Vec<Refusal> = changed_fields(&origin.fields, before, username, attributes)
        .into_iter()
        .map(|field| (field, key))
        .chain(is_password_refused.then(|| ("password".to_owned(), "error-person-password-of-directory")))
        .map(|(field, key)| {
            let detail = format!("it comes from “{}”", origin.name);
            Refusal::new(Kind::Invalid, key, detail)
                .at(&field)
                .with("directory", origin.name.clone())
        })
        .collect();
    if refusals.is_empty() {
        return Ok(());
    }
    Err(crate::actions::Error::Several(refusals))
}

/// The fields of a form that the directory gave and somebody changed.
fn changed_fields(given: &[String], before: &Person, username: &str, attributes: &Attributes) -> Vec<String> {
    let mut changed = Vec::new();
    if before.username != username {
        changed.push("username".to_owned());
    }
    for field in given {
        if before.attributes.value(field) != attributes.value(field) {
            let field = if field.starts_with("custom.") {
                "custom"
            } else {
                field.as_str()
            };
            changed.push(field.to_owned());
        }
    }
    changed.dedup();
    changed
}

/// Refuses to change a group that a directory or a SCIM source gives.
pub(in crate::actions) async fn refuse_change_of_group(tx: &mut Tx, id: &GroupId) -> Result<()> {
    match origin_of_group(tx, id).await? {
        Some(origin) => Err(group_refusal(origin).into()),
        None => Ok(()),
    }
}

/// Refuses to remove a group that would come back.
pub(in crate::actions) async fn refuse_removal_of_group(tx: &mut Tx, id: &GroupId) -> Result<()> {
    match origin_of_group(tx, id).await? {
        Some(origin) if origin.gone_at.is_none() => Err(group_refusal(origin).into()),
        _ => Ok(()),
    }
}

fn group_refusal(origin: Origin) -> Refusal {
    let key = match origin.giver {
        Giver::Directory(_) => "error-group-from-directory",
        Giver::Scim(_) => "error-group-from-scim",
    };
    let detail = format!("the group comes from “{}”: change it there", origin.name);
    Refusal::new(Kind::Conflict, key, detail).with("directory", origin.name)
}
