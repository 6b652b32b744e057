//! The ledger of built-in authorities, and what a crash leaves in it.

use domain::{
    Timestamp,
    issuance::{Issuance, IssuanceId, IssuanceState, WantedCertificate},
    transaction::Owner,
};
use store::issuances::{self, LookedThrough};

use crate::{
    samples::{NOW, id},
    world::{World, on_both, work},
};

/// The intent to renew number `n`, kept `age` seconds before now.
fn intent(n: u8, age: i64) -> Issuance {
    Issuance {
        id: at(age, n),
        authority_id: id(1),
        serial: format!("{n:02}"),
        transaction_id: format!("t{n}"),
        renews: Some("00".to_owned()),
        key_sha256: "k".to_owned(),
        signer_sha256: "s".to_owned(),
        owner: Owner::Order(id(2)),
        wanted: WantedCertificate {
            subject: "CN=ada".to_owned(),
            sans: vec![],
            key_usage_bits: 0xa0,
            ekus: vec![],
            key_length: None,
            validity_seconds: 86_400,
        },
        public_key: vec![n],
        not_before: NOW,
        not_after: NOW.plus_seconds(86_400),
        state: IssuanceState::Intended,
        certificate: None,
        requested_at: NOW,
        issued_at: None,
        revoked: None,
    }
}

fn at(age: i64, n: u8) -> IssuanceId {
    domain::Id::new(NOW.plus_seconds(-age), [n; 10])
}

async fn keep(world: &World, issuance: Issuance) {
    let is_kept = world
        .write(work!(
            [issuance] | tx | issuances::insert_intent(tx, &issuance).await
        ))
        .await;
    assert!(is_kept);
}

async fn sign(world: &World, id: IssuanceId, when: Timestamp) {
    world
        .write(work!(
            [id] | tx | issuances::complete(tx, &id, &[0x30], when).await
        ))
        .await;
}

/// Looks through what is older than a minute; what is older than ten is settled.
async fn look(world: &World, from: i64, limit: u32) -> LookedThrough {
    let (before, settled) = (at(60, 0), at(600, 0));
    world
        .read(work!(
            [before, settled] | tx | issuances::unsigned(tx, from, &before, &settled, limit).await
        ))
        .await
}

fn names(looked: &LookedThrough) -> Vec<&str> {
    looked
        .unsigned
        .iter()
        .map(|found| found.serial.as_str())
        .collect()
}

on_both! {
    async fn what_has_a_certificate_is_issued_since_it_was_signed(world: &World) {
        let intent = intent(1, 0);
        keep(world, intent.clone()).await;
        let id = intent.id.clone();
        let when = NOW.plus_seconds(5);
        let valid = world.read(work!([] |tx| issuances::count_valid(tx, &crate::samples::id(1), NOW).await)).await;
        assert_eq!(valid, 0);
        sign(world, id.clone(), when).await;
        let found = world.read(work!([id] |tx| issuances::by_id(tx, &id).await)).await.expect("it stands there");
        let issued = Issuance {
            state: IssuanceState::Issued,
            certificate: Some(vec![0x30]),
            issued_at: Some(when),
            ..intent
        };
        assert_eq!(found, issued);
        let valid = world.read(work!([] |tx| issuances::count_valid(tx, &crate::samples::id(1), NOW).await)).await;
        assert_eq!(valid, 1);
    }

    async fn another_certificate_for_the_same_intent_is_not_kept(world: &World) {
        let intent = intent(1, 0);
        keep(world, intent.clone()).await;
        let id = intent.id.clone();
        sign(world, id.clone(), NOW).await;
        sign(world, id.clone(), NOW.plus_seconds(9)).await;
        let other = world
            .store
            .write(work!([id] |tx| issuances::complete(tx, &id, &[0x31], NOW).await))
            .await;
        assert!(other.is_err(), "two certificates for one intent");
        let found = world.read(work!([id] |tx| issuances::by_id(tx, &id).await)).await.expect("it stands there");
        assert_eq!((found.certificate, found.issued_at), (Some(vec![0x30]), Some(NOW)));
    }

    async fn what_a_crash_left_is_found_once_and_what_is_settled_is_not_looked_at_again(world: &World) {
        for (n, age) in [(1, 3000), (2, 2000), (3, 1000), (4, 300), (5, 10)] {
            keep(world, intent(n, age)).await;
        }
        sign(world, at(2000, 2), NOW).await;
        let looked = look(world, 0, 10).await;
        assert_eq!(names(&looked), ["01", "03", "04"]);
        // The fourth isn't settled: something older might still come to stand beside it.
        let again = look(world, looked.to, 10).await;
        assert_eq!(names(&again), ["04"]);
        sign(world, at(300, 4), NOW).await;
        assert_eq!(names(&look(world, looked.to, 10).await), [""; 0]);
    }

    async fn a_part_at_a_time_leaves_nothing_out(world: &World) {
        for n in 1..=5 {
            keep(world, intent(n, 3000 - i64::from(n))).await;
        }
        let (mut from, mut found) = (0, Vec::new());
        for _ in 0..4 {
            let looked = look(world, from, 2).await;
            found.extend(looked.unsigned.iter().map(|one| one.serial.clone()));
            from = looked.to;
        }
        assert_eq!(found, ["01", "02", "03", "04", "05"]);
    }

    async fn what_was_kept_out_of_the_order_of_its_identifier_is_not_passed_over(world: &World) {
        // The younger one got the lower number.
        keep(world, intent(1, 100)).await;
        keep(world, intent(2, 3000)).await;
        let looked = look(world, 0, 10).await;
        assert_eq!(names(&looked), ["01", "02"]);
        assert_eq!(names(&look(world, looked.to, 10).await), ["01", "02"]);
    }
}
