use domain::{
    Error, Kind,
    delivery::{Delivery, DeliveryState, Proof, Report, Standing, Verdict, standing},
    diagnosis::Cause,
    thumbprint::Sha1,
};

use crate::samples::{NOW, command, planned};

fn sha1() -> Sha1 {
    Sha1::of(b"certificate")
}
fn sent() -> Delivery {
    planned().reserved(NOW).unwrap().sent(command(), NOW).unwrap()
}
fn verified() -> Delivery {
    sent()
        .accepted(NOW)
        .unwrap()
        .verified(sha1(), Proof::Thumbprint, NOW)
        .unwrap()
}
fn report(delivery: Delivery, status: Option<i64>, code: i32) -> (Delivery, Verdict) {
    delivery.reported(Report { status, code }, NOW).unwrap()
}
fn assert_refused(refused: Result<Delivery, Error>, from: &str, to: &str) {
    let error = refused.unwrap_err();
    assert_eq!(error.kind, Kind::State);
    assert!(
        error.detail.contains(from) && error.detail.contains(to),
        "{error}"
    );
    let names: Vec<_> = error.values.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["thing", "from", "to"]);
}

#[test]
fn the_straight_way_ends_verified_with_the_secret_gone() {
    let delivery = planned();
    assert_eq!(delivery.state, DeliveryState::WaitingForDevice);
    let delivery = delivery.reserved(NOW).unwrap();
    assert_eq!(
        delivery.state,
        DeliveryState::WaitingForChallenge {
            cause: Cause::ChallengeBeingFetched
        }
    );
    let delivery = delivery.sent(command(), NOW).unwrap();
    assert!(delivery.secret.is_some() && delivery.is_on_device);
    let delivery = delivery.accepted(NOW).unwrap();
    let (delivery, verdict) = report(delivery, Some(1), 0);
    assert_eq!(
        (delivery.state.name(), verdict),
        ("enrolling", Verdict::AskThumbprint)
    );
    let delivery = delivery.verified(sha1(), Proof::Certificate, NOW).unwrap();
    assert!(delivery.secret.is_none());
    assert_eq!(
        delivery.state,
        DeliveryState::Verified {
            sha1: sha1(),
            by: Proof::Certificate
        }
    );
}

#[test]
fn an_acknowledged_command_proves_nothing() {
    assert_eq!(sent().accepted(NOW).unwrap().state, DeliveryState::Enrolling);
    let (delivery, verdict) = report(sent(), Some(1), 0);
    assert_eq!(
        (delivery.state, verdict),
        (DeliveryState::Enrolling, Verdict::AskThumbprint)
    );
}

#[test]
fn running_and_missing_nodes_are_asked_again() {
    for status in [Some(32), None, Some(0), Some(77)] {
        let (delivery, verdict) = report(sent().accepted(NOW).unwrap(), status, 0);
        assert_eq!(
            (delivery.state, verdict),
            (DeliveryState::Enrolling, Verdict::AskAgain)
        );
    }
    let (delivery, _) = report(sent(), Some(2), 0);
    assert_eq!(delivery.state, DeliveryState::PendingAtCa);
    let (delivery, verdict) = report(delivery, Some(32), 0);
    assert_eq!(
        (delivery.state, verdict),
        (DeliveryState::PendingAtCa, Verdict::AskAgain)
    );
}

#[test]
fn a_failure_carries_the_devices_own_code() {
    let (delivery, verdict) = report(sent(), Some(16), -2_146_889_721);
    assert_eq!(
        verdict,
        Verdict::Failed(Cause::DeviceError { code: -2_146_889_721 })
    );
    assert!(delivery.state.is_open(), "what follows is another decision");
}

#[test]
fn a_proved_certificate_that_is_gone_is_not_called_verified_any_more() {
    for status in [Some(16), None] {
        let (delivery, verdict) = report(verified(), status, -2_146_885_628);
        assert_eq!(verdict, Verdict::Failed(Cause::CertificateGone));
        assert_eq!(
            delivery.failed(Cause::CertificateGone, NOW).unwrap().state.name(),
            "failed"
        );
    }
}

#[test]
fn a_thumbprint_may_become_proof_by_certificate_and_never_another_one() {
    let delivery = verified().verified(sha1(), Proof::Certificate, NOW).unwrap();
    let again = delivery.clone().verified(sha1(), Proof::Thumbprint, NOW).unwrap();
    assert_eq!(again, delivery, "a better proof is kept");
    assert_refused(
        delivery.verified(Sha1::of(b"other"), Proof::Thumbprint, NOW),
        "verified",
        "verified",
    );
}

#[test]
fn a_late_answer_cannot_revive_a_delivery_that_is_over() {
    let replaced = sent().replaced(Some(Cause::ChallengeExpired), NOW).unwrap();
    assert!(!replaced.is_current && replaced.secret.is_none());
    assert_refused(replaced.clone().accepted(NOW), "replaced", "enrolling");
    assert_refused(
        replaced.clone().verified(sha1(), Proof::Thumbprint, NOW),
        "replaced",
        "verified",
    );
    assert_refused(
        replaced.clone().failed(Cause::NoAnswer, NOW),
        "replaced",
        "failed",
    );
    assert_refused(replaced.clone().sent(command(), NOW), "replaced", "sent");
    assert!(
        replaced
            .clone()
            .reported(
                Report {
                    status: Some(1),
                    code: 0
                },
                NOW
            )
            .is_err()
    );
    assert_refused(replaced.replaced(None, NOW), "replaced", "replaced");
}

#[test]
fn nothing_is_verified_before_it_was_sent() {
    assert_refused(
        planned().verified(sha1(), Proof::Thumbprint, NOW),
        "waiting_for_device",
        "verified",
    );
    assert_refused(planned().accepted(NOW), "waiting_for_device", "enrolling");
}

#[test]
fn a_delivery_is_not_reserved_before_its_time_or_twice_sent() {
    let mut delivery = planned();
    delivery.not_before = NOW.plus_seconds(1);
    assert_refused(delivery.clone().reserved(NOW), "waiting_for_device", "reserved");
    assert!(delivery.reserved(NOW.plus_seconds(1)).is_ok());
    assert_refused(sent().reserved(NOW), "sent", "waiting_for_challenge");
    assert_refused(sent().sent(command(), NOW), "sent", "sent");
}

#[test]
fn a_crash_while_the_challenge_was_fetched_lets_it_be_reserved_again() {
    assert!(planned().reserved(NOW).unwrap().reserved(NOW).is_ok());
}

#[test]
fn a_repeated_acceptance_changes_nothing() {
    let enrolling = sent().accepted(NOW).unwrap();
    assert_eq!(
        enrolling.clone().accepted(NOW.plus_seconds(1)).unwrap(),
        enrolling
    );
    assert_eq!(verified().accepted(NOW).unwrap().state.name(), "verified");
}

#[test]
fn removal_ends_everything_and_may_be_repeated() {
    let removed = verified().removed(NOW).unwrap();
    assert!(!removed.is_on_device);
    assert_eq!(removed.clone().removed(NOW.plus_seconds(1)).unwrap(), removed);
}

#[test]
fn a_person_sees_renewing_while_the_former_certificate_still_lives() {
    let held = domain::certificate::Certificate {
        sha1: sha1(),
        device_id: crate::samples::id(2),
        delivery_id: crate::samples::id(5),
        verified_by: Proof::Certificate,
        subject: String::new(),
        issuer: None,
        serial: None,
        not_before: Some(NOW),
        not_after: Some(NOW.plus_seconds(86_400 * 100)),
        der: None,
        verified_at: NOW,
        removed_at: None,
    };
    let later = |days: i64| NOW.plus_seconds(86_400 * days);
    assert_eq!(standing(&sent(), Some(&held), NOW), Some(Standing::Renewing));
    assert_eq!(standing(&sent(), None, NOW), Some(Standing::Sent));
    assert_eq!(standing(&sent(), Some(&held), later(101)), Some(Standing::Sent));
    assert_eq!(standing(&verified(), Some(&held), NOW), Some(Standing::Verified));
    assert_eq!(
        standing(&verified(), Some(&held), later(95)),
        Some(Standing::Expiring)
    );
    assert_eq!(
        standing(&verified(), Some(&held), later(101)),
        Some(Standing::Expired)
    );
    assert_eq!(standing(&sent().replaced(None, NOW).unwrap(), None, NOW), None);
}
