//! Who may call, and what is refused before anything is done.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::operator::Role;
use serde_json::json;

use crate::world::World;

fn request(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(format!("/api/v1{path}"))
}

#[tokio::test]
async fn a_call_without_a_token_is_told_how_to_send_one() {
    let world = World::new().await;
    let answer = world.send(request("/devices").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.headers[header::WWW_AUTHENTICATE],
        r#"Bearer realm="sceau""#
    );
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn an_unknown_token_is_refused() {
    let world = World::new().await;
    for token in ["", "0", "00000000000000000000000000000000", &"f".repeat(5000)] {
        let answer = world.get(token, "/devices").await;
        assert_eq!(answer.status, 401, "{token:.40}");
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.contains("invalid_token"), "{challenge}");
    }
    let basic = request("/devices").header(header::AUTHORIZATION, "Basic YTpi");
    assert_eq!(world.send(basic.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn every_address_wants_a_token() {
    let world = World::new().await;
    let id = "0".repeat(32);
    let addresses = [
        (Method::GET, "/authorities".to_owned()),
        (Method::POST, "/authorities".to_owned()),
        (Method::GET, format!("/authorities/{id}")),
        (Method::PUT, format!("/authorities/{id}")),
        (Method::DELETE, format!("/authorities/{id}")),
        (Method::POST, format!("/authorities/{id}/test")),
        (Method::POST, format!("/authorities/{id}/refresh")),
        (Method::GET, format!("/authorities/{id}/certificates")),
        (Method::GET, format!("/authorities/{id}/certificates/{id}")),
        (
            Method::POST,
            format!("/authorities/{id}/certificates/{id}/approve"),
        ),
        (
            Method::POST,
            format!("/authorities/{id}/certificates/{id}/refuse"),
        ),
        (
            Method::POST,
            format!("/authorities/{id}/certificates/{id}/revoke"),
        ),
        (Method::POST, format!("/authorities/{id}/next")),
        (Method::POST, format!("/authorities/{id}/next/activate")),
        (Method::GET, "/configurations".to_owned()),
        (Method::POST, "/configurations".to_owned()),
        (Method::GET, format!("/configurations/{id}")),
        (Method::PUT, format!("/configurations/{id}")),
        (Method::DELETE, format!("/configurations/{id}")),
        (Method::GET, format!("/configurations/{id}/progress")),
        (Method::GET, format!("/configurations/{id}/assignment")),
        (Method::PUT, format!("/configurations/{id}/assignment")),
        (Method::POST, "/assignments".to_owned()),
        (Method::GET, "/devices".to_owned()),
        (Method::GET, format!("/devices/{id}")),
        (Method::GET, format!("/devices/{id}/timeline")),
        (Method::PUT, format!("/devices/{id}/name")),
        (Method::GET, format!("/devices/{id}/user")),
        (Method::PUT, format!("/devices/{id}/user")),
        (Method::DELETE, format!("/devices/{id}/user")),
        (Method::POST, format!("/devices/{id}/user/preview")),
        (Method::GET, "/certificates".to_owned()),
        (Method::GET, "/people".to_owned()),
        (Method::POST, "/people".to_owned()),
        (Method::GET, format!("/people/{id}")),
        (Method::PUT, format!("/people/{id}")),
        (Method::GET, "/orders".to_owned()),
        (Method::POST, "/orders".to_owned()),
        (Method::GET, format!("/orders/{id}")),
        (Method::GET, "/operators".to_owned()),
        (Method::POST, "/operators".to_owned()),
        (Method::GET, "/activity".to_owned()),
        (Method::GET, "/challenges".to_owned()),
        (Method::GET, "/outcome-unknown".to_owned()),
    ];
    for (method, path) in addresses {
        let answer = world
            .send(request(&path).method(method.clone()).body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn reading_works_for_an_auditor_and_changing_does_not() {
    let world = World::new().await;
    let auditor = world.token(Role::Auditor).await;
    for path in [
        "/authorities",
        "/configurations",
        "/devices",
        "/certificates",
        "/people",
        "/activity",
    ] {
        world.get(&auditor, path).await.expect(200);
    }
    let person = json!({ "username": "anna" });
    let refused = world.post(&auditor, "/people", &person).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(world.get(&auditor, "/operators").await.status, 403);
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name() {
    let world = World::new().await;
    let token = world.token(Role::Owner).await;
    let answer = world
        .post(&token, "/people", &json!({ "username": "anna", "passwrod": "x" }))
        .await
        .expect(422);
    assert_eq!(answer.field(), "passwrod");
    let nested = json!({ "username": "anna", "attributes": { "e-mail": "anna@lab.test" } });
    let answer = world.post(&token, "/people", &nested).await.expect(422);
    assert_eq!(answer.field(), "attributes.e-mail");
    let answer = world.post(&token, "/people", &json!({})).await.expect(422);
    assert_eq!(answer.field(), "username");
    let answer = world
        .post(&token, "/people", &json!({ "username": 7 }))
        .await
        .expect(422);
    assert_eq!(answer.field(), "username");
    let people = world.get(&token, "/people").await.expect(200);
    assert_eq!(people.json["items"], json!([]), "nothing was changed");
}

#[tokio::test]
async fn what_is_no_json_or_too_long_is_refused() {
    let world = World::new().await;
    let token = world.token(Role::Owner).await;
    let post = |kind: &'static str, body: String| {
        request("/people")
            .method(Method::POST)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap()
    };
    let json = "application/json; charset=utf-8";
    assert_eq!(world.send(post(json, "{".to_owned())).await.status, 400);
    assert_eq!(world.send(post(json, "[".repeat(60_000))).await.status, 422);
    assert_eq!(world.send(post("text/plain", "{}".to_owned())).await.status, 415);
    let long = format!(r#"{{"username":"{}"}}"#, "a".repeat(70_000));
    assert_eq!(world.send(post(json, long)).await.status, 413);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let world = World::new().await;
    let token = world.token(Role::Owner).await;
    for path in [
        "/nothing".to_owned(),
        format!("/devices/{}", "0".repeat(32)),
        "/devices/../etc".to_owned(),
        "/authorities/1".to_owned(),
    ] {
        let answer = world.get(&token, &path).await.expect(404);
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{path}"
        );
        assert_eq!(answer.json["status"], 404);
    }
    let answer = world.call(&token, Method::DELETE, "/devices", None).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn a_query_is_read_strictly() {
    let world = World::new().await;
    let token = world.token(Role::Owner).await;
    for path in [
        "/devices?limit=0",
        "/devices?limit=201",
        "/devices?after=x",
        "/devices?colour=red",
        "/certificates?after=x",
    ] {
        world.get(&token, path).await.expect(422);
    }
}
