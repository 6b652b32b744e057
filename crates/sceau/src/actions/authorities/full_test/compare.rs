//! The certificate of a full test beside what was asked for.

use domain::{
    Timestamp,
    certificate::{self, Note, Ordered},
    diagnosis::Cause,
    scep_configuration::{HashFamily, ScepSettings},
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{
    super::examination::{Step, StepResult, TestStep},
    enrol::Issued,
};

pub(super) fn steps(issued: &Issued, settings: &ScepSettings, chain: &[Vec<u8>]) -> Vec<TestStep> {
    let der = issued.der.as_slice();
    let step = |result, key| TestStep::new(Step::Issued, result, key);
    let ordered = Ordered {
        subject: &issued.subject,
        sans: &issued.sans,
        ekus: &settings.ekus,
        key_usage_bits: settings.key_usage_bits(),
        key_length: settings.key_length,
        validity: Some((settings.validity, settings.validity_unit)),
        chain,
    };
    let mut steps = Vec::new();
    match certificate::compare(der, &ordered) {
        Ok(shown) => {
            let at = |moment: Timestamp| moment.to_rfc3339();
            steps.push(
                step(StepResult::Good, "test-issued-good")
                    .with("subject", shown.subject)
                    .with("issuer", shown.issuer)
                    .with("serial", shown.serial)
                    .with("from", at(shown.not_before))
                    .with("until", at(shown.not_after)),
            );
            for note in shown.notes {
                let Note::Validity {
                    ordered_days,
                    shown_days,
                } = note;
                steps.push(
                    step(StepResult::Note, "test-issued-validity")
                        .with("ordered", ordered_days.to_string())
                        .with("days", shown_days.to_string()),
                );
            }
        }
        // step-ca does so where none are ordered.
        Err(Cause::CertificateMismatch {
            field,
            ordered,
            shown,
        }) if field == "subject_alternative_names" && ordered.is_empty() => {
            steps.push(step(StepResult::Failed, "test-issued-names-added").with("shown", shown));
        }
        Err(Cause::CertificateMismatch {
            field,
            ordered,
            shown,
        }) => steps.push(
            step(StepResult::Failed, "test-issued-differs")
                .with("field", field)
                .with("ordered", ordered)
                .with("shown", shown),
        ),
        Err(_) => steps.push(step(StepResult::Failed, "test-issued-unreadable")),
    }
    steps.push(hash(der, settings));
    steps
}

/// RFC 8017 and RFC 5758: the families of the signatures that authorities make.
fn hash(der: &[u8], settings: &ScepSettings) -> TestStep {
    let algorithm = X509Certificate::from_der(der)
        .map(|(_, parsed)| parsed.signature_algorithm.algorithm.to_id_string())
        .unwrap_or_default();
    let family = match algorithm.as_str() {
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => HashFamily::Sha1,
        _ if algorithm.starts_with("2.16.840.1.101.3.4.3.1") => HashFamily::Sha3,
        _ => HashFamily::Sha2,
    };
    let name = match family {
        HashFamily::Sha1 => "SHA-1",
        HashFamily::Sha2 => "SHA-2",
        HashFamily::Sha3 => "SHA-3",
    };
    let (result, key) = if settings.hashes.contains(&family) {
        (StepResult::Good, "test-issued-hash")
    } else {
        (StepResult::Warning, "test-issued-hash-other")
    };
    TestStep::new(Step::Issued, result, key).with("hash", name)
}
