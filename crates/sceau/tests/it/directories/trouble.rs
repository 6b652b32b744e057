//! Directories that can't be read, or not to their end: nobody is changed or removed, and the words say why.

use std::process::Command;

use domain::{
    actor::Actor,
    directory::{DirectoryForm, ReadingOutcome},
    external_ca::Password,
    operator::Role,
};
use sceau::{
    actions::directories,
    console::{examined, language::Language},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{
    add, form, read, read_well,
    slapd::{LIMITED, READER_PASSWORD, Slapd, certificates, person},
    story,
};
use crate::{outbound::apache::run, site::Site, world::World};

fn people(count: usize) -> String {
    (0..count)
        .map(|number| person(&format!("p{number}"), ""))
        .collect()
}

/// Reads and expects that it fails for this reason, and that everybody stays.
async fn fails(site: &Site, id: &domain::directory::DirectoryId, key: &str) {
    let before = story(&site.app, id).await.people;
    let reading = read(&site.app, id).await;
    assert_eq!(reading.outcome, ReadingOutcome::Failed, "{reading:?}");
    let problem = reading.problem.expect("a problem");
    assert_eq!(problem.key, key, "{problem}");
    for language in Language::ALL {
        let words = examined::refusal(&problem, language);
        assert!(
            !words.is_empty() && !words.contains("{ $") && words != problem.key,
            "{words}"
        );
    }
    assert_eq!(story(&site.app, id).await.people, before);
}

/// Lets this many octets of the server through, then ends the server itself.
async fn relay(port: u16, process: u32, octets: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
            let (mut seen, mut buffer) = (0, [0; 4096]);
            while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
                seen += count;
                if seen > octets {
                    run(Command::new("kill").args(["-9", &process.to_string()]));
                    break;
                }
                to_client.write_all(&buffer[..count]).await.unwrap();
            }
        }
    });
    own
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_removes_nobody() {
    let mut slapd = Slapd::start(&people(1100)).await;
    let site = Site::new().await;
    let id = add(&site.app, &form(&slapd)).await;
    assert_eq!(read_well(&site.app, &id).await.found.people, 1100);
    let port = relay(slapd.tls_port(), slapd.process(), 150_000).await;
    let through = DirectoryForm {
        addresses: vec![format!("ldaps://localhost:{port}")],
        ..form(&slapd)
    };
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &through)
        .await
        .unwrap();
    fails(&site, &id, "directory-problem-broken").await;
    slapd.kill();
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &form(&slapd))
        .await
        .unwrap();
    fails(&site, &id, "directory-problem-refused").await;
    assert_eq!(story(&site.app, &id).await.directory.state.failures, 2);
    slapd.start_again().await;
    let reading = read_well(&site.app, &id).await;
    assert_eq!((reading.found.people, reading.gone), (1100, 0));
}

#[tokio::test]
async fn a_size_limit_removes_nobody() {
    let slapd = Slapd::start(&people(700)).await;
    let site = Site::new().await;
    let id = add(&site.app, &form(&slapd)).await;
    read_well(&site.app, &id).await;
    let limited = DirectoryForm {
        bind_dn: LIMITED.to_owned(),
        ..form(&slapd)
    };
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &limited)
        .await
        .unwrap();
    fails(&site, &id, "directory-problem-limit").await;
    let elsewhere = DirectoryForm {
        base_dn: "ou=nowhere,dc=example,dc=com".to_owned(),
        ..form(&slapd)
    };
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &elsewhere)
        .await
        .unwrap();
    fails(&site, &id, "directory-problem-no-base").await;
}

#[tokio::test]
async fn tls_that_is_not_trusted_is_refused_either_way() {
    let slapd = Slapd::start(&people(1)).await;
    let site = Site::new().await;
    let other = tempfile::tempdir().unwrap();
    certificates(other.path(), "DNS:localhost");
    let other = std::fs::read_to_string(other.path().join("ca.pem")).unwrap();
    for address in [slapd.ldaps(), slapd.ldap()] {
        let untrusted = DirectoryForm {
            name: address.clone(),
            addresses: vec![address.clone()],
            trust_pem: other.clone(),
            ..form(&slapd)
        };
        let id = add(&site.app, &untrusted).await;
        fails(&site, &id, "tls-unknown-issuer").await;
        let other_name = DirectoryForm {
            addresses: vec![address.replace("localhost", "127.0.0.1")],
            trust_pem: slapd.authority(),
            ..untrusted
        };
        directories::change_directory(&site.app, &Actor::CommandLine, &id, &other_name)
            .await
            .unwrap();
        fails(&site, &id, "tls-other-name").await;
    }
}

#[tokio::test]
async fn an_account_that_is_refused_is_not_tried_again_until_a_person_acts() {
    let slapd = Slapd::start(&people(2)).await;
    let site = Site::new().await;
    let wrong = DirectoryForm {
        bind_password: Some(Password::new("wrong".to_owned())),
        ..form(&slapd)
    };
    let id = add(&site.app, &wrong).await;
    fails(&site, &id, "directory-account-wrong-password").await;
    let first = story(&site.app, &id).await.directory.state;
    assert!(first.is_sign_in_stopped);
    read(&site.app, &id).await;
    assert_eq!(
        story(&site.app, &id).await.directory.state,
        first,
        "it wasn't asked again"
    );
    let test = directories::test_directory(&site.app, &Actor::CommandLine, &id)
        .await
        .unwrap();
    assert!(!test.is_good());
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &form(&slapd))
        .await
        .unwrap();
    assert_eq!(read_well(&site.app, &id).await.found.people, 2);
}

#[tokio::test]
async fn test_connection_says_step_by_step_what_is_there() {
    let slapd = Slapd::start(&people(3)).await;
    let site = Site::new().await;
    let actor = Actor::CommandLine;
    let form = DirectoryForm {
        addresses: vec![slapd.ldaps(), slapd.ldap()],
        group_filter: "(cn=none)".to_owned(),
        ..form(&slapd)
    };
    let test = directories::test_directory_form(&site.app, &actor, None, &form)
        .await
        .unwrap();
    assert!(test.is_good(), "{test:?}");
    let told = |language| -> Vec<String> {
        let steps = test.steps.iter();
        steps.map(|step| examined::sentence(step, language)).collect()
    };
    let (english, french) = (told(Language::English), told(Language::French));
    assert_eq!(english.len(), 8, "{english:#?}");
    assert!(
        english[1].contains("speaks TLS") && english[3].contains("StartTLS"),
        "{english:#?}"
    );
    assert_eq!(english[6], "3 people are found, among them: p0, p1, p2");
    assert!(english[7].starts_with("No group is found."), "{english:#?}");
    assert_eq!(french[6], "3 personnes sont trouvées, dont : p0, p1, p2");
    let refused = DirectoryForm {
        bind_password: Some(Password::new("wrong".to_owned())),
        ..form
    };
    let test = directories::test_directory_form(&site.app, &actor, None, &refused)
        .await
        .unwrap();
    let said: Vec<String> = test
        .steps
        .iter()
        .map(|step| examined::sentence(step, Language::English))
        .collect();
    assert!(
        said[4].contains("refuses cn=reader") && said[4].contains("password is wrong"),
        "{said:#?}"
    );
    assert_eq!(said.len(), 8, "what wasn't tried is said");
}

#[tokio::test]
async fn programs_add_test_read_and_remove_a_directory_and_never_see_its_password() {
    let slapd = Slapd::start(&people(2)).await;
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    let mut body = json!({
        "name": "Lyon", "kind": "open_ldap", "addresses": [slapd.ldaps()], "trust_pem": slapd.authority(),
        "bind_dn": super::READER, "bind_password": READER_PASSWORD, "base_dn": "dc=example,dc=com",
    });
    let auditor = world.token(Role::Auditor).await;
    world.post(&auditor, "/directories", &body).await.expect(403);
    let test = world.post(&token, "/directories/test", &body).await.expect(200);
    assert_eq!(test.json["is_good"], true, "{}", test.text);
    let added = world.post(&token, "/directories", &body).await.expect(201);
    let id = added.text_of("id");
    world
        .post(&token, &format!("/directories/{id}/read"), &json!({}))
        .await
        .expect(202);
    directories::read(&world.app, &domain::Id::parse(&id).unwrap())
        .await
        .unwrap();
    let one = world.get(&token, &format!("/directories/{id}")).await.expect(200);
    assert_eq!(one.json["last_reading"]["outcome"], "complete", "{}", one.text);
    assert_eq!(one.json["people"], 2);
    for answer in [&test, &added, &one] {
        assert!(!answer.text.contains(READER_PASSWORD), "{}", answer.text);
    }
    let found = world.get(&token, "/people?search=p1").await.expect(200);
    let person = found.json["items"][0]["id"]
        .as_str()
        .expect(&found.text)
        .to_owned();
    let person = world.get(&token, &format!("/people/{person}")).await.expect(200);
    assert_eq!(person.json["directory"]["name"], "Lyon");
    body["addresses"] = json!(["ldap://localhost", "http://localhost"]);
    let refused = world.post(&token, "/directories", &body).await.expect(422);
    assert_eq!(refused.field(), "addresses");
    world
        .call(
            &token,
            axum::http::Method::DELETE,
            &format!("/directories/{id}"),
            None,
        )
        .await
        .expect(204);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(!activity.text.contains(READER_PASSWORD) && activity.text.contains("directory.remove"));
}
