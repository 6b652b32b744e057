//! Certificates that have ended, or end soon.

use domain::Timestamp;

use super::{StepResult, TestStep};
use crate::actions::authorities::ChainCertificate;

/// Certificates that end sooner than this are warned about.
const SOON_SECONDS: i64 = 60 * 86_400;

/// A step for each certificate that has ended, or ends soon.
pub(in crate::actions) fn certificate_steps(
    certificates: &[ChainCertificate],
    now: Timestamp,
) -> Vec<TestStep> {
    let mut steps = Vec::new();
    for certificate in certificates {
        let left = certificate.not_after.since(now) / 1000;
        let (key, result) = match left {
            ..=0 => ("test-certificate-expired", StepResult::Failed),
            1..SOON_SECONDS => ("test-certificate-expiring", StepResult::Warning),
            _ => continue,
        };
        steps.push(TestStep {
            key,
            result,
            detail: format!("{}: {} days left", certificate.subject, left.div_euclid(86_400)),
        });
    }
    steps
}
