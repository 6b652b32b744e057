use domain::{
    Timestamp,
    delivery::{Next, decide_after_failure},
    diagnosis::{Cause, Outage},
};

use crate::samples::{NOW, planned};

const BASE: i64 = 30_000;

fn next(cause: &Cause, earlier: &[Cause]) -> Next {
    decide_after_failure(cause, &planned(), earlier, NOW, BASE)
}
fn device_error(code: u32) -> Cause {
    Cause::DeviceError {
        code: code.cast_signed(),
    }
}
fn wait(next: Next) -> i64 {
    match next {
        Next::RetryAt(at) => at.since(NOW),
        Next::GiveUp => panic!("given up"),
    }
}

#[test]
fn what_the_network_or_the_authority_did_is_tried_without_end_and_ever_slower() {
    for cause in [
        Cause::ChallengeExpired,
        Cause::NoAnswer,
        Cause::AuthorityUnreachable {
            what: Outage::default(),
            place: String::new(),
            detail: String::new(),
            until: NOW,
        },
        device_error(0x8007_2EE7),
        device_error(0x8007_2EFD),
        device_error(0x8007_2F8F),
        device_error(0x8019_01F4),
        device_error(0x8019_01F7),
        device_error(0x8019_01FF),
    ] {
        let mut last = 0;
        for failures in 0..200 {
            let wait = wait(next(&cause, &vec![cause.clone(); failures]));
            assert!(
                wait >= last && (BASE..=BASE * 150).contains(&wait),
                "{cause:?} {failures}: {wait}"
            );
            last = wait;
        }
        assert!(last >= BASE * 120, "an hour at the end");
    }
}

#[test]
fn what_would_fail_again_is_given_up_at_once() {
    for cause in [
        device_error(0x8009_1007),
        device_error(0x8009_2023),
        device_error(0x8009_4001),
        device_error(0x8009_4811),
        device_error(0x8009_0029),
        device_error(0x8028_0001),
        Cause::VariableMissing {
            variable: "userUPN".to_owned(),
        },
        Cause::SubjectInvalid {
            detail: String::new(),
        },
        Cause::CertificateMismatch {
            field: String::new(),
            ordered: String::new(),
            shown: String::new(),
        },
    ] {
        assert_eq!(next(&cause, &[]), Next::GiveUp, "{cause:?}");
    }
}

#[test]
fn a_refusal_of_the_authority_is_tried_twice_more_and_outages_do_not_count() {
    let refused = Cause::AuthorityRefused {
        fail_info: Some(2),
        hresult: None,
    };
    let outages = vec![Cause::NoAnswer; 9];
    assert!(matches!(next(&refused, &outages), Next::RetryAt(_)));
    assert!(matches!(
        next(&refused, std::slice::from_ref(&refused)),
        Next::RetryAt(_)
    ));
    assert_eq!(
        next(&refused, &[refused.clone(), Cause::NoAnswer, refused.clone()]),
        Next::GiveUp
    );
}

#[test]
fn a_wait_that_the_cause_knows_is_kept() {
    let until: Timestamp = NOW.plus_seconds(7200);
    assert_eq!(next(&Cause::CacheFull { until }, &[]), Next::RetryAt(until));
}

#[test]
fn devices_do_not_come_back_in_one_instant() {
    let mut other = planned();
    other.id = crate::samples::id(0xF0);
    let one = next(&Cause::NoAnswer, &[]);
    assert_ne!(
        one,
        decide_after_failure(&Cause::NoAnswer, &other, &[], NOW, BASE)
    );
}

#[test]
fn any_base_is_borne() {
    for base in [i64::MIN, -1, 0, 1, i64::MAX] {
        let next = decide_after_failure(
            &Cause::NoAnswer,
            &planned(),
            &vec![Cause::NoAnswer; 99],
            NOW,
            base,
        );
        assert!(matches!(next, Next::RetryAt(at) if at > NOW));
    }
}
