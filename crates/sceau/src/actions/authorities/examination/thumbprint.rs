//! How the certificates hang together, whether they changed, and which SHA-1 Windows compares: that of the certificate
//! that issued the RA's (CSP `CAThumbprint`). Where a configuration says another, devices end in 0x80091007.

use domain::{external_ca::Authority, scep_configuration::Configuration};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Step, StepResult, TestStep};
use crate::actions::authorities::{ChainCertificate, ChainRole, refresh, verify::Seen};

pub(super) fn steps(
    certificates: &[ChainCertificate],
    seen: &Seen,
    before: Option<&Authority>,
    configurations: &[Configuration],
) -> Vec<TestStep> {
    let mut steps = roles(certificates);
    steps.extend(before.and_then(|before| changed(before, seen)));
    let issuer = certificates
        .iter()
        .find(|certificate| certificate.roles.contains(&ChainRole::Issuer));
    if let Some(issuer) = issuer {
        steps.push(
            TestStep::new(Step::Thumbprint, StepResult::Good, "test-thumbprint-shown")
                .with("sha1", issuer.sha1.to_string())
                .with("subject", issuer.subject.clone()),
        );
    }
    for configuration in configurations {
        let ordered = configuration.settings.ca_sha1;
        let (result, key) = if ordered == seen.issuer_sha1 {
            (StepResult::Good, "test-thumbprint-fits")
        } else {
            (StepResult::Failed, "test-thumbprint-differs")
        };
        steps.push(
            TestStep::new(Step::Thumbprint, result, key)
                .with("configuration", configuration.name.clone())
                .with("ordered", ordered.to_string())
                .with("sha1", seen.issuer_sha1.to_string()),
        );
    }
    steps
}

fn roles(certificates: &[ChainCertificate]) -> Vec<TestStep> {
    let with = |role: ChainRole| certificates.iter().find(|one| one.roles.contains(&role));
    let (Some(issuer), Some(signing), Some(encryption)) = (
        with(ChainRole::Issuer),
        with(ChainRole::RaSigning),
        with(ChainRole::RaEncryption),
    ) else {
        return Vec::new();
    };
    let step = |result, key| TestStep::new(Step::Chain, result, key);
    let registrations = [signing, encryption];
    let mut steps = Vec::new();
    if registrations.iter().all(|one| one.der == issuer.der) {
        let missing = missing_usages(&issuer.der);
        let (result, key) = if missing.is_empty() {
            (StepResult::Good, "test-chain-no-ra")
        } else {
            (StepResult::Warning, "test-chain-no-ra-usages")
        };
        steps.push(
            step(result, key)
                .with("subject", issuer.subject.clone())
                .with("usages", missing.join(", ")),
        );
    } else {
        let foreign = registrations
            .into_iter()
            .find(|one| one.der != issuer.der && !is_issued_by(&one.der, &issuer.der));
        steps.push(match foreign {
            None => step(StepResult::Good, "test-chain-ra")
                .with("signing", signing.subject.clone())
                .with("encryption", encryption.subject.clone())
                .with("issuer", issuer.subject.clone()),
            Some(foreign) => step(StepResult::Failed, "test-chain-ra-foreign")
                .with("subject", foreign.subject.clone())
                .with("issuer", foreign.issuer.clone()),
        });
    }
    let top = certificates
        .iter()
        .rfind(|one| one.roles.contains(&ChainRole::Chain))
        .unwrap_or(issuer);
    let has_root = certificates
        .iter()
        .any(|one| one.subject == one.issuer && is_issued_by(&one.der, &one.der));
    if !has_root {
        steps.push(step(StepResult::Note, "test-chain-no-root").with("issuer", top.issuer.clone()));
    }
    steps
}

/// What Windows wants of a CA that signs answers and opens requests itself, and this one's key usage doesn't have.
fn missing_usages(der: &[u8]) -> Vec<&'static str> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return Vec::new();
    };
    // RFC 5280 §4.2.1.3: without the extension any usage is allowed.
    let Ok(Some(usage)) = certificate.key_usage() else {
        return Vec::new();
    };
    [
        ("digitalSignature", usage.value.digital_signature()),
        ("keyEncipherment", usage.value.key_encipherment()),
    ]
    .into_iter()
    .filter(|(_, is_there)| !is_there)
    .map(|(name, _)| name)
    .collect()
}

fn is_issued_by(der: &[u8], issuer: &[u8]) -> bool {
    let (Ok((_, certificate)), Ok((_, issuer))) =
        (X509Certificate::from_der(der), X509Certificate::from_der(issuer))
    else {
        return false;
    };
    certificate.issuer() == issuer.subject()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// What is stored is compared, and stays: taking over another CA is a decision of its own.
fn changed(before: &Authority, seen: &Seen) -> Option<TestStep> {
    let step = |result, key| TestStep::new(Step::Chain, result, key);
    if refresh::is_another_authority(before, seen) {
        return Some(
            step(StepResult::Warning, "test-chain-changed")
                .with("before", before.issuer_sha1.to_string())
                .with("now", seen.issuer_sha1.to_string()),
        );
    }
    (before.certificates != seen.certificates).then(|| step(StepResult::Note, "test-chain-ra-renewed"))
}
