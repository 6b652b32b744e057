//! Tokens: what they open, and what not.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::operator::Role;
use sceau::actions::scim::{make_token, one_source, revoke_token};
use serde_json::json;

use super::{ACTOR, CORE, Provider, activity, send};
use crate::{site::Site, world::World};

fn request(path: &str, authorization: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().uri(path);
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn nobody_and_strangers_are_turned_away_everywhere() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let operator = world.token(Role::Owner).await;
    for path in [
        "/Users",
        "/Users/x",
        "/Groups",
        "/Groups/x",
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/Schemas",
    ] {
        let path = format!("/scim/v2{path}");
        let nobody = send(&world.app, request(&path, None)).await.expect(401);
        assert_eq!(
            nobody.headers[header::WWW_AUTHENTICATE],
            r#"Bearer realm="sceau-scim""#
        );
        let wrong = [
            format!("Bearer {operator}"),
            format!("Bearer {}0", provider.token),
            "Bearer sceau-scim-".to_owned(),
            format!("Bearer sceau-scim-{}", "0".repeat(5000)),
        ];
        for value in &wrong {
            let refused = send(&world.app, request(&path, Some(value))).await.expect(401);
            let challenge = refused.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
            assert!(challenge.contains("invalid_token"), "{challenge}");
        }
        let basic = format!("Basic {}", provider.token);
        send(&world.app, request(&path, Some(&basic))).await.expect(401);
    }
}

#[tokio::test]
async fn a_source_s_token_opens_nothing_else() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    provider.get("/Users").await.expect(200);
    for path in ["/people", "/devices", "/scim-sources", "/operators", "/activity"] {
        world.get(&provider.token, path).await.expect(401);
    }
    let person = json!({ "username": "mallory" });
    world.post(&provider.token, "/people", &person).await.expect(401);
}

#[tokio::test]
async fn a_token_is_rotated_without_a_gap_and_a_revoked_one_opens_nothing() {
    let world = World::new().await;
    let mut provider = Provider::new(&world.app, "Entra").await;
    let id = provider.source.id.clone();
    let first = one_source(&world.app, &ACTOR, &id)
        .await
        .unwrap()
        .tokens
        .remove(0);
    let second = make_token(&world.app, &ACTOR, &id).await.unwrap();
    provider.get("/Users").await.expect(200);
    let old = std::mem::replace(&mut provider.token, second.token.to_string());
    provider.get("/Users").await.expect(200);
    revoke_token(&world.app, &ACTOR, &id, &first.id).await.unwrap();
    provider.get("/Users").await.expect(200);
    provider.token = old;
    provider.get("/Users").await.expect(401);
    let other = Provider::new(&world.app, "Okta").await;
    let foreign = revoke_token(&world.app, &ACTOR, &other.source.id, &second.known.id).await;
    assert_eq!(foreign.unwrap_err().refusals()[0].key, "error-not-found");
    for _ in 0..4 {
        make_token(&world.app, &ACTOR, &id).await.unwrap();
    }
    let many = make_token(&world.app, &ACTOR, &id).await;
    assert_eq!(many.err().unwrap().refusals()[0].key, "error-scim-tokens");
    let told = activity(&world.app).await;
    for action in ["scim-source.add", "scim-token.make", "scim-token.revoke"] {
        assert!(told.iter().any(|(_, done)| done == action), "{action}: {told:?}");
    }
}

#[tokio::test]
async fn when_a_token_was_last_shown_is_known_to_the_minute() {
    let site = Site::new().await;
    let provider = Provider::new(&site.app, "Entra").await;
    let last = async || {
        let story = one_source(&site.app, &ACTOR, &provider.source.id).await.unwrap();
        story.tokens[0].last_used_at
    };
    assert_eq!(last().await, None);
    provider.get("/Users").await.expect(200);
    let first = last().await.unwrap();
    provider.get("/Users").await.expect(200);
    assert_eq!(last().await, Some(first), "not written with each request");
    site.pass(61);
    provider.get("/Users").await.expect(200);
    assert!(last().await.unwrap().since(first) >= 60_000);
}

#[tokio::test]
async fn what_is_no_request_changes_nothing_and_is_answered_in_scim_s_form() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    provider.get("/Nowhere").await.expect(404);
    provider.send(Method::DELETE, "/Users", None).await.expect(405);
    for (kind, body, status) in [
        ("text/xml", "{}".to_owned(), 415),
        ("application/scim+json", "{".to_owned(), 400),
        ("application/scim+json", "[]".to_owned(), 400),
        ("application/scim+json", "[".repeat(100_000), 400),
        (
            "application/scim+json",
            format!("{{\"userName\":\"{}\"}}", "x".repeat(1 << 20)),
            413,
        ),
        ("application/json", "{\"userName\":\"a b\"}".to_owned(), 400),
        ("application/json", "{}".to_owned(), 400),
    ] {
        let request = Request::post("/scim/v2/Users")
            .header(header::AUTHORIZATION, format!("Bearer {}", provider.token))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        send(&world.app, request).await.expect(status);
    }
    for query in [
        "startIndex=x",
        "count=1e3",
        "filter=userName",
        "filter=userName%20co%20%22a%22",
        "filter=title%20eq%20%22a%22",
    ] {
        provider.get(&format!("/Users?{query}")).await.expect(400);
    }
    assert_eq!(provider.get("/Users").await.json["totalResults"], 0);
    let told = activity(&world.app).await;
    assert!(told.iter().all(|(who, _)| who != "scim:Entra"), "{told:?}");
}

#[tokio::test]
async fn sources_see_each_other_s_people_in_nothing() {
    let world = World::new().await;
    let (one, other) = (
        Provider::new(&world.app, "One").await,
        Provider::new(&world.app, "Other").await,
    );
    let id = one.user("anna").await;
    let path = format!("/Users/{id}");
    other.get(&path).await.expect(404);
    other.put(&path, &json!({ "userName": "anna" })).await.expect(404);
    other
        .patch(
            &path,
            &json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await
        .expect(404);
    other.delete(&path).await.expect(404);
    assert!(other.found("userName eq \"anna\"").await.is_empty());
    assert!(other.found(&format!("id eq \"{id}\"")).await.is_empty());
    let taken = other
        .post("/Users", &json!({ "schemas": [CORE], "userName": "ANNA" }))
        .await
        .expect(409);
    assert_eq!(taken.json["scimType"], "uniqueness");
    assert_eq!(one.get(&path).await.expect(200).json["active"], true);
}
