//! Things to show: one of each.

use std::collections::BTreeSet;

use domain::{
    Error, Id, Kind, Sealed, Timestamp,
    certificate::Certificate,
    delivery::{Delivery, DeliveryState, Proof},
    device::{Device, LeftHow, Removal, enrolment::Identity, twin::Twin},
    diagnosis::Cause,
    event::{Event, What},
    external_ca::{Access, Authority, AuthorityKind, ChallengeLimits, Health},
    notification::SendProblem,
    person::{Attributes, Person},
    scep_configuration::{Configuration, ConfigurationForm, ScepSettings},
    thumbprint::Sha1,
};

use super::super::{page::Page, tally::Tally};
use crate::actions::{
    authorities::{AuthorityTest, Step, StepResult, TestStep},
    device_trust::{Held, Trust, Trusted},
    device_twins::Other,
};

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_424_645)
}

pub(super) fn id<Noun>(number: u8) -> Id<Noun> {
    Id::new(now(), [number; 10])
}

pub(super) fn sha1() -> Sha1 {
    Sha1::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap()
}

pub(super) fn authority() -> Authority {
    Authority {
        id: id(1),
        name: "Contoso <Issuing> CA".to_owned(),
        kind: AuthorityKind::Microsoft,
        scep_url: "https://ndes.example.com/certsrv/mscep/mscep.dll".to_owned(),
        username: r"CONTOSO\ndes".to_owned(),
        password: Sealed(vec![1]),
        challenge_url: "http://ndes.example.com/certsrv/mscep_admin/".to_owned(),
        is_plain_http_accepted: true,
        trust_pem: None,
        limits: ChallengeLimits::default(),
        access: Access::default(),
        static_challenge: None,
        capabilities: "POSTPKIOperation\nSHA-256\n".to_owned(),
        certificates: Vec::new(),
        issuer_sha1: sha1(),
        checked_at: now(),
        health: Health {
            cause: Some(Cause::CacheFull { until: now() }),
            quiet_until: Some(now().plus_seconds(60)),
            last_challenge_at: Some(now()),
            ..Health::default()
        },
        proved_by: None,
        created_at: now(),
        updated_at: now(),
    }
}

pub(super) fn form() -> ConfigurationForm {
    ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: id::<Authority>(1).to_string(),
        subject: "CN=${userEmailAddress}".to_owned(),
        thumbprint: sha1().to_string(),
        ..ConfigurationForm::default()
    }
}

pub(super) fn settings() -> ScepSettings {
    let form = form();
    ScepSettings {
        subject: form.subject,
        sans: vec![domain::scep_configuration::San {
            kind: domain::scep_configuration::SanKind::Upn,
            value: "${userUPN}".to_owned(),
        }],
        retries: 3,
        retry_delay_seconds: 300,
        key_length: 2048,
        has_digital_signature: true,
        has_key_encipherment: true,
        ekus: form.ekus,
        validity: 1,
        validity_unit: form.validity_unit,
        ca_sha1: sha1(),
        hashes: form.hashes,
        key_storage: form.key_storage,
        store: form.store,
        renew_at_percent: 20,
        route: form.route,
    }
}

pub(super) fn configuration() -> Configuration {
    Configuration {
        id: id(2),
        name: "Wi-Fi".to_owned(),
        description: "For everyone".to_owned(),
        authority_id: id(1),
        settings: settings(),
        version: 2,
        created_at: now(),
        updated_at: now(),
    }
}

pub(super) fn person() -> Person {
    Person {
        id: id(3),
        username: "anne@example.com".to_owned(),
        attributes: Attributes {
            email: Some("anne@example.com".to_owned()),
            custom: [("badge".to_owned(), "4711".to_owned())].into(),
            ..Attributes::default()
        },
        created_at: now(),
        updated_at: now(),
    }
}

pub(super) fn device() -> Device {
    Device {
        id: id(4),
        name: "PC-0001".to_owned(),
        person_id: Some(id(3)),
        windows_id: "0".repeat(32),
        hardware_id: None,
        enrollment_type: "Device".to_owned(),
        os_version: Some("10.0.22631.3880".to_owned()),
        manufacturer: Some("Contoso".to_owned()),
        model: Some("Book 3".to_owned()),
        serial_number: Some("C0FFEE".to_owned()),
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: now(),
        last_seen_at: now(),
        unenrolled_at: Some(now()),
        left_how: Some(LeftHow::SentAway),
        removal: Some(removal(false)),
    }
}

/// A removal that was asked for; the device may have been told of it.
pub(super) fn removal(is_told: bool) -> Removal {
    Removal {
        asked_at: now(),
        by: "claire".to_owned(),
        keeps_certificates: false,
        kept: BTreeSet::new(),
        told_at: is_told.then(now),
    }
}

pub(super) fn delivery(state: DeliveryState) -> Delivery {
    Delivery {
        id: id(5),
        device_id: id(4),
        configuration_id: id(2),
        configuration_version: 2,
        authority_id: id(1),
        attempt: 1,
        is_current: true,
        state,
        subject: "CN=anne@example.com".to_owned(),
        sans: String::new(),
        token_sha256: None,
        secret: None,
        charged: 0,
        challenge_taken_at: None,
        is_on_device: true,
        store: None,
        checked_at: None,
        check_due_at: None,
        not_before: now(),
        created_at: now(),
        updated_at: now(),
    }
}

pub(super) fn failed() -> DeliveryState {
    DeliveryState::Failed {
        cause: Cause::DeviceError { code: -2_146_889_721 },
    }
}

pub(super) fn certificate(der: Option<Vec<u8>>) -> Certificate {
    Certificate {
        sha1: sha1(),
        device_id: id(4),
        delivery_id: id(5),
        verified_by: Proof::Certificate,
        subject: "CN=anne@example.com".to_owned(),
        issuer: Some("CN=Contoso".to_owned()),
        serial: Some("4a".to_owned()),
        not_before: Some(now()),
        not_after: Some(now().plus_seconds(86_400)),
        der,
        verified_at: now(),
        removed_at: None,
    }
}

/// One that ends too soon.
pub(super) fn identity() -> Identity {
    Identity {
        id: id(7),
        device_id: device().id,
        renews: None,
        message_id: "urn:uuid:1".to_owned(),
        csr_sha256: "cc".repeat(32),
        serial: "01".to_owned(),
        not_before: now(),
        not_after: now().plus_seconds(86_400),
        certificate: Some(vec![0x30]),
        sha256: None,
        first_used_at: Some(now()),
        revoked_at: None,
    }
}

pub(super) fn events() -> Vec<Event> {
    let cause = || Cause::SlotsTaken { max: 5, until: now() };
    let transaction_id = || "ABCDEF".to_owned();
    [
        What::Enrolled {
            username: "anne@example.com".to_owned(),
        },
        What::SessionStarted,
        What::MessageRefused { status: 401 },
        What::ValueLost {
            node: "./Vendor/MSFT".to_owned(),
            status: Some(424),
        },
        What::IdentityRenewed,
        What::IdentityReplaced,
        What::Planned {
            configuration: "Wi-Fi".to_owned(),
            attempt: 1,
        },
        What::AlreadyTrusted { sha1: sha1() },
        What::TrustAdded { sha1: sha1() },
        What::WaitingForChallenge { cause: cause() },
        What::Sent {
            challenge_milliseconds: 240,
        },
        What::Accepted { status: 200 },
        What::Forwarded {
            transaction_id: transaction_id(),
            message_type: 19,
        },
        What::Answered {
            transaction_id: transaction_id(),
            message_type: 19,
            status: "failure".to_owned(),
            fail_info: Some(2),
            hresult: Some(-2_147_024_809),
            detail: Some("not this one".to_owned()),
            refusal: None,
            milliseconds: 3240,
        },
        What::RequestRefused {
            reason: "other-transaction".to_owned(),
            transaction_id: Some(transaction_id()),
            message_type: 19,
        },
        What::OutcomeUnknown {
            transaction_id: transaction_id(),
            trouble: "timed_out".to_owned(),
            detail: Some("scep.example.org:443 did not answer in time".to_owned()),
        },
        What::FoundInLedger {
            transaction_id: transaction_id(),
            state: "issued".to_owned(),
            serial: Some("5ce1".to_owned()),
        },
        What::Reported {
            status: 16,
            code: -2_146_889_721,
        },
        What::Verified {
            sha1: sha1(),
            by_certificate: true,
        },
        What::Failed { cause: cause() },
        What::Retried { cause: cause() },
        What::NodeDeleted,
    ]
    .into_iter()
    .chain(leaving())
    .chain(changed())
    .chain(calling())
    .map(|what| Event {
        device_id: id(4),
        delivery_id: None,
        at: now(),
        what,
    })
    .collect()
}

/// What is told of a device that is called.
fn calling() -> [What; 6] {
    [
        What::SyncAsked {
            by: "claire".to_owned(),
        },
        What::Pushed {
            status: "received".to_owned(),
            connection: "connected".to_owned(),
        },
        What::PushFailed {
            problem: SendProblem::new("push-forbidden").with("status", "403"),
        },
        What::CameAfterPush { seconds: 12 },
        What::ChannelRefused {
            reason: "host".to_owned(),
        },
        What::ChannelGone { status: 410 },
    ]
}

/// What is known of an authority's certificates on a device: each state, and one on its way out.
pub(super) fn trusted() -> Vec<Held> {
    [Trusted::Ours, Trusted::Before, Trusted::Absent, Trusted::Unknown]
        .into_iter()
        .map(|state| Held {
            trust: Trust {
                device_id: id(4),
                sha1: sha1(),
                state,
                since: now(),
                checked_at: Some(now()),
                unwanted_at: (state == Trusted::Unknown).then(now),
            },
            certificate: (state != Trusted::Absent).then(|| ("CN=Contoso".to_owned(), now())),
            is_intermediate: state == Trusted::Before,
            is_needed: state == Trusted::Before,
        })
        .collect()
}

/// Another device of the same hardware, in each standing.
pub(super) fn twins() -> Vec<Other> {
    [Twin::Former, Twin::Successor, Twin::Copy]
        .into_iter()
        .map(|twin| Other {
            twin,
            device: device(),
        })
        .collect()
}

/// What is told of a device that is sent away, or that trust is taken from.
fn changed() -> [What; 6] {
    [
        What::ValuesChanged {
            configuration: "Wi-Fi".to_owned(),
            before: "CN=anne".to_owned(),
            after: "CN=bob".to_owned(),
        },
        What::ValueGone {
            configuration: "Wi-Fi".to_owned(),
            cause: Cause::VariableMissing {
                variable: "userUPN".to_owned(),
            },
        },
        What::NameTaken {
            before: "PC-1".to_owned(),
            after: "PC-2".to_owned(),
            by: "claire".to_owned(),
        },
        What::UserSet {
            username: "anne".to_owned(),
            by: "claire".to_owned(),
        },
        What::UserChanged {
            before: "anne".to_owned(),
            username: "bob".to_owned(),
            by: "claire".to_owned(),
        },
        What::UserRemoved {
            before: "bob".to_owned(),
            by: "claire".to_owned(),
        },
    ]
}

fn leaving() -> [What; 19] {
    [
        What::SilenceTold {
            days: 76,
            leaves_on: "2026-12-12".to_owned(),
        },
        What::CameAfterSilence,
        What::SameHardware {
            name: "PC-0002".to_owned(),
            other: id::<Device>(9).to_string(),
            is_newer: true,
        },
        What::OldIdentityShown,
        What::TrustGone { sha1: sha1() },
        What::TrustRefused {
            sha1: sha1(),
            status: 500,
        },
        What::TrustUnwanted {
            sha1: sha1(),
            by: "claire".to_owned(),
        },
        What::TrustReleased { sha1: sha1() },
        What::TrustNeeded { sha1: sha1() },
        What::RemovalAsked {
            by: "claire".to_owned(),
            keeps_certificates: false,
        },
        What::RemovalCancelled {
            by: "claire".to_owned(),
        },
        What::RemovalSuperseded,
        What::TrustRemoved { sha1: sha1() },
        What::TrustKept {
            sha1: sha1(),
            status: 500,
        },
        What::NodeKept { status: None },
        What::NodeKept { status: Some(500) },
        What::ToldToLeave,
        What::LeavingRefused { status: 500 },
        What::Unenrolled {
            how: LeftHow::SentAway,
        },
    ]
}

pub(super) fn refused(page: Page) -> Page {
    page.refused(&[
        Error::invalid("name", "a name is needed").keyed("error-name-empty"),
        Error::new(Kind::Outside, "error-scep_url-unreachable", "no")
            .at("scep_url")
            .with("detail", "refused"),
    ])
}

pub(super) fn test() -> AuthorityTest {
    let step = |step, result, key| {
        TestStep::new(step, result, key)
            .with("user", "LAB\\ndes")
            .with("host", "ndes.example.org")
            .with("addresses", "192.0.2.7")
            .with("place", "ndes.example.org:443")
            .took(12)
    };
    AuthorityTest {
        steps: vec![
            step(Step::ScepName, StepResult::Good, "test-name-good"),
            step(Step::ScepTls, StepResult::Warning, "test-tls-expired"),
            step(Step::SignIn, StepResult::Failed, "test-sign-in-refused"),
        ],
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: None,
        issued: Some(vec![0x30, 0]),
    }
}

pub(super) fn tally() -> Tally {
    Tally::of(&[
        ("verified".to_owned(), 20),
        ("failed".to_owned(), 2),
        ("sent".to_owned(), 3),
    ])
}

pub(super) fn states() -> Vec<(String, i64)> {
    vec![("verified".to_owned(), 20), ("failed".to_owned(), 2)]
}
