//! Each document of a server, as Microsoft prints it or a Windows 10 took it, written by this crate from the
//! document's own values and compared as a tree. [`known`] lists all that the comparison allows for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod enrolment;
mod known;
mod management;
mod tree;
#[path = "../world/mod.rs"]
mod world;

use known::{DIFFERENCES, FAULTS};
use tree::Rules;
use world::fixture;

/// A document's name among the fixtures, how it is compared, and what this crate writes for it.
type Produced = (&'static str, Rules, Vec<u8>);

const SYNCML: &str = r#"<SyncML xmlns="SYNCML:SYNCML1.2">"#;

/// The document as it is meant: a whole one, without the head of HTTP, and without its known faults.
fn meant(name: &str) -> String {
    let printed = String::from_utf8(fixture(name)).unwrap();
    let (_, rest) = printed.split_once('<').unwrap();
    let mut text = format!("<{rest}");
    for fault in FAULTS.iter().filter(|fault| fault.documents.contains(&name)) {
        assert!(
            text.contains(fault.printed),
            "{name} no longer has: {}",
            fault.why
        );
        text = text.replace(fault.printed, fault.meant);
    }
    if name.starts_with("certificatestore-") || name.starts_with("dmclient-") {
        text = format!("{SYNCML}<SyncBody>{text}</SyncBody></SyncML>");
    } else if text.starts_with("<SyncHdr>") {
        text = format!("{SYNCML}{text}</SyncML>");
    }
    text
}

fn hold_against_their_documents(produced: Vec<Produced>) {
    let mut unexpected = Vec::new();
    for (name, rules, ours) in produced {
        let mut allowed: Vec<_> = DIFFERENCES
            .iter()
            .filter(|difference| difference.documents.contains(&name))
            .flat_map(|difference| difference.lines.iter().map(|line| (*line, difference.why)))
            .collect();
        for line in tree::differences(&meant(name), std::str::from_utf8(&ours).unwrap(), rules) {
            match allowed.iter().position(|(known, _)| *known == line) {
                Some(place) => drop(allowed.remove(place)),
                None => unexpected.push(format!("{name}: {line}")),
            }
        }
        unexpected.extend(
            allowed
                .iter()
                .map(|(line, why)| format!("{name} no longer differs, {why}: {line}")),
        );
    }
    assert!(unexpected.is_empty(), "\n{}", unexpected.join("\n"));
}

#[test]
fn discovery_answers_are_the_documented_and_the_captured_one() {
    hold_against_their_documents(enrolment::discoveries());
}

#[test]
fn policy_answers_are_the_documented_and_the_captured_one() {
    hold_against_their_documents(enrolment::policies());
}

#[test]
fn enrolment_answers_are_the_documented_and_the_captured_one() {
    hold_against_their_documents(enrolment::answers());
}

#[test]
fn provisioning_documents_are_the_documented_and_the_captured_one() {
    hold_against_their_documents(enrolment::provisioning_documents());
}

#[test]
fn a_renewals_provisioning_document_is_the_documented_one() {
    hold_against_their_documents(enrolment::renewal());
}

#[test]
fn faults_are_the_documented_ones() {
    hold_against_their_documents(enrolment::faults());
}

#[test]
fn deliveries_are_the_documented_ones() {
    hold_against_their_documents(management::deliveries());
}

#[test]
fn trust_and_the_end_of_management_are_the_documented_ones() {
    hold_against_their_documents(management::commands());
}

#[test]
fn questions_a_removal_and_the_end_of_a_session_are_the_made_ones() {
    hold_against_their_documents(management::afterwards());
}

#[test]
fn whole_messages_are_the_documented_and_the_captured_one() {
    hold_against_their_documents(management::messages());
}

#[test]
fn the_tables_speak_of_documents_that_are_compared() {
    let compared: Vec<_> = [
        enrolment::discoveries(),
        enrolment::policies(),
        enrolment::answers(),
        enrolment::provisioning_documents(),
        enrolment::renewal(),
        enrolment::faults(),
        management::deliveries(),
        management::commands(),
        management::messages(),
        management::afterwards(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, ..)| name)
    .collect();
    let faults = FAULTS.iter().flat_map(|fault| fault.documents);
    let differences = DIFFERENCES.iter().flat_map(|difference| difference.documents);
    for name in faults.chain(differences) {
        assert!(compared.contains(name), "{name}");
    }
}
