//! The identity is renewed by its device: what is taken, and how long the old one counts.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{actor::Actor, device::enrolment::Identity, event::What};
use sceau::{
    actions::{devices, identity_renewal::list_late},
    secrets::hex,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::site::{
    MANAGEMENT, PUBLIC, Site,
    capture::captured,
    computer::{Computer, identity_in, provisioning_in},
    renewal::{Key, VALUE_TYPES, renewal, signed},
    xml::parsed,
};

const DAY: i64 = 86_400;
const PERSON: (&str, &str) = ("ada", "secret");

/// A server, and a computer that enrolled.
pub async fn enrolled() -> (Site, Computer) {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    (site, computer)
}

/// All that were issued to the computer, the oldest first.
pub async fn identities(site: &Site, computer: &Computer) -> Vec<Identity> {
    let device = site.device(&computer.device_id).await.id;
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
async fn discovery_names_the_addresses_of_the_listener_that_was_asked() {
    let site = Site::new().await;
    let asked = || captured("03_client_discover.xml");
    for (reply, host) in [
        (site.enrolment("Discovery", asked()).await, PUBLIC),
        (
            site.enrolment_at_management(None, "Discovery", asked()).await,
            MANAGEMENT,
        ),
    ] {
        let reply = reply.expect(200);
        let document = parsed(&reply.body);
        for (name, path) in [
            ("EnrollmentPolicyServiceUrl", "Policy"),
            ("EnrollmentServiceUrl", "Enrollment"),
        ] {
            let told = document.descendants().find(|node| node.tag_name().name() == name);
            let wanted = format!("{host}/EnrollmentServer/{path}.svc");
            assert_eq!(told.unwrap().text(), Some(wanted.as_str()));
        }
    }
    let policy = site.enrolment_at_management(None, "Policy", captured("05_client_getpolicies.xml"));
    assert!(policy.await.expect(200).is_in_one_piece());
}

#[tokio::test]
async fn whatever_way_openssl_signs_the_device_gets_its_next_identity() {
    let (site, mut computer) = enrolled().await;
    let device = site.device(&computer.device_id).await.id;
    let ways: [&[&str]; 8] = [
        &["-nodetach", "-md", "sha256"],
        &["-nodetach", "-md", "sha256", "-noattr"],
        &["-nodetach", "-md", "sha1"],
        &["-nodetach", "-md", "sha1", "-noattr"],
        &["-nodetach", "-stream", "-md", "sha256"],
        &["-nodetach", "-stream", "-md", "sha256", "-noattr"],
        &["-nodetach", "-stream", "-md", "sha1"],
        &["-nodetach", "-keyid", "-md", "sha256"],
    ];
    for (number, options) in ways.iter().enumerate() {
        let number = u32::try_from(number).unwrap();
        let next = Key::next(&computer);
        let pkcs7 = signed(&next.csr, &computer, options);
        // Indefinite length is BER.
        assert_eq!(pkcs7.starts_with(&[0x30, 0x80]), options.contains(&"-stream"));
        let reply = site.renew(&computer, number, &pkcs7).await.expect(200);
        assert!(reply.is_in_one_piece());
        computer.identity = identity_in(&reply.body);
        computer.key = next.pkcs8;
        let (_, issued) = X509Certificate::from_der(&computer.identity).unwrap();
        let (_, request) = x509_parser::prelude::X509CertificationRequest::from_der(&next.csr).unwrap();
        let wanted = &request.certification_request_info.subject_pki;
        assert_eq!(issued.public_key().raw, wanted.raw, "{options:?}");
        assert_eq!(issued.subject().to_string(), format!("CN={device}"));
        let (_, authority) = X509Certificate::from_der(site.app.device_authority.certificate()).unwrap();
        issued.verify_signature(Some(authority.public_key())).unwrap();
        let session = (number + 1).to_string();
        assert!(site.lets_in(&computer, &computer.identity, &session).await);
    }
    assert_eq!(identities(&site, &computer).await.len(), 1 + ways.len());
    assert_eq!(site.devices().await.len(), 1, "it stays the same device");
}

#[tokio::test]
async fn the_answer_holds_the_certificate_in_its_store_and_the_provider_alone() {
    for (kind, store) in [("Full", "User"), ("Device", "System")] {
        let site = Site::new().await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        let mut computer = Computer::new(1);
        let request = computer.request(PERSON).replace(">Full<", &format!(">{kind}<"));
        computer.identity = identity_in(&site.enrolment("Enrollment", request).await.expect(200).body);
        let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
        let reply = site.renew(&computer, 1, &pkcs7).await.expect(200);
        let octets = provisioning_in(&reply.body);
        let document = parsed(&octets);
        let types: Vec<_> = document
            .descendants()
            .filter_map(|node| node.attribute("type"))
            .filter(|kind| kind.len() != 40)
            .collect();
        let wanted = [
            "CertificateStore",
            "My",
            store,
            "PrivateKeyContainer",
            "APPLICATION",
        ];
        assert_eq!(types, wanted);
        let parms: Vec<_> = document
            .descendants()
            .filter(|node| node.tag_name().name() == "parm")
            .filter_map(|node| node.attribute("name"))
            .collect();
        assert_eq!(parms, ["EncodedCertificate", "PROVIDER-ID"]);
    }
}

#[tokio::test]
async fn both_listeners_take_a_renewal_under_both_names_of_its_pkcs7() {
    let (site, computer) = enrolled().await;
    let mut number = 0;
    for value_type in VALUE_TYPES {
        for peer in [None, Some(computer.identity.as_slice())] {
            number += 1;
            let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
            let body = renewal(number, value_type, &pkcs7);
            let reply = site.enrolment_at_management(peer, "Enrollment", body).await;
            reply.expect(200);
        }
        number += 1;
        let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
        let body = renewal(number, value_type, &pkcs7);
        site.enrolment("Enrollment", body).await.expect(200);
    }
}

#[tokio::test]
async fn without_its_signers_certificate_a_renewal_counts_where_the_connection_proves_it() {
    let (site, computer) = enrolled().await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach", "-nocerts"]);
    let reply = site
        .enrolment("Enrollment", renewal(1, VALUE_TYPES[0], &pkcs7))
        .await;
    assert!(reply.expect(500).text().contains("CertificateRequest"));
    site.renew(&computer, 2, &pkcs7).await.expect(200);
}

#[tokio::test]
async fn the_same_renewal_again_gets_the_same_identity() {
    let (site, computer) = enrolled().await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
    let first = identity_in(&site.renew(&computer, 1, &pkcs7).await.expect(200).body);
    // Under another MessageID it is still the same request for the same key.
    for number in [1, 2] {
        let again = site.renew(&computer, number, &pkcs7).await.expect(200);
        assert_eq!(identity_in(&again.body), first);
    }
    assert_eq!(identities(&site, &computer).await.len(), 2);
    let other = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
    let other = site.renew(&computer, 1, &other).await.expect(200);
    assert_ne!(identity_in(&other.body), first, "another key is another request");
    assert_eq!(identities(&site, &computer).await.len(), 3);
}

#[tokio::test]
async fn the_same_renewal_several_times_at_once_gets_one_identity() {
    let (site, computer) = enrolled().await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
    let ask = || site.renew(&computer, 1, &pkcs7);
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    let first = identity_in(&a.expect(200).body);
    for reply in [b, c, d] {
        assert_eq!(identity_in(&reply.expect(200).body), first);
    }
    assert_eq!(identities(&site, &computer).await.len(), 2);
    let device = site.device(&computer.device_id).await.id;
    let timeline = site.timeline(&device).await;
    let told = timeline.iter().filter(|what| **what == What::IdentityRenewed);
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn after_a_crash_before_signing_the_same_renewal_gets_what_was_intended() {
    let (site, computer) = enrolled().await;
    let next = Key::next(&computer);
    let old = identities(&site, &computer).await.remove(0);
    // What a server leaves that was killed after it stored the intent and before it signed.
    let intent = Identity {
        id: site.app.fresh_id(),
        renews: Some(old.id.clone()),
        message_id: "urn:uuid:00000000-0000-4000-9000-000000000001".to_owned(),
        csr_sha256: hex(digest(&SHA256, &next.csr).as_ref()),
        serial: "1234567890abcdef1234567890abcdef".to_owned(),
        certificate: None,
        sha256: None,
        ..old
    };
    let kept = intent.clone();
    site.app
        .store
        .write(move |tx| {
            let kept = kept.clone();
            Box::pin(async move { store::identities::insert_intent(tx, &kept).await })
        })
        .await
        .unwrap();
    let pkcs7 = signed(&next.csr, &computer, &["-nodetach"]);
    let issued = identity_in(&site.renew(&computer, 1, &pkcs7).await.expect(200).body);
    let (_, certificate) = X509Certificate::from_der(&issued).unwrap();
    assert_eq!(hex(certificate.raw_serial()), intent.serial);
    assert_eq!(identities(&site, &computer).await.len(), 2);
    assert!(site.lets_in(&computer, &issued, "1").await);
}

#[tokio::test]
async fn the_old_identity_lives_until_the_new_one_was_used_in_a_session() {
    let (site, computer) = enrolled().await;
    let old = &computer.identity;
    // Two answers are lost; the device goes on with what it has, and renews again.
    let mut issued = Vec::new();
    for number in 1..=3 {
        let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
        let reply = site.renew(&computer, number, &pkcs7).await.expect(200);
        issued.push(identity_in(&reply.body));
        assert!(site.lets_in(&computer, old, &number.to_string()).await);
    }
    assert!(site.lets_in(&computer, &issued[1], "4").await);
    assert!(!site.lets_in(&computer, old, "5").await, "the new one was used");
    assert!(
        !site.lets_in(&computer, &issued[0], "6").await,
        "it was never taken"
    );
    // An answer that comes late still counts.
    assert!(site.lets_in(&computer, &issued[2], "7").await);
    assert!(!site.lets_in(&computer, &issued[1], "8").await);
    let device = site.device(&computer.device_id).await.id;
    let timeline = site.timeline(&device).await;
    let told = |wanted: What| timeline.iter().filter(|what| **what == wanted).count();
    assert_eq!(
        (told(What::IdentityRenewed), told(What::IdentityReplaced)),
        (3, 2)
    );
}

#[tokio::test]
async fn what_no_device_would_say_is_no_use_of_the_new_identity() {
    let (site, computer) = enrolled().await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
    let new = identity_in(&site.renew(&computer, 1, &pkcs7).await.expect(200).body);
    site.management(Some(&new), "no message").await.expect(400);
    assert!(site.lets_in(&computer, &computer.identity, "1").await);
}

#[tokio::test]
async fn after_its_end_an_identity_is_good_for_nothing_but_its_renewal() {
    let (site, computer) = enrolled().await;
    let renew = async |number| {
        let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
        site.renew(&computer, number, &pkcs7).await
    };
    site.pass(366 * DAY);
    assert!(!site.lets_in(&computer, &computer.identity, "1").await);
    let lost = identity_in(&renew(1).await.expect(200).body);
    site.pass(28 * DAY);
    let new = identity_in(&renew(2).await.expect(200).body);
    assert_ne!(lost, new);
    assert!(site.lets_in(&computer, &new, "2").await);
}

#[tokio::test]
async fn when_the_grace_is_over_too_the_device_must_enrol_again() {
    for (grace, days) in [(30, 396), (0, 366)] {
        let site = Site::with(|settings| settings.devices.renewal_grace_days = grace).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        let mut computer = Computer::new(1);
        computer.enrol(&site, PERSON).await;
        site.pass(days * DAY);
        let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
        let reply = site.renew(&computer, 1, &pkcs7).await.expect(500);
        assert!(reply.text().contains("NotEligibleToRenew"), "{}", reply.text());
        computer.message_id = "00000000-0000-4000-8000-000000000099".to_owned();
        computer.enrol(&site, PERSON).await;
        assert!(site.lets_in(&computer, &computer.identity, "1").await);
    }
}

#[tokio::test]
async fn a_person_is_told_of_devices_that_did_not_renew() {
    let (site, computer) = enrolled().await;
    let device = site.device(&computer.device_id).await.id;
    let told = async || {
        let late = list_late(&site.app, &Actor::CommandLine).await.unwrap();
        let ids: Vec<_> = late.into_iter().map(|late| late.identity.device_id).collect();
        ids.contains(&device)
    };
    assert!(site.lets_in(&computer, &computer.identity, "1").await);
    site.pass(343 * DAY);
    assert!(!told().await, "half of its time is left");
    site.pass(2 * DAY);
    assert!(told().await);
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, &["-nodetach"]);
    let new = identity_in(&site.renew(&computer, 1, &pkcs7).await.expect(200).body);
    assert!(told().await, "the answer may be lost");
    assert!(site.lets_in(&computer, &new, "2").await);
    assert!(!told().await);
    let story = devices::one_device(&site.app, &Actor::CommandLine, &device);
    let identity = story.await.unwrap().identity.unwrap();
    assert_eq!(identity.certificate, Some(new));
}
