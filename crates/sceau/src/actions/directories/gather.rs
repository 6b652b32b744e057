//! Reading a directory to its end, without changing anything here.

use std::collections::{BTreeMap, BTreeSet};

use domain::directory::{Counts, DirectoryKind, Settings};
use zeroize::Zeroizing;

use super::{
    entries::{self, FoundPerson, LeftOut},
    whereabouts,
};
use crate::outbound::ldap::{DirectoryProblem, Entry, Ldap, Search, normal_name};

/// Every sort of group, where one that is taken in has others among its members.
const ANY_GROUP: &str = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))";
const SID: &str = "objectSid";

/// A group as a directory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundGroup {
    /// `entryUUID` or `objectGUID`.
    pub(super) external_id: String,
    /// Its name.
    pub(super) name: String,
    /// What it is for.
    pub(super) description: String,
    /// The people in it and in the groups within it, by their entries' identities.
    pub(super) members: BTreeSet<String>,
}

/// What a complete reading found.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    pub(super) people: Vec<FoundPerson>,
    pub(super) groups: Vec<FoundGroup>,
    pub(super) referrals: u64,
    pub(super) left_out: Vec<LeftOut>,
}

impl Snapshot {
    /// How many of each.
    pub(super) fn counts(&self) -> Counts {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Counts {
            people: count(self.people.len()),
            groups: count(self.groups.len()),
            members: count(self.groups.iter().map(|group| group.members.len()).sum()),
        }
    }
}

/// Connects and signs in as the account that reads.
pub(super) async fn signed_in(
    settings: &Settings,
    password: &Zeroizing<String>,
) -> Result<Ldap, DirectoryProblem> {
    let mut ldap = Ldap::open(&whereabouts(settings)).await?;
    ldap.bind(&settings.bind_dn, password).await?;
    Ok(ldap)
}

/// Reads everybody and every group. An error anywhere is an error of the whole.
pub(super) async fn gather(
    settings: &Settings,
    password: &Zeroizing<String>,
) -> Result<Snapshot, DirectoryProblem> {
    let mut ldap = signed_in(settings, password).await?;
    // A base that is gone finds nobody, and some servers call that success.
    if ldap
        .entry(&settings.base_dn, &["1.1".to_owned()])
        .await?
        .is_none()
    {
        return Err(DirectoryProblem::NoBase(settings.base_dn.clone()));
    }
    let mut snapshot = Snapshot::default();
    let wanted = entries::wanted(settings);
    let found = ldap
        .search(&Search {
            base: &settings.base_dn,
            filter: &settings.user_filter,
            attributes: &wanted,
            enough: usize::MAX,
        })
        .await?;
    snapshot.referrals += found.referrals;
    let mut ids = BTreeSet::new();
    let mut names = BTreeSet::new();
    for entry in &found.entries {
        let Some(person) = entries::person(entry, settings, &mut snapshot.left_out) else {
            continue;
        };
        if !ids.insert(person.external_id.clone()) {
            continue;
        }
        if !names.insert(person.username.to_lowercase()) {
            let reason = "directory-left-out-twice".to_owned();
            snapshot.left_out.push((reason, person.dn.clone()));
            continue;
        }
        snapshot.people.push(person);
    }
    if !settings.group_filter.is_empty() {
        groups(&mut ldap, settings, &mut snapshot).await?;
    }
    Ok(snapshot)
}

async fn groups(
    ldap: &mut Ldap,
    settings: &Settings,
    snapshot: &mut Snapshot,
) -> Result<(), DirectoryProblem> {
    let member = settings.attribute("member").unwrap_or("member").to_owned();
    let name = settings.attribute("group_name").unwrap_or("cn").to_owned();
    let id = settings.attribute("id").unwrap_or_default().to_owned();
    let attributes = [
        id,
        name.clone(),
        member.clone(),
        "description".to_owned(),
        SID.to_owned(),
    ];
    let search = Search {
        base: &settings.base_dn,
        filter: &settings.group_filter,
        attributes: &attributes,
        enough: usize::MAX,
    };
    let mut found = ldap.search(&search).await?;
    snapshot.referrals += found.referrals;
    let mut tree = Tree::new(&snapshot.people, &member);
    for entry in &mut found.entries {
        ldap.complete(entry, &member).await?;
        tree.add(entry);
    }
    if tree.has_strangers() {
        let search = Search {
            filter: ANY_GROUP,
            attributes: std::slice::from_ref(&member),
            ..search
        };
        let mut others = ldap.search(&search).await?;
        for entry in &mut others.entries {
            ldap.complete(entry, &member).await?;
            tree.add(entry);
        }
    }
    for entry in &found.entries {
        let external_id = entries::identity(entry, settings);
        let (Some(external_id), Some(name)) = (external_id, entry.text(&name)) else {
            let reason = "directory-left-out-no-id".to_owned();
            snapshot.left_out.push((reason, entry.dn.clone()));
            continue;
        };
        let mut members = tree.people_in(&normal_name(&entry.dn));
        if settings.kind == DirectoryKind::ActiveDirectory {
            members.extend(of_primary_group(entry, &snapshot.people));
        }
        snapshot.groups.push(FoundGroup {
            external_id,
            name,
            description: entry.text("description").unwrap_or_default(),
            members,
        });
    }
    Ok(())
}

/// Those whose primary group it is: the group's SID is the domain's with the primaryGroupID behind it.
fn of_primary_group<'a>(group: &Entry, people: &'a [FoundPerson]) -> impl Iterator<Item = String> + use<'a> {
    let sid = entries::security_id(group, SID).unwrap_or_default();
    let (domain, last) = sid
        .rsplit_once('-')
        .map_or((String::new(), String::new()), |(domain, last)| {
            (format!("{domain}-"), last.to_owned())
        });
    people
        .iter()
        .filter(move |person| {
            let is_of_domain = |sid: &String| !domain.is_empty() && sid.starts_with(&domain);
            person.primary_group.as_deref() == Some(&last)
                && person.fields.get("sid").is_some_and(is_of_domain)
        })
        .map(|person| person.external_id.clone())
}

/// Who stands in which group, by names in one form.
struct Tree<'a> {
    /// Members are user names (`memberUid`, RFC 2307), not distinguished names.
    is_by_username: bool,
    member: &'a str,
    people: BTreeMap<String, String>,
    groups: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Tree<'a> {
    fn new(people: &[FoundPerson], member: &'a str) -> Self {
        let is_by_username = member.eq_ignore_ascii_case("memberUid");
        let key = |person: &FoundPerson| {
            if is_by_username {
                person.username.to_lowercase()
            } else {
                normal_name(&person.dn)
            }
        };
        Self {
            is_by_username,
            member,
            people: people
                .iter()
                .map(|person| (key(person), person.external_id.clone()))
                .collect(),
            groups: BTreeMap::new(),
        }
    }

    fn add(&mut self, entry: &Entry) {
        let key = |name: String| {
            if self.is_by_username {
                return name.to_lowercase();
            }
            // uniqueMember may carry an identifier behind the name (RFC 4517 §3.3.21).
            let bare = name.rsplit_once("#'").map_or(name.as_str(), |(name, _)| name);
            normal_name(bare)
        };
        let members = entry.texts(self.member).into_iter().map(key).collect();
        self.groups.insert(normal_name(&entry.dn), members);
    }

    /// Whether a member is neither a person nor a group that is known: perhaps a group within the group.
    fn has_strangers(&self) -> bool {
        !self.is_by_username
            && self
                .groups
                .values()
                .flatten()
                .any(|member| !self.people.contains_key(member) && !self.groups.contains_key(member))
    }

    /// The people in a group and in the groups within it. Each group is entered once, however they contain each other.
    fn people_in(&self, group: &str) -> BTreeSet<String> {
        let mut people = BTreeSet::new();
        let mut entered = BTreeSet::new();
        let mut open = vec![group];
        while let Some(group) = open.pop() {
            if !entered.insert(group) {
                continue;
            }
            for member in self.groups.get(group).into_iter().flatten() {
                match self.people.get(member) {
                    Some(person) => {
                        people.insert(person.clone());
                    }
                    None if !self.is_by_username => open.push(member),
                    None => {}
                }
            }
        }
        people
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> FoundPerson {
        FoundPerson {
            external_id: name.to_owned(),
            dn: format!("uid={name},dc=x"),
            username: name.to_owned(),
            ..FoundPerson::default()
        }
    }

    fn group(name: &str, attribute: &str, members: &[&str]) -> Entry {
        let members = members.iter().map(|member| member.as_bytes().to_vec()).collect();
        Entry::new(&format!("cn={name},dc=x"), [(attribute.to_owned(), members)])
    }

    #[test]
    fn groups_that_contain_each_other_end() {
        let people = [person("a"), person("b"), person("c")];
        let mut tree = Tree::new(&people, "member");
        tree.add(&group("one", "member", &["uid=a,dc=x", "CN=Two, DC=x"]));
        assert!(tree.has_strangers());
        tree.add(&group(
            "two",
            "member",
            &["uid=b,dc=x", "cn=three,dc=x", "cn=two,dc=x"],
        ));
        tree.add(&group("three", "member", &["UID=C,DC=X", "cn=one,dc=x"]));
        assert!(!tree.has_strangers());
        for name in ["cn=one,dc=x", "cn=two,dc=x", "cn=three,dc=x"] {
            let all: Vec<String> = tree.people_in(name).into_iter().collect();
            assert_eq!(all, ["a", "b", "c"], "{name}");
        }
        assert!(tree.people_in("cn=four,dc=x").is_empty());
    }

    #[test]
    fn members_by_user_name_and_with_identifiers_are_known() {
        let people = [person("a"), person("b")];
        let mut tree = Tree::new(&people, "memberUid");
        tree.add(&group("one", "memberUid", &["A", "nobody"]));
        assert_eq!(
            tree.people_in("cn=one,dc=x").into_iter().collect::<Vec<_>>(),
            ["a"]
        );
        let mut tree = Tree::new(&people, "uniqueMember");
        tree.add(&group("one", "uniqueMember", &["uid=b,dc=x#'0101'B"]));
        assert_eq!(
            tree.people_in("cn=one,dc=x").into_iter().collect::<Vec<_>>(),
            ["b"]
        );
    }
}
