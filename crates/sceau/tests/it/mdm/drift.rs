//! What a device proved once is looked at again: what is gone is told and comes back, another in its place is told, and
//! no answer says nothing.

use domain::{
    actor::Actor,
    assignment::Scope,
    delivery::{Delivery, DeliveryState},
    diagnosis::Cause,
    event::What,
    operator::Role,
    scep_configuration::{CertificateStore, ConfigurationForm},
};
use sceau::actions::{
    Error, configurations::change_configuration, device_check::check_device, devices::one_device,
};

use crate::site::{
    proved::{DAY, Proved, TURN},
    script::Script,
};

const BOSS: Actor = Actor::CommandLine;

fn is_replaced(delivery: &Delivery) -> bool {
    matches!(
        delivery.state,
        DeliveryState::Replaced {
            cause: Some(Cause::CertificateGone)
        }
    )
}

impl Proved {
    /// What the server asks about a certificate that it looks at again.
    fn questions(&self) -> [String; 4] {
        let node = self.node_path();
        [
            format!("Get {node}/Status"),
            format!("Get {node}/ErrorCode"),
            format!("Get {node}/CertThumbprint"),
            format!("Get {}/EncodedCertificate", self.store_path()),
        ]
    }

    /// The first delivery was found gone, and another follows in its own time, which is given in milliseconds.
    async fn is_told_and_follows(&mut self) -> i64 {
        let (former, lost) = (self.node.clone(), self.sha1());
        let all = self.deliveries().await;
        let old = all.iter().find(|old| old.id.as_str() == former).unwrap();
        assert!(is_replaced(old), "{:?}", old.state);
        assert!(self.is_removed(lost).await);
        let current = self.current().await;
        assert_eq!(
            (&current.state, current.charged),
            (&DeliveryState::WaitingForDevice, 0)
        );
        let gone = What::Retried {
            cause: Cause::CertificateGone,
        };
        assert!(self.site.timeline(&self.device).await.contains(&gone));
        let waits = current.not_before.since(self.site.app.now());
        assert!(waits > 0);
        assert_eq!(self.session().await, [""; 0], "not before its time");
        self.site.pass(waits / 1000 + 1);
        self.get().await;
        assert_ne!(self.node, former);
        assert_ne!(self.sha1(), lost);
        waits
    }
}

#[tokio::test]
async fn what_is_there_is_asked_for_about_each_week_and_that_makes_no_noise() {
    let mut proved = Proved::new().await;
    for _ in 0..2 {
        assert_eq!(proved.session().await, [""; 0], "it is not due");
        let due = proved.current().await.check_due(7);
        let days = due.since(proved.site.app.now()) / 1000 / DAY;
        assert!((3..=10).contains(&days), "{days}");
        proved.site.pass(TURN);
        let told = proved.site.timeline(&proved.device).await.len();
        let before = proved.site.app.now();
        assert_eq!(proved.session().await, proved.questions());
        let current = proved.current().await;
        assert!(current.checked_at >= Some(before), "{current:?}");
        assert!(matches!(current.state, DeliveryState::Verified { .. }));
        let events = proved.site.timeline(&proved.device).await.split_off(told);
        assert!(
            events.iter().all(|what| *what == What::SessionStarted),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn a_node_that_is_gone_is_told_and_another_certificate_follows_later_each_time() {
    let mut proved = Proved::new().await;
    let mut waited = 0;
    for _ in 0..2 {
        assert!(proved.computer.tree.remove(&proved.node_path()));
        assert!(proved.computer.tree.remove(&proved.store_path()));
        proved.site.pass(TURN);
        // Of the certificate nothing is asked: there is no node that it belongs to.
        assert_eq!(proved.session().await, proved.questions()[..3]);
        let waits = proved.is_told_and_follows().await;
        assert!(waits > waited, "{waits} after {waited}");
        waited = waits;
    }
}

#[tokio::test]
async fn a_certificate_that_was_deleted_from_the_store_is_told_and_its_node_goes_after_the_new_one_is_proved()
{
    let mut proved = Proved::new().await;
    let node = proved.node_path();
    assert!(proved.computer.tree.remove(&proved.store_path()));
    proved.site.pass(TURN);
    assert_eq!(proved.session().await, proved.questions());
    assert!(proved.computer.has(&node));
    proved.is_told_and_follows().await;
    assert!(!proved.computer.has(&node), "the former node stays");
}

#[tokio::test]
async fn a_certificate_whose_key_is_gone_is_gone() {
    for status in [1, 16] {
        let mut proved = Proved::new().await;
        // Microsoft, ClientCertificateInstall CSP: empty without the key.
        proved
            .computer
            .tree
            .set_scep_text(&proved.node, "CertThumbprint", "");
        proved.computer.tree.set_scep_state(&proved.node, status, 0);
        proved.site.pass(TURN);
        proved.session().await;
        proved.is_told_and_follows().await;
    }
}

#[tokio::test]
async fn another_certificate_in_its_place_is_told_and_left_to_a_person() {
    let mut proved = Proved::new().await;
    let mine = proved.sha1();
    let other = proved.authority.certificates[0].clone();
    proved.computer.install(&proved.node, &other);
    proved.site.pass(TURN);
    proved.session().await;
    let current = proved.current().await;
    let shown = domain::thumbprint::Sha1::of(&other);
    let cause = Cause::CertificateMismatch {
        field: "thumbprint".to_owned(),
        ordered: mine.to_string(),
        shown: shown.to_string(),
    };
    assert_eq!(current.state, DeliveryState::Failed { cause: cause.clone() });
    assert!(!proved.is_removed(mine).await, "nobody said that it is gone");
    let told = proved.site.timeline(&proved.device).await;
    assert!(told.contains(&What::Failed { cause }));
    proved.site.pass(TURN);
    assert_eq!(proved.session().await, [""; 0]);
}

#[tokio::test]
async fn a_device_that_answers_neither_yes_nor_no_changes_nothing() {
    let mut proved = Proved::new().await;
    let before = proved.current().await;
    proved.site.pass(TURN);
    // The connection breaks: it is asked in the next session.
    let questions = proved.questions();
    let mut script = Script::begin(&proved.site, &mut proved.computer, "user").await;
    assert!(!script.is_over());
    script.abort().await;
    assert_eq!(proved.current().await, before);
    // It can't say: a day goes by before it is asked again.
    let mut script = Script::begin(&proved.site, &mut proved.computer, "user").await;
    script.say(|_| 500).await;
    assert!(script.is_over());
    let unclear = proved.current().await;
    assert_eq!((&unclear.state, unclear.checked_at), (&before.state, None));
    assert_eq!(proved.session().await, [""; 0]);
    proved.site.pass(DAY);
    assert_eq!(proved.session().await, questions);
    assert!(proved.current().await.checked_at.is_some());
}

#[tokio::test]
async fn a_person_asks_and_the_next_session_brings_the_answer() {
    let mut proved = Proved::new().await;
    let (app, device) = (proved.site.app.clone(), proved.device.clone());
    let reader = Actor::Operator {
        id: app.fresh_id(),
        name: "rita".to_owned(),
        role: Role::Auditor,
    };
    assert!(matches!(
        check_device(&app, &reader, &device).await,
        Err(Error::Refused(_))
    ));
    assert_eq!(check_device(&app, &BOSS, &device).await.unwrap(), 1);
    assert_eq!(proved.session().await, proved.questions());
    assert_eq!(proved.session().await, [""; 0]);
    let story = one_device(&app, &BOSS, &device).await.unwrap();
    assert!(story.deliveries[0].0.checked_at.is_some());
    // While nothing is proved there is nothing to ask for.
    assert!(proved.computer.tree.remove(&proved.node_path()));
    check_device(&app, &BOSS, &device).await.unwrap();
    proved.session().await;
    let refused = check_device(&app, &BOSS, &device).await.unwrap_err();
    assert_eq!(refused.refusals()[0].key, "error-nothing-to-check");
}

#[tokio::test]
async fn a_users_certificate_is_asked_for_in_a_session_of_its_user_alone() {
    let mut proved = Proved::new().await;
    let users = Delivery {
        store: Some(CertificateStore::User),
        ..proved.current().await
    };
    let kept = users.clone();
    let write = proved.site.app.store.write(move |tx| {
        let kept = kept.clone();
        Box::pin(async move { store::deliveries::update(tx, &kept).await })
    });
    write.await.unwrap();
    proved.site.pass(TURN);
    for login in ["none", "others"] {
        let script = Script::begin(&proved.site, &mut proved.computer, login).await;
        assert!(script.is_over(), "{login}: {:?}", script.commands());
        assert_eq!(proved.current().await, users);
    }
    let node = format!(
        "./User/Vendor/MSFT/ClientCertificateInstall/SCEP/{}/Status",
        proved.node
    );
    let script = Script::begin(&proved.site, &mut proved.computer, "user").await;
    let asked = script.nodes(&lab::device::syncml::Verb::Get);
    assert!(asked.contains(&node), "{asked:?}");
}

/// The configuration said *device* when the certificate was ordered, and says *user* now.
#[tokio::test]
async fn what_was_made_in_the_devices_store_is_looked_for_and_deleted_there_whatever_the_configuration_says_now()
 {
    let mut proved = Proved::new().await;
    let node = proved.node_path();
    let configuration = proved.current().await.configuration_id;
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: proved.authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        store: CertificateStore::User,
        ..ConfigurationForm::default()
    };
    change_configuration(&proved.site.app, &BOSS, &configuration, &form)
        .await
        .unwrap();
    // Nobody is signed in: the new one waits, the old one stays.
    let mut script = Script::begin(&proved.site, &mut proved.computer, "none").await;
    while !script.is_over() {
        script.carry_out().await;
    }
    assert!(proved.computer.has(&node));
    let waits = proved.current().await;
    assert_eq!(waits.store, None);
    assert!(matches!(
        waits.state,
        DeliveryState::WaitingForChallenge {
            cause: Cause::UserNotSignedIn
        }
    ));
    // The configuration is for nobody any more.
    proved.assign(&configuration, Scope::None).await;
    let script = Script::begin(&proved.site, &mut proved.computer, "none").await;
    let deleted = script.nodes(&lab::device::syncml::Verb::Delete);
    assert_eq!(deleted, [node.replace("./Vendor", "./Device/Vendor")]);
    script.finish().await;
    assert!(!proved.computer.has(&node));
    let all = proved.deliveries().await;
    assert!(all.iter().all(|delivery| !delivery.is_on_device));
}
