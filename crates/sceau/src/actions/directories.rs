//! Directories (LDAP): people and groups are read from them again and again, and at enrolment they say whether a
//! password is right.

mod entries;
mod gather;
mod origin;
mod reading;
mod sign_in;
mod take_in;
mod test;

use domain::{
    Error as Refusal, Id, Kind, Sealed, Timestamp,
    actor::Actor,
    directory::{
        self, CheckedDirectory, Directory, DirectoryForm, DirectoryId, ReadingOutcome, Refused, State,
    },
    external_ca::Password,
    operator::Permission,
};
use serde_json::json;
use store::{Tx, jobs::Job};
use zeroize::Zeroizing;

pub use origin::{Giver, Origin, group_origin, person_origin};
pub(super) use origin::{refuse_change_of_group, refuse_change_of_person, refuse_removal_of_group};
pub use reading::{READ_JOB, READ_LIMIT, read, read_all};
pub(super) use sign_in::{Proof, prove};
pub(super) use take_in::merged;
pub use test::{DirectoryTest, test_directory, test_directory_form};

use super::{Error, Result, activity};
use crate::{
    app::{App, Shared},
    outbound::{
        Trust,
        ldap::{Where, is_filter},
    },
    secrets::{Place, random},
};

/// Directories at most.
const DIRECTORIES: usize = 20;

/// A directory with what depends on it.
#[derive(Clone, Debug)]
pub struct DirectoryStory {
    /// The directory.
    pub directory: Directory,
    /// How many people come from it and are still there.
    pub people: usize,
    /// Who isn't there any more: user names, the first of them.
    pub gone: Vec<String>,
    /// How many those are.
    pub gone_count: usize,
    /// How many groups come from it.
    pub groups: usize,
    /// Sign-ins that it refused, the newest first.
    pub refusals: Vec<Refused>,
}

/// User names of people who left that are shown.
const GONE_SHOWN: usize = 50;

/// All directories, by name.
pub async fn list_directories(app: &Shared, actor: &Actor) -> Result<Vec<Directory>> {
    actor.require(Permission::Read)?;
    all(app).await
}

/// One directory.
pub async fn one_directory(app: &Shared, actor: &Actor, id: &DirectoryId) -> Result<DirectoryStory> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let directory = existing(tx, &id).await?;
                let links = store::directories::people(tx, &id).await?;
                let (gone, here): (Vec<_>, Vec<_>) =
                    links.into_iter().partition(|link| link.gone_at.is_some());
                let mut names = Vec::new();
                for link in gone.iter().take(GONE_SHOWN) {
                    names.extend(
                        store::people::by_id(tx, &link.person_id)
                            .await?
                            .map(|person| person.username),
                    );
                }
                Ok(DirectoryStory {
                    people: here.len(),
                    gone: names,
                    gone_count: gone.len(),
                    groups: store::directories::groups(tx, &id).await?.len(),
                    refusals: store::directories::refusals(tx, &id).await?,
                    directory,
                })
            })
        })
        .await
}

/// Adds a directory; its first reading begins at once.
pub async fn add_directory(app: &Shared, actor: &Actor, form: &DirectoryForm) -> Result<Directory> {
    actor.require(Permission::Configure)?;
    let checked = directory::check(form, None, is_filter).map_err(Error::Several)?;
    let directory = candidate(app, None, checked)?;
    let mut entry = activity::entry(
        actor,
        app.now(),
        "directory.add",
        ("directory", directory.id.as_str()),
    );
    entry.after = activity::written(&shown(&directory, true));
    let made = directory.clone();
    app.store
        .write(move |tx| {
            let (directory, entry) = (made.clone(), entry.clone());
            Box::pin(async move {
                let known = store::directories::all(tx).await?;
                if known.len() >= DIRECTORIES {
                    let detail = format!("there are {DIRECTORIES} directories, which is the most");
                    let refusal = Refusal::new(Kind::Conflict, "error-directory-too-many", detail);
                    return Err(refusal.with("max", DIRECTORIES.to_string()).into());
                }
                refuse_taken(&known, &directory)?;
                store::directories::insert(tx, &directory).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    enqueue(app, &directory.id, app.now()).await?;
    Ok(directory)
}

/// Changes a directory; it is read afresh at once. Another account or password is tried again.
pub async fn change_directory(
    app: &Shared,
    actor: &Actor,
    id: &DirectoryId,
    form: &DirectoryForm,
) -> Result<Directory> {
    actor.require(Permission::Configure)?;
    let before = by_id(app, id).await?;
    let checked = directory::check(form, Some(&before), is_filter).map_err(Error::Several)?;
    let is_new_password = checked.bind_password.is_some();
    let after = candidate(app, Some(&before), checked)?;
    let mut entry = activity::entry(actor, app.now(), "directory.change", ("directory", id.as_str()));
    entry.before = activity::written(&shown(&before, false));
    entry.after = activity::written(&shown(&after, is_new_password));
    let made = after.clone();
    app.store
        .write(move |tx| {
            let (mut directory, entry) = (made.clone(), entry.clone());
            Box::pin(async move {
                refuse_taken(&store::directories::all(tx).await?, &directory)?;
                // A reading may have ended meanwhile.
                directory.state = existing(tx, &directory.id).await?.state;
                if is_new_password {
                    directory.state.is_sign_in_stopped = false;
                }
                store::directories::update(tx, &directory).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    enqueue(app, id, app.now()).await?;
    Ok(after)
}

/// Removes a directory. Its people and groups stay, as if made by hand: without a password nobody of them enrols.
pub async fn remove_directory(app: &Shared, actor: &Actor, id: &DirectoryId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let directory = existing(tx, &id).await?;
                store::directories::delete(tx, &id).await?;
                let mut entry = activity::entry(&actor, now, "directory.remove", ("directory", id.as_str()));
                entry.before = activity::written(&shown(&directory, false));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Has a directory read now. A person asked, so an account that was refused is tried again, once.
pub async fn read_now(app: &Shared, actor: &Actor, id: &DirectoryId) -> Result<()> {
    actor.require(Permission::Configure)?;
    change_state(app, actor, id, "directory.read", |state| {
        state.is_sign_in_stopped = false;
        Ok(())
    })
    .await?;
    enqueue(app, id, app.now()).await
}

/// Confirms that what a held reading found is all that is left. The next reading takes it over.
pub async fn confirm_fewer(app: &Shared, actor: &Actor, id: &DirectoryId) -> Result<()> {
    actor.require(Permission::Configure)?;
    change_state(app, actor, id, "directory.confirm", |state| {
        let held = state
            .last
            .as_ref()
            .filter(|last| last.outcome == ReadingOutcome::Held);
        let Some(held) = held else {
            let detail = "no reading of this directory waits to be confirmed";
            return Err(Refusal::new(Kind::State, "error-directory-not-held", detail).into());
        };
        state.accepted = Some(held.found);
        Ok(())
    })
    .await?;
    enqueue(app, id, app.now()).await
}

async fn change_state(
    app: &Shared,
    actor: &Actor,
    id: &DirectoryId,
    action: &'static str,
    change: impl Fn(&mut State) -> Result<()> + Send + Sync + Copy + 'static,
) -> Result<()> {
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let mut state = existing(tx, &id).await?.state;
                change(&mut state)?;
                store::directories::set_state(tx, &id, &state).await?;
                let mut entry = activity::entry(&actor, now, action, ("directory", id.as_str()));
                entry.after = activity::written(&json!({ "accepted": state.accepted }));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Why somebody was refused, for its words.
pub fn refusal_error(refused: &Refused) -> Refusal {
    Refusal::new(Kind::Outside, &refused.key, refused.detail.clone()).with("detail", &refused.detail)
}

/// All directories, whoever asks.
async fn all(app: &Shared) -> Result<Vec<Directory>> {
    app.store
        .read(|tx| Box::pin(async move { Ok(store::directories::all(tx).await?) }))
        .await
}

async fn by_id(app: &Shared, id: &DirectoryId) -> Result<Directory> {
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { existing(tx, &id).await }))
        .await
}

async fn existing(tx: &mut Tx, id: &DirectoryId) -> Result<Directory> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such directory");
    Ok(store::directories::by_id(tx, id).await?.ok_or_else(unknown)?)
}

fn refuse_taken(known: &[Directory], directory: &Directory) -> std::result::Result<(), Refusal> {
    let is_taken = |one: &Directory| one.name == directory.name && one.id != directory.id;
    if !known.iter().any(is_taken) {
        return Ok(());
    }
    let detail = format!("there is a directory “{}” already", directory.name);
    let refusal = Refusal::new(Kind::Conflict, "error-name-taken", detail).at("name");
    Err(refusal.with("name", directory.name.clone()))
}

/// The directory as it would be stored.
fn candidate(app: &App, before: Option<&Directory>, checked: CheckedDirectory) -> anyhow::Result<Directory> {
    let now = app.now();
    let id: DirectoryId = before.map_or_else(|| app.fresh_id(), |known| known.id.clone());
    let bind_password = match (&checked.bind_password, before) {
        (Some(given), _) => seal(app, &id, given)?,
        (None, Some(known)) => known.bind_password.clone(),
        (None, None) => Sealed(Vec::new()),
    };
    Ok(Directory {
        id,
        name: checked.name,
        settings: checked.settings,
        bind_password,
        state: before.map(|known| known.state.clone()).unwrap_or_default(),
        created_at: before.map_or(now, |known| known.created_at),
        updated_at: now,
    })
}

/// What the audit keeps: a password only as given.
fn shown(directory: &Directory, is_password_given: bool) -> serde_json::Value {
    let mut value = json!({ "name": directory.name, "settings": directory.settings });
    if is_password_given && let Some(fields) = value.as_object_mut() {
        fields.insert("bind_password".to_owned(), json!("changed"));
    }
    value
}

fn place(id: &DirectoryId) -> Place<'_> {
    Place {
        table: "directories",
        column: "bind_password",
        row: id.as_str(),
    }
}

fn seal(app: &App, id: &DirectoryId, password: &Password) -> anyhow::Result<Sealed> {
    app.secrets.seal(place(id), password.reveal().as_bytes())
}

fn open_password(app: &App, directory: &Directory) -> anyhow::Result<Zeroizing<String>> {
    let octets = app.secrets.open(place(&directory.id), &directory.bind_password)?;
    let text = std::str::from_utf8(&octets)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Where a directory is.
fn whereabouts(settings: &directory::Settings) -> Where {
    Where {
        addresses: settings.addresses.clone(),
        trust: Trust::alone(settings.trust_pem.clone()),
    }
}

async fn enqueue(app: &Shared, id: &DirectoryId, run_at: Timestamp) -> Result<()> {
    let now = app.now();
    let job = Job {
        id: Id::new(now, random()),
        kind: READ_JOB.to_owned(),
        about: id.to_string(),
        payload: id.to_string(),
        run_at,
        created_at: now,
    };
    app.store
        .write(move |tx| {
            let job = job.clone();
            Box::pin(async move { Ok::<_, Error>(store::jobs::enqueue(tx, &job).await?) })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(())
}
