//! Who gets a certificate at the look-alike, how often, and what its ledger says of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::time::Duration;

use lab::ndes::start;
use ndes_world::client::{
    SUBJECT, assert_refused, ca_certificates, capabilities, enrolment, outcome, signer,
};
use ndes_world::{World, curl, options};
use scep::{CsrBuilder, Enrolment, FailInfo, Identity, Outcome, TransactionId};

#[tokio::test]
async fn a_missing_wrong_or_used_challenge_is_a_bad_request() {
    let world = World::new().await;
    assert_refused(
        &outcome(&world, enrolment(&world, signer(), None).await).await,
        FailInfo::BadRequest,
    );
    for wrong in ["0000000000000000", ""] {
        let refused = outcome(&world, enrolment(&world, signer(), Some(wrong)).await).await;
        assert_refused(&refused, FailInfo::BadRequest);
    }
    let challenge = world.challenge().await;
    let signer = signer();
    let first = outcome(&world, enrolment(&world, signer.clone(), Some(&challenge)).await).await;
    assert!(matches!(first, Outcome::Issued(_)));
    // The same transaction with the same key and challenge again: no second certificate.
    let again = outcome(&world, enrolment(&world, signer, Some(&challenge)).await).await;
    assert_refused(&again, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 1);
}

#[tokio::test]
async fn a_challenge_serves_one_of_many_who_come_at_once() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let mut messages = Vec::new();
    for number in 0..8 {
        let mut enrolment = enrolment(&world, signer(), Some(&challenge)).await;
        let file = world.file(&format!("{number}.der"));
        std::fs::write(&file, enrolment.write_request().unwrap()).unwrap();
        messages.push((format!("@{}", file.to_str().unwrap()), enrolment));
    }
    let url = world.url("/certsrv/mscep/mscep.dll?operation=PKIOperation");
    let sending = messages.iter().map(|(data, _)| {
        let (data, url) = (data.clone(), url.clone());
        tokio::spawn(async move { curl(&["--data-binary", &data, &url]).await })
    });
    let mut issued = 0;
    for (sent, (_, enrolment)) in sending.collect::<Vec<_>>().into_iter().zip(&messages) {
        let reply = enrolment.read_reply(&sent.await.unwrap().body).unwrap();
        issued += usize::from(matches!(reply, Outcome::Issued(_)));
    }
    assert_eq!((issued, world.ledger().len()), (1, 1));
}

#[tokio::test]
async fn a_failed_use_spends_the_challenge() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let (ours, other) = (signer(), signer());
    // The message is signed by another key than the one in the request.
    let csr = CsrBuilder::new(SUBJECT)
        .challenge(&challenge)
        .build(&other.key)
        .unwrap();
    let ca = ca_certificates(&world).await;
    let capabilities = capabilities(&world).await;
    let foreign = Enrolment::new(ca, &capabilities, csr, ours.clone()).unwrap();
    assert_refused(&outcome(&world, foreign).await, FailInfo::BadRequest);
    let rightful = enrolment(&world, ours, Some(&challenge)).await;
    assert_refused(&outcome(&world, rightful).await, FailInfo::BadRequest);
}

#[tokio::test]
async fn an_expired_challenge_is_refused() {
    // A laboratory minute of 2 ms: a challenge lives 120 ms.
    let world = World::with(|options| options.minute_seconds = 0.002).await;
    let challenge = world.challenge().await;
    tokio::time::sleep(Duration::from_millis(130)).await;
    let refused = outcome(&world, enrolment(&world, signer(), Some(&challenge)).await).await;
    assert_refused(&refused, FailInfo::BadRequest);
}

#[tokio::test]
async fn a_restart_kills_challenges_and_keeps_ca_and_ledger() {
    let world = World::new().await;
    let (used, unused) = (world.challenge().await, world.challenge().await);
    let ca = ca_certificates(&world).await;
    assert!(matches!(
        outcome(&world, enrolment(&world, signer(), Some(&used)).await).await,
        Outcome::Issued(_)
    ));
    let World {
        running, data, files, ..
    } = world;
    running.shutdown().await;
    let running = start(options(data.path())).await.unwrap();
    let world = World::around(running, data, files);
    assert_eq!(ca_certificates(&world).await, ca);
    let refused = outcome(&world, enrolment(&world, signer(), Some(&unused)).await).await;
    assert_refused(&refused, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 1);
}

#[tokio::test]
async fn a_certificate_from_here_renews_without_a_challenge() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let signer = signer();
    let Outcome::Issued(chain) =
        outcome(&world, enrolment(&world, signer.clone(), Some(&challenge)).await).await
    else {
        panic!("nothing was issued")
    };
    let held = Identity {
        certificate: chain[0].clone(),
        key: signer.key.clone(),
    };
    let renewed = outcome(&world, enrolment(&world, held.clone(), None).await.as_renewal()).await;
    assert!(matches!(renewed, Outcome::Issued(_)), "{renewed:?}");

    // Not for another subject, and not under a certificate that only claims to be from here.
    let other_subject = SUBJECT
        .iter()
        .map(|octet| if *octet == b'd' { b'D' } else { *octet })
        .collect::<Vec<_>>();
    let csr = CsrBuilder::new(other_subject).build(&held.key).unwrap();
    let (ca, capabilities) = (ca_certificates(&world).await, capabilities(&world).await);
    let other = Enrolment::new(ca, &capabilities, csr, held).unwrap().as_renewal();
    assert_refused(&outcome(&world, other).await, FailInfo::BadRequest);
    let self_signed = enrolment(&world, signer, None).await.as_renewal();
    assert_refused(&outcome(&world, self_signed).await, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 2);
}

#[tokio::test]
async fn the_ledger_names_the_transaction_and_settles_what_a_kill_left() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let transaction = TransactionId::new("7E57 =/+").unwrap();
    let enrolment = enrolment(&world, signer(), Some(&challenge))
        .await
        .with_transaction_id(transaction);
    assert!(matches!(outcome(&world, enrolment).await, Outcome::Issued(_)));
    let [line] = world.ledger().try_into().unwrap();
    assert_eq!(line[2], "7E57 =/+");
    let millis: u128 = line[3].parse().unwrap();
    assert!(
        std::time::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_millis()
            .abs_diff(millis)
            < 60_000
    );

    // A kill after the line and before the file's name; one before the line; one within a line.
    let World {
        running, data, files, ..
    } = world;
    running.shutdown().await;
    let (named, unnamed) = (
        format!("issued/{}.pem", line[0]),
        format!("issued/{}.unfinished", line[0]),
    );
    std::fs::rename(data.path().join(&named), data.path().join(&unnamed)).unwrap();
    std::fs::write(data.path().join("issued/00ff.unfinished"), "never recorded").unwrap();
    let ledger = data.path().join("issued.tsv");
    let whole = std::fs::read_to_string(&ledger).unwrap();
    std::fs::write(&ledger, format!("{whole}00ff\t01")).unwrap();
    let running = start(options(data.path())).await.unwrap();
    let world = World::around(running, data, files);
    assert_eq!(world.ledger(), [line]);
    let kept: Vec<_> = std::fs::read_dir(world.data.path().join("issued"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(kept, [world.data.path().join(named)]);
}
