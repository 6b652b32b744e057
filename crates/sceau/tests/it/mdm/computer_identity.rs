//! Who may hold a session: the holder of a key whose certificate was issued here, and nobody by what it says.

use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ca::{CertificateAuthority, IssuingKey, Order, Profile, Subject, serial};
use lab::device::syncml;

use crate::site::{
    SYNCML, Site,
    capture::{DEVICE_ID, PERSON, captured},
    computer::{Computer, identity_in},
    send,
};

const GREETING: &str = "09_client_syncml.xml";

/// A server with the captured device, and its identity.
async fn enrolled() -> (Site, Vec<u8>) {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    let reply = site.enrolment("Enrollment", request).await.expect(200);
    let identity = identity_in(&reply.body);
    (site, identity)
}

/// A certificate on the captured device's name by this authority.
fn issue(authority: &CertificateAuthority, name: &str, now: i64) -> Vec<u8> {
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
    linted.sign().unwrap().der
}

async fn refused(site: &Site, peer: Option<&[u8]>) -> String {
    let reply = site.management(peer, captured(GREETING)).await.expect(403);
    assert!(reply.is_in_one_piece());
    reply.text()
}

#[tokio::test]
async fn without_a_certificate_there_is_no_session_whatever_a_header_says() {
    let (site, identity) = enrolled().await;
    assert!(refused(&site, None).await.contains("certificate is needed"));
    let encoded = STANDARD.encode(&identity);
    for name in [
        "X-SSL-Client-Cert",
        "X-ARR-ClientCert",
        "X-Client-Cert",
        "Client-Cert",
        "X-Forwarded-Client-Cert",
    ] {
        let request = Request::post("/ManagementServer/MDM.svc")
            .header(header::CONTENT_TYPE, SYNCML)
            .header(name, format!(":{encoded}:"))
            .body(Body::from(captured(GREETING)))
            .unwrap();
        let reply = send(site.management_door(None), request).await;
        assert_eq!(reply.status, 403, "{name}");
    }
}

#[tokio::test]
async fn certificates_from_elsewhere_are_refused_in_words() {
    let (site, identity) = enrolled().await;
    let now = site.app.now().seconds();
    let device = site.device(DEVICE_ID).await;
    let stranger = CertificateAuthority::create_root(
        "Sceau device identities",
        IssuingKey::generate(2048).unwrap(),
        now,
        std::time::Duration::from_secs(86_400 * 30),
        serial::random().unwrap(),
    )
    .unwrap();
    let foreign = issue(&stranger, device.id.as_str(), now);
    let unknown = issue(&site.app.device_authority, device.id.as_str(), now);
    let mut changed = identity.clone();
    *changed.last_mut().unwrap() ^= 1;
    let garbage = b"no certificate".to_vec();
    let authority = site.app.device_authority.certificate().to_vec();
    for peer in [foreign, unknown, changed, garbage, authority] {
        let words = refused(&site, Some(&peer)).await;
        assert!(words.contains("was not issued to a device here"), "{words}");
    }
    site.management(Some(&identity), captured(GREETING))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_revoked_identity_is_refused_in_words() {
    let (site, identity) = enrolled().await;
    let device = site.device(DEVICE_ID).await.id;
    site.app
        .store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move {
                let all = store::identities::of_device(tx, &device).await?;
                store::identities::revoke(tx, &all[0].id, domain::Timestamp::from_seconds(1)).await
            })
        })
        .await
        .unwrap();
    assert!(refused(&site, Some(&identity)).await.contains("must enrol again"));
}

#[tokio::test]
async fn a_new_enrolment_of_the_same_device_ends_its_old_identity() {
    let site = Site::new().await;
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let old = computer.identity.clone();
    computer.message_id = "00000000-0000-4000-8000-000000000099".to_owned();
    computer.enrol(&site, ("ada", "secret")).await;
    assert_ne!(old, computer.identity);
    assert_eq!(site.devices().await.len(), 1);
    assert!(refused(&site, Some(&old)).await.contains("must enrol again"));
    site.management(Some(&computer.identity), computer.greeting("1"))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_expired_identity_is_refused_in_words() {
    let (site, identity) = enrolled().await;
    site.pass(364 * 86_400);
    site.management(Some(&identity), captured(GREETING))
        .await
        .expect(200);
    site.pass(2 * 86_400);
    let words = refused(&site, Some(&identity)).await;
    assert!(
        words.contains("expired") && words.contains("enrol again"),
        "{words}"
    );
}

#[tokio::test]
async fn a_device_that_left_is_refused_until_it_enrols_again() {
    let (site, identity) = enrolled().await;
    let farewell = String::from_utf8(captured(GREETING)).unwrap().replace(
        "<Final/>",
        "<Alert><CmdID>5</CmdID><Data>1226</Data><Item><Meta><Type xmlns=\"syncml:metinf\">\
         com.microsoft:mdm.unenrollment.userrequest</Type><Format xmlns=\"syncml:metinf\">int</Format></Meta>\
         <Data>1</Data></Item></Alert><Final/>",
    );
    site.management(Some(&identity), farewell).await.expect(200);
    assert!(site.device(DEVICE_ID).await.unenrolled_at.is_some());
    assert!(refused(&site, Some(&identity)).await.contains("must enrol again"));
}

#[tokio::test]
async fn a_device_that_states_another_devices_id_gets_and_answers_its_own_commands_only() {
    let site = Site::new().await;
    site.person("ada", Some("secret")).await;
    site.person("mallory", Some("secret")).await;
    let (mut honest, mut liar) = (Computer::new(1), Computer::new(2));
    honest.enrol(&site, ("ada", "secret")).await;
    liar.enrol(&site, ("mallory", "secret")).await;
    // The honest device is asked for its inventory.
    let asked = site
        .management(Some(&honest.identity), honest.greeting("1"))
        .await
        .expect(200);
    let question = syncml::read(&asked.body).unwrap().commands[0].id.clone().unwrap();
    // The liar greets in its name, and answers that question.
    let greeting = liar.greeting("1").replace(&liar.device_id, &honest.device_id);
    let own = site.management(Some(&liar.identity), greeting).await.expect(200);
    let own_question = syncml::read(&own.body).unwrap().commands[0].id.clone().unwrap();
    assert_ne!(question, own_question, "its own commands");
    let lie = format!(
        "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
         <SessionID>1</SessionID><MsgID>2</MsgID><Target><LocURI>s</LocURI></Target><Source><LocURI>{}</LocURI>\
         </Source></SyncHdr><SyncBody><Results><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>{question}</CmdRef><Item>\
         <Source><LocURI>./DevDetail/Ext/Microsoft/SMBIOSSerialNumber</LocURI></Source><Data>STOLEN</Data></Item>\
         </Results><Final/></SyncBody></SyncML>",
        honest.device_id
    );
    site.management(Some(&liar.identity), lie).await.expect(200);
    for id in [&honest.device_id, &liar.device_id] {
        assert_eq!(site.device(id).await.serial_number, None);
    }
    assert!(honest.talk(&site).await.is_none());
    assert_eq!(
        site.device(&honest.device_id).await.serial_number.as_deref(),
        Some("SERIAL-1")
    );
}
