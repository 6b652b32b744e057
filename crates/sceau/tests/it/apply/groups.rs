//! Groups as files want them.

use axum::http::Method;
use domain::{operator::Role, person::PersonId};
use serde_json::json;

use super::{apply, audited, items, ndes, write};
use crate::{groups, laboratory::Laboratory, world::World};

const GROUPS: &str = r#"
[[group]]
name = "Sales"
description = "Whoever sells"
of = "people"
rule = [{ fact = "person.department", is = "equals", value = "Sales" }]

[[group]]
name = "Not yet"
of = "people"
members = ["BERT", "anna"]
"#;
const WIFI: &str = r#"
[[configuration]]
name = "Wi-Fi"
authority = "NDES"
subject = "CN=${userEmailAddress}"
[configuration.distribution]
is_enabled = true
scope = { to = "custom", devices = [], people = [], excluded_devices = [], excluded_people = [], groups = ["Sales"], excluded_groups = ["Not yet"] }
"#;

/// The ids of two people of the department.
async fn sellers(world: &World) -> Vec<String> {
    let administrator = world.token(Role::Administrator).await;
    let mut people = Vec::new();
    for name in ["anna", "bert"] {
        let form = json!({ "username": name, "attributes": { "department": "Sales" } });
        people.push(
            world
                .post(&administrator, "/people", &form)
                .await
                .expect(201)
                .text_of("id"),
        );
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_made_before_the_distributions_that_name_them_and_then_stay() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    sellers(&world).await;
    let text = ndes(&laboratory, "") + GROUPS + WIFI;
    let file = write(&world, "sceau.d/all.toml", &text);

    let dry = apply(&world, &file, &["--dry-run"], Laboratory::PASSWORD);
    assert_eq!(dry.code, Some(0), "{}", dry.complained);
    for line in [
        "+ group Sales\n",
        "    description: Whoever sells\n",
        "    members: [\"anna\",\"bert\"]\n",
    ] {
        assert!(dry.said.contains(line), "{line}: {}", dry.said);
    }
    assert!(
        dry.said.contains(" groups=Sales excluded_groups=Not yet\n"),
        "{}",
        dry.said
    );
    assert!(items(&world, &token, "/groups").await.is_empty());

    let done = apply(&world, &file, &[], Laboratory::PASSWORD);
    assert_eq!(done.code, Some(0), "{}", done.complained);
    assert!(
        done.said
            .ends_with("4 added, 0 changed, 0 as they were. Nothing was removed.\n"),
        "{}",
        done.said
    );
    let listed = items(&world, &token, "/groups").await;
    assert_eq!(
        (&listed[0]["name"], &listed[0]["member_count"]),
        (&json!("Not yet"), &json!(2))
    );
    let configuration = items(&world, &token, "/configurations").await.remove(0);
    let path = format!(
        "/configurations/{}/assignment",
        configuration["id"].as_str().unwrap()
    );
    let scope = world.get(&token, &path).await.expect(200).json["scope"].clone();
    assert_eq!(
        (&scope["groups"], &scope["excluded_groups"]),
        (&json!([listed[1]["id"]]), &json!([listed[0]["id"]]))
    );

    let again = apply(&world, &file, &["--language", "fr"], Laboratory::PASSWORD);
    assert_eq!(again.code, Some(0), "{}", again.complained);
    assert!(
        again
            .said
            .contains("= groupe Sales\n= groupe Not yet\n= configuration Wi-Fi\n"),
        "{}",
        again.said
    );
    assert_eq!(audited(&world, &token, "group.change").await, 0);
    laboratory.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_takes_no_certificate_away_by_a_group() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let people = sellers(&world).await;
    let text = ndes(&laboratory, "") + GROUPS + WIFI;
    let done = apply(
        &world,
        &write(&world, "all.toml", &text),
        &[],
        Laboratory::PASSWORD,
    );
    assert_eq!(done.code, Some(0), "{}", done.complained);
    let listed = items(&world, &token, "/groups").await;

    // Whoever would lose a certificate by it is not hit by a file; a console shows who that is.
    groups::device(
        &world.app,
        "PC-1",
        "Book",
        Some(&PersonId::parse(&people[1]).unwrap()),
    )
    .await;
    let fewer = text.replace(r#"["BERT", "anna"]"#, r#"["anna"]"#);
    let wider = apply(
        &world,
        &write(&world, "wider.toml", &fewer),
        &[],
        Laboratory::PASSWORD,
    );
    assert_eq!(
        wider.code,
        Some(0),
        "bert comes in, nobody loses anything: {}",
        wider.complained
    );
    let narrower = apply(
        &world,
        &write(&world, "narrower.toml", &text),
        &[],
        Laboratory::PASSWORD,
    );
    assert_eq!(narrower.code, Some(1), "{}", narrower.said);
    assert!(
        narrower
            .complained
            .contains("group[1]: devices would lose their certificates by that"),
        "{}",
        narrower.complained
    );
    let member = format!("/groups/{}", listed[0]["id"].as_str().unwrap());
    let story = world.call(&token, Method::GET, &member, None).await.expect(200);
    assert_eq!(story.json["members"].as_array().unwrap().len(), 1);
    laboratory.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_group_is_said_at_its_place() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    for (text, complaint) in [
        (
            GROUPS.to_owned(),
            "group[1].members: nobody has the user name BERT\n",
        ),
        (
            GROUPS.replace("person.department", "person.colour"),
            "group[0]: there is no fact “person.colour”",
        ),
        (
            GROUPS.replace("person.department", "device.model"),
            "group[0].rule: device.model: ",
        ),
        (
            ndes(&laboratory, "") + WIFI,
            "configuration[0].distribution: no group “Sales” stands, and the files add none of that name\n",
        ),
        (
            "[[group]]\nname = \"x\"\n".to_owned(),
            "group[0]: missing field `of`",
        ),
    ] {
        let file = write(&world, "wrong.toml", &text);
        let refused = apply(&world, &file, &[], Laboratory::PASSWORD);
        assert_eq!(refused.code, Some(1), "{}", refused.said);
        assert!(
            refused.complained.contains(complaint),
            "{complaint}: {}",
            refused.complained
        );
    }
    laboratory.stop().await;
}
