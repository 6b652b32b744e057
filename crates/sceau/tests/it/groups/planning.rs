//! A change of who belongs to a group plans what it concerns, and nothing else.

use domain::group::Of;
use sceau::actions::{
    groups::{GroupForm, change_group, change_members},
    people::change_person,
};

use super::{ACTOR, Fleet, by_hand, by_rule, equals, person_form};

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_into_a_group_by_hand_gets_it_and_who_leaves_loses_it() {
    let fleet = Fleet::new().await;
    let app = &fleet.world.app;
    let (one, two) = (
        fleet.device("PC-1", "Book", None).await,
        fleet.device("PC-2", "Book", None).await,
    );
    let group = by_hand(app, "Sales", Of::Devices, &[one.as_str()]).await;
    assert_eq!(fleet.waiting().await, 0, "nothing is distributed by it");
    fleet.distribute(&[&group], &[]).await;
    assert!(fleet.has(&one).await && !fleet.has(&two).await);

    let (add, remove) = (vec![two.to_string()], vec![one.to_string()]);
    change_members(app, &ACTOR, &group, add.clone(), remove.clone())
        .await
        .unwrap();
    assert_eq!(fleet.waiting().await, 1, "the one configuration that names it");
    fleet.plan().await;
    assert!(!fleet.has(&one).await && fleet.has(&two).await);

    change_members(app, &ACTOR, &group, add, remove).await.unwrap();
    assert_eq!(fleet.waiting().await, 0, "nobody came and nobody went");
    let renamed = GroupForm {
        name: "Vente".to_owned(),
        description: "renamed".to_owned(),
        of: Of::Devices,
        rule: None,
        members: None,
    };
    change_group(app, &ACTOR, &group, &renamed).await.unwrap();
    assert_eq!(fleet.waiting().await, 0, "another name is no other member");
    let other = by_hand(app, "Other", Of::Devices, &[]).await;
    change_members(app, &ACTOR, &other, vec![one.to_string()], Vec::new())
        .await
        .unwrap();
    assert_eq!(fleet.waiting().await, 0, "no distribution names the other group");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_people_means_their_devices_and_exclusion_wins() {
    let fleet = Fleet::new().await;
    let app = &fleet.world.app;
    let (anna, bert) = (
        fleet.person("anna", "Sales").await,
        fleet.person("bert", "Sales").await,
    );
    let (book, pad) = (
        fleet.device("PC-1", "Book", Some(&anna)).await,
        fleet.device("PC-2", "Pad", Some(&anna)).await,
    );
    let other = fleet.device("PC-3", "Book", Some(&bert)).await;
    let people = by_hand(app, "People", Of::People, &[anna.as_str()]).await;
    let pads = by_rule(app, "Pads", Of::Devices, "device.model", "pad").await;
    fleet.distribute(&[&people], &[&pads]).await;
    assert!(fleet.has(&book).await, "a member's device");
    assert!(!fleet.has(&pad).await, "a member's device that is excluded");
    assert!(!fleet.has(&other).await, "somebody else's device");

    // The rule changes: the one that was left out comes in, the other goes.
    let books = GroupForm {
        name: "Books".to_owned(),
        description: String::new(),
        of: Of::Devices,
        rule: Some(equals("device.model", "Book")),
        members: None,
    };
    change_group(app, &ACTOR, &pads, &books).await.unwrap();
    fleet.plan().await;
    assert!(!fleet.has(&book).await && fleet.has(&pad).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_that_changes_brings_a_person_s_devices_in_and_out() {
    let fleet = Fleet::new().await;
    let app = &fleet.world.app;
    let anna = fleet.person("anna", "Sales").await;
    let (device, stranger) = (
        fleet.device("PC-1", "Book", Some(&anna)).await,
        fleet.device("PC-2", "Book", None).await,
    );
    let sales = by_rule(app, "Sales", Of::People, "person.department", "SALES").await;
    fleet.distribute(&[&sales], &[]).await;
    assert!(fleet.has(&device).await && !fleet.has(&stranger).await);
    change_person(app, &ACTOR, &anna, person_form("anna", "Buying"))
        .await
        .unwrap();
    assert!(!fleet.has(&device).await, "at once, without a job");
    change_person(app, &ACTOR, &anna, person_form("anna", "Sales"))
        .await
        .unwrap();
    assert!(fleet.has(&device).await);

    // The user name is a fact as well.
    let named = by_rule(app, "Anna", Of::People, "person.username", "anna").await;
    fleet.distribute(&[&named], &[]).await;
    assert!(fleet.has(&device).await);
    change_person(app, &ACTOR, &anna, person_form("anna.martin", "Sales"))
        .await
        .unwrap();
    assert!(!fleet.has(&device).await);
}
