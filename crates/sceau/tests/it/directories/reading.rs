//! Readings that come to their end: pages, nesting, changes, people who leave and come back, and what is by hand.

use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    directory::{DirectoryForm, ReadingOutcome},
};
use sceau::actions::{
    directories::{self, person_origin},
    groups,
    people::{self, PersonForm},
};
use zeroize::Zeroizing;

use super::{
    add, form, named, read, read_well,
    slapd::{Slapd, group, person},
    story,
};
use crate::site::Site;

/// More than two pages of people, and groups that contain each other.
fn town(people: usize) -> String {
    let mut ldif = String::new();
    for number in 0..people {
        ldif.push_str(&person(&format!("p{number}"), "departmentNumber: Sales"));
    }
    ldif.push_str(&group("wifi-inner", &["uid=p2", "cn=wifi-outer"]));
    ldif.push_str(&group("other", &["uid=p3", "uid=nobody"]));
    ldif.push_str(&group("wifi-outer", &["uid=p1", "cn=wifi-inner", "cn=other"]));
    ldif
}

async fn members(site: &Site, name: &str) -> BTreeSet<String> {
    let listed = groups::list_groups(&site.app, &Actor::CommandLine).await.unwrap();
    let one = listed.into_iter().find(|one| one.group.name == name).unwrap();
    let story = groups::one_group(&site.app, &Actor::CommandLine, &one.group.id)
        .await
        .unwrap();
    story.members.into_iter().map(|(_, name)| name).collect()
}

#[tokio::test]
async fn everybody_is_read_page_by_page_with_the_groups_within_groups() {
    let slapd = Slapd::start(&town(1050)).await;
    let site = Site::new().await;
    let form = DirectoryForm {
        // Nobody listens at the first one; the second begins TLS by StartTLS.
        addresses: vec!["ldaps://localhost:1".to_owned(), slapd.ldap()],
        group_filter: "(cn=wifi-*)".to_owned(),
        ..form(&slapd)
    };
    let id = add(&site.app, &form).await;
    let first = read_well(&site.app, &id).await;
    assert_eq!((first.found.people, first.added, first.gone), (1050, 1050, 0));
    assert_eq!((first.found.groups, first.groups_changed), (2, 2));
    let anna = named(&site.app, "p7").await.unwrap();
    let known = &anna.attributes;
    assert_eq!(known.email.as_deref(), Some("p7@example.com"));
    assert_eq!(known.first_name.as_deref(), Some("Gn-p7"));
    assert_eq!(known.last_name.as_deref(), Some("Sn-p7"));
    assert_eq!(known.display_name.as_deref(), Some("p7 of Lyon"));
    assert_eq!(known.department.as_deref(), Some("Sales"));
    assert_eq!(known.ou.as_deref(), Some("people"));
    assert_eq!(known.uid.as_deref(), Some("p7"));
    assert_eq!(known.dn.as_deref(), Some("uid=p7,ou=people,dc=example,dc=com"));
    let all = ["p1", "p2", "p3"].map(str::to_owned).into();
    assert_eq!(
        members(&site, "wifi-outer").await,
        all,
        "with those of a group that isn't taken in"
    );
    assert_eq!(members(&site, "wifi-inner").await, all, "they contain each other");
    let again = read_well(&site.app, &id).await;
    assert_eq!((again.added, again.changed, again.gone), (0, 0, 0));
    assert_eq!(again.groups_changed, 0);
}

#[tokio::test]
async fn changes_are_taken_over_by_the_stable_identity_and_those_who_leave_are_marked() {
    let mut town: String = (0..12).map(|number| person(&format!("p{number}"), "")).collect();
    town.push_str(&group("wifi-inner", &["uid=p2"]));
    town.push_str(&group(
        "wifi-outer",
        &["uid=p1", "uid=p3", "uid=p6", "uid=p7", "cn=wifi-inner"],
    ));
    let slapd = Slapd::start(&town).await;
    let site = Site::new().await;
    let form = DirectoryForm {
        group_filter: "(cn=wifi-*)".to_owned(),
        ..form(&slapd)
    };
    let id = add(&site.app, &form).await;
    read_well(&site.app, &id).await;
    let before = named(&site.app, "p4").await.unwrap();
    slapd.modify(
        "dn: uid=p4,ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 1\n\n\
         dn: uid=p5,ou=people,dc=example,dc=com\nchangetype: modify\nadd: departmentNumber\n\
         departmentNumber: Books\n-\ndelete: mail\n\n\
         dn: uid=p1,ou=people,dc=example,dc=com\nchangetype: delete\n\n\
         dn: cn=wifi-inner,ou=groups,dc=example,dc=com\nchangetype: delete\n\n",
    );
    let reading = read_well(&site.app, &id).await;
    assert_eq!((reading.added, reading.changed, reading.gone), (0, 2, 1));
    assert_eq!(reading.groups_gone, 1);
    let after = named(&site.app, "renamed").await.unwrap();
    assert_eq!(after.id, before.id, "another name, the same person");
    let five = named(&site.app, "p5").await.unwrap();
    assert_eq!(five.attributes.department.as_deref(), Some("Books"));
    assert_eq!(five.attributes.email, None, "what the directory takes back goes");
    let one = named(&site.app, "p1").await.expect("marked, not deleted");
    let origin = person_origin(&site.app, &Actor::CommandLine, &one.id)
        .await
        .unwrap()
        .unwrap();
    assert!(origin.gone_at.is_some());
    let told = story(&site.app, &id).await;
    assert_eq!(
        (told.people, told.gone_count, told.gone),
        (11, 1, vec!["p1".to_owned()])
    );
    assert!(
        members(&site, "wifi-inner").await.contains("p2"),
        "a group that is gone keeps its members until a person acts"
    );
    slapd.modify(&format!(
        "{}\n",
        person("p1", "").replacen('\n', "\nchangetype: add\n", 1)
    ));
    let reading = read_well(&site.app, &id).await;
    assert_eq!(
        reading.added, 0,
        "another entry, whose name a person of this directory bears"
    );
    assert_eq!(reading.left_out_count, 1, "{reading:?}");
}

#[tokio::test]
async fn what_the_directory_gives_is_not_changed_by_hand_and_what_it_does_not_give_stays() {
    let slapd = Slapd::start(&town(3)).await;
    let site = Site::new().await;
    site.person("p2", Some("by hand")).await;
    let id = add(&site.app, &form(&slapd)).await;
    let reading = read_well(&site.app, &id).await;
    assert_eq!(reading.added, 2);
    assert_eq!(
        reading.left_out,
        [("directory-left-out-by-hand".to_owned(), "p2".to_owned())],
        "nobody becomes another by bearing a name"
    );
    let actor = Actor::CommandLine;
    let one = named(&site.app, "p1").await.unwrap();
    let change = |attributes, password: Option<&str>| PersonForm {
        username: "p1".to_owned(),
        password: password.map(|password| Zeroizing::new(password.to_owned())),
        attributes,
    };
    let mut attributes = one.attributes.clone();
    attributes.email = Some("mine@example.com".to_owned());
    let refused = people::change_person(&site.app, &actor, &one.id, change(attributes, Some("new"))).await;
    let refused = refused.unwrap_err();
    let fields: Vec<_> = refused
        .refusals()
        .iter()
        .map(|one| (one.field.as_deref().unwrap(), one.key.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("email", "error-person-from-directory"),
            ("password", "error-person-password-of-directory")
        ]
    );
    let mut attributes = one.attributes.clone();
    attributes.upn = Some("p1@corp".to_owned());
    attributes.custom.insert("badge".to_owned(), "42".to_owned());
    people::change_person(&site.app, &actor, &one.id, change(attributes, None))
        .await
        .unwrap();
    read_well(&site.app, &id).await;
    let after = named(&site.app, "p1").await.unwrap().attributes;
    assert_eq!(
        (after.upn.as_deref(), after.custom["badge"].as_str()),
        (Some("p1@corp"), "42")
    );
    // Asked to, the directory takes over who bears a name, and the password here ends.
    let adopting = DirectoryForm {
        adopts: true,
        bind_password: None,
        ..form(&slapd)
    };
    directories::change_directory(&site.app, &actor, &id, &adopting)
        .await
        .unwrap();
    let reading = read_well(&site.app, &id).await;
    assert_eq!((reading.changed, reading.left_out_count), (1, 0));
}

#[tokio::test]
async fn far_fewer_people_wait_for_a_confirmation() {
    let slapd = Slapd::start(&town(10)).await;
    let site = Site::new().await;
    let actor = Actor::CommandLine;
    let wide = form(&slapd);
    let id = add(&site.app, &wide).await;
    read_well(&site.app, &id).await;
    let narrow = DirectoryForm {
        user_filter: "(uid=p1)".to_owned(),
        bind_password: None,
        ..wide
    };
    directories::change_directory(&site.app, &actor, &id, &narrow)
        .await
        .unwrap();
    for _ in 0..2 {
        let held = read(&site.app, &id).await;
        assert_eq!(held.outcome, ReadingOutcome::Held);
        assert_eq!((held.known.people, held.found.people, held.gone), (10, 1, 0));
    }
    assert_eq!(story(&site.app, &id).await.people, 10);
    directories::confirm_fewer(&site.app, &actor, &id).await.unwrap();
    let confirmed = read_well(&site.app, &id).await;
    assert_eq!(confirmed.gone, 9);
    assert_eq!(story(&site.app, &id).await.gone_count, 9);
    let twice = directories::confirm_fewer(&site.app, &actor, &id)
        .await
        .unwrap_err();
    assert_eq!(twice.refusals()[0].key, "error-directory-not-held");
}
