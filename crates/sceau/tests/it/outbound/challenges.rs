//! Challenges from the laboratory's NDES.

use std::time::Duration;

use sceau::outbound::{ChallengeProblem, Lifetime, Outbound, ProbeOutcome, Trust, Upstream};
use zeroize::Zeroizing;

use crate::laboratory::Laboratory;

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_challenge_is_taken_over_http_and_over_https() {
    for is_tls in [false, true] {
        let laboratory = Laboratory::start(is_tls, 5).await;
        let page = Outbound::new()
            .fetch_challenge(&laboratory.source(), LIMIT)
            .await
            .unwrap();
        assert_eq!(page.challenge.len(), 16, "NDES gives 16 hexadecimal digits");
        assert_eq!(page.lifetime, Lifetime::Minutes(60));
        let upstream = Upstream {
            scep_url: laboratory.scep_url(),
            trust: Trust::beside_public(laboratory.trust_pem()),
            capabilities: String::new(),
        };
        let answer = Outbound::new()
            .scep_get(&upstream, scep::Operation::GetCaCert)
            .await
            .unwrap();
        let chain: Vec<Vec<u8>> = scep::CaCertificates::parse(&answer.body)
            .unwrap()
            .all()
            .iter()
            .map(|certificate| certificate.der().to_vec())
            .collect();
        assert_eq!(page.foreign_thumbprint(&chain), None);
        assert_eq!(page.foreign_thumbprint(&[]), page.ca_md5.as_deref());
    }
}

#[tokio::test]
async fn no_debug_text_shows_a_challenge_or_a_password() {
    let laboratory = Laboratory::start(false, 5).await;
    let page = Outbound::new()
        .fetch_challenge(&laboratory.source(), LIMIT)
        .await
        .unwrap();
    assert!(!format!("{page:?}").contains(page.challenge.as_str()));
    assert!(!format!("{:?}", laboratory.source()).contains(Laboratory::PASSWORD));
}

#[tokio::test]
async fn a_probe_proves_the_sign_in_and_takes_no_challenge() {
    let laboratory = Laboratory::start(true, 2).await;
    let outbound = Outbound::new();
    for _ in 0..4 {
        let outcome = outbound.probe_sign_in(&laboratory.source(), LIMIT).await;
        assert_eq!(outcome, Ok(ProbeOutcome::Proved));
    }
    for _ in 0..2 {
        outbound
            .fetch_challenge(&laboratory.source(), LIMIT)
            .await
            .unwrap();
    }
    let third = outbound.fetch_challenge(&laboratory.source(), LIMIT).await;
    assert_eq!(third.unwrap_err(), ChallengeProblem::CacheFull);
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let laboratory = Laboratory::start(false, 5).await;
    let mut source = laboratory.source();
    source.password = Zeroizing::new("wrong".to_owned());
    let outbound = Outbound::new();
    let probed = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Err(ChallengeProblem::SignInRefused));
    let fetched = outbound.fetch_challenge(&source, LIMIT).await;
    assert_eq!(fetched.unwrap_err(), ChallengeProblem::SignInRefused);
}

#[tokio::test]
async fn the_user_may_be_written_in_both_ways() {
    let laboratory = Laboratory::start(false, 5).await;
    let mut source = laboratory.source();
    source.username = "ndes@LAB".to_owned();
    let outcome = Outbound::new().probe_sign_in(&source, LIMIT).await;
    assert_eq!(outcome, Ok(ProbeOutcome::Proved));
}

#[tokio::test]
async fn a_server_that_is_away_is_unreachable() {
    let laboratory = Laboratory::start(false, 5).await;
    let source = laboratory.source();
    laboratory.stop().await;
    let problem = Outbound::new().fetch_challenge(&source, LIMIT).await.unwrap_err();
    assert!(
        matches!(&problem, ChallengeProblem::Unreachable(text) if text.detail.contains("refuses connections"))
    );
    assert!(problem.is_certain(), "nothing was spent");
}

#[tokio::test]
async fn capabilities_and_certificates_are_read() {
    let laboratory = Laboratory::start(true, 5).await;
    let outbound = Outbound::new();
    let upstream = Upstream {
        scep_url: laboratory.scep_url(),
        trust: Trust::beside_public(laboratory.trust_pem()),
        capabilities: String::new(),
    };
    let capabilities = outbound
        .scep_get(&upstream, scep::Operation::GetCaCaps)
        .await
        .unwrap();
    assert!(String::from_utf8(capabilities.body).unwrap().contains("SHA-256"));
    let certificates = outbound
        .scep_get(&upstream, scep::Operation::GetCaCert)
        .await
        .unwrap();
    assert_eq!(
        certificates.content_type.as_deref(),
        Some(scep::CONTENT_TYPE_CA_RA_CERTIFICATES)
    );
    let certificates = scep::CaCertificates::parse(&certificates.body).unwrap();
    assert_eq!(certificates.all().len(), 3);
}
