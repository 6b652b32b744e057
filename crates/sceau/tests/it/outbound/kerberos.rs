//! Signing in with Kerberos: MIT's key distribution centre, and Apache with `mod_auth_gssapi` that has the service's key.

use std::{process::Command, time::Duration};

use axum::http::Method;
use domain::operator::Role;
use sceau::outbound::{
    AccountProblem, ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, TicketProblem,
};

use super::{
    apache::{Apache, Setup},
    binding::Acceptor,
    pages::Log,
    realm::{Realm, shift},
    script::{Reply, Server, answer},
};
use crate::{laboratory::Laboratory, world::World};

const LIMIT: Duration = Duration::from_secs(10);

async fn apache(realm: &Realm, is_tls: bool, mechanisms: &str, more: &str) -> Apache {
    Apache::start(Setup {
        is_tls,
        mechanisms,
        service: Some(realm.service()),
        more,
        ..Setup::default()
    })
    .await
}

/// The account at a server, with Kerberos preferred.
fn with_kerberos(realm: &Realm, mut source: ChallengeSource) -> ChallengeSource {
    source.sign_in.prefers_kerberos = true;
    source.sign_in.kdc = Some(realm.kdc());
    source
}

fn ndes(realm: &Realm, apache: &Apache) -> ChallengeSource {
    with_kerberos(realm, apache.source("certsrv", r"LAB.TEST\ndes", "s3cret"))
}

#[tokio::test]
async fn a_ticket_opens_the_first_request_and_is_all_that_is_sent() {
    let realm = Realm::start(None).await;
    for is_tls in [false, true] {
        let apache = apache(&realm, is_tls, "krb5", "").await;
        let source = ndes(&realm, &apache);
        let outbound = Outbound::new();
        let probed = outbound.probe_sign_in(&source, LIMIT).await;
        assert_eq!(
            probed,
            Ok(ProbeOutcome::Proved),
            "{}{}",
            realm.log(),
            apache.log()
        );
        let page = outbound.fetch_challenge(&source, LIMIT).await.unwrap();
        assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
        let requests = apache.requests(2).await;
        assert_eq!(requests.len(), 2, "{requests:?}");
        let is_ticket = |line: &String| line.contains(" Negotiate YI") && !line.starts_with("401");
        assert!(requests.iter().all(is_ticket), "{requests:?}");
    }
}

#[tokio::test]
async fn an_account_that_the_centre_refuses_stops_the_sign_ins_and_never_reaches_the_server() {
    let realm = Realm::start(None).await;
    let apache = apache(&realm, false, "krb5 ntlmssp", "").await;
    let outbound = Outbound::new();
    for (username, password, problem) in [
        ("nobody", "s3cret", AccountProblem::Unknown),
        ("disabled", "s3cret", AccountProblem::Locked),
        ("stale", "s3cret", AccountProblem::PasswordExpired),
        ("gone", "s3cret", AccountProblem::Expired),
        ("ndes", "wrong", AccountProblem::PasswordWrong),
    ] {
        let source = apache.source("certsrv", &format!(r"LAB.TEST\{username}"), password);
        let refused = outbound
            .fetch_challenge(&with_kerberos(&realm, source), LIMIT)
            .await;
        assert_eq!(
            refused.unwrap_err(),
            ChallengeProblem::AccountRefused(problem),
            "{username}: {}",
            realm.log()
        );
    }
    let account = realm.administer("getprinc ndes\n");
    assert!(account.contains("Failed password attempts: 1"), "{account}");
    // The realm locks after one wrong password: the right one is refused now.
    let refused = outbound.probe_sign_in(&ndes(&realm, &apache), LIMIT).await;
    let locked = Err(ChallengeProblem::AccountRefused(AccountProblem::Locked));
    assert_eq!(refused, locked, "{}", realm.log());
    assert!(apache.requests(0).await.is_empty(), "NTLM would count once more");
}

#[tokio::test]
async fn ntlm_comes_next_where_there_is_no_ticket_and_it_is_offered() {
    let mut realm = Realm::start(None).await;
    let both = apache(&realm, false, "krb5 ntlmssp", "").await;
    let alone = apache(&realm, false, "krb5", "").await;
    let outbound = Outbound::new();
    let nameless = |mut source: ChallengeSource| {
        source.challenge_url = source.challenge_url.replace("localhost", "127.0.0.1");
        source
    };
    let unknown = |mut source: ChallengeSource| {
        // No such name exists (RFC 6761).
        source.sign_in.kdc = Some("kdc.invalid".to_owned());
        source
    };
    let by_ntlm = outbound
        .probe_sign_in(&nameless(ndes(&realm, &both)), LIMIT)
        .await;
    assert_eq!(by_ntlm, Ok(ProbeOutcome::ProvedByNtlm(TicketProblem::NoService)));
    let stopped = outbound
        .probe_sign_in(&nameless(ndes(&realm, &alone)), LIMIT)
        .await;
    assert_eq!(
        stopped,
        Err(ChallengeProblem::KerberosImpossible(TicketProblem::NoService))
    );
    let by_ntlm = outbound.probe_sign_in(&unknown(ndes(&realm, &both)), LIMIT).await;
    assert_eq!(
        by_ntlm,
        Ok(ProbeOutcome::ProvedByNtlm(TicketProblem::Unreachable))
    );
    realm.stop();
    let by_ntlm = outbound.probe_sign_in(&ndes(&realm, &both), LIMIT).await;
    assert_eq!(
        by_ntlm,
        Ok(ProbeOutcome::ProvedByNtlm(TicketProblem::Unreachable))
    );
    let page = outbound
        .fetch_challenge(&ndes(&realm, &both), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    let stopped = outbound.fetch_challenge(&ndes(&realm, &alone), LIMIT).await;
    assert_eq!(
        stopped.unwrap_err(),
        ChallengeProblem::KerberosImpossible(TicketProblem::Unreachable)
    );
}

#[tokio::test]
async fn a_centre_that_is_silent_leaves_time_for_ntlm() {
    let realm = Realm::start(None).await;
    let both = apache(&realm, false, "krb5 ntlmssp", "").await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut source = ndes(&realm, &both);
    source.sign_in.kdc = Some(silent.local_addr().unwrap().to_string());
    let page = Outbound::new()
        .fetch_challenge(&source, Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
}

#[tokio::test]
async fn a_ticket_that_the_server_refuses_is_no_wrong_password() {
    let realm = Realm::start(None).await;
    let both = apache(&realm, false, "krb5 ntlmssp", "").await;
    let alone = apache(&realm, false, "krb5", "").await;
    // The server's account gets another key, as when its name is registered for another account.
    realm.administer("cpw -randkey HTTP/localhost\n");
    let outbound = Outbound::new();
    let by_ntlm = outbound.probe_sign_in(&ndes(&realm, &both), LIMIT).await;
    assert_eq!(by_ntlm, Ok(ProbeOutcome::ProvedByNtlm(TicketProblem::Refused)));
    let stopped = outbound.fetch_challenge(&ndes(&realm, &alone), LIMIT).await;
    assert_eq!(
        stopped.unwrap_err(),
        ChallengeProblem::KerberosImpossible(TicketProblem::Refused)
    );
}

#[tokio::test]
async fn a_server_whose_clock_is_not_the_centres_refuses_with_that_reason() {
    let realm = Realm::start(Some("+1h")).await;
    let late = apache(&realm, false, "krb5", "").await;
    let outbound = Outbound::new();
    let stopped = outbound.probe_sign_in(&ndes(&realm, &late), LIMIT).await;
    assert_eq!(
        stopped,
        Err(ChallengeProblem::KerberosImpossible(TicketProblem::Clock)),
        "{}{}",
        realm.log(),
        late.log()
    );
    // This machine's own clock doesn't matter: the centre says what time it is.
    let on_time = Apache::start(Setup {
        mechanisms: "krb5",
        service: Some(realm.service()),
        prepare: Some(&|command: &mut Command| shift(command, "+1h")),
        ..Setup::default()
    })
    .await;
    let probed = outbound.probe_sign_in(&ndes(&realm, &on_time), LIMIT).await;
    assert_eq!(
        probed,
        Ok(ProbeOutcome::Proved),
        "{}{}",
        realm.log(),
        on_time.log()
    );
}

#[tokio::test]
async fn a_server_without_a_key_of_aes_is_told_so() {
    let realm = Realm::start(None).await;
    let apache = apache(&realm, false, "krb5", "").await;
    realm.administer("setstr HTTP/localhost session_enctypes arcfour-hmac\n");
    let outbound = Outbound::new();
    let stopped = outbound.probe_sign_in(&ndes(&realm, &apache), LIMIT).await;
    assert_eq!(
        stopped,
        Err(ChallengeProblem::KerberosImpossible(TicketProblem::NoCipher)),
        "{}",
        realm.log()
    );
    // MIT's centre calls an account's missing key a wrong password: the next step says so.
    realm.administer("addprinc -pw s3cret -e arcfour-hmac:normal old\n");
    let source = apache.source("certsrv", r"LAB.TEST\old", "s3cret");
    let stopped = outbound
        .probe_sign_in(&with_kerberos(&realm, source), LIMIT)
        .await;
    let refused = Err(ChallengeProblem::AccountRefused(AccountProblem::PasswordWrong));
    assert_eq!(stopped, refused, "{}", realm.log());
}

#[tokio::test]
async fn a_place_that_moved_is_shown_a_ticket_of_its_own() {
    let realm = Realm::start(None).await;
    let more = "<Location /moved>\nRedirect 302 /moved/mscep_admin/ /certsrv/mscep_admin/\n</Location>";
    let apache = apache(&realm, true, "krb5", more).await;
    let source = apache.source("moved", r"LAB.TEST\ndes", "s3cret");
    let page = Outbound::new()
        .fetch_challenge(&with_kerberos(&realm, source), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    let requests = apache.requests(2).await;
    let statuses: Vec<&str> = requests.iter().filter_map(|line| line.get(..3)).collect();
    assert_eq!(statuses, ["302", "200"], "{requests:?}");
}

#[tokio::test]
async fn a_front_end_that_redirects_a_ticket_by_itself_proves_nothing() {
    let realm = Realm::start(None).await;
    for offers in [
        vec![],
        vec!["WWW-Authenticate: Negotiate oRQwEqADCgEAoQsGCSqGSIL3EgECAg=="],
    ] {
        let server = Server::start(move |_| {
            let headers = [offers.clone(), vec!["Location: /certsrv/mscep_admin/"]].concat();
            Reply::Keep(answer("301 Moved Permanently", &headers, b""))
        })
        .await;
        let mut source = with_kerberos(&realm, super::sign_in::source(&server));
        source.challenge_url = source.challenge_url.replace("127.0.0.1", "localhost");
        source.username = r"LAB.TEST\ndes".to_owned();
        "s3cret".clone_into(&mut source.password);
        let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
        assert_eq!(probed, Ok(ProbeOutcome::NotProved));
        assert!(
            server.seen()[0]
                .authorization()
                .unwrap()
                .starts_with("Negotiate YI")
        );
    }
}

#[tokio::test]
async fn no_log_holds_the_password_or_what_the_library_says() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // Beside a second one every thread asks both whether a place that logs is heard; else only its own.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let realm = Realm::start(None).await;
    let acceptor = Acceptor::start(true, None, Some(realm.service())).await;
    for password in ["s3cret", "canary-7"] {
        let source = with_kerberos(&realm, acceptor.source(r"LAB.TEST\ndes", password));
        let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
        assert_eq!(probed.is_ok(), password == "s3cret");
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("its password is wrong"), "{logged}");
    for secret in ["s3cret", "canary-7", "sspi::"] {
        assert!(!logged.contains(secret), "{logged}");
    }
}

#[tokio::test]
async fn a_ticket_is_bound_to_the_connection() {
    let realm = Realm::start(None).await;
    let foreign = "5a".repeat(32);
    let refused = Err(ChallengeProblem::KerberosImpossible(TicketProblem::Refused));
    for (is_tls, binding, expected) in [
        (true, None, Ok(ProbeOutcome::Proved)),
        // As it is when somebody in the middle passes it on.
        (true, Some(foreign.as_str()), refused.clone()),
        // Without TLS there is nothing to be bound to.
        (false, None, refused),
    ] {
        let acceptor = Acceptor::start(is_tls, binding, Some(realm.service())).await;
        let source = with_kerberos(&realm, acceptor.source(r"LAB.TEST\ndes", "s3cret"));
        let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
        assert_eq!(probed, expected, "{is_tls} {binding:?}");
    }
}

#[tokio::test]
async fn the_test_of_a_connection_says_how_the_account_was_let_in() {
    let mut realm = Realm::start(None).await;
    let apache = apache(&realm, true, "krb5 ntlmssp", "").await;
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let source = ndes(&realm, &apache);
    let form = serde_json::json!({
        "name": "By ticket",
        "scep_url": laboratory.scep_url(),
        "challenge_url": source.challenge_url,
        "trust_pem": apache.read("certificate.pem"),
        "username": source.username,
        "password": source.password.as_str(),
        "prefers_kerberos": true,
        "kdc": realm.kdc(),
    });
    let added = world.post(&token, "/authorities", &form).await.expect(201);
    let path = format!("/authorities/{}/test", added.text_of("id"));
    let by_ticket = world.call(&token, Method::POST, &path, None).await.expect(200);
    assert!(
        by_ticket.text.contains("\"test-sign-in-proved\""),
        "{}",
        by_ticket.text
    );
    realm.stop();
    let by_ntlm = world.call(&token, Method::POST, &path, None).await.expect(200);
    assert!(
        by_ntlm.text.contains("\"test-sign-in-proved-by-ntlm\"") && by_ntlm.text.contains("\"unreachable\""),
        "{}",
        by_ntlm.text
    );
}

#[tokio::test]
async fn a_refusal_of_the_centre_is_told_by_the_test_by_the_form_and_to_whoever_waits() {
    let realm = Realm::start(None).await;
    let apache = apache(&realm, true, "krb5", "").await;
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let source = ndes(&realm, &apache);
    let mut form = serde_json::json!({
        "name": "By ticket",
        "scep_url": laboratory.scep_url(),
        "challenge_url": source.challenge_url,
        "trust_pem": apache.read("certificate.pem"),
        "username": r"LAB.TEST\disabled",
        "password": "s3cret",
        "prefers_kerberos": true,
        "kdc": realm.kdc(),
    });
    let refused = world.post(&token, "/authorities", &form).await.expect(422);
    assert_eq!(refused.field(), "username");
    assert_eq!(refused.json["errors"][0]["key"], "error-account-refused");
    assert!(
        refused.text.contains("KDC_ERR_CLIENT_REVOKED"),
        "{}",
        refused.text
    );
    form["username"] = source.username.clone().into();
    let added = world.post(&token, "/authorities", &form).await.expect(201);
    // The password expires in the directory.
    realm.administer("modprinc -pwexpire yesterday ndes\n");
    let id = added.text_of("id");
    let tested = format!("/authorities/{id}/test");
    let tested = world.call(&token, Method::POST, &tested, None).await.expect(200);
    let steps = tested.json["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == "sign_in").unwrap();
    assert_eq!(step["key"], "test-sign-in-account-refused", "{}", tested.text);
    assert_eq!(step["values"]["why"], "password-expired");
    let detail = step["detail"].as_str().unwrap();
    assert!(
        detail.contains("its password has expired (KDC_ERR_KEY_EXPIRED)"),
        "{detail}"
    );
    // Whoever wants a challenge is told the same, and nobody signs in for it.
    let asked = realm.log();
    let order = serde_json::json!({ "authority": id, "subject": "CN=printer" });
    for _ in 0..2 {
        let waits = world.post(&token, "/orders", &order).await.expect(409);
        assert_eq!(waits.json["cause"]["cause"], "account_refused", "{}", waits.text);
        assert_eq!(waits.json["cause"]["why"], "password-expired");
        assert!(waits.text.contains("KDC_ERR_KEY_EXPIRED"), "{}", waits.text);
    }
    assert_eq!(realm.log(), asked, "the centre was asked once more");
}
