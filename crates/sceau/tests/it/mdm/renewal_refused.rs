//! Renewals that prove nothing, or come from whom nothing is owed.

use ca::{CertificateAuthority, IssuingKey, Order, Profile, Subject, serial};
use domain::Timestamp;

use super::renewal::{enrolled, identities};
use crate::site::{
    Reply, Site,
    computer::{CAPTURED_MESSAGE, Computer, identity_in},
    renewal::{Key, VALUE_TYPES, renewal, signed, signed_by, weak_request},
};

const WHOLE: &[&str] = &["-nodetach"];

/// That it is refused so at both listeners, and that nothing was issued.
async fn refused(site: &Site, computer: &Computer, pkcs7: &[u8], subcode: &str, words: &str) {
    let before = identities(site, computer).await.len();
    let body = renewal(7, VALUE_TYPES[0], pkcs7);
    let public = site.enrolment("Enrollment", body).await;
    let management = site.renew(computer, 7, pkcs7).await;
    for reply in [public, management] {
        is_fault(&reply.expect(500), subcode, words);
    }
    assert_eq!(identities(site, computer).await.len(), before);
}

fn is_fault(reply: &Reply, subcode: &str, words: &str) {
    let text = reply.text();
    assert!(text.contains(subcode) && text.contains(words), "{text}");
    assert!(reply.is_in_one_piece());
}

/// A certificate on the computer's name, with its key.
fn issued(authority: &CertificateAuthority, name: &str, now: i64) -> (Vec<u8>, Vec<u8>) {
    let key = IssuingKey::generate(2048).unwrap();
    let order = Order::new(
        Profile::device_identity(),
        Subject::common_name(name),
        key.spki(),
        serial::random().unwrap(),
        now - 3600,
        now + 86_400,
    );
    let linted = authority.prepare(order).unwrap().lint().unwrap();
    (linted.sign().unwrap().der, key.to_pkcs8().unwrap().to_vec())
}

#[tokio::test]
async fn a_certificate_that_was_not_issued_to_a_device_here_renews_nothing() {
    let (site, computer) = enrolled().await;
    let now = site.app.now().seconds();
    let device = site.device(&computer.device_id).await.id;
    let stranger = CertificateAuthority::create_root(
        "Sceau device identities",
        IssuingKey::generate(2048).unwrap(),
        now,
        std::time::Duration::from_secs(86_400 * 30),
        serial::random().unwrap(),
    )
    .unwrap();
    let csr = Key::next(&computer).csr;
    // Of another authority of the same name, and of the right one, which never gave it to a device.
    for authority in [&stranger, &site.app.device_authority] {
        let (certificate, key) = issued(authority, device.as_str(), now);
        let pkcs7 = signed_by(&csr, &certificate, &key, WHOLE);
        refused(
            &site,
            &computer,
            &pkcs7,
            "Authentication",
            "not issued to a device here",
        )
        .await;
    }
}

#[tokio::test]
async fn another_devices_connection_renews_nothing() {
    let (site, computer) = enrolled().await;
    site.person("mallory", Some("secret")).await;
    let mut other = Computer::new(2);
    other.enrol(&site, ("mallory", "secret")).await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, WHOLE);
    let reply = site.renew(&other, 1, &pkcs7).await.expect(500);
    is_fault(&reply, "Authentication", "isn't this device's");
    site.renew(&computer, 1, &pkcs7).await.expect(200);
}

#[tokio::test]
async fn a_revoked_identity_renews_nothing() {
    let (site, computer) = enrolled().await;
    let id = identities(&site, &computer).await[0].id.clone();
    site.app
        .store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move { store::identities::revoke(tx, &id, Timestamp::from_seconds(1)).await })
        })
        .await
        .unwrap();
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, WHOLE);
    refused(&site, &computer, &pkcs7, "NotEligibleToRenew", "must enrol again").await;
}

#[tokio::test]
async fn a_device_that_left_renews_nothing() {
    let (site, computer) = enrolled().await;
    let farewell = computer.greeting("1").replace(
        "<Final/>",
        "<Alert><CmdID>9</CmdID><Data>1226</Data><Item><Meta><Type xmlns=\"syncml:metinf\">\
         com.microsoft:mdm.unenrollment.userrequest</Type><Format xmlns=\"syncml:metinf\">int</Format></Meta>\
         <Data>1</Data></Item></Alert><Final/>",
    );
    site.management(Some(&computer.identity), farewell)
        .await
        .expect(200);
    assert!(site.device(&computer.device_id).await.unenrolled_at.is_some());
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, WHOLE);
    refused(&site, &computer, &pkcs7, "NotEligibleToRenew", "must enrol again").await;
}

#[tokio::test]
async fn a_renewal_that_was_carried_out_and_taken_is_no_proof_any_more() {
    let (site, computer) = enrolled().await;
    let pkcs7 = signed(&Key::next(&computer).csr, &computer, WHOLE);
    let new = identity_in(&site.renew(&computer, 1, &pkcs7).await.expect(200).body);
    assert!(site.lets_in(&computer, &new, "1").await);
    refused(&site, &computer, &pkcs7, "NotEligibleToRenew", "must enrol again").await;
}

#[tokio::test]
async fn what_the_identity_did_not_sign_is_refused() {
    let (site, computer) = enrolled().await;
    let csr = Key::next(&computer).csr;
    for options in [&["-nodetach"][..], &["-nodetach", "-noattr"]] {
        let good = signed(&csr, &computer, options);
        let mut signature = good.clone();
        *signature.last_mut().unwrap() ^= 1;
        let at = good.windows(csr.len()).position(|window| window == csr).unwrap();
        let mut content = good.clone();
        content[at + csr.len() - 1] ^= 1;
        for changed in [signature, content] {
            refused(&site, &computer, &changed, "Authentication", "proves nothing").await;
        }
    }
    // Whoever's request it is: who signs it gets its own name alone.
    site.person("mallory", Some("secret")).await;
    let mut liar = Computer::new(2);
    liar.enrol(&site, ("mallory", "secret")).await;
    let pkcs7 = signed(&csr, &liar, WHOLE);
    let reply = site
        .enrolment("Enrollment", renewal(8, VALUE_TYPES[0], &pkcs7))
        .await;
    let name = site.device(&liar.device_id).await.id;
    let issued = identity_in(&reply.expect(200).body);
    let (_, issued) = x509_parser::parse_x509_certificate(&issued).unwrap();
    assert_eq!(issued.subject().to_string(), format!("CN={name}"));
}

#[tokio::test]
async fn a_signed_request_that_is_none_or_proves_no_key_is_refused() {
    let (site, computer) = enrolled().await;
    let csr = Key::next(&computer).csr;
    let mut forged = csr.clone();
    *forged.last_mut().unwrap() ^= 1;
    for (content, options, words) in [
        (&b"no request"[..], WHOLE, "can't be read"),
        (&forged, WHOLE, "not signed by its own key"),
        (&weak_request(), WHOLE, "fewer than 2048 bits"),
        (&csr, &[], "signed content is missing"),
        (&csr, &["-nodetach", "-md", "md5"], "digest algorithm"),
    ] {
        let pkcs7 = signed(content, &computer, options);
        refused(&site, &computer, &pkcs7, "CertificateRequest", words).await;
    }
    for octets in [&b"\x30\x80"[..], &csr, &computer.identity] {
        refused(
            &site,
            &computer,
            octets,
            "CertificateRequest",
            "PKCS#7 can't be taken",
        )
        .await;
    }
}

#[tokio::test]
async fn an_enrolment_sent_again_as_a_renewal_is_refused() {
    let (site, computer) = enrolled().await;
    // Its own request, signed by what it got for it, under the MessageID that it had.
    let pkcs7 = signed(&computer.csr, &computer, WHOLE);
    let body = renewal(1, VALUE_TYPES[0], &pkcs7).replace(
        "urn:uuid:00000000-0000-4000-9000-000000000001",
        &format!("urn:uuid:{}", computer.message_id),
    );
    assert!(
        computer
            .request(("ada", "secret"))
            .contains(&format!("urn:uuid:{}", computer.message_id))
    );
    let reply = site.enrolment("Enrollment", body).await.expect(500);
    is_fault(&reply, "CertificateRequest", "made before");
    // A Renew that brings the bare request.
    let bare = computer
        .request(("ada", "secret"))
        .replace("200512/Issue<", "200512/Renew<");
    assert!(bare.contains("200512/Renew<") && !bare.contains(CAPTURED_MESSAGE));
    let reply = site.enrolment("Enrollment", bare).await.expect(500);
    is_fault(&reply, "CertificateRequest", "signed by the identity in use");
    assert_eq!(identities(&site, &computer).await.len(), 1);
}
