//! The removal of an authority in the console: a page says what happens, and the name is typed.

use domain::operator::Role;
use serde_json::json;

use super::browser::{Browser, location};
use crate::{api, laboratory::Laboratory, world::World};

const AUTHORITIES: &str = "/admin/infrastructure/certificate-management";

#[tokio::test]
async fn what_happens_is_said_and_the_name_is_typed() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = api::add(&world, &token, &laboratory).await.text_of("id");
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let (one, place) = (
        format!("{AUTHORITIES}/{id}"),
        format!("{AUTHORITIES}/{id}/remove"),
    );
    assert!(
        browser
            .get(&one)
            .await
            .text
            .contains(&format!("href=\"{place}\""))
    );

    let configuration = json!({ "name": "Wi-Fi", "authority_id": id, "subject": "CN=${userEmailAddress}" });
    let used = world.post(&token, "/configurations", &configuration).await;
    let used = used.expect(201).text_of("id");
    let page = browser.get(&place).await.text;
    assert!(page.contains("One configuration names this authority."), "{page}");
    assert!(
        page.contains(&format!("href=\"/configurations/{used}\">Wi-Fi</a>")),
        "{page}"
    );
    assert!(
        !page.contains("name=\"confirm\""),
        "there is nothing to confirm yet"
    );
    let refused = browser.post(&place, &[("confirm", "Laboratory")]).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text
            .contains("A configuration still uses this authority: Wi-Fi."),
        "{}",
        refused.text
    );
    let gone = format!("/configurations/{used}");
    world
        .call(&token, axum::http::Method::DELETE, &gone, None)
        .await
        .expect(204);

    let page = browser.get(&place).await.text;
    assert!(page.contains("The stored password is erased."), "{page}");
    assert!(page.contains("name=\"confirm\""), "{page}");
    let refused = browser.post(&place, &[("confirm", "laboratory")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("id=\"error-confirm\">Type the exact name"),
        "{}",
        refused.text
    );
    assert!(
        refused.text.contains("The stored password is erased."),
        "it is said again"
    );
    let done = browser.post(&place, &[("confirm", "Laboratory")]).await;
    assert!(location(&done).starts_with(AUTHORITIES));
    assert_eq!(browser.get(&one).await.status, 404);
}

#[tokio::test]
async fn who_may_only_read_is_told_and_can_do_nothing() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = api::add(&world, &token, &laboratory).await.text_of("id");
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    let place = format!("{AUTHORITIES}/{id}/remove");
    let page = browser.get(&place).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("name=\"confirm\""));
    let refused = browser.post(&place, &[("confirm", "Laboratory")]).await;
    assert_eq!(refused.status, 403);
    world.get(&token, &format!("/authorities/{id}")).await.expect(200);
}
