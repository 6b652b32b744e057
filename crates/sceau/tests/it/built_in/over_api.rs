//! Built-in authorities over the API, with OpenSSL as the judge.

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{actor::Actor, id::Id, operator::Role};
use sceau::actions::authorities;
use scep::Outcome;
use serde_json::{Value, json};

use super::{
    House,
    client::{ask, enrolment, get, issued, signer},
    openssl::{agrees, authority, openssl, write_certificate},
};
use crate::world::{Answer, World};

/// What a program made over the API.
async fn made(world: World, body: &Value) -> (House, String, String) {
    let token = world.token(Role::PkiOperator).await;
    let added = world.post(&token, "/authorities", body).await.expect(201);
    let id = added.text_of("id");
    let authority = authorities::one(&world.app, &Actor::CommandLine, &Id::parse(&id).unwrap())
        .await
        .unwrap();
    (House { world, authority }, token, id)
}

async fn post(house: &House, token: &str, path: &str) -> Answer {
    house.world.call(token, Method::POST, path, None).await
}

async fn first(house: &House, token: &str, id: &str) -> Value {
    let path = format!("/authorities/{id}/certificates");
    let list = house.world.get(token, &path).await;
    list.expect(200).json["items"][0].clone()
}

/// The published list names the serial number and the reason, and a check against it refuses the certificate.
async fn openssl_refuses_the_revoked(house: &House, der: &[u8], serial: &str) {
    let folder = house.world.folder.path();
    let (_, list) = get(house, "/ca/api-ca/crl").await;
    std::fs::write(folder.join("list.der"), list).unwrap();
    let text = agrees(
        folder,
        &["crl", "-inform", "DER", "-in", "list.der", "-noout", "-text"],
    );
    let serial = serial.to_uppercase();
    assert!(text.contains(serial.trim_start_matches('0')), "{serial}: {text}");
    assert!(text.contains("Key Compromise"), "{text}");
    agrees(
        folder,
        &["crl", "-inform", "DER", "-in", "list.der", "-out", "list.pem"],
    );
    write_certificate(folder, "ada.pem", der);
    let chain: String = house.authority.certificates[2..]
        .iter()
        .map(|der| ca::pem::certificate(der))
        .collect();
    std::fs::write(folder.join("chain.pem"), chain).unwrap();
    agrees(folder, &["verify", "-CAfile", "chain.pem", "ada.pem"]);
    let check = [
        "verify",
        "-crl_check",
        "-CRLfile",
        "list.pem",
        "-CAfile",
        "chain.pem",
        "ada.pem",
    ];
    let (is_good, said) = openssl(folder, &check);
    assert!(!is_good && said.contains("certificate revoked"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_makes_issues_revokes_and_says_so_in_its_list() {
    let body = json!({ "kind": "built_in", "name": "Api CA", "rules": { "crl_hours": 24 } });
    let (house, token, id) = made(World::new().await, &body).await;
    let shown = house
        .world
        .get(&token, &format!("/authorities/{id}"))
        .await
        .expect(200);
    assert_eq!(shown.json["built_in"]["path"], "api-ca");
    assert_eq!(shown.json["built_in"]["rules"]["crl_hours"], 24);
    assert_eq!(shown.json["built_in"]["revocation_list"]["number"], 1);
    assert_eq!(shown.json["built_in"]["has_next"], false);
    assert!(!shown.text.contains("PRIVATE KEY"));

    let order = house.order("CN=ada").await;
    let mut first_one = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    let der = issued(ask(&house, &mut first_one).await);
    let entry = first(&house, &token, &id).await;
    assert_eq!(
        (&entry["state"], &entry["subject"]),
        (&json!("issued"), &json!("CN=ada"))
    );
    let path = format!("/authorities/{id}/certificates/{}", entry["id"].as_str().unwrap());
    let whole = house.world.get(&token, &path).await.expect(200);
    assert_eq!(whole.json["pem"], json!(ca::pem::certificate(&der)));
    let elsewhere = format!(
        "/authorities/{}/certificates/{}",
        "0".repeat(32),
        entry["id"].as_str().unwrap()
    );
    house.world.get(&token, &elsewhere).await.expect(404);

    // It stays while that certificate counts.
    let kept = house
        .world
        .call(&token, Method::DELETE, &format!("/authorities/{id}"), None)
        .await
        .expect(409);
    assert!(kept.text.contains("still count"), "{}", kept.text);
    let told = house
        .world
        .get(&token, &format!("/authorities/{id}/removal"))
        .await;
    let told = told.expect(200).json;
    assert_eq!(
        (&told["is_possible"], &told["valid_certificates"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(told["what"][0]["key"], "removal-valid-certificates");

    let (place, bored) = (format!("{path}/revoke"), json!({ "reason": "boredom" }));
    let refused = house.world.post(&token, &place, &bored).await;
    assert_eq!(refused.expect(422).field(), "reason");
    let asked = json!({ "reason": "key_compromise" });
    let revoked = house
        .world
        .post(&token, &format!("{path}/revoke"), &asked)
        .await
        .expect(200);
    assert_eq!(revoked.json["revoked"]["reason"], "key_compromise");
    house
        .world
        .post(&token, &format!("{path}/revoke"), &asked)
        .await
        .expect(409);

    openssl_refuses_the_revoked(&house, &der, entry["serial"].as_str().unwrap()).await;

    house
        .world
        .call(
            &token,
            Method::DELETE,
            &format!("/authorities/{id}?confirm=Api%20CA"),
            None,
        )
        .await
        .expect(204);
    assert_eq!(get(&house, "/ca/api-ca/crl").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_approves_and_refuses_what_waits() {
    let body = json!({ "kind": "built_in", "name": "Slow CA", "rules": { "needs_approval": true } });
    let (house, token, id) = made(World::new().await, &body).await;
    for (decision, state) in [("approve", "issued"), ("refuse", "refused")] {
        let order = house.order("CN=ada").await;
        let mut waiting = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
        assert!(matches!(ask(&house, &mut waiting).await, Outcome::Pending));
        let entry = first(&house, &token, &id).await;
        assert_eq!(entry["state"], "pending");
        let path = format!("/authorities/{id}/certificates/{}", entry["id"].as_str().unwrap());
        let auditor = house.world.token(Role::Auditor).await;
        assert_eq!(
            post(&house, &auditor, &format!("{path}/{decision}")).await.status,
            403
        );
        let decided = post(&house, &token, &format!("{path}/{decision}"))
            .await
            .expect(200);
        assert_eq!(decided.json["state"], state);
        assert_eq!(decided.json["pem"].is_string(), decision == "approve");
        post(&house, &token, &format!("{path}/{decision}"))
            .await
            .expect(409);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_openssl_made_is_brought_in_and_its_certificates_verify() {
    for kind in ["pem", "pkcs12_base64"] {
        let world = World::new().await;
        let folder = world.folder.path().to_owned();
        authority(&folder);
        let file = match kind {
            "pem" => std::fs::read_to_string(folder.join("ca.pem")).unwrap(),
            _ => STANDARD.encode(std::fs::read(folder.join("ca.p12")).unwrap()),
        };
        let mut body = json!({ "kind": "built_in", "name": "Old CA", "import": { kind: file } });
        let token = world.token(Role::PkiOperator).await;
        for passphrase in [Value::Null, json!("wrong")] {
            body["passphrase"] = passphrase;
            let refused = world.post(&token, "/authorities", &body).await.expect(422);
            assert_eq!(refused.field(), "passphrase", "{}", refused.text);
        }
        body["passphrase"] = json!("secret");
        let (house, _, _) = made(world, &body).await;
        let order = house.order("CN=ada").await;
        let mut one = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
        write_certificate(&folder, "ada.pem", &issued(ask(&house, &mut one).await));
        agrees(
            &folder,
            &["verify", "-x509_strict", "-CAfile", "cert.pem", "ada.pem"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_changed_tested_and_followed_without_going_out() {
    let body = json!({ "kind": "built_in", "name": "Api CA" });
    let (house, token, id) = made(World::new().await, &body).await;
    let path = format!("/authorities/{id}");
    let change = json!({ "name": "Renamed", "challenge_seconds": 600,
        "rules": { "is_legacy": true, "crl_hours": 12 } });
    let changed = house
        .world
        .call(&token, Method::PUT, &path, Some(&change))
        .await
        .expect(200);
    assert_eq!(changed.json["name"], "Renamed");
    assert_eq!(changed.json["limits"]["lifetime_seconds"], 600);
    assert_eq!(
        changed.json["built_in"]["path"], "api-ca",
        "certificates point there"
    );
    assert_eq!(changed.json["built_in"]["revocation_list"]["number"], 2);
    let activity = house.world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("authority.change"));

    // Nothing listens at the public address of this server.
    let test = post(&house, &token, &format!("{path}/test")).await.expect(200);
    assert_eq!(test.json["is_good"], true, "{}", test.text);
    let keys: Vec<_> = test.json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["key"].clone())
        .collect();
    let certificate = "test-certificate-good";
    let own = ["test-key-good", "test-list-good", "test-certificates-good"];
    assert_eq!(keys, [&own[..], &[certificate; 4]].concat());
    post(&house, &token, &format!("{path}/refresh")).await.expect(200);

    post(&house, &token, &format!("{path}/next/activate"))
        .await
        .expect(409);
    let wrong = house
        .world
        .post(&token, &format!("{path}/next"), &json!({ "years": 0 }))
        .await;
    assert_eq!(wrong.expect(422).field(), "years");
    let next = house
        .world
        .post(&token, &format!("{path}/next"), &json!({ "years": 5 }))
        .await
        .expect(200);
    assert_eq!(next.json["built_in"]["has_next"], true);
    let active = post(&house, &token, &format!("{path}/next/activate"))
        .await
        .expect(200);
    assert_ne!(active.json["issuer_sha1"], next.json["issuer_sha1"]);
    assert_eq!(active.json["built_in"]["has_next"], false);
}
