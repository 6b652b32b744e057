use std::collections::BTreeSet;

use domain::{
    assignment::{Assignment, Scope},
    certificate::Certificate,
    delivery::{Delivery, Proof},
    desired::{self, Reason, Steps},
    device::{Device, Removal, SILENCE_SECONDS},
    diagnosis::Cause,
    person::Person,
    renewal,
    scep_configuration::Configuration,
    subject::Facts,
    thumbprint::Sha1,
    time::Timestamp,
};

use crate::samples::{NOW, command, configuration, device, for_all, form, id, jane, planned};

fn at<'a>(person: &'a Person, device: &'a Device, now: Timestamp) -> Facts<'a> {
    Facts {
        person: Some(person),
        device,
        now,
    }
}
/// For a device that belongs to no group.
fn compare(
    facts: &Facts<'_>,
    assigned: &[(Configuration, Assignment)],
    deliveries: &[Delivery],
    certificates: &[Certificate],
) -> Steps {
    desired::compare(facts, assigned, &BTreeSet::new(), deliveries, certificates)
}
fn sent() -> Delivery {
    planned().sent(command(), NOW).unwrap()
}
fn verified() -> Delivery {
    sent()
        .verified(Sha1::of(b"certificate"), Proof::Thumbprint, NOW)
        .unwrap()
}
fn reasons(deliveries: &[Delivery], person: &Person, now: Timestamp) -> Vec<Reason> {
    let assigned = [for_all(configuration(&form()))];
    let device = device();
    let steps = compare(&at(person, &device, now), &assigned, deliveries, &[]);
    steps.deliver.into_iter().map(|wanted| wanted.reason).collect()
}

#[test]
fn a_device_that_is_meant_and_has_none_gets_one() {
    assert_eq!(reasons(&[], &jane(), NOW), [Reason::New]);
    assert_eq!(
        reasons(&[verified().removed(NOW).unwrap()], &jane(), NOW),
        [Reason::New]
    );
}

#[test]
fn what_is_under_way_proved_or_failed_is_left_alone() {
    for delivery in [
        planned(),
        sent(),
        verified(),
        sent().failed(Cause::SignInRefused, NOW).unwrap(),
    ] {
        assert_eq!(reasons(&[delivery], &jane(), NOW), []);
    }
}

#[test]
fn a_changed_attribute_of_the_person_issues_again() {
    let mut jane = jane();
    jane.attributes.email = Some("jane.roe@lab.test".to_owned());
    assert_eq!(reasons(&[verified()], &jane, NOW), [Reason::Values]);
    jane.attributes.email = None;
    assert_eq!(
        reasons(&[verified()], &jane, NOW),
        [],
        "a lost attribute takes no certificate away"
    );
}

#[test]
fn what_was_refused_is_tried_with_other_values_once() {
    let mut jane = jane();
    let refused = sent().failed(Cause::SignInRefused, NOW).unwrap();
    jane.attributes.email = Some("jane.roe@lab.test".to_owned());
    assert_eq!(
        reasons(std::slice::from_ref(&refused), &jane, NOW),
        [Reason::Values]
    );
    let again = Delivery {
        subject: "CN=jane.roe@lab.test".to_owned(),
        ..refused
    };
    assert_eq!(reasons(&[again], &jane, NOW), []);
    let never_filled = planned().failed(Cause::SignInRefused, NOW).unwrap();
    assert_eq!(reasons(&[never_filled], &jane, NOW), []);
}

#[test]
fn a_missing_attribute_that_was_added_is_tried_by_itself() {
    let cause = Cause::VariableMissing {
        variable: "userEmailAddress".to_owned(),
    };
    let failed = planned().failed(cause, NOW).unwrap();
    assert_eq!(
        reasons(std::slice::from_ref(&failed), &jane(), NOW),
        [Reason::Changed]
    );
    let mut unknown = jane();
    unknown.attributes.email = None;
    assert_eq!(reasons(&[failed], &unknown, NOW), []);
}

#[test]
fn a_changed_configuration_issues_again_and_names_what_it_replaces() {
    let (mut configuration, assignment) = for_all(configuration(&form()));
    configuration.version = 2;
    let (jane, device) = (jane(), device());
    let steps = compare(
        &at(&jane, &device, NOW),
        &[(configuration, assignment)],
        &[verified()],
        &[],
    );
    assert_eq!(steps.deliver[0].reason, Reason::Changed);
    assert_eq!(steps.deliver[0].replaces, Some(id(5)));
    assert!(steps.remove.is_empty() && steps.delete_nodes.is_empty());
}

#[test]
fn a_subject_with_the_time_in_it_does_not_issue_for_ever_and_other_values_of_it_count() {
    let mut form = form();
    form.subject = "CN=${userUPN}-${timestampMS},OU=${timestampMS}".to_owned();
    let assigned = [for_all(configuration(&form))];
    let device = device();
    let reason = |subject: &str, person: &Person| {
        let ordered = Delivery {
            subject: subject.to_owned(),
            ..verified()
        };
        let steps = compare(&at(person, &device, NOW), &assigned, &[ordered], &[]);
        steps.deliver.first().map(|wanted| wanted.reason)
    };
    let mut jane = jane();
    let ordered = "CN=jane@lab.test-1795424645000,OU=1795424645000";
    assert_eq!(reason(ordered, &jane), None);
    for other in [
        "CN=joan@lab.test-1795424645000,OU=1795424645000",
        "CN=jane@lab.test-1795424645000,OU=179542464500",
        "CN=jane@lab.test-1795424645000,OU=1795424645000x",
        "CN=jane@lab.test-é95424645000,OU=1795424645000",
        "CN=jane@lab.test",
    ] {
        assert_eq!(reason(other, &jane), Some(Reason::Values), "{other}");
    }
    jane.attributes.upn = Some("joan@lab.test".to_owned());
    assert_eq!(reason(ordered, &jane), Some(Reason::Values));
}

#[test]
fn a_certificate_near_its_end_is_renewed() {
    let year = 365 * 86_400;
    assert_eq!(
        reasons(&[verified()], &jane(), NOW.plus_seconds(year * 79 / 100)),
        []
    );
    assert_eq!(
        reasons(&[verified()], &jane(), NOW.plus_seconds(year * 80 / 100)),
        [Reason::Renewal]
    );
}

#[test]
fn dates_of_the_certificate_itself_win_over_those_wished_for() {
    let certificate = domain::certificate::Certificate {
        sha1: Sha1::of(b"certificate"),
        device_id: id(2),
        delivery_id: id(5),
        verified_by: Proof::Certificate,
        subject: String::new(),
        issuer: None,
        serial: None,
        not_before: Some(NOW),
        not_after: Some(NOW.plus_seconds(1000)),
        der: None,
        verified_at: NOW,
        removed_at: None,
    };
    let (jane, device) = (jane(), device());
    let assigned = [for_all(configuration(&form()))];
    let steps = |now| {
        compare(
            &at(&jane, &device, now),
            &assigned,
            &[verified()],
            std::slice::from_ref(&certificate),
        )
    };
    assert!(steps(NOW.plus_seconds(799)).deliver.is_empty());
    assert_eq!(steps(NOW.plus_seconds(800)).deliver[0].reason, Reason::Renewal);
}

#[test]
fn withdrawn_configurations_are_taken_off_and_disabled_ones_too() {
    let (jane, device) = (jane(), device());
    let (configuration, mut assignment) = for_all(configuration(&form()));
    assignment.scope = Scope::None;
    let assigned = [(configuration.clone(), assignment.clone())];
    let steps = compare(&at(&jane, &device, NOW), &assigned, &[verified()], &[]);
    assert_eq!(steps.remove, [id(5)]);
    assignment.scope = Scope::All;
    assignment.is_enabled = false;
    let steps = compare(
        &at(&jane, &device, NOW),
        &[(configuration, assignment)],
        &[planned()],
        &[],
    );
    assert_eq!(steps.remove, [id(5)]);
    let gone = verified().removed(NOW).unwrap();
    let steps = compare(&at(&jane, &device, NOW), &[], &[gone], &[]);
    assert!(steps.remove.is_empty(), "what is done is not done again");
}

#[test]
fn the_former_node_goes_only_when_the_new_certificate_is_proved() {
    let (jane, device) = (jane(), device());
    let assigned = [for_all(configuration(&form()))];
    let former = verified().replaced(None, NOW).unwrap();
    let mut new = sent();
    new.id = id(6);
    let steps = compare(
        &at(&jane, &device, NOW),
        &assigned,
        &[former.clone(), new.clone()],
        &[],
    );
    assert!(steps.delete_nodes.is_empty());
    let new = new.verified(Sha1::of(b"new"), Proof::Thumbprint, NOW).unwrap();
    let steps = compare(
        &at(&jane, &device, NOW),
        &assigned,
        &[former.clone(), new.clone()],
        &[],
    );
    assert_eq!(steps.delete_nodes, [id(5)]);
    let steps = compare(
        &at(&jane, &device, NOW),
        &assigned,
        &[former.without_node(NOW), new],
        &[],
    );
    assert!(steps.delete_nodes.is_empty());
}

#[test]
fn a_device_that_left_gets_nothing() {
    let (jane, mut device) = (jane(), device());
    device.unenrolled_at = Some(NOW);
    let assigned = [for_all(configuration(&form()))];
    assert!(
        compare(&at(&jane, &device, NOW), &assigned, &[], &[])
            .deliver
            .is_empty()
    );
}

#[test]
fn a_device_that_is_to_leave_gets_nothing_and_keeps_nothing_that_it_has_not_got() {
    let (jane, mut device) = (jane(), device());
    let assigned = [for_all(configuration(&form()))];
    let waiting = planned();
    device.removal = Some(removal(None));
    let steps = compare(
        &at(&jane, &device, NOW),
        &assigned,
        std::slice::from_ref(&waiting),
        &[],
    );
    assert!(steps.deliver.is_empty());
    assert_eq!(steps.remove, [waiting.id]);
}

#[test]
fn two_days_of_silence_after_the_command_end_a_removal() {
    let at = NOW.plus_seconds(SILENCE_SECONDS);
    assert!(!removal(None).is_over(at));
    assert!(!removal(Some(NOW)).is_over(at.plus_seconds(-1)));
    assert!(removal(Some(NOW)).is_over(at));
}

fn removal(told_at: Option<Timestamp>) -> Removal {
    Removal {
        asked_at: NOW,
        by: "Ada".to_owned(),
        keeps_certificates: false,
        kept: BTreeSet::new(),
        told_at,
    }
}

#[test]
fn excluded_people_and_devices_are_left_out() {
    let (configuration, mut assignment) = for_all(configuration(&form()));
    assignment.scope = Scope::Custom {
        devices: vec![id(2)],
        people: vec![id(1)],
        excluded_devices: Vec::new(),
        excluded_people: vec![id(1)],
        groups: Vec::new(),
        excluded_groups: Vec::new(),
    };
    let (jane, device) = (jane(), device());
    let steps = compare(&at(&jane, &device, NOW), &[(configuration, assignment)], &[], &[]);
    assert!(steps.deliver.is_empty());
}

#[test]
fn renewal_is_due_when_the_share_is_left() {
    let end = NOW.plus_seconds(1000);
    assert_eq!(renewal::due_at(NOW, end, 20), NOW.plus_seconds(800));
    assert!(renewal::due(NOW, end, 20, NOW.plus_seconds(800)));
    assert!(!renewal::due(NOW, end, 20, NOW.plus_seconds(799)));
    assert!(
        renewal::due(end, NOW, 20, NOW),
        "dates the wrong way round are over"
    );
}
