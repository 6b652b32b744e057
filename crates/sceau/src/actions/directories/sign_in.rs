//! At enrolment the directory says whether a password is right: the person's entry is looked up by the account that
//! reads, then a bind is made under its name. One bind for each attempt of a device, never repeated at another server,
//! so that the directory counts a wrong password once.

use std::time::Duration;

use domain::{
    Error as Refusal, Kind,
    directory::{Directory, DirectoryId, Refused, Settings},
    person::Person,
};
use zeroize::Zeroizing;

use super::{
    entries::{self, FoundPerson},
    gather::signed_in,
    take_in::{self, Put},
    whereabouts,
};
use crate::{
    actions::{Error, Result},
    app::Shared,
    login::backoff,
    outbound::ldap::{AccountState, DirectoryProblem, Ldap, Search, escaped},
    secrets::random,
};

/// A device waits for all of it.
const LIMIT: Duration = Duration::from_secs(30);
/// Refused sign-ins that are kept of each directory.
const REFUSALS: u32 = 50;
/// Key of the words where the directory couldn't be asked.
const UNAVAILABLE: &str = "directory-refused-unavailable";
/// Longest user name that is kept or asked for.
const LONGEST: usize = 256;

/// What the directories say of a user name and its password.
#[derive(Debug)]
pub(in crate::actions) enum Proof {
    /// It is this person.
    Person(Box<Person>),
    /// The password is wrong, or the person may not: why is for the operator alone.
    Refused,
    /// No directory knows the name.
    Unknown,
}

/// Someone whom a directory knows by the name.
struct Match {
    directory: Directory,
    person: FoundPerson,
}

/// Asks the directory that is named, or all of them. An error of the kind *Outside* says that the one that matters
/// can't be asked: no word on the password.
pub(in crate::actions) async fn prove(
    app: &Shared,
    (username, address): (&str, &str),
    password: &Zeroizing<String>,
    only: Option<&DirectoryId>,
) -> Result<Proof> {
    let mut directories = super::all(app).await?;
    directories.retain(|directory| only.is_none_or(|id| directory.id == *id));
    let is_asked = |directory: &Directory| directory.settings.is_enabled;
    if !directories.iter().any(is_asked) {
        return Ok(if only.is_some() {
            Proof::Refused
        } else {
            Proof::Unknown
        });
    }
    // An empty password would be an unauthenticated bind (RFC 4513 §5.1.2), which many servers call a success.
    if password.is_empty() || username.chars().count() > LONGEST {
        return Ok(Proof::Refused);
    }
    let mut matches = Vec::new();
    let mut silent = None;
    for directory in directories.into_iter().filter(is_asked) {
        match look_up(app, &directory, username).await? {
            Ok(found) => matches.extend(found.into_iter().map(|person| Match {
                directory: directory.clone(),
                person,
            })),
            Err(problem) => {
                tracing::warn!(directory = %directory.name, %problem, "a directory can't be asked at an enrolment");
                note(app, &directory.id, username, UNAVAILABLE, problem.to_string()).await?;
                silent = Some(directory.name);
            }
        }
    }
    match (matches.as_slice(), silent) {
        ([], Some(name)) => Err(unavailable(&name).into()),
        ([], None) => Ok(Proof::Unknown),
        ([one], _) => try_password(app, one, (username, address), password).await,
        ([first, ..], _) => {
            let id = &first.directory.id;
            note(app, id, username, "directory-refused-several", String::new()).await?;
            Ok(Proof::Refused)
        }
    }
}

/// What the device is told, and the person reads.
fn unavailable(directory: &str) -> Refusal {
    let detail = "the directory that knows your password can't be asked now: try again later, and tell your \
                  administrator if it lasts";
    Refusal::new(Kind::Outside, "error-directory-unavailable", detail).with("directory", directory)
}

/// Who bears the name. The outer error is ours, the inner one the directory's.
async fn look_up(
    app: &Shared,
    directory: &Directory,
    username: &str,
) -> Result<std::result::Result<Vec<FoundPerson>, DirectoryProblem>> {
    if directory.state.is_sign_in_stopped {
        let state = AccountState::WrongPassword;
        let detail = "the account that reads was refused before".to_owned();
        return Ok(Err(DirectoryProblem::Refused { state, detail }));
    }
    let password = super::open_password(app, directory)?;
    let asked = async {
        let mut ldap = signed_in(&directory.settings, &password).await?;
        let wanted = entries::wanted(&directory.settings);
        let found = ldap
            .search(&Search {
                base: &directory.settings.base_dn,
                filter: &filter(&directory.settings, username),
                attributes: &wanted,
                enough: 2,
            })
            .await?;
        let mut left_out = Vec::new();
        let people = found.entries.iter();
        Ok(people
            .filter_map(|entry| entries::person(entry, &directory.settings, &mut left_out))
            .collect())
    };
    let asked = tokio::time::timeout(LIMIT, asked).await;
    let answer = asked.unwrap_or(Err(DirectoryProblem::Silent));
    if let Err(problem) = &answer
        && problem.is_refusal()
    {
        super::reading::stop(app, &directory.id).await?;
    }
    Ok(answer)
}

/// People of the directory who bear the name as their user name, their user principal name or their mail address;
/// of `DOMAIN\user` the part behind the backslash counts.
fn filter(settings: &Settings, username: &str) -> String {
    let value = escaped(account(username).trim());
    let names = ["username", "upn", "email", "sam_account_name"];
    let mut attributes: Vec<&str> = names
        .into_iter()
        .filter_map(|name| settings.attribute(name))
        .collect();
    attributes.sort_unstable();
    attributes.dedup();
    let any: String = attributes
        .into_iter()
        .map(|attribute| format!("({attribute}={value})"))
        .collect();
    format!("(&{}(|{any}))", settings.user_filter)
}

async fn try_password(
    app: &Shared,
    found: &Match,
    (username, address): (&str, &str),
    password: &Zeroizing<String>,
) -> Result<Proof> {
    let directory = &found.directory;
    let counted = count(app, &found.person.username, (username, address)).await?;
    if found.person.is_disabled {
        let state = AccountState::Disabled;
        note(app, &directory.id, username, state.key(), String::new()).await?;
        return Ok(Proof::Refused);
    }
    let bind = async {
        // A connection of its own: the one that reads keeps its rights.
        let mut ldap = Ldap::open(&whereabouts(&directory.settings)).await?;
        ldap.bind(&found.person.dn, password).await
    };
    let bound = tokio::time::timeout(LIMIT, bind).await;
    match bound.unwrap_or(Err(DirectoryProblem::Silent)) {
        Ok(()) => {
            forget(app, counted).await?;
            take_over(app, found, username).await
        }
        Err(DirectoryProblem::Refused { state, detail }) => {
            note(app, &directory.id, username, state.key(), detail).await?;
            Ok(Proof::Refused)
        }
        Err(problem) => {
            forget(app, counted).await?;
            tracing::warn!(directory = %directory.name, %problem, "a directory can't be asked at an enrolment");
            note(app, &directory.id, username, UNAVAILABLE, problem.to_string()).await?;
            Err(unavailable(&directory.name).into())
        }
    }
}

/// Counts the attempt under the person's own user name too, where another of their names was typed: with three names
/// nobody guesses three times as often. What it is counted under.
async fn count(app: &Shared, own: &str, (typed, address): (&str, &str)) -> Result<Option<String>> {
    let key = backoff::key("enrolment", own, address);
    if key == backoff::key("enrolment", account(typed), address) {
        return Ok(None);
    }
    let (now, counted) = (app.now(), key.clone());
    app.store
        .write(move |tx| {
            let key = key.clone();
            Box::pin(async move {
                backoff::admit(tx, &key, now).await?;
                store::login_attempts::record_failure(tx, &key, now).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(Some(counted))
}

async fn forget(app: &Shared, counted: Option<String>) -> Result<()> {
    let Some(key) = counted else { return Ok(()) };
    app.store
        .write(move |tx| {
            let key = key.clone();
            Box::pin(async move { Ok::<_, Error>(store::login_attempts::clear(tx, &key).await?) })
        })
        .await
}

/// The account in `DOMAIN\account`.
fn account(username: &str) -> &str {
    username
        .rsplit_once('\\')
        .map_or(username, |(_, account)| account)
}

/// The person as the directory has them at this moment: nobody waits for the next reading.
async fn take_over(app: &Shared, found: &Match, username: &str) -> Result<Proof> {
    let (directory, person, now) = (found.directory.clone(), found.person.clone(), app.now());
    let (put, person) = app
        .store
        .write(move |tx| {
            let (directory, person) = (directory.clone(), person.clone());
            Box::pin(async move { take_in::person(tx, &directory, &person, now).await })
        })
        .await?;
    match (put, person) {
        (_, Some(person)) => Ok(Proof::Person(Box::new(person))),
        (Put::LeftOut(reason), None) => {
            note(app, &found.directory.id, username, reason, String::new()).await?;
            Ok(Proof::Refused)
        }
        (_, None) => Ok(Proof::Refused),
    }
}

/// Keeps for the operator why somebody wasn't let in.
async fn note(app: &Shared, id: &DirectoryId, username: &str, key: &str, detail: String) -> Result<()> {
    let refused = Refused {
        at: app.now(),
        username: username
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST)
            .collect(),
        key: key.to_owned(),
        detail,
    };
    let (id, chance) = (id.clone(), random::<10>());
    app.store
        .write(move |tx| {
            let (id, refused) = (id.clone(), refused.clone());
            Box::pin(async move {
                // Somebody may have removed the directory meanwhile.
                if store::directories::by_id(tx, &id).await?.is_some() {
                    store::directories::note_refusal(tx, &id, &refused, chance, REFUSALS).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use domain::directory::DirectoryKind;

    use super::*;

    #[test]
    fn a_name_is_looked_for_in_every_form_and_can_not_widen_the_filter() {
        let mut settings = Settings {
            kind: DirectoryKind::ActiveDirectory,
            addresses: Vec::new(),
            trust_pem: None,
            bind_dn: String::new(),
            base_dn: String::new(),
            user_filter: "(objectClass=user)".to_owned(),
            group_filter: String::new(),
            mapping: std::collections::BTreeMap::new(),
            read_minutes: 60,
            adopts: false,
            is_enabled: true,
        };
        assert_eq!(
            filter(&settings, r"LAB\anna"),
            "(&(objectClass=user)(|(mail=anna)(sAMAccountName=anna)(userPrincipalName=anna)))"
        );
        settings.kind = DirectoryKind::OpenLdap;
        assert_eq!(
            filter(&settings, "*)(uid=*"),
            r"(&(objectClass=user)(|(mail=\2a\29\28uid=\2a)(uid=\2a\29\28uid=\2a)))"
        );
    }
}
