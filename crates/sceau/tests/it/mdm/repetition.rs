//! The same request again, also after a crash, gets the identity already issued.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Id, Timestamp,
    device::{Device, enrolment::Identity},
    event::What,
};
use sceau::secrets::{hex, random};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::password::fault;
use crate::site::{
    Site,
    capture::{DEVICE_ID, PERSON, captured, enrolment_request_with},
    computer::{CAPTURED_MESSAGE, identity_in},
};

async fn identities(site: &Site) -> Vec<Identity> {
    let device = site.device(DEVICE_ID).await.id;
    site.app
        .store
        .read(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::identities::of_device(tx, &device).await })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_request_again_gets_the_identity_already_issued() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    let first = site.enrolment("Enrollment", request.clone()).await.expect(200);
    site.pass(7200);
    let second = site.enrolment("Enrollment", request).await.expect(200);
    assert_eq!(identity_in(&first.body), identity_in(&second.body));
    assert_eq!(identities(&site).await.len(), 1);
    let timeline = site.timeline(&site.device(DEVICE_ID).await.id).await;
    let enrolled = timeline
        .iter()
        .filter(|what| matches!(what, What::Enrolled { .. }))
        .count();
    assert_eq!(enrolled, 1);
}

#[tokio::test]
async fn the_same_request_several_times_at_once_gets_one_identity() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let send = || async {
        let request = captured("07_client_rst-wstep.xml");
        let reply = site.enrolment("Enrollment", request).await.expect(200);
        identity_in(&reply.body)
    };
    let (one, two, three) = tokio::join!(send(), send(), send());
    assert!(one == two && two == three);
    assert_eq!(site.devices().await.len(), 1);
    assert_eq!(identities(&site).await.len(), 1);
}

/// What a server leaves that was killed after it stored the intent and before it signed.
async fn leave_an_intent(site: &Site) -> Identity {
    let now = site.app.now();
    let person = site
        .app
        .store
        .read(|tx| Box::pin(async move { store::people::by_username(tx, PERSON.0).await }))
        .await
        .unwrap()
        .unwrap();
    let device = Device {
        id: site.app.fresh_id(),
        name: "DESKTOP-28FGAI6".to_owned(),
        person_id: Some(person.id),
        windows_id: DEVICE_ID.to_owned(),
        hardware_id: None,
        enrollment_type: "Full".to_owned(),
        os_version: None,
        manufacturer: None,
        model: None,
        serial_number: None,
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: now,
        last_seen_at: now,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    };
    let identity = Identity {
        id: Id::new(now, random()),
        device_id: device.id.clone(),
        renews: None,
        message_id: format!("urn:uuid:{CAPTURED_MESSAGE}"),
        csr_sha256: hex(digest(&SHA256, &captured("07_client_pkcs10.der")).as_ref()),
        serial: "1234567890abcdef1234567890abcdef".to_owned(),
        not_before: Timestamp::from_seconds(now.seconds() - 3600),
        not_after: Timestamp::from_seconds(now.seconds() + 86_400),
        certificate: None,
        sha256: None,
        first_used_at: None,
        revoked_at: None,
    };
    let kept = identity.clone();
    site.app
        .store
        .write(move |tx| {
            let (device, identity) = (device.clone(), kept.clone());
            Box::pin(async move {
                store::devices::insert(tx, &device).await?;
                store::identities::insert_intent(tx, &identity).await
            })
        })
        .await
        .unwrap();
    identity
}

#[tokio::test]
async fn after_a_crash_before_signing_the_same_request_gets_what_was_intended() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let intended = leave_an_intent(&site).await;
    site.pass(600);
    let request = captured("07_client_rst-wstep.xml");
    let first = site.enrolment("Enrollment", request.clone()).await.expect(200);
    let der = identity_in(&first.body);
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    assert_eq!(hex(certificate.raw_serial()), intended.serial);
    let validity = certificate.validity();
    assert_eq!(validity.not_before.timestamp(), intended.not_before.seconds());
    assert_eq!(validity.not_after.timestamp(), intended.not_after.seconds());
    let second = site.enrolment("Enrollment", request).await.expect(200);
    assert_eq!(der, identity_in(&second.body));
    let all = identities(&site).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].certificate.as_deref(), Some(der.as_slice()));
}

#[tokio::test]
async fn another_persons_replay_of_a_request_is_refused() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    site.person("mallory@mdmwindows.com", Some("mallory")).await;
    let request = captured("07_client_rst-wstep.xml");
    let first = site.enrolment("Enrollment", request).await.expect(200);
    let replay = enrolment_request_with(&[(PERSON.0, "mallory@mdmwindows.com"), (">demo<", ">mallory<")]);
    let reply = site.enrolment("Enrollment", replay).await;
    let (subcode, words) = fault(&reply);
    assert_eq!(subcode, "s:CertificateRequest");
    assert!(words.contains("another person"), "{words}");
    assert_eq!(site.devices().await.len(), 1);
    assert_eq!(identities(&site).await.len(), 1);
    let peer = identity_in(&first.body);
    site.management(Some(&peer), captured("09_client_syncml.xml"))
        .await
        .expect(200);
}

#[tokio::test]
async fn another_persons_device_of_the_same_id_takes_nothing_over() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    site.person("mallory@mdmwindows.com", Some("mallory")).await;
    let request = captured("07_client_rst-wstep.xml");
    let first = site.enrolment("Enrollment", request).await.expect(200);
    let other = enrolment_request_with(&[
        (PERSON.0, "mallory@mdmwindows.com"),
        (">demo<", ">mallory<"),
        (CAPTURED_MESSAGE, "0d5a1441-5891-453b-becf-000000000000"),
    ]);
    site.enrolment("Enrollment", other).await.expect(200);
    let devices = site.devices().await;
    assert_eq!(devices.len(), 2);
    assert_ne!(devices[0].person_id, devices[1].person_id);
    let peer = identity_in(&first.body);
    site.management(Some(&peer), captured("09_client_syncml.xml"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_device_without_an_id_is_refused_and_takes_nobodys_place() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let id = format!("<ac:Value>{DEVICE_ID}</ac:Value>");
    for number in 0..2 {
        let message = format!("0d5a1441-5891-453b-becf-00000000000{number}");
        let request =
            enrolment_request_with(&[(id.as_str(), "<ac:Value/>"), (CAPTURED_MESSAGE, message.as_str())]);
        let refusal = site.enrolment("Enrollment", request).await.expect(500);
        assert!(refusal.text().contains("DeviceID"), "{}", refusal.text());
    }
    assert_eq!(site.devices().await.len(), 0);
}
