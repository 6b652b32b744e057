//! What the server sends in a session: its form, its size, and that it says again what it was told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ms_mdm::csp::certificates::*;
use ms_mdm::csp::scep::*;
use ms_mdm::csp::{device, dmclient};
use ms_mdm::syncml::*;
use proptest::prelude::*;
use std::collections::VecDeque;
use world::{fixture, parsed, text};
use zeroize::Zeroizing;

fn numbers(from: u32) -> impl FnMut() -> CmdId {
    let mut next = from;
    move || {
        next += 1;
        CmdId::from(next - 1)
    }
}

fn message() -> ServerMessage {
    ServerMessage {
        session_id: SessionId::new("1"),
        msg_id: MsgId::from(1),
        target: "1E08C6E95D8BB843B1278FF45BC60CC6".into(),
        source: "https://mdm.example.test/omadm".into(),
        statuses: Vec::new(),
        commands: Vec::new(),
        is_final: true,
        max_obj_size: None,
    }
}

fn install() -> ScepInstall {
    ScepInstall {
        scope: Scope::Device,
        unique_id: UniqueId::new("4f0c2a8e").unwrap(),
        server_url: "https://ndes.example.test/certsrv/mscep/mscep.dll".into(),
        challenge: Zeroizing::new("9F86D081884C7D65".into()),
        eku_oids: vec!["1.3.6.1.5.5.7.3.2".into()],
        key_usage: 160,
        subject_name: "CN=alice@example.test".into(),
        key_protection: KeyProtection::Software,
        retry_delay_minutes: 5,
        retry_count: 3,
        key_length: 2048,
        hash_algorithms: vec![HashAlgorithm::Sha2],
        ca_thumbprint_sha1: sha1_from_hex("0123456789ABCDEF0123456789ABCDEF01234567").unwrap(),
        subject_alternative_names: "2+alice@example.test;11+alice@example.test;\
            7+tag:microsoft.com,2022-09-14:sid:S-1-5-21-1004336348-1177238915-682003330-512"
            .into(),
        valid_period: Some((ValidPeriod::Years, 1)),
    }
}

#[test]
fn each_node_of_a_delivery_has_the_format_that_microsofts_sample_gives_it() {
    let sample = String::from_utf8(fixture(
        "clientcertificateinstall-csp__01_syncml_example.fixed.xml",
    ))
    .unwrap();
    let (_, body) = sample.split_once("<SyncBody>").unwrap();
    let (atomic, _) = body.split_once("</Atomic>").unwrap();
    let sample = Command::read(format!("{atomic}</Atomic>").trim().as_bytes()).unwrap();
    let nodes = |command: &Command| -> std::collections::BTreeMap<String, (Verb, Option<Format>)> {
        let node = |member: &Command| match member {
            Command::Operation(operation) => {
                let item = &operation.items[0];
                let name = item.target.as_deref().unwrap().rsplit('/').next().unwrap();
                let name = if item.format == Some(Format::Node) {
                    "{UniqueID}"
                } else {
                    name
                };
                (name.to_owned(), (operation.verb, item.format.clone()))
            }
            other => panic!("{other:?}"),
        };
        command.members().iter().map(node).collect()
    };
    let ours = nodes(&install().command(numbers(1)).unwrap());
    for (name, (verb, format)) in nodes(&sample) {
        let (our_verb, our_format) = &ours[&name];
        assert_eq!(*our_verb, verb, "{name}");
        // The sample's Exec has no format.
        assert!(format.is_none() || *our_format == format, "{name}");
    }
    assert_eq!(ours.len(), 16);
}

#[test]
fn a_users_delivery_stands_in_the_users_tree() {
    let command = ScepInstall {
        scope: Scope::User,
        ..install()
    }
    .command(numbers(1))
    .unwrap();
    for member in command.members() {
        let Command::Operation(operation) = member else {
            panic!()
        };
        let uri = operation.items[0].target.as_deref().unwrap();
        assert!(
            uri.starts_with("./User/Vendor/MSFT/ClientCertificateInstall/SCEP/4f0c2a8e"),
            "{uri}"
        );
    }
}

#[test]
fn what_is_optional_is_left_out_and_exec_stays_last() {
    let bare = ScepInstall {
        subject_alternative_names: String::new(),
        valid_period: None,
        ..install()
    };
    let command = bare.command(numbers(1)).unwrap();
    assert_eq!(command.members().len(), 13);
    let Command::Operation(last) = command.members().last().unwrap() else {
        panic!()
    };
    assert_eq!(last.verb, Verb::Exec);
    assert!(
        last.items[0]
            .target
            .as_deref()
            .unwrap()
            .ends_with("/Install/Enroll")
    );
}

#[test]
fn several_values_are_joined_by_plus_signs() {
    let several = ScepInstall {
        eku_oids: vec!["1.3.6.1.5.5.7.3.2".into(), "1.3.6.1.4.1.311.20.2.2".into()],
        hash_algorithms: vec![HashAlgorithm::Sha1, HashAlgorithm::Sha2, HashAlgorithm::Sha3],
        ..install()
    };
    let command = several.command(numbers(1)).unwrap();
    let value = |name: &str| {
        command.members().iter().find_map(|member| match member {
            Command::Operation(operation) => operation.items.iter().find_map(|item| {
                item.target
                    .as_deref()
                    .filter(|uri| uri.ends_with(name))
                    .and_then(|_| item.text())
            }),
            _ => None,
        })
    };
    assert_eq!(
        value("/EKUMapping"),
        Some("1.3.6.1.5.5.7.3.2+1.3.6.1.4.1.311.20.2.2")
    );
    assert_eq!(value("/HashAlgorithm"), Some("SHA-1+SHA-2+SHA-3"));
}

#[test]
fn what_windows_refuses_after_the_acknowledgement_is_refused_before() {
    type Spoil = fn(&mut ScepInstall);
    let refused: [(&str, Spoil); 9] = [
        ("Challenge", |i| i.challenge = Zeroizing::new("pass_word".into())),
        ("Challenge", |i| i.challenge = Zeroizing::new(String::new())),
        ("EKUMapping", |i| i.eku_oids.clear()),
        ("EKUMapping", |i| i.eku_oids = vec!["clientAuth".into()]),
        ("KeyUsage", |i| i.key_usage = 64),
        ("RetryDelay", |i| i.retry_delay_minutes = 0),
        ("RetryCount", |i| i.retry_count = 31),
        ("KeyLength", |i| i.key_length = 3072),
        ("HashAlgorithm", |i| i.hash_algorithms.clear()),
    ];
    for (node, spoil) in refused {
        let mut spoiled = install();
        spoil(&mut spoiled);
        let error = spoiled.command(numbers(1)).unwrap_err();
        assert!(
            matches!(error, ms_mdm::Error::Invalid { what, .. } if what == node),
            "{node}: {error}"
        );
    }
    assert!(UniqueId::new("a/b").is_err() && UniqueId::new("").is_err());
}

#[test]
fn trust_is_asked_for_given_and_taken_under_the_certificates_sha_1() {
    let sha1 = sha1_from_hex("031336C933CC7E228B88880D78824FB2909A0A2F").unwrap();
    let root = "./Device/Vendor/MSFT/RootCATrustedCertificates/Root/031336C933CC7E228B88880D78824FB2909A0A2F";
    let item = |command: &Command| match command {
        Command::Operation(operation) => (operation.verb, operation.items[0].clone()),
        other => panic!("{other:?}"),
    };
    let (verb, asked) = item(&ask_trusted(CmdId::from(1), TrustStore::Root, &sha1));
    assert_eq!(
        (verb, asked.target),
        (Verb::Get, Some(format!("{root}/EncodedCertificate")))
    );
    let (verb, added) = item(&add_trusted(
        CmdId::from(2),
        TrustStore::Root,
        &sha1,
        &[0x30; 100],
    ));
    assert_eq!((verb, added.format.as_ref()), (Verb::Add, Some(&Format::B64)));
    assert!(!added.text().unwrap().contains(['\n', '\r']));
    assert_eq!(
        certificate_from_data(added.text().unwrap()),
        Some(vec![0x30; 100])
    );
    let (verb, deleted) = item(&delete_trusted(CmdId::from(3), TrustStore::Ca, &sha1));
    assert_eq!(
        (verb, deleted.target),
        (Verb::Delete, Some(root.replace("/Root/", "/CA/")))
    );
    let (_, personal) = item(&ask_personal(CmdId::from(4), PersonalStore::System, &sha1));
    assert_eq!(
        personal.target.as_deref(),
        Some(
            "./Device/Vendor/MSFT/CertificateStore/My/System/031336C933CC7E228B88880D78824FB2909A0A2F/EncodedCertificate"
        )
    );
    assert_eq!(
        certificate_from_data("MIIB\r\n QQ"),
        Some(vec![0x30, 0x82, 1, 0x41])
    );
    assert_eq!(certificate_from_data(""), None);
    assert_eq!(
        sha1_from_hex("A656FA66 AB12B433 A2DA5CF7 CC153D9A"),
        None,
        "an MD5 is no SHA-1"
    );
    assert_eq!(sha1_from_hex(""), None);
}

#[test]
fn the_schedule_of_calls_and_the_end_of_management_are_written() {
    let replaced =
        dmclient::replace_schedule("Sceau", &dmclient::PollSchedule::RECOMMENDED, numbers(1)).unwrap();
    assert_eq!(replaced.len(), 6);
    let bytes = ServerMessage {
        commands: replaced,
        ..message()
    }
    .write();
    let document = parsed(&bytes);
    assert_eq!(
        text(&document, "SyncBody/Replace/Item/Target/LocURI"),
        "./Device/Vendor/MSFT/DMClient/Provider/Sceau/Poll/NumberOfFirstRetries"
    );
    assert_eq!(text(&document, "SyncBody/Replace/Item/Meta/Format"), "int");
    let Command::Operation(unenroll) = dmclient::unenroll(CmdId::from(1), "Sceau") else {
        panic!()
    };
    assert_eq!(unenroll.verb, Verb::Exec);
    assert!(
        unenroll.items[0]
            .target
            .as_deref()
            .unwrap()
            .ends_with("/Provider/Sceau/Unenroll")
    );
    assert_eq!(device::ask_details(CmdId::from(1)).name(), "Get");
}

#[test]
fn a_challenge_for_the_next_proof_is_written_and_read() {
    let mut status = Status::of_header(
        CmdId::from(1),
        MsgId::from(1),
        StatusCode::AUTHENTICATION_REQUIRED,
    );
    status.challenge = Some(Challenge {
        next_nonce: vec![0, 1, 254],
    });
    let bytes = ServerMessage {
        statuses: vec![status.clone()],
        ..message()
    }
    .write();
    let read = Message::read(&bytes).unwrap();
    assert_eq!(read.statuses().next(), Some(&status));
    assert_eq!(
        text(&parsed(&bytes), "SyncBody/Status/Chal/Meta/Type"),
        "syncml:auth-md5"
    );
}

#[test]
fn a_queue_is_spread_over_messages_that_fit_and_an_atomic_is_never_split() {
    let atomic = install().command(numbers(100)).unwrap();
    let small = |id: u32| Command::replace(CmdId::from(id), "./a/b", Format::Chr, &"x".repeat(300));
    let limit = message().encoded_len() + atomic.encoded_len() + 20;
    let mut queue: VecDeque<Command> = (1..=20).map(small).collect();
    queue.push_back(atomic.clone());
    queue.push_back(small(21));
    let expected: Vec<Command> = queue.iter().cloned().collect();
    let mut sent = Vec::new();
    for _ in 0..expected.len() {
        let mut next = message();
        next.fill(&mut queue, limit).unwrap();
        let bytes = next.write();
        assert!(bytes.len() <= limit && bytes.len() == next.encoded_len());
        sent.extend(Message::read(&bytes).unwrap().commands);
        if queue.is_empty() {
            break;
        }
    }
    assert_eq!(sent, expected);

    let mut queue = VecDeque::from([atomic.clone()]);
    let refused = message().fill(&mut queue, 1000).unwrap_err();
    assert_eq!((refused.cmd_id, refused.limit), (CmdId::from(100), 1000));
    assert_eq!(queue, [atomic]);
}

#[test]
fn debug_output_holds_no_challenge() {
    let command = install().command(numbers(1)).unwrap();
    assert!(!format!("{:?} {command:?}", install()).contains("9F86D081884C7D65"));
}

proptest! {
    #[test]
    fn any_value_comes_back_as_it_was_said(value in "[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\u{FFFE}\u{FFFF}]{0,200}") {
        let command = Command::add(CmdId::new("8c6060c4"), "./Device/x", Format::Chr, &value);
        let bytes = ServerMessage { commands: vec![command.clone()], ..message() }.write();
        prop_assert_eq!(Message::read(&bytes).unwrap().commands, vec![command]);
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_never_breaks_a_message(value in any::<String>()) {
        let command = Command::add(CmdId::from(1), "./Device/x", Format::Chr, &value);
        let bytes = ServerMessage { commands: vec![command], ..message() }.write();
        prop_assert!(Message::read(&bytes).is_ok());
    }
}
