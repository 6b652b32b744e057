//! The provisioning document, rule by rule.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use roxmltree::{Document, Node};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::site::{
    MANAGEMENT, Site,
    capture::{PERSON, captured, enrolment_request_with},
    computer::{identity_in, provisioning_in},
    xml::{children, parsed},
};

/// The provisioning document for the captured request, its EnrollmentType replaced.
async fn document(kind: &str) -> Vec<u8> {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = enrolment_request_with(&[(">Full<", &format!(">{kind}<"))]);
    let reply = site.enrolment("Enrollment", request).await.expect(200);
    provisioning_in(&reply.body)
}

/// Follows `type` attributes down from the root; all that match.
fn characteristics<'a, 'i>(document: &'a Document<'i>, path: &str) -> Vec<Node<'a, 'i>> {
    path.split('/')
        .fold(vec![document.root_element()], |nodes, kind| {
            nodes
                .into_iter()
                .flat_map(|node| children(node, "characteristic"))
                .filter(|node| node.attribute("type") == Some(kind))
                .collect()
        })
}

fn characteristic<'a, 'i>(document: &'a Document<'i>, path: &str) -> Node<'a, 'i> {
    let found = characteristics(document, path);
    assert_eq!(found.len(), 1, "{path}");
    found[0]
}

/// Names and values of the parms.
fn parms<'a>(node: Node<'a, '_>) -> BTreeMap<&'a str, &'a str> {
    children(node, "parm")
        .into_iter()
        .map(|parm| {
            (
                parm.attribute("name").unwrap(),
                parm.attribute("value").unwrap_or_default(),
            )
        })
        .collect()
}

/// The certificate below a store, by its name there.
fn certificate(store: Node<'_, '_>) -> (String, Vec<u8>) {
    let entry = children(store, "characteristic")
        .into_iter()
        .find(|node| node.attribute("type") != Some("PrivateKeyContainer"))
        .unwrap();
    let der = STANDARD.decode(parms(entry)["EncodedCertificate"]).unwrap();
    (entry.attribute("type").unwrap().to_owned(), der)
}

fn sha1(der: &[u8]) -> String {
    lab::device::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref())
}

#[tokio::test]
async fn only_what_windows_allows_at_enrolment_stands_in_it() {
    let octets = document("Full").await;
    let document = parsed(&octets);
    assert_eq!(document.root_element().attribute("version"), Some("1.1"));
    for node in children(document.root_element(), "characteristic") {
        let kind = node.attribute("type").unwrap();
        assert!(
            ["CertificateStore", "APPLICATION", "DMClient"].contains(&kind),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn there_is_one_root_under_its_thumbprint_and_the_identity_chains_to_it() {
    let octets = document("Full").await;
    let document = parsed(&octets);
    let roots = characteristics(&document, "CertificateStore/Root/System");
    assert_eq!(roots.len(), 1);
    assert_eq!(children(roots[0], "characteristic").len(), 1);
    assert!(characteristics(&document, "CertificateStore/CA/System").len() <= 1);
    let (name, root) = certificate(roots[0]);
    assert_eq!(name, sha1(&root));
    let (name, identity) = certificate(characteristic(&document, "CertificateStore/My/User"));
    assert_eq!(name, sha1(&identity));
    let (_, root) = X509Certificate::from_der(&root).unwrap();
    let (_, identity) = X509Certificate::from_der(&identity).unwrap();
    assert!(root.is_ca());
    assert_eq!(identity.issuer(), root.subject());
    identity.verify_signature(Some(root.public_key())).unwrap();
}

#[tokio::test]
async fn the_identity_goes_to_the_user_for_full_and_to_the_system_for_device() {
    for (kind, store, other) in [("Full", "User", "System"), ("Device", "System", "User")] {
        let octets = document(kind).await;
        let document = parsed(&octets);
        let my = characteristic(&document, &format!("CertificateStore/My/{store}"));
        assert!(
            children(my, "characteristic")
                .iter()
                .any(|node| node.attribute("type") == Some("PrivateKeyContainer"))
        );
        assert!(characteristics(&document, &format!("CertificateStore/My/{other}")).is_empty());
        let application = characteristic(&document, "APPLICATION");
        let criteria = parms(application)["SSLCLIENTCERTSEARCHCRITERIA"].to_owned();
        let (subject, stores) = criteria
            .split_once('&')
            .expect("one ampersand, escaped once in the file");
        assert_eq!(stores, format!("Stores=My%5C{store}"));
        let (_, der) = certificate(my);
        let (_, identity) = X509Certificate::from_der(&der).unwrap();
        let wanted = identity.subject().to_string().replace('=', "%3D");
        assert_eq!(subject, format!("Subject={wanted}"));
    }
}

#[tokio::test]
async fn renewal_is_set_with_explicit_data_types() {
    let octets = document("Full").await;
    let document = parsed(&octets);
    let renew = characteristic(&document, "CertificateStore/My/WSTEP/Renew");
    for (name, kind) in [
        ("ROBOSupport", "boolean"),
        ("RenewPeriod", "integer"),
        ("RetryInterval", "integer"),
    ] {
        let parm = children(renew, "parm")
            .into_iter()
            .find(|parm| parm.attribute("name") == Some(name))
            .unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(parm.attribute("datatype"), Some(kind), "{name}");
    }
    let values = parms(renew);
    let days = |name: &str| values[name].parse::<u32>().unwrap();
    assert!((40..=60).contains(&days("RenewPeriod")));
    assert!((4..=5).contains(&days("RetryInterval")));
}

#[tokio::test]
async fn the_account_names_the_management_listener_xml_and_two_credentials() {
    let octets = document("Full").await;
    let document = parsed(&octets);
    let application = characteristic(&document, "APPLICATION");
    let values = parms(application);
    for name in values.keys() {
        assert_eq!(*name, name.to_uppercase(), "names are upper-case");
    }
    assert_eq!(values["APPID"], "w7");
    assert_eq!(values["ADDR"], format!("{MANAGEMENT}/ManagementServer/MDM.svc"));
    assert!(values["ADDR"].starts_with("https://"));
    assert_eq!(values["DEFAULTENCODING"], "application/vnd.syncml.dm+xml");
    assert_eq!(
        (
            values["CONNRETRYFREQ"],
            values["INITIALBACKOFFTIME"],
            values["MAXBACKOFFTIME"]
        ),
        ("3", "16000", "86400000")
    );
    assert!(!values.contains_key("INIT"));
    let credentials: Vec<_> = characteristics(&document, "APPLICATION/APPAUTH")
        .into_iter()
        .map(parms)
        .collect();
    assert_eq!(credentials.len(), 2);
    let by_level = |level: &str| credentials.iter().find(|one| one["AAUTHLEVEL"] == level).unwrap();
    let (client, server) = (by_level("CLIENT"), by_level("APPSRV"));
    assert_eq!(client["AAUTHTYPE"], "DIGEST");
    assert!(["BASIC", "DIGEST"].contains(&server["AAUTHTYPE"]));
    for one in [client, server] {
        assert!(one["AAUTHSECRET"].len() >= 16);
        assert!(STANDARD.decode(one["AAUTHDATA"]).unwrap().len() >= 8);
    }
    assert_ne!(client["AAUTHSECRET"], server["AAUTHSECRET"]);
    assert_eq!(values["PROVIDER-ID"], sceau::actions::enrolment::PROVIDER);
    let provider = format!("DMClient/Provider/{}", values["PROVIDER-ID"]);
    assert!(
        !parms(characteristic(&document, &provider))["EntDMID"].is_empty(),
        "renewal needs it"
    );
}

#[tokio::test]
async fn the_poll_schedule_keeps_the_rules_of_dmclient() {
    let octets = document("Full").await;
    let document = parsed(&octets);
    let path = format!("DMClient/Provider/{}/Poll", sceau::actions::enrolment::PROVIDER);
    let values = parms(characteristic(&document, &path));
    let number = |name: &str| values[name].parse::<u32>().unwrap();
    let sets = [
        ("IntervalForFirstSetOfRetries", "NumberOfFirstRetries"),
        ("IntervalForSecondSetOfRetries", "NumberOfSecondRetries"),
        (
            "IntervalForRemainingScheduledRetries",
            "NumberOfRemainingScheduledRetries",
        ),
    ]
    .map(|(interval, count)| (number(interval), number(count)));
    let is_infinite = |(interval, count): &(u32, u32)| *interval != 0 && *count == 0;
    assert_eq!(
        sets.iter().filter(|set| is_infinite(set)).count(),
        1,
        "one goes on for ever"
    );
    assert!(is_infinite(&sets[2]), "and it is the last");
    assert!(sets[0].0 < sets[1].0, "the second interval is the longer one");
}

#[tokio::test]
async fn the_secrets_of_two_enrolments_differ() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let request = captured("07_client_rst-wstep.xml");
        let reply = site.enrolment("Enrollment", request).await.expect(200);
        identity_in(&reply.body);
        let octets = provisioning_in(&reply.body);
        let document = parsed(&octets);
        for credential in characteristics(&document, "APPLICATION/APPAUTH") {
            seen.push(parms(credential)["AAUTHSECRET"].to_owned());
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}
