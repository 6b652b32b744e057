use std::collections::BTreeSet;

use domain::{
    diagnosis::{ALL_ADVICE_KEYS, ALL_CAUSE_KEYS, Blame, Cause, Outage, hresult},
    scep_configuration::SanKind,
};

use crate::samples::NOW;

fn unreachable() -> Cause {
    Cause::AuthorityUnreachable {
        what: Outage::default(),
        place: String::new(),
        detail: String::new(),
        until: NOW,
    }
}

fn too_large() -> Cause {
    Cause::MessageTooLarge {
        octets: 7000,
        limit: 4096,
    }
}

/// Every facility of the table, code by code, and something unknown.
fn device_errors() -> Vec<Cause> {
    let ranges = [
        0x8019_0190..=0x8019_0260_u32,
        0x8007_2EE1..=0x8007_2F9A,
        0x8009_0000..=0x8009_4900,
        0x800B_0100..=0x800B_0120,
        0x8018_0001..=0x8018_0019,
        0x8028_0000..=0x8028_0001,
        0x8007_0000..=0x8007_0800,
        0x8010_002C..=0x8010_002C,
    ];
    let single = [0, 1, 0x2F8F, 0x02AB_0003, 0x8000_4004, u32::MAX];
    let codes = ranges.into_iter().flatten().chain(single);
    codes
        .map(|code| Cause::DeviceError {
            code: code.cast_signed(),
        })
        .collect()
}

fn causes() -> Vec<Cause> {
    let text = String::new;
    let refused = |fail_info, hresult| Cause::AuthorityRefused { fail_info, hresult };
    let mut causes = vec![
        Cause::VariableMissing { variable: text() },
        Cause::SubjectInvalid { detail: text() },
        Cause::SanInvalid {
            kind: SanKind::Email,
            detail: text(),
        },
        Cause::ChallengeBeingFetched,
        Cause::SlotsTaken { max: 5, until: NOW },
        Cause::CacheFull { until: NOW },
        unreachable(),
        Cause::SignInRefused,
        Cause::AccountRefused { why: text() },
        Cause::NoPermission,
        Cause::PageNotUnderstood { excerpt: text() },
        Cause::UserNotSignedIn,
        too_large(),
        Cause::TpmMissing,
        Cause::WindowsTooOld {
            version: text(),
            needed: text(),
        },
        Cause::EditionUnsupported { edition: text() },
        Cause::SerialNotListed {
            serial_number: text(),
        },
        Cause::CommandRefused {
            status: 500,
            node: text(),
        },
        refused(None, None),
        refused(Some(2), None),
        refused(Some(3), None),
        refused(Some(2), Some(-2_146_875_375)),
        refused(Some(2), Some(-2_147_024_809)),
        Cause::ChallengeExpired,
        Cause::NoAnswer,
        Cause::CertificateMismatch {
            field: text(),
            ordered: text(),
            shown: text(),
        },
        Cause::CertificateGone,
        Cause::QueuedBehind {
            place: 7,
            ahead: 6,
            until: None,
        },
        Cause::QueuedBehind {
            place: 7,
            ahead: 6,
            until: Some(NOW),
        },
        Cause::SlotsHeldSilent {
            held: 5,
            max: 5,
            until: NOW,
        },
        Cause::ChallengeForgotten,
        Cause::ChallengeNotAsked,
        Cause::PageTruncated,
        Cause::PolicyModule { detail: text() },
        Cause::KerberosImpossible { why: text() },
        Cause::ThumbprintOfAnother {
            ordered: text(),
            issuer: text(),
        },
        Cause::StillPending { polls: 6 },
    ];
    causes.extend(device_errors());
    causes
}

#[test]
fn every_cause_has_a_key_and_every_key_a_cause() {
    let keys: BTreeSet<String> = causes().iter().map(Cause::key).collect();
    let listed: BTreeSet<String> = ALL_CAUSE_KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(keys, listed);
    let keys: BTreeSet<String> = causes().iter().map(Cause::advice_key).collect();
    let listed: BTreeSet<String> = ALL_ADVICE_KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(keys, listed);
    assert_eq!(ALL_CAUSE_KEYS.len(), listed.len(), "no key stands twice");
}

#[test]
fn codes_are_shown_as_windows_writes_them() {
    let named = hresult(-2_145_844_748);
    assert_eq!(
        (named.hex().as_str(), named.name),
        ("0x801901F4", "HTTP_E_STATUS_SERVER_ERROR")
    );
    let named = hresult(-2_146_889_721);
    assert_eq!(
        (named.hex().as_str(), named.name),
        ("0x80091007", "CRYPT_E_HASH_VALUE")
    );
    assert_eq!(named.advice(), "advice-device-error-thumbprint");
    assert_eq!(hresult(-2_146_885_628).name, "CRYPT_E_NOT_FOUND");
    assert_eq!(hresult(-2_146_762_487).name, "CERT_E_UNTRUSTEDROOT");
}

#[test]
fn an_unknown_code_is_still_shown() {
    let values = Cause::DeviceError { code: -1 }.values();
    assert!(values.contains(&("code", "0xFFFFFFFF".to_owned())));
    assert_eq!(hresult(0x8019_0258_u32.cast_signed()).family, "unknown");
}

#[test]
fn a_failing_name_resolution_is_the_networks_fault() {
    assert_eq!(hresult(0x8007_2EE7_u32.cast_signed()).blame, Blame::Network);
    assert_eq!(hresult(0x8007_2EF1_u32.cast_signed()).blame, Blame::Network);
    assert_eq!(hresult(0x8019_0199_u32.cast_signed()).blame, Blame::Authority);
}

#[test]
fn values_name_what_the_sentence_needs() {
    let cause = Cause::SlotsTaken { max: 5, until: NOW };
    assert_eq!(
        cause.values(),
        [("max", "5".to_owned()), ("until", NOW.to_rfc3339())]
    );
    let cause = Cause::VariableMissing {
        variable: "userUPN".to_owned(),
    };
    assert_eq!(cause.values(), [("variable", "userUPN".to_owned())]);
}

#[test]
fn a_cause_is_stored_and_read_back() {
    for cause in causes().into_iter().take(30) {
        let text = serde_json::to_string(&cause).unwrap();
        assert_eq!(serde_json::from_str::<Cause>(&text).unwrap(), cause);
    }
}
