//! What the locales need to say a cause in words: a key for what happened, one for what to do, the values.

use super::{Cause, hresult};
use crate::scep_configuration::SanKind;

macro_rules! keys {
    ($($name:literal),* $(,)?) => {
        /// Every key that [`Cause::key`] gives: a test renders each in both languages.
        pub const ALL_CAUSE_KEYS: &[&str] = &[$(concat!("cause-", $name)),*];
        /// Every key that [`Cause::advice_key`] gives, in the same order.
        pub const ALL_ADVICE_KEYS: &[&str] = &[$(concat!("advice-", $name)),*];
    };
}

keys![
    "variable-missing",
    "subject-invalid",
    "san-invalid",
    "challenge-being-fetched",
    "slots-taken",
    "cache-full",
    "authority-unreachable",
    "sign-in-refused",
    "account-refused",
    "no-permission",
    "page-not-understood",
    "user-not-signed-in",
    "command-refused",
    "authority-refused",
    "authority-refused-bad-request",
    "authority-refused-bad-time",
    "authority-refused-hresult",
    "challenge-expired",
    "no-answer",
    "certificate-mismatch",
    "certificate-gone",
    "queued-behind",
    "queued-behind-until",
    "slots-held-silent",
    "challenge-forgotten",
    "challenge-not-asked",
    "page-truncated",
    "policy-module",
    "kerberos-impossible",
    "thumbprint-of-another",
    "still-pending",
    "message-too-large",
    "tpm-missing",
    "windows-too-old",
    "edition-unsupported",
    "serial-not-listed",
    "device-error-http-bad-request",
    "device-error-http-sign-in",
    "device-error-http-forbidden",
    "device-error-http-not-found",
    "device-error-http-method",
    "device-error-http-proxy",
    "device-error-http-client-error",
    "device-error-http-server-error",
    "device-error-http-gateway",
    "device-error-timeout",
    "device-error-name-not-resolved",
    "device-error-cannot-connect",
    "device-error-bad-http-answer",
    "device-error-tls",
    "device-error-tls-certificate",
    "device-error-network",
    "device-error-thumbprint",
    "device-error-answer-attributes",
    "device-error-answer-recipient",
    "device-error-answer-signer",
    "device-error-answer-not-scep",
    "device-error-certificate-gone",
    "device-error-revocation",
    "device-error-subject",
    "device-error-expired",
    "device-error-untrusted-root",
    "device-error-chain",
    "device-error-key",
    "device-error-ndes-key-store",
    "device-error-key-provider",
    "device-error-key-missing",
    "device-error-key-needs-person",
    "device-error-tpm-refuses-key",
    "device-error-tpm",
    "device-error-ca-no-request",
    "device-error-ca-denied",
    "device-error-ca-manager-denied",
    "device-error-ca-template",
    "device-error-ca-template-data",
    "device-error-ca-key-length",
    "device-error-ca-unreachable",
    "device-error-ca-refused",
    "device-error-argument",
    "device-error-interrupted",
    "device-error-accepted",
    "device-error-connector-tls",
    "device-error-smart-card",
    "device-error-enrolment",
    "device-error-unknown",
];

/// RFC 8894 §3.2.1.4: failInfo.
const BAD_REQUEST: i64 = 2;
const BAD_TIME: i64 = 3;

impl Cause {
    /// Key of the sentence that says what happened.
    pub fn key(&self) -> String {
        format!("cause-{}", self.sentence())
    }

    /// Key of the sentence that says what to do.
    pub fn advice_key(&self) -> String {
        match self {
            // The CA's own code says more than that it refused.
            Self::AuthorityRefused {
                hresult: Some(code), ..
            } if self.blames_the_order() => hresult(*code).advice(),
            _ => format!("advice-{}", self.sentence()),
        }
    }

    /// The values of both sentences. Moments are RFC 3339.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::VariableMissing { variable } => vec![("variable", variable.clone())],
            Self::SubjectInvalid { detail } => vec![("detail", detail.clone())],
            Self::SanInvalid { kind, detail } => {
                vec![("kind", kind.name().to_owned()), ("detail", detail.clone())]
            }
            Self::SlotsTaken { max, until } => vec![("max", max.to_string()), ("until", until.to_rfc3339())],
            Self::CacheFull { until } => vec![("until", until.to_rfc3339())],
            Self::AuthorityUnreachable {
                what,
                place,
                detail,
                until,
            } => vec![
                ("what", what.name().to_owned()),
                ("place", place.clone()),
                ("detail", detail.clone()),
                ("until", until.to_rfc3339()),
            ],
            Self::PageNotUnderstood { excerpt } => vec![("excerpt", excerpt.clone())],
            Self::CommandRefused { status, node } => {
                vec![("status", status.to_string()), ("node", node.clone())]
            }
            Self::DeviceError { code } => coded(*code),
            Self::AuthorityRefused { fail_info, hresult } => {
                let mut values = hresult.map(coded).unwrap_or_default();
                values.push((
                    "fail_info",
                    fail_info.map_or_else(|| "-".to_owned(), |value| value.to_string()),
                ));
                values
            }
            Self::CertificateMismatch {
                field,
                ordered,
                shown,
            } => {
                vec![
                    ("field", field.clone()),
                    ("ordered", ordered.clone()),
                    ("shown", shown.clone()),
                ]
            }
            Self::QueuedBehind { place, ahead, until } => {
                let mut values = vec![("place", place.to_string()), ("ahead", ahead.to_string())];
                values.extend(until.map(|until| ("until", until.to_rfc3339())));
                values
            }
            Self::SlotsHeldSilent { held, max, until } => vec![
                ("held", held.to_string()),
                ("max", max.to_string()),
                ("until", until.to_rfc3339()),
            ],
            Self::MessageTooLarge { octets, limit } => {
                vec![("octets", octets.to_string()), ("limit", limit.to_string())]
            }
            Self::PolicyModule { detail } => vec![("detail", detail.clone())],
            Self::AccountRefused { why } | Self::KerberosImpossible { why } => vec![("why", why.clone())],
            Self::ThumbprintOfAnother { ordered, issuer } => {
                vec![("ordered", ordered.clone()), ("issuer", issuer.clone())]
            }
            Self::WindowsTooOld { version, needed } => {
                vec![("version", version.clone()), ("needed", needed.clone())]
            }
            Self::EditionUnsupported { edition } => vec![("edition", edition.clone())],
            Self::SerialNotListed { serial_number } => vec![("serial", serial_number.clone())],
            Self::StillPending { polls } => vec![("polls", polls.to_string())],
            Self::TpmMissing
            | Self::ChallengeForgotten
            | Self::ChallengeNotAsked
            | Self::PageTruncated
            | Self::ChallengeBeingFetched
            | Self::SignInRefused
            | Self::NoPermission
            | Self::UserNotSignedIn
            | Self::ChallengeExpired
            | Self::NoAnswer
            | Self::CertificateGone => Vec::new(),
        }
    }

    fn sentence(&self) -> String {
        let name = match self {
            Self::VariableMissing { .. } => "variable-missing",
            Self::SubjectInvalid { .. } => "subject-invalid",
            Self::SanInvalid { .. } => "san-invalid",
            Self::ChallengeBeingFetched => "challenge-being-fetched",
            Self::SlotsTaken { .. } => "slots-taken",
            Self::CacheFull { .. } => "cache-full",
            Self::AuthorityUnreachable { .. } => "authority-unreachable",
            Self::SignInRefused => "sign-in-refused",
            Self::AccountRefused { .. } => "account-refused",
            Self::NoPermission => "no-permission",
            Self::PageNotUnderstood { .. } => "page-not-understood",
            Self::UserNotSignedIn => "user-not-signed-in",
            Self::MessageTooLarge { .. } => "message-too-large",
            Self::CommandRefused { .. } => "command-refused",
            Self::DeviceError { code } => return format!("device-error-{}", hresult(*code).family),
            Self::AuthorityRefused { hresult: Some(_), .. } => "authority-refused-hresult",
            Self::AuthorityRefused {
                fail_info: Some(BAD_REQUEST),
                ..
            } => "authority-refused-bad-request",
            Self::AuthorityRefused {
                fail_info: Some(BAD_TIME),
                ..
            } => "authority-refused-bad-time",
            Self::AuthorityRefused { .. } => "authority-refused",
            Self::ChallengeExpired => "challenge-expired",
            Self::NoAnswer => "no-answer",
            Self::CertificateMismatch { .. } => "certificate-mismatch",
            Self::CertificateGone => "certificate-gone",
            Self::QueuedBehind { until: None, .. } => "queued-behind",
            Self::QueuedBehind { until: Some(_), .. } => "queued-behind-until",
            Self::SlotsHeldSilent { .. } => "slots-held-silent",
            Self::ChallengeForgotten => "challenge-forgotten",
            Self::ChallengeNotAsked => "challenge-not-asked",
            Self::PageTruncated => "page-truncated",
            Self::PolicyModule { .. } => "policy-module",
            Self::KerberosImpossible { .. } => "kerberos-impossible",
            Self::ThumbprintOfAnother { .. } => "thumbprint-of-another",
            Self::StillPending { .. } => "still-pending",
            Self::TpmMissing => "tpm-missing",
            Self::WindowsTooOld { .. } => "windows-too-old",
            Self::EditionUnsupported { .. } => "edition-unsupported",
            Self::SerialNotListed { .. } => "serial-not-listed",
        };
        name.to_owned()
    }
}

impl SanKind {
    /// The type's name as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Dns => "dns",
            Self::Uri => "uri",
            Self::Upn => "upn",
            Self::Ip => "ip",
            Self::Sid => "sid",
        }
    }
}

fn coded(code: i32) -> Vec<(&'static str, String)> {
    let named = hresult(code);
    vec![
        ("code", named.hex()),
        ("name", named.name.to_owned()),
        ("decimal", code.to_string()),
    ]
}
