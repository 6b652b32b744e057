//! The whole way, and what goes wrong on it.

use axum::http::header;
use domain::actor::Actor;
use sceau::{
    actions::{
        activity::list_activity,
        federation::{SIGN_IN, SIGNED_IN},
    },
    secrets::token_sha256,
};

use super::{APPLICATION, Scene, provider::CLIENT, request, token_in};
use crate::site::{
    PUBLIC,
    capture::captured,
    computer::identity_in,
    xml::{at, child, parsed, text},
};

#[tokio::test]
async fn somebody_signs_in_at_the_provider_and_their_device_is_enrolled() {
    let mut scene = Scene::new().await;
    let ada = scene.site.person("ada@example.com", None).await;
    let discover = captured("03_client_discover.xml");
    let reply = scene.site.enrolment("Discovery", discover).await.expect(200);
    let document = parsed(&reply.body);
    let result = child(
        at(document.root_element(), "Body/DiscoverResponse"),
        "DiscoverResult",
    );
    assert_eq!(text(result, "AuthPolicy"), "Federated");
    assert_eq!(
        text(result, "AuthenticationServiceUrl"),
        format!("{PUBLIC}{SIGN_IN}")
    );

    let location = scene.begin("ada@example.com").await;
    assert!(location.starts_with(&scene.provider.issuer()), "{location}");
    for asked in [
        "response_type=code",
        "code_challenge_method=S256",
        "login_hint=ada%40example.com",
        "scope=openid+profile+email",
    ] {
        assert!(location.contains(asked), "{location}");
    }
    let back = scene.provider.sign_in(&location, "ada@example.com");
    let page = scene.come_back(&back).await.expect(200);
    assert!(page.header(header::SET_COOKIE).contains("Max-Age=0"));
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("form-action"),
        "{policy}"
    );
    let token = token_in(&page.text());

    let answer = scene
        .site
        .enrolment("Enrollment", request(&token))
        .await
        .expect(200);
    let devices = scene.site.devices().await;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].person_id.as_ref(), Some(&ada));
    // The answer was lost: the same request gets the same identity, and nothing else does.
    let again = scene
        .site
        .enrolment("Enrollment", request(&token))
        .await
        .expect(200);
    assert_eq!(identity_in(&answer.body), identity_in(&again.body));
}

#[tokio::test]
async fn a_public_client_and_one_that_posts_its_secret_get_in_as_well() {
    for (client, secret) in [("public", None), ("posting", Some("s3cret"))] {
        let mut scene = Scene::with(|form| {
            client.clone_into(&mut form.client_id);
            form.has_no_secret = secret.is_none();
            form.client_secret = secret.map(|secret| domain::external_ca::Password::new(secret.to_owned()));
        })
        .await;
        scene.site.person("ada@example.com", None).await;
        let token = scene.token("ada@example.com").await;
        scene
            .site
            .enrolment("Enrollment", request(&token))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn nobody_is_sent_back_but_to_an_application() {
    let scene = Scene::new().await;
    for address in [
        "https://attacker.example/",
        "javascript:alert(1)",
        "",
        "ms-app://x%22y",
    ] {
        let reply = scene.get(&format!("{SIGN_IN}?appru={address}")).await.expect(422);
        assert!(reply.text().contains("Begin on the device"), "{}", reply.text());
        assert!(!reply.headers.contains_key(header::LOCATION));
    }
}

#[tokio::test]
async fn a_sign_in_ends_in_the_browser_where_it_began_and_once() {
    let mut scene = Scene::new().await;
    scene.site.person("ada@example.com", None).await;
    let location = scene.begin("").await;
    let back = scene.provider.sign_in(&location, "ada@example.com");
    let own = std::mem::take(&mut scene.cookie);
    let stolen = scene.come_back(&back).await.expect(409);
    assert!(
        stolen.text().contains("began in another browser"),
        "{}",
        stolen.text()
    );
    // Another sign-in's cookie is no better.
    scene.begin("").await;
    scene.come_back(&back).await.expect(409);
    scene.cookie = own;
    scene.come_back(&back).await.expect(200);
    // The provider gives nothing for a code that was used.
    let reply = scene.come_back(&back).await.expect(502);
    assert!(reply.text().contains("invalid_grant"), "{}", reply.text());
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_is_over() {
    let mut scene = Scene::new().await;
    scene.site.person("ada@example.com", None).await;
    let location = scene.begin("").await;
    let back = scene.provider.sign_in(&location, "ada@example.com");
    scene.site.pass(901);
    scene.come_back(&back).await.expect(409);
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let mut scene = Scene::new().await;
    let location = scene.begin("").await;
    let state = url::Url::parse(&location).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1;
    let path = format!("{SIGNED_IN}?error=access_denied&error_description=not+today&state={state}");
    let reply = scene.get(&path).await.expect(403);
    assert!(
        reply.text().contains("access_denied not today"),
        "{}",
        reply.text()
    );
    let path = format!("{SIGNED_IN}?code=x&state={state}&iss=https%3A%2F%2Fother.example");
    scene.get(&path).await.expect(409);
}

#[tokio::test]
async fn somebody_who_is_not_known_here_gets_no_token_and_it_is_told() {
    let mut scene = Scene::new().await;
    let location = scene.begin("").await;
    let back = scene.provider.sign_in(&location, "eve@example.com");
    let reply = scene.come_back(&back).await.expect(403);
    assert!(reply.text().contains("eve@example.com"), "{}", reply.text());
    assert!(!reply.text().contains(APPLICATION));
    let rows = list_activity(&scene.site.app, &Actor::CommandLine, None, 10)
        .await
        .unwrap();
    let told = rows.iter().any(|row| {
        let after = row.entry.after.as_deref().unwrap_or_default();
        row.entry.action == "enrolment.sign-in-refused" && after.contains("eve@example.com")
    });
    assert!(told, "{rows:?}");
}

#[tokio::test]
async fn nothing_secret_is_kept_or_shown() {
    let mut scene = Scene::new().await;
    scene.site.person("ada@example.com", None).await;
    let location = scene.begin("").await;
    assert!(!location.contains("s3cret"));
    let back = scene.provider.sign_in(&location, "ada@example.com");
    let token = token_in(&scene.come_back(&back).await.expect(200).text());
    let sha256 = token_sha256(&token);
    let kept = scene
        .site
        .app
        .store
        .read(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(async move { store::federation::token_by_sha256(tx, &sha256).await })
        })
        .await
        .unwrap();
    assert!(kept.is_some(), "by its hash");
    let secret = CLIENT.1;
    let cookie = scene.cookie.split_once('=').unwrap().1;
    for hidden in [token.as_str(), secret, cookie] {
        let octets = sceau::secrets::hex(hidden.as_bytes());
        for (table, row) in store::contents::everything(&scene.site.app.store).await.unwrap() {
            let row = row.to_lowercase();
            assert!(
                !row.contains(&hidden.to_lowercase()) && !row.contains(&octets),
                "{table}"
            );
        }
    }
}
