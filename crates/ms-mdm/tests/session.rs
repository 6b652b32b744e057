//! OMA-DM messages as devices send them: captured, documented, and made after the rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ms_mdm::Error;
use ms_mdm::csp::device::DevInfo;
use ms_mdm::csp::scep::{InstallStatus, Outcome, ScepNode, Scope, UniqueId};
use ms_mdm::syncml::*;
use world::{fixture, fixture_with};

const DEVICE: &str = "1E08C6E95D8BB843B1278FF45BC60CC6";

fn read(name: &str) -> Message {
    Message::read(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn codes(message: &Message) -> Vec<(String, String, u16)> {
    let code = |status: &Status| (status.cmd_ref.to_string(), status.command.clone(), status.code.0);
    message.statuses().map(code).collect()
}

#[test]
fn the_first_message_of_a_captured_session_is_read() {
    let message = read("wire-win10-19043__09_client_syncml.xml");
    assert_eq!(message.header.session_id.as_str(), "1");
    assert_eq!(message.header.msg_id.as_str(), "1");
    assert_eq!(
        message.header.target,
        "https://mdmwindows.com/ManagementServer/MDM.svc"
    );
    assert_eq!(message.header.source, DEVICE);
    assert_eq!(message.header.max_msg_size, None);
    assert_eq!(message.header.credential, None);
    assert!(message.is_final);
    let alerts: Vec<_> = message
        .alerts()
        .map(|alert| (alert.cmd_id.as_str(), alert.code))
        .collect();
    assert_eq!(
        alerts,
        [("2", AlertCode::CLIENT_INITIATED), ("3", AlertCode::CLIENT_EVENT)]
    );
    assert_eq!(message.login_status(), Some(LoginStatus::User));
    let info = DevInfo::of(&message.commands);
    assert_eq!(info.dev_id.as_deref(), Some(DEVICE));
    assert_eq!(info.manufacturer.as_deref(), Some("VMware, Inc."));
    assert_eq!(info.model.as_deref(), Some("VMware7,1"));
    assert_eq!(info.dm_version.as_deref(), Some("1.3"));
    assert_eq!(info.language.as_deref(), Some("en-US"));
    let answered: Vec<_> = message
        .commands_to_answer()
        .map(|c| (c.cmd_id().as_str(), c.name()))
        .collect();
    assert_eq!(answered, [("2", "Alert"), ("3", "Alert"), ("4", "Replace")]);
}

#[test]
fn the_captured_answer_and_what_the_device_said_to_it_match_by_reference() {
    let server = read("wire-win10-19043__10_server_syncml.xml");
    let commands: Vec<_> = server.commands_to_answer().collect();
    assert_eq!(commands.len(), 2);
    let Command::Operation(replace) = commands[0] else {
        panic!()
    };
    assert_eq!((replace.verb, replace.cmd_id.as_str()), (Verb::Replace, "5"));
    let item = &replace.items[0];
    assert_eq!(
        item.target.as_deref(),
        Some("./Vendor/MSFT/Personalization/DesktopImageUrl")
    );
    assert_eq!(
        (item.format.as_ref(), item.kind.as_deref()),
        (Some(&Format::Chr), Some("text/plain"))
    );

    let device = read("wire-win10-19043__11_client_syncml.xml");
    assert_eq!(device.header.msg_id.number(), Some(2));
    for command in commands {
        let statuses: Vec<_> = device
            .statuses_of(&server.header.msg_id, command.cmd_id())
            .collect();
        assert_eq!(statuses.len(), 1);
        assert_eq!(statuses[0].code, StatusCode::ACCEPTED_FOR_PROCESSING);
        assert!(statuses[0].code.is_success());
    }
    assert_eq!(device.statuses_of(&MsgId::from(1), &CmdId::header()).count(), 1);
    assert_eq!(device.statuses_of(&MsgId::from(2), &CmdId::header()).count(), 0);
}

#[test]
fn a_first_message_announces_how_much_it_takes() {
    let message = read("made__session-01_client-package1.xml");
    assert_eq!(message.header.max_msg_size, Some(524_288));
    assert_eq!(DevInfo::of(&message.commands).language.as_deref(), Some("fr-FR"));
    assert_eq!(message.login_status(), Some(LoginStatus::User));
}

#[test]
fn acknowledgements_and_roll_backs_are_read() {
    let done = read("made__session-03_client-statuses-all-200.xml");
    assert_eq!(done.statuses().count(), 20);
    assert!(done.statuses().all(|status| status.code == StatusCode::OK));
    let rolled_back = read("made__session-03b_client-atomic-rolled-back-507-216-500.xml");
    let expected = [
        ("0", "SyncHdr", 200),
        ("7", "Atomic", 507),
        ("8", "Add", 216),
        ("9", "Add", 216),
        ("12", "Add", 500),
    ];
    assert_eq!(
        codes(&rolled_back),
        expected.map(|(id, name, code)| (id.into(), name.into(), code))
    );
    assert!(!StatusCode::ROLLED_BACK.is_success());
    let exists = read("made__session-03c_client-node-exists-418.xml");
    assert_eq!(exists.statuses().last().unwrap().code, StatusCode::ALREADY_EXISTS);
}

#[test]
fn polls_tell_where_an_enrolment_stands() {
    let node = ScepNode::new(Scope::Device, UniqueId::new("4f0c2a8e").unwrap());
    for (name, status, error) in [
        (
            "made__poll-02a_client-running-32-0.xml",
            InstallStatus::Running,
            0,
        ),
        (
            "made__poll-02b_client-installed-1-0.xml",
            InstallStatus::Installed,
            0,
        ),
        ("made__poll-02c_client-pending-2.xml", InstallStatus::Pending, 0),
        (
            "made__poll-02d_client-failed-http500.xml",
            InstallStatus::Failed,
            0x8019_01F4_u32,
        ),
        (
            "made__poll-02e_client-failed-wrong-thumbprint-80091007.xml",
            InstallStatus::Failed,
            0x8009_1007,
        ),
        (
            "made__poll-02f_client-cert-removed-80092004.xml",
            InstallStatus::Failed,
            0x8009_2004,
        ),
    ] {
        let message = read(name);
        let of = |id: u32| Outcome::of(&node, message.results_of(&MsgId::from(1), &CmdId::from(id)));
        assert_eq!(of(2).status, Some(status), "{name}");
        assert_eq!(of(2).error_code, Some(error), "{name}");
        let is_installed = status == InstallStatus::Installed;
        assert_eq!(of(3).cert_thumbprint.is_some(), is_installed, "{name}");
        assert_eq!(of(4), Outcome::default());
        let another = ScepNode::new(Scope::User, node.unique_id.clone());
        assert_eq!(
            Outcome::of(&another, message.results().flat_map(|r| &r.items)),
            Outcome::default()
        );
    }
    let installed = read("made__poll-02b_client-installed-1-0.xml");
    let outcome = Outcome::of(&node, installed.results_of(&MsgId::from(1), &CmdId::from(3)));
    let hex = ms_mdm::csp::certificates::hex(&outcome.cert_thumbprint.unwrap());
    assert_eq!(hex, "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334");
}

#[test]
fn a_missing_node_is_told_by_its_statuses() {
    let missing = read("made__poll-02g_client-node-missing-404.xml");
    let statuses: Vec<_> = missing.statuses_of(&MsgId::from(1), &CmdId::from(2)).collect();
    assert_eq!(statuses.len(), 2);
    assert!(statuses.iter().all(|status| status.code == StatusCode::NOT_FOUND));
    assert!(statuses[1].target_refs[0].ends_with("/4f0c2a8e/ErrorCode"));
    assert_eq!(missing.results().count(), 0);
}

#[test]
fn alerts_of_the_documentation_are_understood() {
    let alert = |name: &str| match Command::read(&fixture(name)).unwrap() {
        Command::Alert(alert) => alert,
        other => panic!("{other:?}"),
    };
    let unenrolled =
        alert("disconnecting-from-mdm-unenrollment__02_alert-1226_server-initiated-disconnection.xml");
    assert_eq!(unenrolled.code, AlertCode::GENERIC);
    assert!(unenrolled.is_unenrollment());
    assert_eq!(unenrolled.items[0].format, Some(Format::Int));
    assert_eq!(unenrolled.items[0].text(), Some("1"));
    let login = alert(
        "oma-dm-protocol-support__01_alert-1224_user-targeted-vs-device-targeted-configuration.fixed.xml",
    );
    assert_eq!(login.login_status(), Some(LoginStatus::User));
    assert!(!login.is_unenrollment() && !login.is_request_pending());

    let leaving =
        read("disconnecting-from-mdm-unenrollment__01_alert-1226_user-initiated-disconnection.fixed.xml");
    assert!(leaving.alerts().any(Alert::is_unenrollment));
    assert_eq!(
        DevInfo::of(&leaving.commands).dev_id.as_deref(),
        Some("{unique device ID}")
    );
    let pending = read("dmclient-csp__02_alert-1224_dmclient-csp.xml");
    assert!(pending.alerts().all(Alert::is_request_pending));
    assert!(!pending.is_final, "the sample has no Final");
}

#[test]
fn a_body_of_the_documentation_that_stands_alone_holds_one_alert() {
    for (name, user) in [
        (
            "azure-active-directory-integration-with-mdm__05_alert-1224_determine-when-a-user-is-logged-in-through-polli.fixed.xml",
            Some(LoginStatus::User),
        ),
        (
            "azure-active-directory-integration-with-mdm__04_alert-1224_device-alert-1224-for-azure-ad-user-token.fixed.xml",
            None,
        ),
    ] {
        let body = String::from_utf8(fixture(name)).unwrap();
        let alert = body.replace("<SyncBody>", "").replace("</SyncBody>", "");
        let Command::Alert(alert) = Command::read(alert.trim().as_bytes()).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(alert.code, AlertCode::CLIENT_EVENT);
        assert_eq!(alert.login_status(), user);
    }
}

#[test]
fn commands_of_the_documentation_are_read_without_a_namespace() {
    let operation = |name: &str| match Command::read(&fixture(name)).unwrap() {
        Command::Operation(operation) => operation,
        other => panic!("{other:?}"),
    };
    let add = operation("certificatestore-csp__01_examples.fixed.xml");
    assert_eq!((add.verb, add.cmd_id.as_str()), (Verb::Add, "1"));
    let root = "./Vendor/MSFT/CertificateStore/Root/System/031336C933CC7E228B88880D78824FB2909A0A2F";
    assert_eq!(
        add.items[0].target.as_deref(),
        Some(format!("{root}/EncodedCertificate").as_str())
    );
    assert_eq!(add.items[0].format, Some(Format::B64));
    assert_eq!(add.items[0].text(), Some("B64EncodedCertInsertedHere"));
    let get = operation("certificatestore-csp__02_examples.xml");
    assert_eq!(get.verb, Verb::Get);
    assert_eq!(
        get.items[0].target.as_deref(),
        Some("./Vendor/MSFT/CertificateStore/My/User?list=StructData")
    );
    let delete = operation("certificatestore-csp__03_examples.fixed.xml");
    assert_eq!(
        (delete.verb, delete.items[0].target.as_deref()),
        (Verb::Delete, Some(root))
    );
    assert_eq!(
        operation("dmclient-csp__01_dmclient-csp.fixed.xml").verb,
        Verb::Get
    );
    let addresses = operation("dmclient-csp__03_dmclient-csp.fixed.xml");
    assert!(
        addresses.items[0]
            .text()
            .unwrap()
            .starts_with("<https://server1><https:")
    );
    let unenroll = operation("dmclient-csp__05_dmclient-csp.fixed.xml");
    assert_eq!(
        (unenroll.verb, unenroll.items[0].text()),
        (Verb::Exec, Some("TestMDMServer"))
    );
}

#[test]
fn the_documentations_atomics_are_read_with_all_their_members() {
    let scep = Command::read(&fixture("certificatestore-csp__04_examples.xml")).unwrap();
    assert_eq!((scep.name(), scep.cmd_id().as_str()), ("Atomic", "100"));
    assert_eq!(scep.members().len(), 16);
    assert_eq!(scep.members().last().unwrap().name(), "Exec");
    let renew = Command::read(&fixture("certificatestore-csp__05_examples.xml")).unwrap();
    assert!(renew.members().iter().all(|member| member.name() == "Replace"));
    assert_eq!(renew.members().len(), 3);
    let get = read("structure-of-oma-dm-provisioning-files__01_syncml_file-format.xml");
    assert_eq!(
        get.commands_to_answer().map(Command::name).collect::<Vec<_>>(),
        ["Get"]
    );
}

#[test]
fn statuses_may_come_in_any_order_without_one_for_the_header_and_under_uuids() {
    let id = "8c6060c4-3d78-4d73-ae17-e8bce88426ee";
    let body = format!(
        "<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><SessionID> 0A1F </SessionID><MsgID>3</MsgID>\
         <Source><LocURI>{DEVICE}</LocURI></Source></SyncHdr><SyncBody>\
         <Results><CmdID>9</CmdID><CmdRef>{id}</CmdRef><Item><Source><LocURI>./a</LocURI></Source>\
         <Data><![CDATA[x<y]]></Data></Item></Results>\
         <Status><MsgRef>2</MsgRef><CmdRef>{id}</CmdRef><Cmd>Get</Cmd><Data> 200 </Data></Status>\
         <Unheard><CmdID>1</CmdID></Unheard>\
         <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>{id}</CmdRef><Cmd>Get</Cmd><Data>404</Data></Status>\
         </SyncBody></SyncML>"
    );
    let message = Message::read(body.as_bytes()).unwrap();
    assert_eq!(message.header.session_id.as_str(), "0A1F");
    assert_eq!(message.header.target, "");
    assert!(!message.is_final);
    let status = message
        .statuses_of(&MsgId::from(2), &CmdId::new(id))
        .next()
        .unwrap();
    assert_eq!(status.code, StatusCode::OK);
    assert!(status.cmd_id.is_empty());
    let item = message
        .results_of(&MsgId::from(2), &CmdId::new(id))
        .next()
        .unwrap();
    assert_eq!((item.uri(), item.text()), (Some("./a"), Some("x<y")));
    assert_eq!(message.commands.len(), 3);
}

#[test]
fn a_credential_is_read_and_not_shown() {
    let with_credential = fixture_with(
        "made__session-01_client-package1.xml",
        "<Meta><MaxMsgSize",
        "<Cred><Meta><Type xmlns=\"syncml:metinf\">syncml:auth-md5</Type></Meta>\
         <Data>Zz6EivR3yeaaENcRN6lpAQ==</Data></Cred><Meta><MaxMsgSize",
    );
    let header = Message::read(&with_credential).unwrap().header;
    let credential = header.credential.as_ref().unwrap();
    assert_eq!(credential.kind, "syncml:auth-md5");
    assert!(ms_mdm::digest::proves(
        &credential.value,
        "Bruce2",
        "OhBehave",
        b"Nonce"
    ));
    assert!(!format!("{header:?}").contains("Zz6"));
}

#[test]
fn what_is_no_message_of_syncml_1_2_is_refused() {
    let name = "made__session-01_client-package1.xml";
    let foreign = fixture_with(name, "SYNCML:SYNCML1.2", "SYNCML:SYNCML1.1");
    assert_eq!(
        Message::read(&foreign),
        Err(Error::NotA {
            expected: "SyncML 1.2 message"
        })
    );
    let nobody = fixture_with(name, DEVICE, "");
    assert_eq!(Message::read(&nobody), Err(Error::Missing { what: "Source" }));
    let no_code = fixture_with(name, "<Data>1201</Data>", "<Data>many</Data>");
    assert!(matches!(
        Message::read(&no_code),
        Err(Error::Invalid { what: "Alert", .. })
    ));
}

#[test]
fn more_commands_or_items_than_any_session_has_are_refused() {
    let alerts = "<Alert><CmdID>1</CmdID><Data>1201</Data></Alert>".repeat(2001);
    let name = "made__session-01_client-package1.xml";
    let many = fixture_with(name, "<Final/>", &alerts);
    assert_eq!(Message::read(&many), Err(Error::TooMany { what: "commands" }));
    let items = format!("<Get><CmdID>1</CmdID>{}</Get>", "<Item/>".repeat(2001));
    let many = fixture_with(name, "<Final/>", &items);
    assert_eq!(Message::read(&many), Err(Error::TooMany { what: "items" }));
}
