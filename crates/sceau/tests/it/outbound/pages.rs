//! What stands in place of a challenge, and what must not be shown of one.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::Method;
use domain::{Timestamp, diagnosis::Cause, operator::Role};
use sceau::outbound::{
    ChallengePage, ChallengeProblem, ChallengeSource, Lifetime, Outbound, ProbeOutcome, ProbedPage,
    SignInPolicy, Trust,
};
use zeroize::Zeroizing;

use super::script::{Reply, Server, answer, page, second_message};
use crate::{laboratory::Laboratory, world::World};

const LIMIT: Duration = Duration::from_secs(10);
const CANARY: &str = "9F86D081884C7D65";

fn source(server: &Server, rest: &str) -> ChallengeSource {
    ChallengeSource {
        challenge_url: server.url(&format!("/certsrv/mscep_admin/{rest}")),
        username: r"LAB\ndes".to_owned(),
        password: Zeroizing::new("secret".to_owned()),
        trust: Trust::default(),
        sign_in: SignInPolicy::default(),
    }
}

/// NDES with this answer for whoever is signed in.
async fn ndes(status: &'static str, body: Vec<u8>) -> Server {
    Server::start(move |seen| {
        if seen.ntlm_type() == Some(3) {
            return Reply::Keep(answer(status, &[], &body));
        }
        let second = format!("WWW-Authenticate: NTLM {}", second_message());
        Reply::Keep(answer("401 Unauthorized", &[&second], b""))
    })
    .await
}

async fn fetched(status: &'static str, body: Vec<u8>, rest: &str) -> Result<ChallengePage, ChallengeProblem> {
    let server = ndes(status, body).await;
    Outbound::new()
        .fetch_challenge(&source(&server, rest), LIMIT)
        .await
}

/// NDES's page up to this text.
fn cut(until: &str) -> Vec<u8> {
    let whole = page(CANARY);
    let until: Vec<u8> = until.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let end = whole
        .windows(until.len())
        .position(|window| window == until)
        .unwrap();
    whole[..end].to_vec()
}

#[tokio::test]
async fn half_a_page_passes_and_leaves_open_whether_a_challenge_was_given() {
    let problem = fetched("200 OK", cut("884C7D65"), "").await.unwrap_err();
    assert_eq!(problem, ChallengeProblem::Truncated);
    assert!(!problem.is_certain());
    assert_eq!(problem.cause(Timestamp::from_seconds(0)), Cause::PageTruncated);
}

#[tokio::test]
async fn ndes_without_passwords_is_a_cause_of_its_own() {
    let body = "<HTML>Empreinte : <B> A656FA66 AB12B433 A2DA5CF7 CC153D9A </B></HTML>";
    let problem = fetched("200 OK", body.into(), "").await.unwrap_err();
    assert_eq!(problem, ChallengeProblem::NoChallengeRequired);
    assert!(problem.is_certain());
    assert_eq!(
        problem.cause(Timestamp::from_seconds(0)),
        Cause::ChallengeNotAsked
    );
}

#[tokio::test]
async fn a_page_without_a_lifetime_is_known_by_it() {
    let page = fetched("200 OK", page(CANARY), "").await.unwrap();
    assert_eq!(page.lifetime, Lifetime::Reusable);
}

#[tokio::test]
async fn a_policy_module_gives_a_challenge_or_its_refusal_is_named() {
    let asked = "?operation=NDESGenerateChallenge&keyUsage=0xa0";
    let page = fetched("200 OK", CANARY.into(), asked).await.unwrap();
    assert_eq!(page.challenge.as_str(), CANARY);
    assert_eq!(page.ca_md5, None);
    for (status, body, detail, is_certain) in [
        ("403 Forbidden", "", "HTTP 403", true),
        ("200 OK", "Access was denied", "Access was denied", false),
    ] {
        let problem = fetched(status, body.into(), asked).await.unwrap_err();
        assert_eq!(
            problem.is_certain(),
            is_certain,
            "an error of HTTP gives no challenge"
        );
        let detail = detail.to_owned();
        assert_eq!(
            problem.cause(Timestamp::from_seconds(0)),
            Cause::PolicyModule { detail }
        );
    }
    let server = ndes("301 Moved Permanently", Vec::new()).await;
    let _ = Outbound::new()
        .probe_sign_in(&source(&server, asked), LIMIT)
        .await;
    let is_bare = server
        .seen()
        .iter()
        .all(|seen| !seen.path().contains("operation"));
    assert!(is_bare, "a probe asks for no challenge");
}

#[tokio::test]
async fn a_probe_that_got_the_page_says_so() {
    for (body, expected) in [
        (page(CANARY), ProbedPage::Challenge),
        (
            b"<HTML><B> A656FA66 AB12B433 A2DA5CF7 CC153D9A </B></HTML>".to_vec(),
            ProbedPage::NoChallenge,
        ),
    ] {
        let server = ndes("200 OK", body.clone()).await;
        let outcome = Outbound::new().probe_sign_in(&source(&server, ""), LIMIT).await;
        let is_proved = true;
        assert_eq!(
            outcome,
            Ok(ProbeOutcome::TookAPage {
                page: expected,
                is_proved
            })
        );
        let open = Server::start(move |_| Reply::Keep(answer("200 OK", &[], &body))).await;
        let outcome = Outbound::new().probe_sign_in(&source(&open, ""), LIMIT).await;
        assert!(!outcome.unwrap().is_proved(), "nobody asked for the sign-in");
    }
}

/// Everything that is logged, at its most talkative.
#[derive(Clone, Default)]
pub struct Log(pub Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_error_and_no_log_holds_a_challenge() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    tracing::info!("the log is heard");
    let in_italics = String::from_utf8(
        page(CANARY)
            .into_iter()
            .filter(|octet| *octet != 0)
            .collect::<Vec<u8>>(),
    )
    .unwrap()
    .replace("<B>", "<I>");
    let asked = "?operation=NDESGetCACertThumbprint";
    for (status, body, rest) in [
        ("200 OK", page(CANARY), ""),
        ("200 OK", cut("7D65"), ""),
        ("200 OK", in_italics.into_bytes(), ""),
        ("200 OK", CANARY.into(), ""),
        ("200 OK", CANARY.into(), asked),
        ("500 Internal Server Error", page(CANARY), ""),
        ("403 Forbidden", page(CANARY), ""),
    ] {
        let shown = match fetched(status, body.clone(), rest).await {
            Ok(page) => format!("{page:?}"),
            Err(problem) => format!(
                "{problem} {problem:?} {:?}",
                problem.cause(Timestamp::from_seconds(0))
            ),
        };
        assert!(!shown.contains(&CANARY[..8]), "{shown}");
        let server = ndes(status, body).await;
        let probed = Outbound::new().probe_sign_in(&source(&server, rest), LIMIT).await;
        assert!(!format!("{probed:?}").contains(&CANARY[..8]), "{probed:?}");
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("the log is heard"));
    assert!(!logged.contains(&CANARY[..8]), "{logged}");
}

#[tokio::test]
async fn a_challenge_that_a_test_took_stands_in_the_ledger() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let open = ndes("200 OK", page(CANARY)).await;
    let form = serde_json::json!({
        "name": "Without a redirection",
        "scep_url": laboratory.scep_url(),
        "challenge_url": open.url("/certsrv/mscep_admin/"),
        "is_plain_http_accepted": true,
        "username": Laboratory::USER,
        "password": Laboratory::PASSWORD,
    });
    let added = world.post(&token, "/authorities", &form).await.expect(201);
    let path = format!("/authorities/{}/test", added.text_of("id"));
    let test = world.call(&token, Method::POST, &path, None).await.expect(200);
    assert!(test.text.contains("test-sign-in-took-challenge"), "{}", test.text);
    assert!(!test.text.contains(CANARY));
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 1, "{}", ledger.text);
}
