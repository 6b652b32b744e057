//! SCIM sources in the console, over the API and by role.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use super::{ACTOR, Provider, named};
use crate::{
    console::browser::{Browser, location},
    world::World,
};

const BASE: &str = "/admin/infrastructure/scim";

/// The token that a page shows.
fn token_in(page: &str) -> String {
    let rest = page.split("sceau-scim-").nth(1).expect("a token");
    let random: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    format!("sceau-scim-{random}")
}

#[tokio::test]
async fn a_source_is_added_and_its_token_shown_once_rotated_and_revoked() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    assert!(
        browser
            .get(BASE)
            .await
            .expect(200)
            .text
            .contains("No SCIM source yet.")
    );
    let refused = browser.post(BASE, &[("name", " ")]).await.expect(422).text;
    assert!(refused.contains("invalid-feedback"), "{refused}");
    let added = browser.post(BASE, &[("name", "Entra & <ID>")]).await.expect(200);
    assert!(
        added.text.contains("https://localhost:8443/scim/v2"),
        "{}",
        added.text
    );
    assert!(added.text.contains("Entra &#38; &#60;ID&#62;"), "{}", added.text);
    let first = token_in(&added.text);
    let all = sceau::actions::scim::list_sources(&world.app, &ACTOR)
        .await
        .unwrap();
    let source = all[0].0.clone();
    let page = format!("{BASE}/{}", source.id);
    assert!(
        !browser.get(&page).await.expect(200).text.contains("sceau-scim-"),
        "shown once"
    );
    let mut provider = Provider::new(&world.app, "Another").await;
    provider.token = first;
    provider.user("anna").await;
    let second = token_in(
        &browser
            .post(&format!("{page}/tokens"), &[])
            .await
            .expect(200)
            .text,
    );
    let story = sceau::actions::scim::one_source(&world.app, &ACTOR, &source.id)
        .await
        .unwrap();
    let oldest = &story.tokens.last().unwrap().id;
    let revoked = browser.post(&format!("{page}/tokens/{oldest}/revoke"), &[]).await;
    assert_eq!(location(&revoked), format!("{page}?done=scim-token-revoked"));
    provider.get("/Users").await.expect(401);
    provider.token = second;
    provider.get("/Users").await.expect(200);
}

#[tokio::test]
async fn a_person_says_where_they_come_from_and_a_source_is_renamed_and_removed() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    let provider = Provider::new(&world.app, "Entra").await;
    Provider::new(&world.app, "Another").await;
    let page = format!("{BASE}/{}", provider.source.id);
    provider.user("anna").await;
    let person = named(&world.app, "anna").await.unwrap();
    let own = format!("/people/{}", person.id);
    let shown = browser.get(&own).await.expect(200).text;
    assert!(
        shown.contains("This person comes from the SCIM source"),
        "{shown}"
    );
    assert!(
        shown.contains(r#"name="password""#),
        "the source proves no password: one may be set here"
    );
    let refused = browser
        .post(&own, &[("username", "annie")])
        .await
        .expect(422)
        .text;
    assert!(refused.contains("This comes from the SCIM source"), "{refused}");
    browser
        .post(&page, &[("name", "Entra ID"), ("adopts", "yes")])
        .await
        .expect(303);
    let twice = browser.post(&page, &[("name", "Another")]).await.expect(422).text;
    assert!(twice.contains("Another"), "{twice}");
    provider
        .delete(&format!("/Users/{}", person.id))
        .await
        .expect(204);
    let shown = browser.get(&page).await.expect(200).text;
    assert!(shown.contains("People who were deleted there"), "{shown}");
    let removed = browser.post(&format!("{page}/remove"), &[("sure", "yes")]).await;
    assert_eq!(location(&removed), format!("{BASE}?done=removed"));
    provider.get("/Users").await.expect(401);
    browser.get(&page).await.expect(404);
}

#[tokio::test]
async fn programs_manage_sources_and_nobody_without_the_role() {
    let world = World::new().await;
    let (token, reader) = (
        world.token(Role::Administrator).await,
        world.token(Role::Auditor).await,
    );
    let form = json!({ "name": "Okta", "adopts": true });
    world.post(&reader, "/scim-sources", &form).await.expect(403);
    let added = world.post(&token, "/scim-sources", &form).await.expect(201);
    assert_eq!(added.json["url"], "https://localhost:8443/scim/v2");
    let secret = added.json["token"]["token"].as_str().unwrap().to_owned();
    world.post(&token, "/scim-sources", &form).await.expect(409);
    world
        .post(&token, "/scim-sources", &json!({ "name": "x", "kind": "y" }))
        .await
        .expect(422);
    let path = format!("/scim-sources/{}", added.text_of("id"));
    let fresh = world
        .post(&token, &format!("{path}/tokens"), &json!({}))
        .await
        .expect(201);
    let read = world.get(&reader, &path).await.expect(200);
    assert!(!read.text.contains("sceau-scim-"), "{}", read.text);
    assert_eq!(read.json["tokens"].as_array().unwrap().len(), 2);
    let revoke = format!("{path}/tokens/{}", fresh.text_of("id"));
    world
        .call(&reader, Method::DELETE, &revoke, None)
        .await
        .expect(403);
    world
        .call(&token, Method::DELETE, &revoke, None)
        .await
        .expect(204);
    let changed = json!({ "name": "Okta 2" });
    world
        .call(&token, Method::PUT, &path, Some(&changed))
        .await
        .expect(200);
    let mut provider = Provider::new(&world.app, "Another").await;
    provider.token = secret.clone();
    let id = provider.user("anna").await;
    let person = world.get(&token, &format!("/people/{id}")).await.expect(200).json;
    assert_eq!(
        (&person["directory"]["kind"], &person["directory"]["name"]),
        (&json!("scim"), &json!("Okta 2"))
    );
    let listed = world.get(&reader, "/scim-sources").await.expect(200).json;
    assert!(listed["items"][1]["last_used_at"].is_string(), "{listed}");
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    world.get(&token, &path).await.expect(404);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(!activity.text.contains(&secret), "no secret in the audit");
    assert!(activity.text.contains("scim:Okta 2"), "{}", activity.text);
}
