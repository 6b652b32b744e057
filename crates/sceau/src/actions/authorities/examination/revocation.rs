//! The revocation lists that the certificates name: Windows wants to read them, so they must be reachable and current.

use std::{collections::BTreeMap, time::Instant};

use domain::{Timestamp, external_ca::Authority};
use x509_parser::{
    extensions::{DistributionPointName, GeneralName, ParsedExtension},
    prelude::{CertificateRevocationList, FromDer as _, Pem, X509Certificate},
};

use super::{Step, StepResult, TestStep, milliseconds};
use crate::{actions::authorities::ChainCertificate, app::Shared, outbound::Trust};

/// The longest list that is read: those of large authorities have some megabytes.
const MAX_LIST: usize = 8 << 20;
/// Lists that are looked at.
const MAX_LISTS: usize = 8;

pub(super) async fn steps(
    app: &Shared,
    authority: &Authority,
    certificates: &[ChainCertificate],
) -> Vec<TestStep> {
    let places = places(certificates);
    if places.is_empty() {
        return vec![TestStep::new(
            Step::Revocation,
            StepResult::Note,
            "test-revocation-none",
        )];
    }
    // Lists lie on other servers than the authority's own, also on public ones.
    let trust = Trust::beside_public(authority.trust_pem.clone());
    let mut steps = Vec::new();
    for (url, issuer) in places.iter().take(MAX_LISTS) {
        steps.push(
            look(app, &trust, url, issuer, certificates)
                .await
                .with("url", url),
        );
    }
    steps
}

/// Each address with the issuer (DER of the name) whose list lies there.
fn places(certificates: &[ChainCertificate]) -> BTreeMap<String, Vec<u8>> {
    let mut places = BTreeMap::new();
    for certificate in certificates {
        let Ok((_, parsed)) = X509Certificate::from_der(&certificate.der) else {
            continue;
        };
        for extension in parsed.extensions() {
            let ParsedExtension::CRLDistributionPoints(points) = extension.parsed_extension() else {
                continue;
            };
            for name in points
                .iter()
                .filter_map(|point| point.distribution_point.as_ref())
            {
                let DistributionPointName::FullName(names) = name else {
                    continue;
                };
                for name in names {
                    if let GeneralName::URI(url) = name {
                        places.insert((*url).to_owned(), parsed.issuer().as_raw().to_vec());
                    }
                }
            }
        }
    }
    places
}

async fn look(
    app: &Shared,
    trust: &Trust,
    url: &str,
    issuer: &[u8],
    certificates: &[ChainCertificate],
) -> TestStep {
    let step = |result, key| TestStep::new(Step::Revocation, result, key);
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return step(StepResult::Skipped, "test-revocation-not-http");
    }
    let begun = Instant::now();
    let answer = app.outbound.fetch(url, trust, MAX_LIST).await;
    let took = milliseconds(begun);
    let told = match answer {
        Err(_) => step(StepResult::Failed, "test-revocation-unreachable"),
        Ok(answer) if answer.status != 200 => {
            step(StepResult::Failed, "test-revocation-status").with("status", answer.status.to_string())
        }
        Ok(answer) => read(&answer.body, issuer, certificates, app.now()),
    };
    told.took(took)
}

fn read(body: &[u8], issuer: &[u8], certificates: &[ChainCertificate], now: Timestamp) -> TestStep {
    let step = |result, key| TestStep::new(Step::Revocation, result, key);
    let pem = Pem::iter_from_buffer(body).next().and_then(Result::ok);
    let der = pem.as_ref().map_or(body, |pem| pem.contents.as_slice());
    let Ok((_, list)) = CertificateRevocationList::from_der(der) else {
        return step(StepResult::Failed, "test-revocation-unreadable");
    };
    let signers: Vec<_> = certificates
        .iter()
        .filter_map(|one| X509Certificate::from_der(&one.der).ok())
        .map(|(_, certificate)| certificate)
        .filter(|certificate| certificate.is_ca() && certificate.subject().as_raw() == issuer)
        .collect();
    if list.issuer().as_raw() != issuer {
        return step(StepResult::Failed, "test-revocation-foreign");
    }
    if signers.is_empty() {
        // GetCACert needn't show who issued the topmost.
        return step(StepResult::Note, "test-revocation-unknown-signer");
    }
    let is_signed = signers
        .iter()
        .any(|signer| list.verify_signature(signer.public_key()).is_ok());
    if !is_signed {
        return step(StepResult::Failed, "test-revocation-foreign");
    }
    let until = list
        .next_update()
        .map(|time| Timestamp::from_seconds(time.timestamp()));
    match until {
        Some(until) if until <= now => {
            step(StepResult::Failed, "test-revocation-stale").with("until", until.to_rfc3339())
        }
        Some(until) => step(StepResult::Good, "test-revocation-good").with("until", until.to_rfc3339()),
        None => step(StepResult::Good, "test-revocation-endless"),
    }
}
