//! One of each noun, every optional value filled in.

use domain::{
    Id, Sealed, Timestamp,
    assignment::{Assignment, Scope},
    certificate::Certificate,
    delivery::{Delivery, DeliveryState, Proof},
    device::{
        Device, DeviceId, LeftHow, Removal,
        enrolment::Identity,
        inventory::Inventory,
        session::{Purpose, SentCommand, Session},
    },
    diagnosis::Cause,
    external_ca::{Access, Authority, AuthorityId, AuthorityKind, ChallengeLimits, Health, ProvedBy},
    group::{Comparison, Condition, Fact, Group, Of, Rule},
    operator::{Operator, Role},
    order::Order,
    person::{Attributes, Person},
    scep_configuration::{
        CertificateStore, Configuration, HashFamily, KeyStorage, Route, San, SanKind, ScepSettings,
        ValidityUnit,
    },
    thumbprint::Sha1,
    transaction::{Owner, Transaction, TransactionState, Trouble, TroubleKind},
};
use store::{authorities, configurations, deliveries, devices, operators, people};

use crate::world::{World, work};

/// A moment that many samples share.
pub const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// The identifier of number `n`; they sort by it.
pub fn id<Noun>(n: i64) -> Id<Noun> {
    Id::new(Timestamp::from_milliseconds(n), [7; 10])
}

pub fn sha1(n: u8) -> Sha1 {
    Sha1::of(&[n])
}

pub fn person(n: i64) -> Person {
    Person {
        id: id(n),
        username: format!("Élodie.{n}"),
        attributes: Attributes {
            email: Some(format!("elodie.{n}@example.org")),
            display_name: Some("Élodie Durand".to_owned()),
            custom: [("badge".to_owned(), "7".to_owned())].into(),
            ..Attributes::default()
        },
        created_at: NOW,
        updated_at: NOW.plus_seconds(1),
    }
}

pub fn operator(n: i64) -> Operator {
    Operator {
        id: id(n),
        name: format!("Marie{n}"),
        role: Role::PkiOperator,
        created_at: NOW,
    }
}

pub fn authority(n: i64) -> Authority {
    Authority {
        id: id(n),
        name: format!("Authority {n}"),
        kind: AuthorityKind::Microsoft,
        scep_url: "https://ndes.example.org/certsrv/mscep/mscep.dll".to_owned(),
        username: r"LAB\ndes".to_owned(),
        password: Sealed(vec![1, 2, 0, 255]),
        challenge_url: "https://ndes.example.org/certsrv/mscep_admin/".to_owned(),
        is_plain_http_accepted: true,
        trust_pem: Some("-----BEGIN CERTIFICATE-----".to_owned()),
        limits: ChallengeLimits::default(),
        access: Access {
            allows_basic: true,
            ca_name: Some("Issuing".to_owned()),
            ..Access::default()
        },
        static_challenge: Some(Sealed(vec![3, 0, 254])),
        capabilities: "AES\nSHA-256".to_owned(),
        certificates: vec![vec![0x30, 0], vec![0x30, 0xff, 0x0a]],
        issuer_sha1: sha1(1),
        checked_at: NOW,
        health: Health {
            is_sign_in_stopped: true,
            quiet_until: Some(NOW),
            cause: Some(Cause::SignInRefused),
            last_challenge_at: None,
        },
        proved_by: Some(ProvedBy::Order(id(7))),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn settings() -> ScepSettings {
    ScepSettings {
        subject: "CN=${user}".to_owned(),
        sans: vec![San {
            kind: SanKind::Upn,
            value: "${userUpn}".to_owned(),
        }],
        retries: 3,
        retry_delay_seconds: 300,
        key_length: 2048,
        has_digital_signature: true,
        has_key_encipherment: false,
        ekus: vec!["1.3.6.1.5.5.7.3.2".to_owned()],
        validity: 1,
        validity_unit: ValidityUnit::Years,
        ca_sha1: sha1(1),
        hashes: vec![HashFamily::Sha2],
        key_storage: KeyStorage::TpmIfPresent,
        store: CertificateStore::Device,
        renew_at_percent: 20,
        route: Route::Proxy,
    }
}

pub fn configuration(n: i64, authority_id: &AuthorityId) -> Configuration {
    Configuration {
        id: id(n),
        name: format!("Wi-Fi {n}"),
        description: "for the office".to_owned(),
        authority_id: authority_id.clone(),
        settings: settings(),
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn assignment(configuration: &Configuration) -> Assignment {
    Assignment {
        configuration_id: configuration.id.clone(),
        is_enabled: true,
        scope: Scope::Custom {
            devices: vec![id(1)],
            people: vec![id(2)],
            excluded_devices: vec![],
            excluded_people: vec![id(3)],
            groups: vec![id(4)],
            excluded_groups: vec![id(5)],
        },
        updated_at: NOW,
    }
}

pub fn group(n: i64, of: Of) -> Group {
    Group {
        id: id(n),
        name: format!("Vente {n}"),
        description: "l'équipe".to_owned(),
        of,
        rule: Some(Rule(vec![
            Condition {
                fact: Fact::Attribute("department"),
                is: Comparison::Equals,
                value: "Vente".to_owned(),
            },
            Condition {
                fact: Fact::Custom("site".to_owned()),
                is: Comparison::StartsWith,
                value: "Genève".to_owned(),
            },
        ])),
        created_at: NOW,
        updated_at: NOW.plus_seconds(2),
    }
}

pub fn device(n: i64) -> Device {
    Device {
        id: id(n),
        name: format!("DESKTOP-{n}"),
        person_id: None,
        windows_id: format!("{n:032x}"),
        hardware_id: Some("hardware".to_owned()),
        enrollment_type: "Full".to_owned(),
        os_version: Some("10.0.19045.1".to_owned()),
        manufacturer: Some("ACME".to_owned()),
        model: Some("Model 50%".to_owned()),
        serial_number: Some(format!("SN{n}")),
        language: Some("fr-FR".to_owned()),
        imei: Some("imei".to_owned()),
        wifi_mac: Some("mac".to_owned()),
        inventory: inventory(),
        is_polling_fast: true,
        enrolled_at: NOW,
        last_seen_at: NOW,
        unenrolled_at: Some(NOW.plus_seconds(9)),
        left_how: Some(LeftHow::SentAway),
        removal: Some(removal()),
    }
}

pub fn inventory() -> Inventory {
    Inventory {
        heard_at: Some(NOW.plus_seconds(4)),
        name: Some("RENAMED".to_owned()),
        edition: Some("48".to_owned()),
        tpm_version: Some("2.0".to_owned()),
        ..Inventory::default()
    }
}

pub fn removal() -> Removal {
    Removal {
        asked_at: NOW,
        by: "Ada".to_owned(),
        keeps_certificates: true,
        kept: ["4108".to_owned()].into(),
        told_at: Some(NOW.plus_seconds(8)),
    }
}

pub fn identity(n: i64, device_id: &DeviceId) -> Identity {
    Identity {
        id: id(n),
        device_id: device_id.clone(),
        renews: None,
        message_id: format!("urn:uuid:{n}"),
        csr_sha256: "cc".repeat(32),
        serial: format!("{n:x}"),
        not_before: NOW,
        not_after: NOW.plus_seconds(31_536_000),
        certificate: None,
        sha256: None,
        first_used_at: None,
        revoked_at: None,
    }
}

pub fn session(device_id: &DeviceId) -> Session {
    Session {
        device_id: device_id.clone(),
        session_id: "1F".to_owned(),
        started_at: NOW,
        client_message: 2,
        client_message_sha256: "dd".repeat(32),
        server_message: 2,
        answer: Sealed(vec![9; 300]),
        login: Some("user".to_owned()),
        max_message_octets: Some(524_288),
        held_rounds: 1,
        updated_at: NOW,
        is_over: false,
        package: Some(Sealed(vec![7; 200])),
        next_messages: 1,
        max_object_octets: Some(65_536),
        sync_type: Some("mixed".to_owned()),
    }
}

pub fn command(name: &str, device_id: &DeviceId) -> SentCommand {
    SentCommand {
        id: name.to_owned(),
        device_id: device_id.clone(),
        server_message: 2,
        purpose: Purpose::InstallPart {
            delivery: id(1),
            node: "Install/Challenge".to_owned(),
        },
        sent_at: NOW,
    }
}

pub fn delivery(n: i64, device: &Device, configuration: &Configuration) -> Delivery {
    Delivery {
        id: id(n),
        device_id: device.id.clone(),
        configuration_id: configuration.id.clone(),
        configuration_version: configuration.version,
        authority_id: configuration.authority_id.clone(),
        attempt: 1,
        is_current: true,
        state: DeliveryState::WaitingForChallenge {
            cause: Cause::SlotsTaken { max: 5, until: NOW },
        },
        subject: "CN=marie".to_owned(),
        sans: "11:marie@example.org".to_owned(),
        token_sha256: Some(format!("{n:064x}")),
        secret: Some(Sealed(vec![0, 1, 2])),
        charged: 1,
        challenge_taken_at: Some(NOW),
        is_on_device: true,
        store: Some(CertificateStore::User),
        checked_at: Some(NOW),
        check_due_at: Some(NOW),
        not_before: NOW,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn transaction(n: i64, delivery: &Delivery) -> Transaction {
    Transaction {
        id: id(n),
        authority_id: delivery.authority_id.clone(),
        owner: Owner::Delivery(delivery.id.clone()),
        transaction_id: format!("transaction {n}"),
        message_type: 19,
        request_sha256: "ee".repeat(32),
        state: TransactionState::Forwarded,
        answer: None,
        forwarded_at: NOW,
        answered_at: None,
        signer_sha256: Some("5e".repeat(32)),
        renews_sha256: None,
        trouble: Some(Trouble {
            kind: TroubleKind::Http,
            detail: "HTTP 503".to_owned(),
        }),
    }
}

pub fn order(n: i64) -> Order {
    Order {
        id: id(n),
        authority_id: id(1),
        subject: "CN=printer".to_owned(),
        sans: settings().sans,
        token_sha256: format!("{n:064x}"),
        operator_id: Some(id(1)),
        created_at: NOW,
        expires_at: NOW.plus_seconds(3420),
    }
}

pub fn certificate(n: u8, delivery: &Delivery) -> Certificate {
    Certificate {
        sha1: sha1(n),
        device_id: delivery.device_id.clone(),
        delivery_id: delivery.id.clone(),
        verified_by: Proof::Certificate,
        subject: "CN=Zoé".to_owned(),
        issuer: Some("CN=Laboratory".to_owned()),
        serial: Some("61ab".to_owned()),
        not_before: Some(NOW),
        not_after: Some(NOW.plus_seconds(10)),
        der: Some(vec![0x30, 0x00]),
        verified_at: NOW,
        removed_at: None,
    }
}

/// An operator, an authority, a configuration, a person, and that person's device with a delivery, all
/// stored under number 1.
pub struct House {
    pub authority: Authority,
    pub configuration: Configuration,
    pub device: Device,
    pub delivery: Delivery,
}

impl House {
    pub async fn build(world: &World) -> Self {
        let authority = authority(1);
        let configuration = configuration(1, &authority.id);
        let device = Device {
            person_id: Some(id(1)),
            ..device(1)
        };
        let delivery = delivery(1, &device, &configuration);
        let (a, c, d, v) = (
            authority.clone(),
            configuration.clone(),
            device.clone(),
            delivery.clone(),
        );
        world
            .write(work!(
                [a, c, d, v] | tx | {
                    operators::insert(tx, &operator(1), "hash").await?;
                    people::insert(tx, &person(1)).await?;
                    authorities::insert(tx, &a).await?;
                    configurations::insert(tx, &c).await?;
                    devices::insert(tx, &d).await?;
                    deliveries::insert(tx, &v).await
                }
            ))
            .await;
        Self {
            authority,
            configuration,
            device,
            delivery,
        }
    }
}
