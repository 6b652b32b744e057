//! What the server says to a device that it manages.

use ms_mdm::csp::certificates::*;
use ms_mdm::csp::dmclient;
use ms_mdm::csp::scep::*;
use ms_mdm::syncml::*;
use zeroize::Zeroizing;

use super::Produced;
use super::enrolment::CERTIFICATE;
use super::known::*;
use super::tree::Rules;
use super::world::fixture;

const ROOT: &str = "031336C933CC7E228B88880D78824FB2909A0A2F";
const INTERMEDIATE: &str = "F9A4F20FC50D990FDD0E3DB9AFCBF401818D5462";
const WINDOWS: &str = "1E08C6E95D8BB843B1278FF45BC60CC6";
const MADE_SERVER: &str = "https://mdm.example.test/omadm";

fn numbers(from: u32) -> impl FnMut() -> CmdId {
    let mut ids = from..;
    move || CmdId::from(ids.next().unwrap())
}

fn message(target: &str, source: &str, statuses: Vec<Status>, commands: Vec<Command>) -> Vec<u8> {
    unwritten(target, source, statuses, commands).write()
}

fn unwritten(target: &str, source: &str, statuses: Vec<Status>, commands: Vec<Command>) -> ServerMessage {
    ServerMessage {
        session_id: SessionId::new("1"),
        msg_id: MsgId::from(1),
        target: target.into(),
        source: source.into(),
        statuses,
        commands,
        is_final: true,
        max_obj_size: None,
    }
}

/// Commands of samples that leave out the rest of the message.
fn body(commands: Vec<Command>) -> Vec<u8> {
    message("device", "server", Vec::new(), commands)
}

const FRAGMENT: Rules = Rules {
    any_order: false,
    fold_case: false,
    put_aside: &["SyncHdr", "Final"],
};

/// The values of an Atomic may come in any order, the ids of its commands are the sender's; that the node comes
/// first and Exec last is held in `server_messages`.
const ATOMIC: Rules = Rules {
    any_order: true,
    fold_case: false,
    put_aside: &["SyncHdr", "Final", "CmdID"],
};

fn install() -> ScepInstall {
    ScepInstall {
        scope: Scope::Device,
        unique_id: UniqueId::new("SCEP-0001").unwrap(),
        server_url: "http://constoso.com/certsrv/mscep/mscep.dll".into(),
        challenge: Zeroizing::new("1234CB055B7EBF384A9486A22B7559A5".into()),
        eku_oids: [
            "1.3.6.1.4.1.311.10.3.12",
            "1.3.6.1.4.1.311.10.3.4",
            "1.3.6.1.4.1.311.20.2.2",
            "1.3.6.1.5.5.7.3.2",
        ]
        .map(str::to_owned)
        .into(),
        key_usage: 160,
        subject_name: "CN=ContosoCSP".into(),
        key_protection: KeyProtection::Software,
        retry_delay_minutes: 1,
        retry_count: 1,
        key_length: 1024,
        hash_algorithms: vec![HashAlgorithm::Sha1],
        ca_thumbprint_sha1: sha1_from_hex("12345087E648875D1DF5D9F9FF89DD1000000000").unwrap(),
        subject_alternative_names: String::new(),
        valid_period: Some((ValidPeriod::Years, 1)),
    }
}

pub(super) fn deliveries() -> Vec<Produced> {
    let written = |install: &ScepInstall| body(vec![install.command(numbers(300)).unwrap()]);
    let older = ScepInstall {
        unique_id: UniqueId::new("CertSCEP1").unwrap(),
        server_url: "https://contoso.com/certsrv/ctcep.dll".into(),
        challenge: Zeroizing::new("ChallengeInsertedHere".into()),
        eku_oids: install().eku_oids[..3].to_vec(),
        subject_name: "CN=AnnaLee".into(),
        subject_alternative_names: "11+tom@MyDomain.Contoso.com;3+MyDomain.Contoso.com".into(),
        ..install()
    };
    vec![
        (SCEP, ATOMIC, written(&install())),
        (OLDER_SCEP, ATOMIC, written(&older)),
    ]
}

pub(super) fn commands() -> Vec<Produced> {
    let root = sha1_from_hex(ROOT).unwrap();
    let one = |command| body(vec![command]);
    let provider = dmclient::provider_uri("TestMDMServer");
    let renew = |id: u32, name: &str, format, value| {
        let uri = format!("./Vendor/MSFT/CertificateStore/My/WSTEP/Renew/{name}");
        Command::replace(CmdId::from(id), &uri, format, value)
    };
    let terms = vec![
        renew(2, "ROBOSupport", Format::Bool, "true"),
        renew(3, "RenewPeriod", Format::Int, "60"),
        renew(4, "RetryInterval", Format::Int, "4"),
    ];
    let listing = "./Vendor/MSFT/CertificateStore/My/User?list=StructData";
    let addresses = format!("{provider}/ManagementServerAddressList");
    vec![
        (
            ADD_ROOT,
            FRAGMENT,
            one(add_trusted(CmdId::from(1), TrustStore::Root, &root, CERTIFICATE)),
        ),
        (LIST, FRAGMENT, one(Command::get(CmdId::from(1), [listing]))),
        (
            DELETE_ROOT,
            FRAGMENT,
            one(delete_trusted(CmdId::from(1), TrustStore::Root, &root)),
        ),
        (
            RENEWAL_TERMS,
            FRAGMENT,
            one(Command::atomic(CmdId::from(1), terms)),
        ),
        (
            POLL,
            FRAGMENT,
            one(Command::get(CmdId::from(12), [format!("{provider}/ExchangeID")])),
        ),
        (
            ADDRESSES,
            FRAGMENT,
            one(Command::replace(
                CmdId::from(101),
                &addresses,
                Format::Chr,
                "<https://server1><https:// server2> ",
            )),
        ),
        (
            UNENROLL,
            FRAGMENT,
            one(dmclient::unenroll(CmdId::from(2), "TestMDMServer")),
        ),
    ]
}

/// The statuses for each command of a message, ids from 1.
fn statuses(name: &str) -> Vec<Status> {
    let of = Message::read(&fixture(name)).unwrap();
    let mut next_id = numbers(1);
    let number = || of.header.msg_id.clone();
    let mut statuses = vec![Status::of_header(next_id(), number(), StatusCode::OK)];
    for command in of.commands_to_answer() {
        statuses.push(Status::of_command(next_id(), number(), command, StatusCode::OK));
    }
    statuses
}

fn replace_text(id: u32, uri: &str, format: Format, value: &str) -> Command {
    let item = Item {
        format: Some(format),
        kind: Some("text/plain".into()),
        data: Some(Data::new(value)),
        ..Item::at(uri)
    };
    Command::Operation(Operation {
        verb: Verb::Replace,
        cmd_id: CmdId::from(id),
        items: vec![item],
    })
}

pub(super) fn messages() -> Vec<Produced> {
    let (device, contoso) = ("{unique device ID}", "https://www.contoso.com/mgmt-server");
    let version = Command::get(CmdId::from(2), ["./DevDetail/SwV"]);
    let length = "./Vendor/MSFT/PolicyManager/My/DeviceLock/MinDevicePasswordLength";
    let image = |id, name: &str| {
        let uri = format!("./Vendor/MSFT/Personalization/{name}ImageUrl");
        let picture = "https://fleetdm.com/images/articles/fleet-4.24.0-cover-1600x900@2x.jpg";
        replace_text(id, &uri, Format::Chr, picture)
    };
    let rules = Rules::default();
    vec![
        (
            FILE_FORMAT,
            rules,
            message(device, contoso, Vec::new(), vec![version]),
        ),
        (
            SETTING,
            rules,
            message(
                device,
                contoso,
                Vec::new(),
                vec![replace_text(2, length, Format::Int, "6")],
            ),
        ),
        (
            WIRE_SESSION,
            rules,
            message(
                WINDOWS,
                "https://mdmwindows.com/ManagementServer/MDM.svc",
                statuses("wire-win10-19043__09_client_syncml.xml"),
                vec![image(5, "Desktop"), image(6, "LockScreen")],
            ),
        ),
        (
            MADE_DELIVERY,
            rules,
            message(
                WINDOWS,
                MADE_SERVER,
                statuses("made__session-01_client-package1.xml"),
                made_delivery(),
            ),
        ),
    ]
}

/// What comes after a delivery: the questions, the removal, and the end of a session.
pub(super) fn afterwards() -> Vec<Produced> {
    let node = ScepNode::new(Scope::Device, UniqueId::new("4f0c2a8e").unwrap());
    let answer = |session: &str, number: u32, commands| {
        let heard = Status::of_header(CmdId::from(1), MsgId::from(number), StatusCode::OK);
        ServerMessage {
            session_id: SessionId::new(session),
            msg_id: MsgId::from(number),
            ..unwritten(WINDOWS, MADE_SERVER, vec![heard], commands)
        }
        .write()
    };
    let questions = vec![
        node.ask_outcome(CmdId::from(2)),
        node.ask_thumbprint(CmdId::from(3)),
        node.ask_respondent(CmdId::from(4)),
    ];
    let rules = Rules::default();
    vec![
        (MADE_POLL, rules, answer("2", 1, questions)),
        (
            MADE_DELETION,
            rules,
            answer("4", 1, vec![node.delete(CmdId::from(2))]),
        ),
        (MADE_END, rules, answer("1", 2, Vec::new())),
    ]
}

/// The root, the intermediate, and the Atomic, in one message.
fn made_delivery() -> Vec<Command> {
    let sans = "2+alice@example.test;11+alice@example.test;\
        7+tag:microsoft.com,2022-09-14:sid:S-1-5-21-1004336348-1177238915-682003330-512";
    let install = ScepInstall {
        unique_id: UniqueId::new("4f0c2a8e").unwrap(),
        server_url: "https://ndes.example.test/certsrv/mscep/mscep.dll".into(),
        challenge: Zeroizing::new("9F86D081884C7D65".into()),
        eku_oids: vec!["1.3.6.1.5.5.7.3.2".into()],
        subject_name: "CN=alice@example.test".into(),
        retry_delay_minutes: 5,
        retry_count: 3,
        key_length: 2048,
        hash_algorithms: vec![HashAlgorithm::Sha2],
        ca_thumbprint_sha1: sha1_from_hex("0123456789ABCDEF0123456789ABCDEF01234567").unwrap(),
        subject_alternative_names: sans.into(),
        ..install()
    };
    let trusted = |id: u32, store, sha1| {
        add_trusted(CmdId::from(id), store, &sha1_from_hex(sha1).unwrap(), CERTIFICATE)
    };
    vec![
        trusted(5, TrustStore::Root, ROOT),
        trusted(6, TrustStore::Ca, INTERMEDIATE),
        install.command(numbers(7)).unwrap(),
    ]
}
