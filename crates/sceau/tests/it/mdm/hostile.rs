//! Hostile messages get a clear refusal, cost little and change nothing.

use std::{fmt::Write as _, time::Instant};

use crate::site::{
    Reply, Site,
    capture::{DEVICE_ID, PERSON, captured},
    computer::identity_in,
};

use super::session_answers::{Asked, check};

/// The longest message that is read, in octets.
const LIMIT: usize = 512 * 1024;

/// A server with the captured device, and its identity.
async fn enrolled() -> (Site, Vec<u8>) {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    let reply = site.enrolment("Enrollment", request).await.expect(200);
    let identity = identity_in(&reply.body);
    (site, identity)
}

/// A captured message as text.
fn text(name: &str) -> String {
    String::from_utf8(captured(name)).unwrap()
}

/// Bodies that nobody should have to read, made of an honest one.
fn bodies(honest: &str) -> Vec<(&'static str, Vec<u8>)> {
    let dtd = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let external = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">";
    let levels = 70_000;
    let attributes = (0..2000).fold(String::new(), |mut text, number| {
        let _ = write!(text, " a{number}=\"\"");
        text
    });
    vec![
        ("a DTD", format!("{dtd}{honest}").into_bytes()),
        ("an external DTD", format!("{external}{honest}").into_bytes()),
        (
            "70,000 levels",
            format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels)).into_bytes(),
        ),
        ("100,000 levels, never closed", "<a>".repeat(100_000).into_bytes()),
        ("2,000 attributes", format!("<a{attributes}/>").into_bytes()),
        ("nothing", Vec::new()),
        ("blanks", b" \n ".to_vec()),
        ("HTML", b"<!doctype html><title>hello</title>".to_vec()),
        ("JSON", b"{}".to_vec()),
        ("octets", (0..=255).cycle().take(4096).collect()),
        (
            "UTF-16",
            honest.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("two documents", format!("{honest}{honest}").into_bytes()),
        ("a NUL", format!("{honest}\0").into_bytes()),
    ]
}

async fn refused(reply: Reply, what: &str) {
    assert!((400..=500).contains(&reply.status), "{what}: {}", reply.status);
    assert!(reply.body.len() < 4096, "{what}");
}

#[tokio::test]
async fn hostile_xml_is_refused_at_every_enrolment_address() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let begun = Instant::now();
    for (service, honest) in [
        ("Discovery", "03_client_discover.xml"),
        ("Policy", "05_client_getpolicies.xml"),
        ("Enrollment", "07_client_rst-wstep.xml"),
    ] {
        for (what, body) in bodies(&text(honest)) {
            let reply = site.enrolment(service, body).await;
            assert!(reply.text().contains("s:MessageFormat"), "{service}: {what}");
            refused(reply, what).await;
        }
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn hostile_xml_is_refused_in_a_session_which_goes_on_afterwards() {
    let (site, identity) = enrolled().await;
    let honest = text("09_client_syncml.xml");
    for (what, body) in bodies(&honest) {
        let reply = site.management(Some(&identity), body).await;
        assert_eq!(reply.status, 400, "{what}");
        refused(reply, what).await;
    }
    site.management(Some(&identity), honest).await.expect(200);
}

#[tokio::test]
async fn a_message_cut_anywhere_is_refused_and_changes_nothing() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    for end in (0..request.len() - 20).step_by(61) {
        let reply = site.enrolment("Enrollment", request[..end].to_vec()).await;
        assert_eq!(reply.status, 500, "cut at {end}");
    }
    assert!(site.devices().await.is_empty());
    let (site, identity) = enrolled().await;
    let message = captured("09_client_syncml.xml");
    for end in (0..message.len() - 10).step_by(17) {
        let reply = site.management(Some(&identity), message[..end].to_vec()).await;
        assert_eq!(reply.status, 400, "cut at {end}");
    }
}

#[tokio::test]
async fn oversized_bodies_are_refused() {
    let (site, identity) = enrolled().await;
    for size in [LIMIT + 1, 3 << 20] {
        for service in ["Discovery", "Policy", "Enrollment"] {
            let reply = site.enrolment(service, vec![b' '; size]).await;
            assert_eq!(reply.status, 413, "{service}");
        }
        let reply = site.management(Some(&identity), vec![b' '; size]).await;
        assert_eq!(reply.status, 413);
    }
}

#[tokio::test]
async fn a_bad_certificate_request_is_refused_as_such() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let honest = captured("07_client_pkcs10.der");
    let whole = text("07_client_rst-wstep.xml");
    let mut bad_signature = honest.clone();
    *bad_signature.last_mut().unwrap() ^= 1;
    let mut other_key = honest.clone();
    other_key[200] ^= 1;
    for csr in [bad_signature, other_key, honest[..300].to_vec(), b"x".to_vec()] {
        let request = whole.replace(&STANDARD.encode(&honest), &STANDARD.encode(&csr));
        let reply = site.enrolment("Enrollment", request).await;
        assert_eq!(reply.status, 500);
        assert!(reply.text().contains("s:CertificateRequest"), "{}", reply.text());
    }
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn a_session_that_is_not_known_begins_with_any_number() {
    let (site, identity) = enrolled().await;
    let odd = text("09_client_syncml.xml")
        .replace("<SessionID>1<", "<SessionID>7F3A<")
        .replace("<MsgID>1<", "<MsgID>7<");
    let reply = site.management(Some(&identity), odd).await;
    let asked = Asked {
        session: "7F3A",
        number: 1,
        msg_ref: "7",
        device_id: DEVICE_ID,
        commands: &[("2", "Alert"), ("3", "Alert"), ("4", "Replace")],
    };
    check(&reply, &asked);
    for (from, to) in [
        ("<SessionID>1<", "<SessionID>'; DROP TABLE devices; --<"),
        ("<MsgID>1<", "<MsgID>many<"),
        ("<MsgID>1<", "<MsgID>99999999999999999999<"),
        ("<MsgID>1<", "<MsgID>-1<"),
    ] {
        let odd = text("09_client_syncml.xml").replace(from, to);
        let reply = site.management(Some(&identity), odd).await;
        assert!([200, 400].contains(&reply.status), "{to}: {}", reply.text());
    }
}

/// A message of statuses alone: CmdRef, code.
fn statuses(number: u32, all: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (position, (reference, code)) in all.iter().enumerate() {
        let _ = write!(
            body,
            "<Status><CmdID>{}</CmdID><MsgRef>1</MsgRef><CmdRef>{reference}</CmdRef><Cmd>Get</Cmd>\
             <Data>{code}</Data></Status>",
            position + 1
        );
    }
    format!(
        "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
         <SessionID>1</SessionID><MsgID>{number}</MsgID><Target><LocURI>s</LocURI></Target><Source>\
         <LocURI>{DEVICE_ID}</LocURI></Source></SyncHdr><SyncBody>{body}<Final/></SyncBody></SyncML>"
    )
}

#[tokio::test]
async fn statuses_for_commands_never_sent_in_any_order_and_form_change_nothing() {
    let (site, identity) = enrolled().await;
    let greeting = captured("09_client_syncml.xml");
    site.management(Some(&identity), greeting).await.expect(200);
    let odd = [
        ("999", "200"),
        ("0", "200"),
        ("a-word", "404"),
        ("", "418"),
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "507"),
        ("-1", "65535"),
        ("0", "200"),
    ];
    let reply = site.management(Some(&identity), statuses(2, &odd)).await;
    let asked = Asked {
        session: "1",
        number: 2,
        msg_ref: "2",
        device_id: DEVICE_ID,
        commands: &[],
    };
    check(&reply, &asked);
    for code in ["70000", "many", "-1", ""] {
        let reply = site
            .management(Some(&identity), statuses(3, &[("999", code)]))
            .await;
        assert!([200, 400].contains(&reply.status), "{code}");
    }
}

#[tokio::test]
async fn a_command_without_an_id_and_one_for_a_server_get_their_statuses() {
    let (site, identity) = enrolled().await;
    let odd = text("09_client_syncml.xml")
        .replace("<CmdID>2</CmdID>", "")
        .replace("<Final/>", "<Exec><CmdID>9</CmdID></Exec><Final/>");
    let reply = site.management(Some(&identity), odd).await.expect(200);
    let answer = reply.text();
    assert!(answer.contains("<Data>400</Data>"), "{answer}");
    let (_, about_exec) = answer.split_once("<CmdRef>9</CmdRef>").unwrap();
    let (about_exec, _) = about_exec.split_once("</Status>").unwrap();
    assert!(
        !about_exec.contains("<Data>200</Data>"),
        "a device orders nothing"
    );
}

#[tokio::test]
async fn thousands_of_commands_in_one_message_are_refused() {
    let (site, identity) = enrolled().await;
    let many = "<Alert><CmdID>5</CmdID><Data>1201</Data></Alert>".repeat(5000);
    let flood = text("09_client_syncml.xml").replace("<Final/>", &many);
    assert!(flood.len() < LIMIT);
    site.management(Some(&identity), flood).await.expect(400);
}

#[tokio::test]
async fn a_device_that_takes_only_tiny_messages_is_answered_without_an_incident() {
    let (site, identity) = enrolled().await;
    for size in ["1", "0", "400", "99999999999999999999", "-5", "x"] {
        let meta = format!(
            "</Source><Meta><MaxMsgSize xmlns=\"syncml:metinf\">{size}</MaxMsgSize></Meta></SyncHdr>"
        );
        let odd = text("09_client_syncml.xml");
        let (head, body) = odd.split_once("</SyncHdr>").unwrap();
        let (head, _) = head.rsplit_once("</Source>").unwrap();
        let odd = format!("{head}{meta}{body}").replace("<SessionID>1<", &format!("<SessionID>s{size}<"));
        let reply = site.management(Some(&identity), odd).await;
        assert!(
            [200, 400].contains(&reply.status),
            "{size}: {} {}",
            reply.status,
            reply.text()
        );
    }
}
