//! Whether an address can be reached: name, connection, TLS.

use domain::Timestamp;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Step, StepResult, TestStep, certificates::SOON_SECONDS};
use crate::outbound::{Reached, TlsFailure, TlsProblem, TlsSeen, Unreachable};

/// Which of an authority's two addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Scep,
    Challenge,
}

pub(super) fn steps(reached: &Reached, which: Which, now: Timestamp) -> Vec<TestStep> {
    let (name, connection, tls) = match which {
        Which::Scep => (Step::ScepName, Step::ScepConnection, Step::ScepTls),
        Which::Challenge => (Step::ChallengeName, Step::ChallengeConnection, Step::ChallengeTls),
    };
    let host = reached
        .place
        .rsplit_once(':')
        .map_or(reached.place.as_str(), |(host, _)| host);
    let mut steps = vec![
        match (&reached.name.outcome, &reached.proxy) {
            (Ok(_), Some(proxy)) => {
                TestStep::new(name, StepResult::Note, "test-name-by-proxy").with("proxy", proxy.clone())
            }
            (Ok(addresses), None) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                TestStep::new(name, StepResult::Good, "test-name-good")
                    .with("addresses", addresses.join(", "))
            }
            (Err(problem), _) => failed(name, problem, &reached.place),
        }
        .with("host", host)
        .took(reached.name.milliseconds),
    ];
    if let Some(connected) = &reached.connection {
        steps.push(
            match (&connected.outcome, &reached.proxy) {
                (Ok(_), Some(proxy)) => {
                    TestStep::new(connection, StepResult::Good, "test-connection-by-proxy")
                        .with("place", reached.place.clone())
                        .with("proxy", proxy.clone())
                }
                (Ok(address), None) => TestStep::new(connection, StepResult::Good, "test-connection-good")
                    .with("address", address.to_string()),
                (Err(problem), _) => failed(connection, problem, &reached.place),
            }
            .took(connected.milliseconds),
        );
    }
    match &reached.tls {
        Some(secured) => steps.push(
            match &secured.outcome {
                Ok(seen) => shown(tls, seen, now),
                Err(problem) => failed(tls, problem, &reached.place),
            }
            .took(secured.milliseconds),
        ),
        // Over plain http the requests of SCEP protect themselves; the challenge is in clear.
        None if reached.is_good() && which == Which::Challenge => {
            steps.push(TestStep::new(
                tls,
                StepResult::Warning,
                "test-tls-plain-challenge",
            ));
        }
        None if reached.is_good() => {
            steps.push(TestStep::new(tls, StepResult::Note, "test-tls-plain-scep"));
        }
        None => {}
    }
    steps
}

/// A challenge that travels in clear.
pub(super) fn plain(step: Step) -> TestStep {
    TestStep::new(step, StepResult::Warning, "test-tls-plain-challenge")
}

fn shown(step: Step, seen: &TlsSeen, now: Timestamp) -> TestStep {
    let parsed = seen
        .chain
        .first()
        .and_then(|der| Some((der, X509Certificate::from_der(der).ok()?.1)));
    let Some((der, certificate)) = parsed else {
        return TestStep::new(step, StepResult::Failed, "test-tls-none").with("place", String::new());
    };
    let until = Timestamp::from_seconds(certificate.validity().not_after.timestamp());
    let left = until.since(now) / 1000;
    let (result, key) = if left < SOON_SECONDS {
        (StepResult::Warning, "test-tls-expiring")
    } else {
        (StepResult::Good, "test-tls-good")
    };
    TestStep::new(step, result, key)
        .with("version", seen.version.clone())
        .with("suite", seen.suite.clone())
        .with("subject", certificate.subject().to_string())
        .with("issuer", certificate.issuer().to_string())
        .with("sha256", domain::thumbprint::sha256(der))
        .with("ends", until.milliseconds().to_string())
        .with("until", until.to_rfc3339())
        .with("count", left.div_euclid(86_400).to_string())
}

fn failed(step: Step, problem: &Unreachable, place: &str) -> TestStep {
    let at = |key| TestStep::new(step, StepResult::Failed, key).with("place", place);
    match problem {
        Unreachable::Address(_) => at("test-address-unusable"),
        Unreachable::Name(_) => at("test-name-unknown"),
        Unreachable::Refused(_) => at("test-connection-refused"),
        Unreachable::TimedOut(_) | Unreachable::Busy(_) => at("test-connection-timed-out"),
        Unreachable::Network { detail, .. } => at("test-connection-failed").with("detail", detail),
        Unreachable::Proxy { proxy, detail } => at("test-connection-proxy")
            .with("proxy", proxy)
            .with("detail", detail),
        Unreachable::Tls(failure) => tls(at, &failure.problem),
    }
}

/// A handshake that failed.
pub(super) fn unencrypted(step: Step, failure: &TlsFailure) -> TestStep {
    let at = |key| TestStep::new(step, StepResult::Failed, key).with("place", failure.host.clone());
    tls(at, &failure.problem)
}

fn tls(at: impl Fn(&'static str) -> TestStep, problem: &TlsProblem) -> TestStep {
    match problem {
        TlsProblem::NotTls => at("test-tls-none"),
        TlsProblem::NoCommonSuite => at("test-tls-no-common-suite"),
        TlsProblem::UnknownIssuer => at("test-tls-unknown-issuer"),
        TlsProblem::CommonNameOnly => at("test-tls-common-name-only"),
        TlsProblem::OtherName(names) => at("test-tls-other-name").with("names", names),
        TlsProblem::Expired => at("test-tls-expired"),
        TlsProblem::NotYetValid => at("test-tls-not-yet"),
        TlsProblem::AuthorityAsServer => at("test-tls-authority-as-server"),
        TlsProblem::Certificate(detail) => at("test-tls-certificate").with("detail", detail),
        TlsProblem::Other(detail) => at("test-tls-failed").with("detail", detail),
    }
}
