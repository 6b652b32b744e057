//! A row per code that devices and authorities are known to give: its cause, what to do, and whether it counts as an
//! attempt of the device.

use domain::{
    Timestamp,
    delivery::Retry,
    diagnosis::{Blame, Cause, ChallengeFacts, Evidence, Outage, diagnose, was_presented},
    scep_configuration::Route,
    thumbprint::Sha1,
    transaction::{Transaction, TransactionState},
};

use crate::samples::NOW;

/// (codes, family of words, charged): as the device reports them where the proxy has no record, its challenge young.
const ROWS: &[(&[u32], &str, bool)] = &[
    (&[0x8019_0190], "http-bad-request", false),
    (&[0x8019_0191], "http-sign-in", false),
    (&[0x8019_0193], "http-forbidden", false),
    (&[0x8019_0194], "http-not-found", false),
    (&[0x8019_0195], "http-method", false),
    (&[0x8019_0197, 0x8019_0198], "http-proxy", false),
    (&[0x8019_01F4], "http-server-error", false),
    (&[0x8019_01F6, 0x8019_01F7, 0x8019_01F8], "http-gateway", false),
    (&[0x8007_2EE7], "name-not-resolved", false),
    (&[0x8007_2EFD, 0x8007_2EFE], "cannot-connect", false),
    (&[0x8007_2EE2], "timeout", false),
    (&[0x8007_2F78], "bad-http-answer", false),
    (&[0x8007_2F8F], "tls", false),
    (&[0x8007_2F0D, 0x8007_2F06, 0x8007_2F05], "tls-certificate", false),
    (&[0x8009_1007], "thumbprint", true),
    (&[0x8009_1006], "answer-attributes", false),
    (&[0x8009_100B], "answer-recipient", false),
    (&[0x8009_100E, 0x8009_200E], "answer-signer", false),
    (&[0x8009_200D], "answer-not-scep", false),
    (&[0x8009_2004], "certificate-gone", true),
    (&[0x8009_2012, 0x8009_2013, 0x800B_010E], "revocation", false),
    (&[0x8009_2023, 0x8009_4001], "subject", true),
    (&[0x800B_0101], "expired", false),
    (&[0x800B_0109], "untrusted-root", false),
    (
        &[0x800B_010A, 0x800B_010C, 0x800B_010F, 0x800B_0110, 0x800B_0112],
        "chain",
        false,
    ),
    (&[0x8009_0003, 0x8009_0004, 0x8009_0005, 0x8009_0006], "key", true),
    (&[0x8009_000B], "ndes-key-store", false),
    (&[0x8009_0014], "key-provider", true),
    (&[0x8009_0016, 0x8009_0011], "key-missing", true),
    (&[0x8009_0022], "key-needs-person", true),
    (&[0x8009_0027, 0x8009_0029], "tpm-refuses-key", true),
    (&[0x8009_002D], "tpm", true),
    (&[0x8009_4002], "ca-no-request", true),
    (&[0x8009_4011, 0x8009_4012], "ca-denied", true),
    (&[0x8009_4014], "ca-manager-denied", true),
    (&[0x8009_4800], "ca-template", true),
    (&[0x8009_4801, 0x8009_4803, 0x8009_480F], "ca-template-data", true),
    (&[0x8009_4811], "ca-key-length", true),
    (&[0x8007_06BA], "ca-unreachable", false),
    (&[0x8000_4004], "interrupted", false),
    (&[0x8007_0005, 0x8007_0057, 0x8007_000D], "argument", true),
    (&[0x8010_002C], "smart-card", true),
    (&[0x02AB_0003], "accepted", true),
    (&[0x0000_2F8F], "connector-tls", false),
    (&[0x8018_0001, 0x8018_0019], "enrolment", true),
];

fn evidence(code: u32) -> Evidence<'static> {
    Evidence {
        code: Some(code.cast_signed()),
        route: Route::Proxy,
        record: None,
        challenge: Some(young()),
        ordered: None,
        issuer: None,
        trouble: None,
        pending_polls: None,
        now: NOW,
    }
}

fn young() -> ChallengeFacts {
    ChallengeFacts {
        taken_at: NOW.plus_seconds(-60),
        lifetime_seconds: 3600,
        is_forgotten: false,
    }
}

fn old() -> ChallengeFacts {
    ChallengeFacts {
        taken_at: NOW.plus_seconds(-3600),
        ..young()
    }
}

fn record(state: TransactionState, forwarded_at: Timestamp) -> Transaction {
    Transaction {
        id: crate::samples::id(1),
        owner: domain::transaction::Owner::Delivery(crate::samples::id(2)),
        authority_id: crate::samples::id(3),
        transaction_id: "t".into(),
        message_type: 19,
        request_sha256: String::new(),
        signer_sha256: None,
        renews_sha256: None,
        state,
        trouble: None,
        answer: None,
        forwarded_at,
        answered_at: None,
    }
}

fn refused(hresult: Option<u32>) -> TransactionState {
    TransactionState::Refused {
        fail_info: Some(2),
        hresult: hresult.map(u32::cast_signed),
        text: None,
    }
}

fn with_record(record: &Transaction, challenge: ChallengeFacts) -> domain::diagnosis::Diagnosis {
    diagnose(&Evidence {
        record: Some(record),
        challenge: Some(challenge),
        ..evidence(0x8007_0057)
    })
}

#[test]
fn each_code_of_a_device_has_its_words_and_is_charged_to_whom_it_belongs() {
    for (codes, family, is_charged) in ROWS {
        for code in *codes {
            let diagnosis = diagnose(&evidence(*code));
            let name = format!("{code:#x}");
            assert_eq!(
                diagnosis.cause.advice_key(),
                format!("advice-device-error-{family}"),
                "{name}"
            );
            assert_eq!(
                diagnosis.cause.key(),
                format!("cause-device-error-{family}"),
                "{name}"
            );
            assert_eq!(diagnosis.is_charged, *is_charged, "{name}");
        }
    }
}

#[test]
fn a_dead_challenge_is_the_cause_whatever_the_device_says_unless_the_order_is_to_blame() {
    for (codes, ..) in ROWS {
        for code in *codes {
            let late = Evidence {
                challenge: Some(old()),
                ..evidence(*code)
            };
            let diagnosis = diagnose(&late);
            let blames_order = diagnosis.cause != Cause::ChallengeExpired;
            assert_eq!(
                blames_order,
                diagnosis.cause.blame() == Blame::Configuration,
                "{code:#x}"
            );
            assert!(blames_order || !diagnosis.is_charged);
        }
    }
}

#[test]
fn a_wrong_thumbprint_says_which_was_ordered_and_which_is_right() {
    let (ordered, issuer) = (Sha1::of(b"old"), Sha1::of(b"new"));
    let known = Evidence {
        ordered: Some(ordered),
        issuer: Some(issuer),
        ..evidence(0x8009_1007)
    };
    let diagnosis = diagnose(&known);
    assert_eq!(
        diagnosis.cause,
        Cause::ThumbprintOfAnother {
            ordered: ordered.to_string(),
            issuer: issuer.to_string()
        }
    );
    let same = Evidence {
        issuer: Some(ordered),
        ..known
    };
    assert_eq!(diagnose(&same).cause.key(), "cause-device-error-thumbprint");

    // Through the proxy the device asks in the name of the old CA: the new one can't read it.
    let unreadable = record(
        TransactionState::Refused {
            fail_info: Some(1),
            hresult: Some(0x8007_0057_u32.cast_signed()),
            text: None,
        },
        NOW,
    );
    let renewed = Evidence {
        record: Some(&unreadable),
        ..known
    };
    assert_eq!(diagnose(&renewed).cause, diagnosis.cause);
    let other = Evidence {
        issuer: Some(ordered),
        ..renewed
    };
    assert_eq!(diagnose(&other).cause.key(), "cause-authority-refused-hresult");
}

#[test]
fn on_the_direct_route_the_words_for_a_bad_challenge_are_no_word_against_the_order() {
    let direct = Evidence {
        route: Route::Direct,
        ..evidence(0x8007_0057)
    };
    let diagnosis = diagnose(&direct);
    assert_eq!(diagnosis.cause.key(), "cause-authority-refused-hresult");
    assert!(!diagnosis.is_charged);
    assert_eq!(diagnosis.cause.retry(), Retry::Times(2));
    let dead = Evidence {
        challenge: Some(old()),
        ..direct
    };
    assert_eq!(diagnose(&dead).cause, Cause::ChallengeExpired);
}

#[test]
fn an_outage_that_is_known_is_the_cause_of_what_the_route_shows_of_it() {
    let outage = Cause::AuthorityUnreachable {
        what: Outage::default(),
        place: String::new(),
        detail: "connection refused".into(),
        until: NOW,
    };
    for (route, code, is_outage) in [
        (Route::Direct, 0x8007_2EFD, true),
        (Route::Direct, 0x8019_01F4, true),
        (Route::Proxy, 0x8019_01F6, true),
        // It doesn't reach Sceau: that is another matter.
        (Route::Proxy, 0x8007_2EFD, false),
        (Route::Direct, 0x8009_000B, true),
        (Route::Direct, 0x8009_4811, false),
        (Route::Direct, 0x8009_002D, false),
    ] {
        let known = Evidence {
            route,
            trouble: Some(&outage),
            ..evidence(code)
        };
        let diagnosis = diagnose(&known);
        assert_eq!(
            diagnosis.cause == outage,
            is_outage,
            "{route:?} {code:#x}: {diagnosis:?}"
        );
        assert!(!is_outage || !diagnosis.is_charged);
    }
    let full = Cause::CacheFull { until: NOW };
    let other = Evidence {
        trouble: Some(&full),
        ..evidence(0x8019_01F4)
    };
    assert_eq!(
        diagnose(&other).cause.key(),
        "cause-device-error-http-server-error"
    );
}

#[test]
fn a_request_that_nobody_approved_is_told_as_that_on_either_route() {
    let waited_in_vain = 0x8007_05B4;
    let pending = record(TransactionState::Pending, NOW.plus_seconds(-3000));
    let through_proxy = Evidence {
        route: Route::Proxy,
        record: Some(&pending),
        pending_polls: Some(3),
        ..evidence(waited_in_vain)
    };
    let direct = Evidence {
        record: None,
        route: Route::Direct,
        challenge: Some(old()),
        ..through_proxy
    };
    for known in [through_proxy, direct, Evidence { code: None, ..direct }] {
        let diagnosis = diagnose(&known);
        assert_eq!(diagnosis.cause, Cause::StillPending { polls: 3 });
        assert!(!diagnosis.is_charged);
    }
    // An error on the way to the authority, or a device that was switched off: another try is worth it.
    for code in [0x8019_01F4, 0x8007_2EFD, 0x8000_4004_u32] {
        for known in [through_proxy, direct] {
            let met = Evidence {
                code: Some(code.cast_signed()),
                challenge: Some(young()),
                ..known
            };
            let diagnosis = diagnose(&met);
            assert_eq!(
                diagnosis.cause,
                Cause::DeviceError {
                    code: code.cast_signed()
                }
            );
            assert_ne!(diagnosis.cause.retry(), Retry::Never);
        }
    }
    // A manager's no is told as that.
    let denied = diagnose(&Evidence {
        code: Some(0x8009_4014_u32.cast_signed()),
        ..direct
    });
    assert_eq!(denied.cause.key(), "cause-device-error-ca-manager-denied");
}

#[test]
fn a_device_that_fell_silent_is_judged_by_what_else_is_known() {
    let silent = |route, record, challenge, trouble| {
        diagnose(&Evidence {
            code: None,
            route,
            record,
            challenge: Some(challenge),
            trouble,
            ..evidence(0)
        })
        .cause
    };
    assert_eq!(silent(Route::Proxy, None, old(), None), Cause::ChallengeExpired);
    assert_eq!(silent(Route::Proxy, None, young(), None), Cause::NoAnswer);
    let unknown = record(TransactionState::OutcomeUnknown, NOW);
    assert_eq!(silent(Route::Proxy, Some(&unknown), old(), None), Cause::NoAnswer);
    let good = record(TransactionState::Succeeded, NOW);
    assert_eq!(
        silent(Route::Proxy, Some(&good), old(), None),
        Cause::CertificateGone
    );
    let outage = Cause::AuthorityUnreachable {
        what: Outage::default(),
        place: String::new(),
        detail: "connection refused".into(),
        until: NOW,
    };
    assert_eq!(silent(Route::Direct, None, old(), Some(&outage)), outage);
    assert_eq!(
        silent(Route::Proxy, None, old(), Some(&outage)),
        Cause::ChallengeExpired
    );
}

#[test]
fn a_refusal_of_the_ca_is_told_apart_by_its_code_the_challenges_age_and_its_fate() {
    // The challenge: too old when it was presented, forgotten by a restart, or nothing known against it.
    let late = record(refused(Some(0x8007_0057)), NOW);
    assert_eq!(with_record(&late, old()).cause, Cause::ChallengeExpired);
    assert!(!with_record(&late, old()).is_charged);
    let forgotten = ChallengeFacts {
        is_forgotten: true,
        ..young()
    };
    assert_eq!(with_record(&late, forgotten).cause, Cause::ChallengeForgotten);
    let plain = with_record(&late, young()).cause;
    assert_eq!(plain.advice_key(), "advice-authority-refused-hresult");
    assert_eq!(plain.retry(), Retry::Times(2));
    // Presented in time, reported late: the challenge's age is that of the presentation.
    let early = record(refused(None), NOW.plus_seconds(-3500));
    assert_eq!(
        with_record(&early, old()).cause.key(),
        "cause-authority-refused-bad-request"
    );

    // The order: told with the words for that code, charged, and never repeated, for it would burn challenges.
    for (code, family) in [
        (0x8009_4811, "ca-key-length"),
        (0x8009_4800, "ca-template"),
        (0x8009_4014, "ca-manager-denied"),
        (0x8009_4012, "ca-denied"),
        (0x8009_4001, "subject"),
    ] {
        let record = record(refused(Some(code)), NOW);
        let diagnosis = with_record(&record, old());
        assert_eq!(
            diagnosis.cause.advice_key(),
            format!("advice-device-error-{family}")
        );
        assert_eq!(diagnosis.cause.key(), "cause-authority-refused-hresult");
        assert!(diagnosis.is_charged);
        assert_eq!(diagnosis.cause.retry(), Retry::Never);
    }
}

#[test]
fn what_the_proxy_saw_fail_is_the_authoritys_and_never_charged() {
    for state in [
        TransactionState::NotDelivered {
            detail: "HTTP 500".into(),
        },
        TransactionState::Forwarded,
        TransactionState::OutcomeUnknown,
    ] {
        let record = record(state, NOW);
        let diagnosis = with_record(&record, young());
        assert!(!diagnosis.is_charged, "{diagnosis:?}");
        assert_eq!(diagnosis.cause.retry(), Retry::Always);
    }
}

#[test]
fn status_2_and_the_cas_own_codes_prove_on_the_direct_route_that_the_challenge_was_presented() {
    for (status, code, is_proof) in [
        (2, 0, true),
        (16, 0x8009_4811, true),
        (16, 0x8009_4800, true),
        (16, 0x8009_1007, false),
        (16, 0x8007_2EE7, false),
        (16, 0x8019_01F4, false),
        (16, 0x8007_0057, false),
        (32, 0, false),
    ] {
        assert_eq!(
            was_presented(status, u32::cast_signed(code)),
            is_proof,
            "{status} {code:#x}"
        );
    }
}
