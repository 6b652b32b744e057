//! Reading a directory as a job: on one node at a time, its outcome kept. Only a reading that came to its end marks
//! anybody as gone, and only where it didn't find far fewer than are known.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use domain::{
    directory::{
        Counts, Directory, DirectoryId, GroupLink, PersonLink, Reading, ReadingOutcome, are_far_fewer,
    },
    person::PersonId,
};
use store::{Tx, groups::Member};

use super::{
    enqueue,
    gather::{self, FoundGroup, Snapshot},
    take_in::{self, Put},
};
use crate::{
    actions::{Error, Result},
    app::Shared,
    outbound::ldap::DirectoryProblem,
};

/// The kind of the job that reads; it is about the directory.
pub const READ_JOB: &str = "read_directory";
/// A reading is broken off after so long.
pub const READ_LIMIT: Duration = Duration::from_secs(900);
/// Of which asking the directory may take this much.
const GATHER_LIMIT: Duration = Duration::from_secs(600);
/// Seconds until the next reading of a directory that failed.
const AFTER_FAILURE_SECONDS: i64 = 300;
/// People who are taken over in one transaction.
const BATCH: usize = 100;
/// Entries that can't be taken in, of which a reading keeps the names.
const LEFT_OUT_SHOWN: usize = 30;

/// Has every directory read that nobody is to read yet.
pub async fn read_all(app: &Shared) -> Result<()> {
    let unread = app
        .store
        .read(|tx| {
            Box::pin(async move {
                let mut unread = Vec::new();
                for id in store::directories::without_job(tx, READ_JOB).await? {
                    let directory = store::directories::by_id(tx, &id).await?;
                    unread.extend(directory.filter(|directory| directory.settings.is_enabled));
                }
                Ok::<_, Error>(unread)
            })
        })
        .await?;
    for directory in unread {
        enqueue(app, &directory.id, app.now()).await?;
    }
    Ok(())
}

/// Reads a directory, keeps what came of it, and has the next reading made in time.
pub async fn read(app: &Shared, id: &DirectoryId) -> Result<()> {
    let directory = match super::by_id(app, id).await {
        Ok(directory) => directory,
        Err(Error::Refused(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    if !directory.settings.is_enabled {
        return Ok(());
    }
    let seconds = i64::from(directory.settings.read_minutes.max(1)) * 60;
    let mut wait = seconds;
    if !directory.state.is_sign_in_stopped {
        let begun = Instant::now();
        let mut reading = read_once(app, &directory).await?;
        reading.milliseconds = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        reading.at = app.now().milliseconds();
        if reading.outcome == ReadingOutcome::Failed {
            wait = seconds.min(AFTER_FAILURE_SECONDS);
        }
        keep(app, id, reading).await?;
    }
    enqueue(app, id, app.now().plus_seconds(wait)).await
}

async fn read_once(app: &Shared, directory: &Directory) -> Result<Reading> {
    let password = super::open_password(app, directory)?;
    let asked = gather::gather(&directory.settings, &password);
    let gathered = tokio::time::timeout(GATHER_LIMIT, asked).await;
    match gathered.unwrap_or(Err(DirectoryProblem::Silent)) {
        Ok(snapshot) => take_over(app, directory, snapshot).await,
        Err(problem) => {
            tracing::warn!(directory = %directory.name, %problem, "a directory can't be read");
            if problem.is_refusal() {
                stop(app, &directory.id).await?;
            }
            Ok(Reading {
                outcome: ReadingOutcome::Failed,
                problem: Some(problem.error()),
                ..Reading::default()
            })
        }
    }
}

/// The account was refused: trying it again and again could lock it.
pub(super) async fn stop(app: &Shared, id: &DirectoryId) -> Result<()> {
    let id = id.clone();
    app.store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move {
                if let Some(directory) = store::directories::by_id(tx, &id).await? {
                    let mut state = directory.state;
                    state.is_sign_in_stopped = true;
                    store::directories::set_state(tx, &id, &state).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// What is known of a directory before a reading is taken over.
struct Known {
    people: Vec<PersonLink>,
    groups: Vec<GroupLink>,
    counts: Counts,
}

async fn known(app: &Shared, id: &DirectoryId) -> Result<Known> {
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let mut people = store::directories::people(tx, &id).await?;
                let mut groups = store::directories::groups(tx, &id).await?;
                people.retain(|link| link.gone_at.is_none());
                groups.retain(|link| link.gone_at.is_none());
                let mut members = 0;
                for link in &groups {
                    members += store::groups::members(tx, &link.group_id).await?.len();
                }
                let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                Ok(Known {
                    counts: Counts {
                        people: count(people.len()),
                        groups: count(groups.len()),
                        members: count(members),
                    },
                    people,
                    groups,
                })
            })
        })
        .await
}

/// Takes over a complete reading. New and changed people are taken in at once; where far fewer are found, nobody is
/// marked as gone and no group changes until a person confirmed it.
async fn take_over(app: &Shared, directory: &Directory, snapshot: Snapshot) -> Result<Reading> {
    let known = known(app, &directory.id).await?;
    let found = snapshot.counts();
    // A person may have confirmed it while the directory was read.
    let accepted = super::by_id(app, &directory.id).await?.state.accepted;
    let is_held = are_far_fewer(&known.counts, &found, accepted.as_ref());
    let mut reading = Reading {
        outcome: if is_held {
            ReadingOutcome::Held
        } else {
            ReadingOutcome::Complete
        },
        found,
        known: known.counts,
        referrals: snapshot.referrals,
        ..Reading::default()
    };
    let mut left_out = snapshot.left_out;
    for batch in snapshot.people.chunks(BATCH) {
        for (person, put) in batch.iter().zip(put_people(app, directory, batch).await?) {
            match put {
                Put::Added => reading.added += 1,
                Put::Changed => reading.changed += 1,
                Put::Same => {}
                Put::LeftOut(reason) => left_out.push((reason.to_owned(), person.username.clone())),
            }
        }
    }
    if is_held {
        tracing::warn!(
            directory = %directory.name, people = found.people, known = known.counts.people,
            "a directory has far fewer people or groups than before: nobody is removed until a person confirms it"
        );
    } else {
        let here: BTreeSet<&str> = snapshot
            .people
            .iter()
            .map(|one| one.external_id.as_str())
            .collect();
        let gone = known
            .people
            .iter()
            .filter(|link| !here.contains(link.external_id.as_str()));
        reading.gone = mark_people(app, directory, gone.cloned().collect()).await?;
        for group in &snapshot.groups {
            match put_group(app, directory, group).await? {
                Put::Added | Put::Changed => reading.groups_changed += 1,
                Put::Same => {}
                Put::LeftOut(reason) => left_out.push((reason.to_owned(), group.name.clone())),
            }
        }
        let here: BTreeSet<&str> = snapshot
            .groups
            .iter()
            .map(|one| one.external_id.as_str())
            .collect();
        let gone = known
            .groups
            .iter()
            .filter(|link| !here.contains(link.external_id.as_str()));
        reading.groups_gone = mark_groups(app, directory, gone.cloned().collect()).await?;
    }
    reading.left_out_count = u64::try_from(left_out.len()).unwrap_or(u64::MAX);
    left_out.truncate(LEFT_OUT_SHOWN);
    reading.left_out = left_out;
    Ok(reading)
}

async fn put_people(
    app: &Shared,
    directory: &Directory,
    batch: &[super::entries::FoundPerson],
) -> Result<Vec<Put>> {
    let (directory, batch, now) = (directory.clone(), batch.to_vec(), app.now());
    app.store
        .write(move |tx| {
            let (directory, batch) = (directory.clone(), batch.clone());
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(batch.len());
                if is_removed(tx, &directory.id).await? {
                    return Ok(outcomes);
                }
                for found in &batch {
                    outcomes.push(take_in::person(tx, &directory, found, now).await?.0);
                }
                Ok::<_, Error>(outcomes)
            })
        })
        .await
}

/// Whether somebody removed the directory while it was read.
async fn is_removed(tx: &mut Tx, id: &DirectoryId) -> Result<bool> {
    Ok(store::directories::by_id(tx, id).await?.is_none())
}

async fn mark_people(app: &Shared, directory: &Directory, gone: Vec<PersonLink>) -> Result<u64> {
    let (directory, now) = (directory.clone(), app.now());
    let count = u64::try_from(gone.len()).unwrap_or(u64::MAX);
    app.store
        .write(move |tx| {
            let (directory, gone) = (directory.clone(), gone.clone());
            Box::pin(async move {
                if is_removed(tx, &directory.id).await? {
                    return Ok(());
                }
                for link in &gone {
                    take_in::person_gone(tx, &directory, link, now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(count)
}

async fn mark_groups(app: &Shared, directory: &Directory, gone: Vec<GroupLink>) -> Result<u64> {
    let (directory, now) = (directory.clone(), app.now());
    let count = u64::try_from(gone.len()).unwrap_or(u64::MAX);
    app.store
        .write(move |tx| {
            let (directory, gone) = (directory.clone(), gone.clone());
            Box::pin(async move {
                if is_removed(tx, &directory.id).await? {
                    return Ok(());
                }
                for link in &gone {
                    take_in::group_gone(tx, &directory, link, now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(count)
}

async fn put_group(app: &Shared, directory: &Directory, group: &FoundGroup) -> Result<Put> {
    let (directory, group, now) = (directory.clone(), group.clone(), app.now());
    app.store
        .write(move |tx| {
            let (directory, group) = (directory.clone(), group.clone());
            Box::pin(async move {
                if is_removed(tx, &directory.id).await? {
                    return Ok(Put::Same);
                }
                let links = store::directories::people(tx, &directory.id).await?;
                let people: BTreeMap<String, PersonId> = links
                    .into_iter()
                    .map(|link| (link.external_id, link.person_id))
                    .collect();
                let members = group.members.iter().filter_map(|id| people.get(id).cloned());
                let members = members.map(Member::Person).collect();
                take_in::group(tx, &directory, &group, members, now).await
            })
        })
        .await
}

async fn keep(app: &Shared, id: &DirectoryId, reading: Reading) -> Result<()> {
    let id = id.clone();
    app.store
        .write(move |tx| {
            let (id, reading) = (id.clone(), reading.clone());
            Box::pin(async move {
                let Some(directory) = store::directories::by_id(tx, &id).await? else {
                    return Ok(());
                };
                let mut state = directory.state;
                match reading.outcome {
                    ReadingOutcome::Complete => {
                        state.failures = 0;
                        state.accepted = None;
                        state.complete_at = Some(reading.at);
                    }
                    ReadingOutcome::Held => state.failures = 0,
                    ReadingOutcome::Failed => state.failures = state.failures.saturating_add(1),
                }
                state.last = Some(reading);
                store::directories::set_state(tx, &id, &state).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
