//! Signing in, and what keeps others out.

use axum::{
    body::Body,
    http::{Method, header},
};
use domain::{actor::Actor, operator::Role};
use sceau::actions::operators;

use super::browser::{Browser, PASSWORD, add_operator, location};
use crate::world::World;

#[tokio::test]
async fn pages_are_for_those_who_signed_in() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    for path in [
        "/",
        "/devices",
        "/configurations/new",
        "/admin/operators",
        "/people/new",
    ] {
        assert!(location(&browser.get(path).await).starts_with("/login"), "{path}");
    }
    assert_eq!(location(&browser.get("/devices").await), "/login?next=%2Fdevices");
}

#[tokio::test]
async fn a_session_is_kept_in_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let world = World::new().await;
    add_operator(&world, "claire", Role::Owner).await;
    let mut browser = Browser::new(&world);
    let answer = browser
        .post(
            "/login",
            &[("name", "Claire"), ("password", PASSWORD), ("next", "/devices")],
        )
        .await;
    assert_eq!(location(&answer), "/devices");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-sceau="));
    for mark in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    assert_eq!(browser.get("/devices").await.status, 200);
    let kept = browser.cookie.clone();
    location(&browser.post("/logout", &[]).await);
    browser.cookie = kept;
    assert!(location(&browser.get("/devices").await).starts_with("/login"));
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_slows_the_next_try_down() {
    let world = World::new().await;
    add_operator(&world, "claire", Role::Owner).await;
    let mut browser = Browser::new(&world);
    for _ in 0..4 {
        let answer = browser
            .post("/login", &[("name", "claire"), ("password", "wrong")])
            .await;
        assert_eq!(answer.status, 401);
        assert!(answer.text.contains("The name or the password is wrong."));
        assert!(!answer.text.contains("value=\"wrong\""));
    }
    let answer = browser
        .post("/login", &[("name", "claire"), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 429, "the right password comes too early as well");
    let other = browser
        .post("/login", &[("name", "nobody"), ("password", "wrong")])
        .await;
    assert_eq!(other.status, 401, "another name is not slowed down");
}

#[tokio::test]
async fn onward_addresses_stay_on_this_site() {
    let world = World::new().await;
    add_operator(&world, "claire", Role::Owner).await;
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&world);
        let answer = browser
            .post(
                "/login",
                &[("name", "claire"), ("password", PASSWORD), ("next", next)],
            )
            .await;
        assert_eq!(location(&answer), "/", "{next}");
    }
}

#[tokio::test]
async fn a_one_time_link_is_used_up_by_its_button_alone() {
    let world = World::new().await;
    add_operator(&world, "claire", Role::Owner).await;
    let link = operators::make_login_link(&world.app, &Actor::CommandLine, "claire")
        .await
        .unwrap();
    let path = link.strip_prefix(&world.app.settings.public_url).unwrap();
    let mut browser = Browser::new(&world);
    for _ in 0..3 {
        assert_eq!(browser.get(path).await.status, 200);
    }
    assert_eq!(location(&browser.post(path, &[]).await), "/");
    assert_eq!(browser.get("/").await.status, 200);
    let mut second = Browser::new(&world);
    let answer = second.post(path, &[]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("already used"));
    assert!(second.cookie.is_empty());
}

#[tokio::test]
async fn a_form_without_its_token_or_from_another_site_does_nothing() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let fields = "username=anne&password=secret-secret";
    let form = |browser: &Browser<'_>, body: String| {
        browser
            .request(Method::POST, "/people/new")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    };
    let bare = form(&browser, fields.to_owned());
    assert_eq!(browser.send(bare).await.status, 403);
    let forged = form(&browser, format!("{fields}&csrf={}", "0".repeat(32)));
    assert_eq!(browser.send(forged).await.status, 403);
    let page = browser.get("/people/new").await;
    let token = super::browser::value_of(&page.text, "csrf").unwrap();
    let mut elsewhere = form(&browser, format!("{fields}&csrf={token}"));
    elsewhere
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(browser.send(elsewhere).await.status, 403);
    assert!(!browser.get("/people").await.text.contains("anne"));
    location(
        &browser
            .post(
                "/people/new",
                &[("username", "anne"), ("password", "secret-secret")],
            )
            .await,
    );
    assert!(browser.get("/people").await.text.contains("anne"));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    for path in [
        "/",
        "/login",
        "/assets/console.css",
        "/devices/none",
        "/certificates",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
        let is_asset = path.starts_with("/assets");
        let cache = answer.headers["cache-control"].to_str().unwrap();
        assert_eq!(cache == "no-store", !is_asset, "{path}: {cache}");
    }
}

#[tokio::test]
async fn the_page_with_its_libraries_is_small() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let mut octets = 0;
    for name in [
        "tabler.min.css",
        "htmx.min.js",
        "console.css",
        "console.js",
        "theme.js",
        "seal.svg",
    ] {
        let request = browser
            .request(Method::GET, &format!("/assets/{name}"))
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .body(Body::empty())
            .unwrap();
        let response = tower::ServiceExt::oneshot(world.public(), request).await.unwrap();
        assert_eq!(response.status(), 200, "{name}");
        octets += axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap()
            .len();
    }
    assert!(octets < 300_000, "{octets}");
    assert_eq!(browser.get("/assets/collect.mjs").await.status, 404);
    assert_eq!(browser.get("/assets/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn roles_see_and_do_what_is_theirs() {
    let world = World::new().await;
    let mut auditor = Browser::signed_in(&world, Role::Auditor).await;
    assert_eq!(auditor.get("/devices").await.status, 200);
    assert!(!auditor.get("/people").await.text.contains("/people/new"));
    assert_eq!(auditor.get("/admin/operators").await.status, 403);
    auditor.get("/people/new").await;
    assert_eq!(
        auditor.post("/people/new", &[("username", "anne")]).await.status,
        422
    );
    assert!(!auditor.get("/people").await.text.contains("anne"));
}

#[tokio::test]
async fn the_language_is_the_browser_s_until_the_switch_is_used() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    browser.language = "fr-FR,fr;q=0.9";
    assert!(browser.get("/login").await.text.contains("<html lang=\"fr\">"));
    let answer = browser
        .post("/language", &[("language", "en"), ("back", "/login")])
        .await;
    assert_eq!(location(&answer), "/login");
    browser.cookie = "sceau-language=en".to_owned();
    assert!(browser.get("/login").await.text.contains("<html lang=\"en\">"));
}

#[tokio::test]
async fn an_oversized_form_is_refused() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    browser.get("/people/new").await;
    let answer = browser
        .post("/people/new", &[("username", &"a".repeat(600_000))])
        .await;
    assert_eq!(answer.status, 400);
}
