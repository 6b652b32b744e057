//! Activity: narrowed down by its address, and as a file.

use domain::operator::Role;
use serde_json::json;

use super::browser::Browser;
use crate::world::World;

/// So many people are added, whose names spreadsheets would take for formulas.
async fn with_people(world: &World, count: usize) {
    let token = world.token(Role::Administrator).await;
    for n in 0..count {
        let person = json!({ "username": format!("=cmd{n:04}@example.com") });
        world.post(&token, "/people", &person).await.expect(201);
    }
}

#[tokio::test]
async fn a_list_is_narrowed_down_by_its_address_and_the_next_page_keeps_that() {
    let world = World::new().await;
    with_people(&world, 52).await;
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    let all = browser.get("/admin/activity").await.expect(200);
    assert!(all.text.contains("person.add"), "{}", all.text);
    let people = browser.get("/admin/activity?area=person&who=").await.expect(200);
    assert_eq!(people.text.matches("<code>person.add</code>").count(), 50);
    assert!(!people.text.contains("<code>operator."), "{}", people.text);
    let next = people.text.split("rel=\"next\"").next().unwrap();
    let next = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let next = next.replace("&#38;", "&").replace("&amp;", "&");
    assert!(next.contains("area=person") && next.contains("after="), "{next}");
    let rest = browser.get(&next).await.expect(200);
    assert_eq!(rest.text.matches("<code>person.add</code>").count(), 2);
    for (query, words) in [
        ("who=nobody", "Nothing fits"),
        ("since=2026-02-30", "A day is written as"),
        ("until=1999-12-31", "Nothing fits"),
    ] {
        let page = browser.get(&format!("/admin/activity?{query}")).await.expect(200);
        assert!(page.text.contains(words), "{query}: {}", page.text);
    }
}

#[tokio::test]
async fn the_file_holds_every_row_and_no_formula() {
    let world = World::new().await;
    with_people(&world, 1100).await;
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    let file = browser.get("/admin/activity.csv?area=person").await.expect(200);
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("Number,When,Who,What"), "{}", lines[0]);
    assert_eq!(lines.len(), 1101, "more than is read at a time");
    assert!(lines[1].contains("=cmd1099") && lines[1100].contains("=cmd0000"));
    assert!(
        lines.iter().all(|line| !line.contains(",=")),
        "a field that begins a formula"
    );
    let token = world.token(Role::Auditor).await;
    let found = world
        .get(&token, "/activity?area=person&limit=2&since=1970-01-01")
        .await
        .expect(200);
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(2));
    let refused = world.get(&token, "/activity?until=yesterday").await.expect(422);
    assert_eq!(refused.field(), "until");
}
