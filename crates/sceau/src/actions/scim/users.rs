//! `/Users`: what a source does with the people that it writes.

use domain::{
    Error as Refusal,
    person::{Person, PersonId},
    scim::{self, Comparison, Object, Operation, PersonTie, Source, SourceId},
};
use serde_json::Value;
use store::Tx;

use super::{Found, refuse_other_version, taking_in};
use crate::{
    actions::{Error, Result},
    app::Shared,
};

/// People of one name that are looked at, at most: a source may call several the same.
const NAMESAKES: u32 = 200;

/// A person whom a source wrote.
#[derive(Clone, Debug)]
pub struct User {
    /// Who.
    pub person: Person,
    /// What the source wrote of them.
    pub tie: PersonTie,
}

/// Makes a person, or has one come back whom the source deleted.
pub async fn create_user(app: &Shared, source: &Source, body: &Object) -> Result<User> {
    let resource = scim::read_user(body)?;
    scim::mapped(&resource)?;
    let (now, source) = (app.now(), source.clone());
    app.store
        .write(move |tx| {
            let (source, resource) = (source.clone(), resource.clone());
            Box::pin(async move { taking_in::create(tx, &source, resource, now).await })
        })
        .await
}

/// One person of the source.
pub async fn one_user(app: &Shared, source: &Source, id: &str) -> Result<User> {
    let (id, source) = (id.to_owned(), source.id.clone());
    app.store
        .read(move |tx| Box::pin(async move { existing(tx, &source, &id).await }))
        .await
}

/// People of the source, oldest first, behind the first `skipped`. Errors: `invalidFilter`.
pub async fn find_users(
    app: &Shared,
    source: &Source,
    filter: Option<&str>,
    (skipped, count): (u32, u32),
) -> Result<Found<User>> {
    let filter = filter.map(scim::conjunction).transpose()?;
    let source = source.id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                match filter {
                    None => page(tx, &source, skipped, count).await,
                    Some(filter) => Ok(Found::of(selected(tx, &source, &filter).await?, skipped, count)),
                }
            })
        })
        .await
}

/// Writes a person anew. Where the body doesn't say whether they are active, that stays.
pub async fn replace_user(
    app: &Shared,
    source: &Source,
    id: &str,
    body: &Object,
    version: Option<i64>,
) -> Result<User> {
    let resource = scim::read_user(body)?;
    write(app, source, id, version, move |_| Ok(resource.clone())).await
}

/// Changes a person.
pub async fn change_user(
    app: &Shared,
    source: &Source,
    id: &str,
    operations: &[Operation],
    version: Option<i64>,
) -> Result<User> {
    let operations = operations.to_vec();
    write(app, source, id, version, move |before| {
        let mut resource = before.clone();
        scim::apply(&mut resource, &operations)?;
        Ok(resource)
    })
    .await
}

async fn write(
    app: &Shared,
    source: &Source,
    id: &str,
    version: Option<i64>,
    change: impl Fn(&Object) -> std::result::Result<Object, Refusal> + Clone + Send + Sync + 'static,
) -> Result<User> {
    let (now, id, source) = (app.now(), id.to_owned(), source.clone());
    app.store
        .write(move |tx| {
            let (id, source, change) = (id.clone(), source.clone(), change.clone());
            Box::pin(async move {
                let before = existing(tx, &source.id, &id).await?;
                refuse_other_version(version, before.tie.version)?;
                let resource = change(&before.tie.resource)?;
                taking_in::change(tx, &source, before, resource, now).await
            })
        })
        .await
}

/// Deletes a person for the source: they can't enrol any more and leave its groups. What their devices hold stays, a
/// person decides.
pub async fn delete_user(app: &Shared, source: &Source, id: &str, version: Option<i64>) -> Result<()> {
    let (now, id, source) = (app.now(), id.to_owned(), source.clone());
    app.store
        .write(move |tx| {
            let (id, source) = (id.clone(), source.clone());
            Box::pin(async move {
                let before = existing(tx, &source.id, &id).await?;
                refuse_other_version(version, before.tie.version)?;
                taking_in::delete(tx, &source, before, now).await
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(())
}

/// A person whom the source wrote and hasn't deleted.
pub(super) async fn existing(tx: &mut Tx, source: &SourceId, id: &str) -> Result<User> {
    let found = match PersonId::parse(id) {
        Ok(id) => with_tie(tx, source, &id).await?,
        Err(_) => None,
    };
    Ok(found.ok_or_else(|| scim::missing(id))?)
}

async fn with_tie(tx: &mut Tx, source: &SourceId, id: &PersonId) -> Result<Option<User>> {
    let tie = store::scim::people::of(tx, id).await?;
    let Some(tie) = tie.filter(|tie| tie.source_id == *source && tie.gone_at.is_none()) else {
        return Ok(None);
    };
    let person = store::people::by_id(tx, id).await?;
    Ok(person.map(|person| User { person, tie }))
}

async fn page(tx: &mut Tx, source: &SourceId, skipped: u32, count: u32) -> Result<Found<User>> {
    let total = store::scim::people::count(tx, source).await?;
    let mut page = Vec::new();
    for tie in store::scim::people::page(tx, source, count, skipped).await? {
        let person = store::people::by_id(tx, &tie.person_id).await?;
        page.extend(person.map(|person| User { person, tie }));
    }
    Ok(Found {
        total: u64::try_from(total).unwrap_or_default(),
        page,
    })
}

/// Those of whom all of the filter holds.
async fn selected(tx: &mut Tx, source: &SourceId, filter: &[Comparison]) -> Result<Vec<User>> {
    let mut found: Option<Vec<User>> = None;
    for comparison in filter {
        let these = equal(tx, source, comparison).await?;
        found = Some(match found {
            None => these,
            Some(before) => before
                .into_iter()
                .filter(|user| these.iter().any(|other| other.person.id == user.person.id))
                .collect(),
        });
    }
    Ok(found.unwrap_or_default())
}

async fn equal(tx: &mut Tx, source: &SourceId, comparison: &Comparison) -> Result<Vec<User>> {
    let path = comparison.path.as_str();
    let prefix = format!("{}:", scim::CORE_USER);
    let name = path.strip_prefix(prefix.as_str()).unwrap_or(path).to_lowercase();
    let value = match &comparison.value {
        Value::String(value) => Some(value.as_str()),
        _ => None,
    };
    match (name.as_str(), value) {
        ("id", Some(id)) => match PersonId::parse(id) {
            Ok(id) => Ok(with_tie(tx, source, &id).await?.into_iter().collect()),
            Err(_) => Ok(Vec::new()),
        },
        ("username", Some(name)) => match store::people::by_username(tx, name).await? {
            Some(person) => Ok(with_tie(tx, source, &person.id).await?.into_iter().collect()),
            None => Ok(Vec::new()),
        },
        ("externalid", Some(name)) => {
            let mut found = Vec::new();
            for tie in store::scim::people::by_external_id(tx, source, name, NAMESAKES).await? {
                found.extend(with_tie(tx, source, &tie.person_id).await?);
            }
            Ok(found)
        }
        ("id" | "username" | "externalid", None) => Ok(Vec::new()),
        _ => Err(Error::from(scim::wrong(
            "invalidFilter",
            "users are found by userName, externalId and id",
        ))),
    }
}
