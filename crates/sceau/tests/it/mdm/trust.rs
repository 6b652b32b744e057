//! The authority's certificates on a device as a state: looked at again, put back where they are gone, and taken out when
//! nothing needs them any more.

use domain::{
    actor::Actor, assignment::Scope, delivery::DeliveryState, event::What, operator::Role, thumbprint::Sha1,
};
use lab::device::tree::{Format, answer};
use sceau::actions::{
    Error,
    configurations::list_configurations,
    device_trust::{Held, take_back},
    devices::one_device,
};
use store::trust::Trusted;

use crate::site::{
    computer::Computer,
    proved::{PERSON, Proved, TURN, commands},
};

const BOSS: Actor = Actor::CommandLine;
const STORE: &str = "./Vendor/MSFT/RootCATrustedCertificates";

/// What is known of one kind of certificate: the root or the intermediate.
async fn known(proved: &Proved, is_intermediate: bool) -> Held {
    let story = one_device(&proved.site.app, &BOSS, &proved.device).await.unwrap();
    let mut of_kind = story.trust;
    of_kind.retain(|held| held.is_intermediate == is_intermediate);
    assert_eq!(of_kind.len(), 1);
    of_kind.remove(0)
}

fn path(held: &Held) -> String {
    let store = if held.is_intermediate { "CA" } else { "Root" };
    format!("{STORE}/{store}/{}", held.trust.sha1)
}

fn question(held: &Held) -> String {
    format!("Get {}/EncodedCertificate", path(held))
}

async fn wants_back(proved: &Proved, sha1: Sha1) -> Result<(), String> {
    match take_back(&proved.site.app, &BOSS, &proved.device, sha1).await {
        Ok(()) => Ok(()),
        Err(Error::Refused(refusal)) => Err(refusal.key),
        Err(other) => panic!("{other}"),
    }
}

/// The configuration is no longer for the device, which deletes what it had of it.
async fn withdrawn(proved: &mut Proved) -> Vec<String> {
    let listed = list_configurations(&proved.site.app, &BOSS).await.unwrap();
    proved.assign(&listed[0].configuration.id, Scope::None).await;
    proved.site.pass(60);
    proved.whole_session().await
}

async fn events(proved: &Proved) -> Vec<What> {
    proved.site.timeline(&proved.device).await
}

#[tokio::test]
async fn what_a_certificate_needs_is_looked_at_with_it_and_nothing_is_said_while_it_is_there() {
    let mut proved = Proved::new().await;
    let (root, intermediate) = (known(&proved, false).await, known(&proved, true).await);
    for held in [&root, &intermediate] {
        assert_eq!(held.trust.state, Trusted::Ours);
        assert!(held.is_needed && held.trust.checked_at.is_none());
    }
    assert_eq!(proved.whole_session().await, [""; 0], "it is not due");
    proved.site.pass(TURN);
    let (told, before) = (events(&proved).await.len(), proved.site.app.now());
    let asked = proved.whole_session().await;
    let of_trust: Vec<_> = asked.iter().filter(|command| command.contains(STORE)).collect();
    assert_eq!(of_trust, [&question(&root), &question(&intermediate)]);
    for is_intermediate in [false, true] {
        let held = known(&proved, is_intermediate).await;
        assert!(held.trust.checked_at >= Some(before));
        assert_eq!(held.trust.state, Trusted::Ours);
    }
    let said = events(&proved).await.split_off(told);
    assert_eq!(said, [What::SessionStarted]);
}

#[tokio::test]
async fn a_root_that_somebody_deleted_is_told_put_back_and_looked_at_again() {
    let mut proved = Proved::new().await;
    let root = known(&proved, false).await;
    let sha1 = root.trust.sha1;
    assert!(proved.computer.tree.remove(&path(&root)));
    proved.site.pass(TURN);
    let asked = proved.whole_session().await;
    assert!(
        asked.contains(&format!("Add {}/EncodedCertificate", path(&root))),
        "{asked:?}"
    );
    assert!(proved.computer.has(&path(&root)));
    let said = events(&proved).await;
    let gone = said
        .iter()
        .position(|what| *what == What::TrustGone { sha1 })
        .unwrap();
    assert_eq!(
        said[gone + 1..]
            .iter()
            .filter(|what| **what == What::TrustAdded { sha1 })
            .count(),
        1
    );
    assert_eq!(known(&proved, false).await.trust.state, Trusted::Ours);
    let current = proved.current().await;
    assert!(matches!(current.state, DeliveryState::Verified { .. }) && current.charged == 0);

    proved.site.pass(16 * 60);
    assert!(
        proved.whole_session().await.contains(&question(&root)),
        "an acknowledged command is no trust"
    );
    proved.site.pass(60);
    assert_eq!(proved.whole_session().await, [""; 0]);

    // Whatever takes it away is not argued with in each session.
    proved.site.pass(TURN);
    assert!(proved.computer.tree.remove(&path(&root)));
    proved.whole_session().await;
    proved.site.pass(16 * 60);
    assert!(proved.computer.tree.remove(&path(&root)));
    proved.whole_session().await;
    assert!(proved.computer.has(&path(&root)));
    proved.site.pass(16 * 60);
    assert_eq!(proved.whole_session().await, [""; 0]);
}

#[tokio::test]
async fn a_crash_before_the_answer_loses_nothing() {
    let mut proved = Proved::new().await;
    let root = known(&proved, false).await;
    proved.computer.tree.remove(&path(&root));
    proved.site.pass(TURN);
    // It says that the root is gone, and what it is told then never arrives.
    let session = proved.computer.next_session();
    let greeting = proved.computer.greeting(&session);
    let identity = proved.computer.identity.clone();
    let reply = proved
        .site
        .management(Some(&identity), greeting)
        .await
        .expect(200);
    let message = lab::device::syncml::read(&reply.body).unwrap();
    let header = proved.computer.header(&session);
    let package = answer(&mut proved.computer.tree, &message, header, 2)
        .package
        .unwrap();
    let reply = proved.site.management(Some(&identity), package).await.expect(200);
    assert!(commands(&reply).contains(&format!("Add {}/EncodedCertificate", path(&root))));
    proved.site = proved.site.restarted().await;
    assert!(!proved.computer.has(&path(&root)));
    assert_eq!(known(&proved, false).await.trust.state, Trusted::Absent);

    proved.site.pass(16 * 60);
    proved.whole_session().await;
    assert!(proved.computer.has(&path(&root)));
    let gone = |what: &&What| matches!(what, What::TrustGone { .. });
    assert_eq!(events(&proved).await.iter().filter(gone).count(), 1);
}

#[tokio::test]
async fn an_intermediate_goes_with_what_needed_it_and_a_root_when_a_person_wants_it() {
    let mut proved = Proved::new().await;
    let (root, intermediate) = (known(&proved, false).await, known(&proved, true).await);
    let sha1 = root.trust.sha1;
    assert_eq!(
        wants_back(&proved, sha1).await,
        Err("error-trust-needed".to_owned())
    );
    let asked = withdrawn(&mut proved).await;
    assert!(
        asked.contains(&format!("Delete {}", path(&intermediate))),
        "{asked:?}"
    );
    assert!(!proved.computer.has(&path(&intermediate)) && proved.computer.has(&path(&root)));
    let said = events(&proved).await;
    let goes = What::TrustReleased {
        sha1: intermediate.trust.sha1,
    };
    assert!(said.contains(&goes));
    proved.site.pass(60);
    assert_eq!(
        proved.whole_session().await,
        [""; 0],
        "the root stays until a person wants it away"
    );

    let held = known(&proved, false).await;
    assert!(held.can_go() && !held.is_needed);
    assert_eq!(wants_back(&proved, sha1).await, Ok(()));
    assert_eq!(
        wants_back(&proved, sha1).await,
        Ok(()),
        "once more changes nothing"
    );
    proved.site.pass(60);
    assert_eq!(proved.whole_session().await, [format!("Delete {}", path(&root))]);
    assert!(!proved.computer.has(&path(&root)));
    let said = events(&proved).await;
    let asked = What::TrustUnwanted {
        sha1,
        by: BOSS.label(),
    };
    assert_eq!(said.iter().filter(|what| **what == asked).count(), 1);
    assert!(said.contains(&What::TrustRemoved { sha1 }));
    assert_eq!(known(&proved, false).await.trust.state, Trusted::Absent);
    assert_eq!(
        wants_back(&proved, sha1).await,
        Err("error-trust-not-ours".to_owned())
    );
    proved.site.pass(60);
    assert_eq!(proved.whole_session().await, [""; 0]);
}

#[tokio::test]
async fn what_is_needed_again_before_the_device_speaks_stays() {
    let mut proved = Proved::new().await;
    let root = known(&proved, false).await;
    let sha1 = root.trust.sha1;
    withdrawn(&mut proved).await;
    assert_eq!(wants_back(&proved, sha1).await, Ok(()));
    let listed = list_configurations(&proved.site.app, &BOSS).await.unwrap();
    proved.assign(&listed[0].configuration.id, Scope::All).await;
    proved.site.pass(60);
    proved.get().await;
    assert!(proved.computer.has(&path(&root)));
    assert!(events(&proved).await.contains(&What::TrustNeeded { sha1 }));
    assert!(known(&proved, false).await.trust.unwanted_at.is_none());
}

#[tokio::test]
async fn a_device_that_will_not_give_it_back_is_told_of_and_left_alone() {
    let mut proved = Proved::new().await;
    let root = known(&proved, false).await;
    let sha1 = root.trust.sha1;
    withdrawn(&mut proved).await;
    assert_eq!(wants_back(&proved, sha1).await, Ok(()));
    proved.site.pass(60);
    let session = proved.computer.next_session();
    let greeting = proved.computer.greeting(&session);
    let identity = proved.computer.identity.clone();
    let reply = proved
        .site
        .management(Some(&identity), greeting)
        .await
        .expect(200);
    let message = lab::device::syncml::read(&reply.body).unwrap();
    assert_eq!(commands(&reply), [format!("Delete {}", path(&root))]);
    let header = proved.computer.header(&session);
    let mut other_tree = proved.computer.tree.clone();
    let package = answer(&mut other_tree, &message, header, 2).package.unwrap();
    let refused = package.replace(
        "<Cmd>Delete</Cmd><Data>200</Data>",
        "<Cmd>Delete</Cmd><Data>500</Data>",
    );
    assert_ne!(refused, package);
    proved.site.management(Some(&identity), refused).await.expect(200);
    assert!(
        events(&proved)
            .await
            .contains(&What::TrustKept { sha1, status: 500 })
    );
    proved.site.pass(60);
    assert_eq!(proved.whole_session().await, [""; 0]);
    assert!(known(&proved, false).await.can_go(), "a person may ask again");
}

#[tokio::test]
async fn what_the_device_trusted_before_is_never_taken_away_and_another_device_is_not_touched() {
    let mut proved = Proved::new().await;
    let root = known(&proved, false).await;
    let sha1 = root.trust.sha1;
    // A second computer, which had the root from elsewhere.
    let mut other = Computer::new(2);
    let certificates = &proved.authority.certificates;
    let der = certificates.iter().find(|der| Sha1::of(der) == sha1).unwrap();
    other.trusts(der);
    other.enrol(&proved.site, PERSON).await;
    other.talk(&proved.site).await.expect("an enrolment is ordered");
    let device = proved.site.device(&other.device_id).await.id;
    withdrawn(&mut proved).await;
    let refused = take_back(&proved.site.app, &BOSS, &device, sha1)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Refused(refusal) if refusal.key == "error-trust-not-ours"));

    assert_eq!(wants_back(&proved, sha1).await, Ok(()));
    proved.site.pass(60);
    proved.whole_session().await;
    other.talk(&proved.site).await;
    assert!(other.has(&path(&root)) && !proved.computer.has(&path(&root)));
    // One that nobody here knows.
    let foreign = Sha1::of(b"foreign");
    proved.computer.tree.set(
        format!("{STORE}/Root/{foreign}/EncodedCertificate"),
        Format::B64,
        "MAA=",
    );
    assert_eq!(
        wants_back(&proved, foreign).await,
        Err("error-trust-unknown".to_owned())
    );
}

#[tokio::test]
async fn what_is_needed_since_and_was_there_already_is_the_devices_own() {
    let mut proved = Proved::new().await;
    let sha1 = known(&proved, false).await.trust.sha1;
    // As after a change of the authority's chain: it was never asked for these.
    let device = proved.device.clone();
    let forgotten = proved.site.app.store.write(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::trust::forget(tx, &device).await })
    });
    assert_eq!(forgotten.await.unwrap(), 2);
    proved.site.pass(TURN);
    proved.whole_session().await;
    assert_eq!(known(&proved, false).await.trust.state, Trusted::Before);
    assert!(events(&proved).await.contains(&What::AlreadyTrusted { sha1 }));
}

#[tokio::test]
async fn only_who_may_send_devices_away_has_trust_taken_back() {
    let proved = Proved::new().await;
    let sha1 = known(&proved, false).await.trust.sha1;
    for role in [Role::Auditor, Role::HelpDesk] {
        let actor = Actor::Operator {
            id: proved.site.app.fresh_id(),
            name: "reader".to_owned(),
            role,
        };
        let refused = take_back(&proved.site.app, &actor, &proved.device, sha1).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.key == "error-forbidden"));
    }
}
