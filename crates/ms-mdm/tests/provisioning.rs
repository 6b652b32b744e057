//! The provisioning document, rule by rule, and beside the one that a Windows 10 took.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ms_mdm::csp::dmclient::{PollSchedule, PollSet};
use ms_mdm::provisioning::*;
use roxmltree::{Document, Node};
use world::{fixture, parsed};
use zeroize::Zeroizing;

fn certificate(byte: u8) -> StoredCertificate {
    StoredCertificate {
        sha1: [byte; 20],
        der: vec![0x30, 3, 2, 1, byte],
    }
}

fn document(store: IdentityStore) -> ProvisioningDocument {
    let auth = |name: Option<&str>, secret: &str| AppAuth {
        name: name.map(str::to_owned),
        secret: Zeroizing::new(secret.into()),
        nonce: vec![1, 2, 3],
    };
    ProvisioningDocument {
        root: certificate(0xA1),
        intermediate: Some(certificate(0xB2)),
        identity: certificate(0xC3),
        identity_store: store,
        renewal: Renewal {
            period_days: 42,
            retry_interval_days: 4,
            server_url: Some("https://mdm.example.test:8444/EnrollmentServer/Discovery.svc".into()),
            retry_after_expiry_interval_days: Some(3),
        },
        application: Application {
            provider_id: "Sceau".into(),
            name: "Example & <Sons>".into(),
            address: "https://mdm.example.test:8444/ManagementServer/MDM.svc".into(),
            connection_retries: 3,
            initial_backoff_ms: 16_000,
            max_backoff_ms: 86_400_000,
            identity_subject: "CN=1E08 C6,O=Contoso".into(),
            client_auth: auth(None, "for-the-device"),
            server_auth: auth(Some("1E08"), "for-the-server"),
        },
        account: DmAccount {
            upn: Some("alice@example.test".into()),
            device_name: "DESKTOP-28FGAI6".into(),
            device_id: "dev_01".into(),
            poll: PollSchedule::RECOMMENDED,
        },
    }
}

/// Goes down `characteristic` elements by type; all `CertificateStore` elements count as one.
fn find<'a, 'i>(document: &'a Document<'i>, path: &str) -> Node<'a, 'i> {
    let mut level: Vec<Node<'_, '_>> = vec![document.root_element()];
    for kind in path.split('/') {
        level = level
            .iter()
            .flat_map(Node::children)
            .filter(|node| node.has_tag_name("characteristic") && node.attribute("type") == Some(kind))
            .collect();
    }
    assert_eq!(level.len(), 1, "{path}");
    level[0]
}

fn parm<'a>(node: Node<'a, '_>, name: &str) -> (Option<&'a str>, Option<&'a str>) {
    let found = node
        .children()
        .find(|c| c.has_tag_name("parm") && c.attribute("name") == Some(name));
    let found = found.unwrap_or_else(|| panic!("no parm {name}"));
    (found.attribute("value"), found.attribute("datatype"))
}

#[test]
fn certificates_lie_in_their_stores_under_their_sha_1() {
    let bytes = document(IdentityStore::User).write();
    let tree = parsed(&bytes);
    assert_eq!(tree.root_element().tag_name().name(), "wap-provisioningdoc");
    assert_eq!(tree.root_element().attribute("version"), Some("1.1"));
    for (path, byte) in [
        (format!("CertificateStore/Root/System/{}", "A1".repeat(20)), 0xA1),
        (format!("CertificateStore/CA/System/{}", "B2".repeat(20)), 0xB2),
        (format!("CertificateStore/My/User/{}", "C3".repeat(20)), 0xC3),
    ] {
        let (value, datatype) = parm(find(&tree, &path), "EncodedCertificate");
        assert_eq!(STANDARD.decode(value.unwrap()).unwrap(), certificate(byte).der);
        assert_eq!(datatype, None);
    }
    find(&tree, "CertificateStore/My/User/PrivateKeyContainer");
}

#[test]
fn a_devices_own_enrolment_keeps_its_identity_in_the_system_store() {
    let bytes = document(IdentityStore::System).write();
    let tree = parsed(&bytes);
    find(&tree, "CertificateStore/My/System/PrivateKeyContainer");
    let (criteria, _) = parm(find(&tree, "APPLICATION"), "SSLCLIENTCERTSEARCHCRITERIA");
    assert_eq!(
        criteria,
        Some("Subject=CN%3D1E08%20C6%2CO%3DContoso&Stores=My%5CSystem")
    );
}

#[test]
fn the_terms_of_renewal_say_their_datatype() {
    let bytes = document(IdentityStore::User).write();
    let tree = parsed(&bytes);
    let renew = find(&tree, "CertificateStore/My/WSTEP/Renew");
    assert_eq!(parm(renew, "ROBOSupport"), (Some("true"), Some("boolean")));
    assert_eq!(parm(renew, "RenewPeriod"), (Some("42"), Some("integer")));
    assert_eq!(parm(renew, "RetryInterval"), (Some("4"), Some("integer")));
    assert_eq!(
        parm(renew, "RetryAfterExpiryInterval"),
        (Some("3"), Some("integer"))
    );
    let url = "https://mdm.example.test:8444/EnrollmentServer/Discovery.svc";
    assert_eq!(parm(renew, "ServerURL"), (Some(url), Some("string")));
}

#[test]
fn the_management_server_is_given_as_w7_takes_it() {
    let bytes = document(IdentityStore::User).write();
    let tree = parsed(&bytes);
    let application = find(&tree, "APPLICATION");
    for (name, value) in [
        ("APPID", Some("w7")),
        ("PROVIDER-ID", Some("Sceau")),
        ("NAME", Some("Example & <Sons>")),
        (
            "ADDR",
            Some("https://mdm.example.test:8444/ManagementServer/MDM.svc"),
        ),
        ("CONNRETRYFREQ", Some("3")),
        ("INITIALBACKOFFTIME", Some("16000")),
        ("MAXBACKOFFTIME", Some("86400000")),
        ("BACKCOMPATRETRYDISABLED", None),
        ("DEFAULTENCODING", Some("application/vnd.syncml.dm+xml")),
        (
            "SSLCLIENTCERTSEARCHCRITERIA",
            Some("Subject=CN%3D1E08%20C6%2CO%3DContoso&Stores=My%5CUser"),
        ),
    ] {
        assert_eq!(parm(application, name).0, value, "{name}");
    }
    let auths: Vec<_> = application
        .children()
        .filter(|node| node.attribute("type") == Some("APPAUTH"))
        .collect();
    assert_eq!(auths.len(), 2);
    assert_eq!(parm(auths[0], "AAUTHLEVEL").0, Some("CLIENT"));
    assert_eq!(parm(auths[0], "AAUTHTYPE").0, Some("DIGEST"));
    assert_eq!(parm(auths[0], "AAUTHSECRET").0, Some("for-the-device"));
    assert_eq!(parm(auths[1], "AAUTHLEVEL").0, Some("APPSRV"));
    assert_eq!(parm(auths[1], "AAUTHNAME").0, Some("1E08"));
    assert_eq!(parm(auths[1], "AAUTHDATA").0, Some("AQID"));
}

#[test]
fn the_account_stands_under_the_same_provider_and_says_when_to_call() {
    let bytes = document(IdentityStore::User).write();
    let tree = parsed(&bytes);
    let account = find(&tree, "DMClient/Provider/Sceau");
    assert_eq!(parm(account, "UPN").0, Some("alice@example.test"));
    assert_eq!(parm(account, "EntDeviceName").0, Some("DESKTOP-28FGAI6"));
    assert_eq!(parm(account, "EntDMID").0, Some("dev_01"));
    let poll = find(&tree, "DMClient/Provider/Sceau/Poll");
    for (name, value) in [
        ("NumberOfFirstRetries", "5"),
        ("IntervalForFirstSetOfRetries", "15"),
        ("NumberOfSecondRetries", "10"),
        ("IntervalForSecondSetOfRetries", "60"),
        ("NumberOfRemainingScheduledRetries", "0"),
        ("IntervalForRemainingScheduledRetries", "1440"),
    ] {
        assert_eq!(parm(poll, name), (Some(value), Some("integer")), "{name}");
    }
    assert_eq!(parm(poll, "PollOnLogin"), (Some("true"), Some("boolean")));
}

#[test]
fn only_the_three_providers_that_are_allowed_are_named() {
    let bytes = document(IdentityStore::User).write();
    let tree = parsed(&bytes);
    for node in tree.root_element().children() {
        assert!(matches!(
            node.attribute("type"),
            Some("CertificateStore" | "APPLICATION" | "DMClient")
        ));
    }
}

#[test]
fn a_renewal_brings_the_certificate_and_the_provider_alone() {
    let bytes = renewal_document(&certificate(0xC3), IdentityStore::User, "Sceau", None);
    let tree = parsed(&bytes);
    let identity = find(&tree, &format!("CertificateStore/My/User/{}", "C3".repeat(20)));
    assert_eq!(
        STANDARD
            .decode(parm(identity, "EncodedCertificate").0.unwrap())
            .unwrap(),
        certificate(0xC3).der
    );
    assert_eq!(parm(find(&tree, "APPLICATION"), "PROVIDER-ID").0, Some("Sceau"));
    assert_eq!(tree.root_element().children().count(), 2);

    let sample = String::from_utf8(fixture(
        "certificate-renewal-windows-mdm__02_wap-provisioningdoc_certificate-renewal-response.xml",
    ))
    .unwrap();
    let sample = Document::parse(&sample).unwrap();
    find(
        &sample,
        "CertificateStore/My/User/EncodedClientCertHashInsertedHere/PrivateKeyContainer",
    );
    find(
        &tree,
        &format!("CertificateStore/My/User/{}/PrivateKeyContainer", "C3".repeat(20)),
    );

    let with_root = renewal_document(
        &certificate(0xC3),
        IdentityStore::User,
        "Sceau",
        Some(&certificate(0xA1)),
    );
    find(
        &parsed(&with_root),
        &format!("CertificateStore/Root/System/{}", "A1".repeat(20)),
    );
}

#[test]
fn a_schedule_that_never_calls_or_never_gets_past_a_set_is_refused() {
    let never = PollSet {
        count: 0,
        interval_minutes: 0,
    };
    let forever = PollSet {
        count: 0,
        interval_minutes: 60,
    };
    let schedule = PollSchedule::RECOMMENDED;
    assert!(schedule.check().is_ok());
    assert!(
        PollSchedule {
            first: never,
            second: never,
            remaining: never,
            ..schedule
        }
        .check()
        .is_err()
    );
    assert!(
        PollSchedule {
            second: forever,
            ..schedule
        }
        .check()
        .is_err()
    );
}

#[test]
fn debug_output_holds_no_secret() {
    let debug = format!("{:?}", document(IdentityStore::User));
    assert!(!debug.contains("for-the-"), "{debug}");
}
