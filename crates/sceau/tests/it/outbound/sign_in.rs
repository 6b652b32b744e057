//! Signing in at servers that behave in their own ways.

use std::time::{Duration, Instant};

use sceau::outbound::{
    ChallengeProblem, ChallengeSource, MAX_BODY, NoScheme, Outbound, ProbeOutcome, SignInPolicy, Trust,
};
use sceau::settings::OutboundSettings;
use zeroize::Zeroizing;

use super::script::{Reply, Seen, Server, answer, page, second_message};

const LIMIT: Duration = Duration::from_secs(10);

pub fn source(server: &Server) -> ChallengeSource {
    ChallengeSource {
        challenge_url: server.url("/certsrv/mscep_admin/"),
        username: r"LAB\ndes".to_owned(),
        password: Zeroizing::new("secret".to_owned()),
        trust: Trust::default(),
        sign_in: SignInPolicy::default(),
    }
}

/// Asks for the sign-in under this scheme's name, and shows the page to whoever completes it.
fn ndes(scheme: &'static str) -> impl Fn(&Seen) -> Reply + Send + Sync + 'static {
    move |seen| match seen.ntlm_type() {
        Some(1) if seen.authorization().unwrap().starts_with(scheme) => {
            let second = format!("WWW-Authenticate: {scheme} {}", second_message());
            Reply::Keep(answer(
                "401 Unauthorized",
                &[&second],
                b"<h1>You are not signed in yet</h1>",
            ))
        }
        Some(3) => Reply::Keep(answer("200 OK", &[], &page("9F86D081884C7D65"))),
        _ => Reply::Keep(answer(
            "401 Unauthorized",
            &[&format!("WWW-Authenticate: {scheme}")],
            b"no",
        )),
    }
}

#[tokio::test]
async fn the_sign_in_opens_the_first_request_and_stays_on_one_connection() {
    let server = Server::start(ndes("NTLM")).await;
    let page = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    let types: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| (seen.connection, seen.ntlm_type()))
        .collect();
    assert_eq!(types, [(1, Some(1)), (1, Some(3))]);
}

#[tokio::test]
async fn an_offer_of_negotiate_is_taken_with_ntlm_inside() {
    let server = Server::start(ndes("Negotiate")).await;
    let page = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.ca_md5.as_deref(), Some("A656FA66AB12B433A2DA5CF7CC153D9A"));
    let last = server.seen().pop().unwrap();
    assert!(last.authorization().unwrap().starts_with("Negotiate "));
}

#[tokio::test]
async fn a_server_that_takes_kerberos_alone_is_no_wrong_password() {
    let server =
        Server::start(|_| Reply::Keep(answer("401 Unauthorized", &["WWW-Authenticate: Negotiate"], b"")))
            .await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert!(
        matches!(problem, ChallengeProblem::NoCommonScheme(NoScheme::KerberosOnly)),
        "{problem}"
    );
}

#[tokio::test]
async fn the_password_is_never_sent_in_clear_over_plain_http() {
    let server = Server::start(|_| {
        Reply::Keep(answer(
            "401 Unauthorized",
            &["WWW-Authenticate: Basic realm=\"ndes\""],
            b"",
        ))
    })
    .await;
    let mut source = source(&server);
    for (allows_basic, words) in [(true, "over https"), (false, "allow it for this authority")] {
        source.sign_in.allows_basic = allows_basic;
        let problem = Outbound::new().fetch_challenge(&source, LIMIT).await.unwrap_err();
        assert!(
            matches!(&problem, ChallengeProblem::NoCommonScheme(NoScheme::BasicOnly))
                && problem.to_string().contains(words),
            "{problem}"
        );
    }
    let is_basic = |seen: &Seen| {
        seen.authorization()
            .is_some_and(|value| value.starts_with("Basic"))
    };
    assert!(!server.seen().iter().any(is_basic));
}

#[tokio::test]
async fn a_refused_password_is_sent_once() {
    let server = Server::start(|seen| {
        let second = format!("WWW-Authenticate: NTLM {}", second_message());
        let offer = if seen.ntlm_type() == Some(1) {
            second.as_str()
        } else {
            "WWW-Authenticate: NTLM"
        };
        Reply::Keep(answer("401 Unauthorized", &[offer], b"refused"))
    })
    .await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert_eq!(problem, ChallengeProblem::SignInRefused);
    let proofs = server
        .seen()
        .iter()
        .filter(|seen| seen.ntlm_type() == Some(3))
        .count();
    assert_eq!(proofs, 1, "a second one could lock the account");
}

#[tokio::test]
async fn a_redirection_that_closes_the_connection_is_followed_by_a_new_sign_in() {
    let server = Server::start(|seen| {
        if seen.connection == 1 && seen.ntlm_type() == Some(3) {
            let place = ["Location: /certsrv/mscep_admin/", "Connection: close"];
            return Reply::Close(answer("301 Moved Permanently", &place, b"moved"));
        }
        ndes("NTLM")(seen)
    })
    .await;
    Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap();
    let on_the_second: Vec<_> = server
        .seen()
        .iter()
        .filter(|seen| seen.connection == 2)
        .map(Seen::ntlm_type)
        .collect();
    assert_eq!(
        on_the_second,
        [Some(1), Some(3)],
        "no anonymous request opens the new connection"
    );
}

#[tokio::test]
async fn a_proxy_that_closes_between_the_legs_is_named_as_the_cause() {
    let server = Server::start(|_| {
        let second = format!("WWW-Authenticate: NTLM {}", second_message());
        Reply::Close(answer("401 Unauthorized", &[&second, "Connection: close"], b""))
    })
    .await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert!(
        problem.to_string().contains("in the middle of the sign-in"),
        "{problem}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_front_end_that_redirects_by_itself_proves_nothing() {
    let server = Server::start(|_| {
        Reply::Keep(answer(
            "301 Moved Permanently",
            &["Location: /certsrv/mscep_admin/"],
            b"",
        ))
    })
    .await;
    let outcome = Outbound::new().probe_sign_in(&source(&server), LIMIT).await;
    assert_eq!(outcome, Ok(ProbeOutcome::NotProved));
    assert_eq!(
        server.seen()[0].path(),
        "/certsrv/mscep_admin",
        "without its slash"
    );
}

#[tokio::test]
async fn a_probe_never_asks_at_the_page_itself() {
    let server = Server::start(|seen| match seen.ntlm_type() {
        Some(3) => {
            let place = ["Location: /certsrv/mscep_admin/"];
            Reply::Keep(answer("301 Moved Permanently", &place, b"moved"))
        }
        _ => ndes("NTLM")(seen),
    })
    .await;
    let outcome = Outbound::new().probe_sign_in(&source(&server), LIMIT).await;
    assert_eq!(outcome, Ok(ProbeOutcome::Proved));
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.path() == "/certsrv/mscep_admin")
    );
}

#[tokio::test]
async fn another_page_is_not_understood_and_a_missing_one_is_told() {
    let server = Server::start(|_| Reply::Keep(answer("200 OK", &[], b"<h1>Welcome to nginx</h1>"))).await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert!(matches!(problem, ChallengeProblem::NotUnderstood(_)), "{problem}");
    let server = Server::start(|_| Reply::Keep(answer("404 Not Found", &[], b""))).await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert_eq!(problem, ChallengeProblem::Status(404));
}

#[tokio::test]
async fn an_endless_page_is_given_up() {
    let server = Server::start(|_| Reply::Keep(answer("200 OK", &[], &vec![b'x'; MAX_BODY + 1]))).await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert!(matches!(problem, ChallengeProblem::NotUnderstood(_)), "{problem}");
}

#[tokio::test]
async fn silence_after_the_last_leg_leaves_the_outcome_unknown() {
    let server = Server::start(|seen| match seen.ntlm_type() {
        Some(3) => Reply::Silence,
        _ => ndes("NTLM")(seen),
    })
    .await;
    let limit = Duration::from_millis(500);
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), limit)
        .await
        .unwrap_err();
    assert!(matches!(problem, ChallengeProblem::Broken(_)), "{problem}");
    assert!(!problem.is_certain(), "a challenge may have been given");
}

#[tokio::test]
async fn the_settings_say_how_long_a_challenge_and_a_sign_in_take() {
    let settings = OutboundSettings {
        challenge_seconds: 1,
        sign_in_seconds: 2,
        ..OutboundSettings::default()
    };
    let outbound = Outbound::from_settings(&settings).unwrap();
    let bounds = outbound.bounds();
    assert_eq!(
        (bounds.challenge, bounds.sign_in),
        (Duration::from_secs(1), Duration::from_secs(2))
    );
    let server = Server::start(|_| Reply::Silence).await;
    let begun = Instant::now();
    let problem = outbound
        .fetch_challenge(&source(&server), bounds.challenge)
        .await
        .unwrap_err();
    assert!(matches!(problem, ChallengeProblem::Unreachable(_)), "{problem}");
    assert!(begun.elapsed() < LIMIT, "nothing but this limit ends it");
}

#[tokio::test]
async fn nonsense_in_place_of_the_second_message_is_an_error_like_others() {
    let server = Server::start(|_| {
        let offer = "WWW-Authenticate: NTLM TlRMTVNTUAACAAAA////////////////////////////////";
        Reply::Keep(answer("401 Unauthorized", &[offer], b""))
    })
    .await;
    let problem = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap_err();
    assert!(
        matches!(problem, ChallengeProblem::NoCommonScheme(_)),
        "{problem}"
    );
}

#[tokio::test]
async fn a_redirection_to_a_place_that_asks_again_is_signed_in_to_again() {
    let server = Server::start(|seen| {
        let is_first_place = seen.path() == "/certsrv/mscep_admin/";
        match seen.ntlm_type() {
            Some(3) if is_first_place => {
                let place = ["Location: /other/mscep_admin/"];
                Reply::Keep(answer("302 Found", &place, b"moved"))
            }
            _ => ndes("NTLM")(seen),
        }
    })
    .await;
    let page = Outbound::new()
        .fetch_challenge(&source(&server), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    let legs: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| {
            (
                seen.connection,
                seen.path().starts_with("/other"),
                seen.ntlm_type(),
            )
        })
        .collect();
    assert_eq!(
        legs,
        [
            (1, false, Some(1)),
            (1, false, Some(3)),
            (1, true, None),
            (1, true, Some(1)),
            (1, true, Some(3)),
        ],
        "on the same connection"
    );
}
