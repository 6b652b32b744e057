//! Signing in with Kerberos: MIT's key distribution centre, and Apache with `mod_auth_gssapi` that has the service's key.

use std::{process::Command, time::Duration};

use sceau::outbound::{ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, TicketProblem};

use super::{
    apache::{Apache, Setup},
    binding::Acceptor,
    realm::{Realm, shift},
    script::{Reply, Server, answer},
};

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
    for (username, password) in [
        ("nobody", "s3cret"),
        ("disabled", "s3cret"),
        ("stale", "s3cret"),
        ("gone", "s3cret"),
        ("ndes", "wrong"),
    ] {
        let source = apache.source("certsrv", &format!(r"LAB.TEST\{username}"), password);
        let refused = outbound
            .fetch_challenge(&with_kerberos(&realm, source), LIMIT)
            .await;
        assert_eq!(
            refused.unwrap_err(),
            ChallengeProblem::SignInRefused,
            "{username}: {}",
            realm.log()
        );
    }
    let account = realm.administer("getprinc ndes\n");
    assert!(account.contains("Failed password attempts: 1"), "{account}");
    // The realm locks after one wrong password: the right one is refused now.
    let refused = outbound.probe_sign_in(&ndes(&realm, &apache), LIMIT).await;
    assert_eq!(refused, Err(ChallengeProblem::SignInRefused), "{}", realm.log());
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
