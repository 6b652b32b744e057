//! GetCACert, and each of its certificates.

use std::time::Instant;

use domain::Timestamp;
use scep::{CaCertificates, Operation};

use super::{Step, StepResult, TestStep, milliseconds};
use crate::{actions::authorities::ChainCertificate, app::Shared, outbound::Upstream};

/// Certificates that end sooner than this are warned about.
pub(super) const SOON_SECONDS: i64 = 60 * 86_400;

/// The certificates (DER) of the CA of this name, where a server has several.
pub(super) async fn ask(
    app: &Shared,
    upstream: &Upstream,
    ca_name: Option<&str>,
) -> (Option<Vec<Vec<u8>>>, TestStep) {
    let begun = Instant::now();
    let answer = app
        .outbound
        .scep_get_of(upstream, Operation::GetCaCert, ca_name)
        .await;
    let took = milliseconds(begun);
    let failed = |key| TestStep::new(Step::Certificates, StepResult::Failed, key).took(took);
    let answer = match answer {
        Ok(answer) => answer,
        Err(_) => return (None, failed("test-certificates-unanswered")),
    };
    if answer.status != 200 {
        let told = failed("test-certificates-status").with("status", answer.status.to_string());
        return (None, told);
    }
    let Ok(known) = CaCertificates::parse(&answer.body) else {
        let kind = answer.content_type.unwrap_or_default();
        return (None, failed("test-certificates-not-scep").with("type", kind));
    };
    let certificates: Vec<_> = known.all().iter().map(|one| one.der().to_vec()).collect();
    let step = TestStep::new(Step::Certificates, StepResult::Good, "test-certificates-good")
        .with("count", certificates.len().to_string())
        .took(took);
    (Some(certificates), step)
}

/// A step for each certificate: what it does, its thumbprints, when it ends.
pub(in crate::actions) fn certificate_steps(
    certificates: &[ChainCertificate],
    now: Timestamp,
) -> Vec<TestStep> {
    certificates
        .iter()
        .map(|certificate| {
            let left = certificate.not_after.since(now) / 1000;
            let (result, key) = match left {
                _ if now < certificate.not_before => (StepResult::Failed, "test-certificate-not-yet"),
                ..=0 => (StepResult::Failed, "test-certificate-expired"),
                1..SOON_SECONDS => (StepResult::Warning, "test-certificate-expiring"),
                _ => (StepResult::Good, "test-certificate-good"),
            };
            let roles: Vec<_> = certificate.roles.iter().map(|role| role.name()).collect();
            TestStep::new(Step::Certificate, result, key)
                .with("subject", certificate.subject.clone())
                .with("roles", roles.join(","))
                .with("from", certificate.not_before.to_rfc3339())
                .with("until", certificate.not_after.to_rfc3339())
                .with("count", left.div_euclid(86_400).to_string())
                .with("sha1", certificate.sha1.to_string())
                .with("sha256", certificate.sha256.clone())
                .with("md5", certificate.md5.clone())
        })
        .collect()
}
