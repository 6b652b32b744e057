//! One of each noun.

use std::path::Path;

use domain::{
    Id, Sealed, Timestamp,
    assignment::{Assignment, Scope},
    delivery::{Command, Delivery, Plan},
    device::Device,
    external_ca::{Access, Authority, AuthorityKind, ChallengeLimits, Health},
    person::{Attributes, Person},
    scep_configuration::{Configuration, ConfigurationForm, check},
    subject::Facts,
    thumbprint::Sha1,
};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub(crate) fn id<Noun>(last: u8) -> Id<Noun> {
    Id::new(NOW, [0, 0, 0, 0, 0, 0, 0, 0, 0, last])
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name),
    )
    .unwrap()
}

pub(crate) fn jane() -> Person {
    Person {
        id: id(1),
        username: "jane".to_owned(),
        attributes: Attributes {
            email: Some("jane+vpn@lab.test".to_owned()),
            upn: Some("jane@lab.test".to_owned()),
            first_name: Some("Jane".to_owned()),
            last_name: Some("Doe".to_owned()),
            dn: Some(r"CN=Doe\, Jane,OU=Ventes,DC=lab,DC=test".to_owned()),
            sid: Some("S-1-5-21-1-2-3-1104".to_owned()),
            custom: [("badge".to_owned(), "7".to_owned())].into(),
            ..Attributes::default()
        },
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn device() -> Device {
    Device {
        id: id(2),
        name: "PC-7".to_owned(),
        person_id: Some(id(1)),
        windows_id: "AF0B0EA1AF0B0EA1AF0B0EA1AF0B0EA1".to_owned(),
        hardware_id: None,
        enrollment_type: "Full".to_owned(),
        os_version: None,
        manufacturer: None,
        model: Some("Surface".to_owned()),
        serial_number: Some("SN 7".to_owned()),
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: NOW,
        last_seen_at: NOW,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    }
}

pub(crate) fn facts<'a>(person: Option<&'a Person>, device: &'a Device) -> Facts<'a> {
    Facts {
        person,
        device,
        now: NOW,
    }
}

pub(crate) fn authority() -> Authority {
    let certificates = vec![fixture("issuer.der"), fixture("registration.der")];
    Authority {
        id: id(3),
        name: "NDES".to_owned(),
        kind: AuthorityKind::Microsoft,
        scep_url: "https://ndes.lab.test/certsrv/mscep/mscep.dll".to_owned(),
        username: r"LAB\ndes".to_owned(),
        password: Sealed(vec![1]),
        challenge_url: "https://ndes.lab.test/certsrv/mscep_admin/".to_owned(),
        is_plain_http_accepted: false,
        trust_pem: None,
        limits: ChallengeLimits::default(),
        access: Access::default(),
        static_challenge: None,
        capabilities: "POSTPKIOperation".to_owned(),
        issuer_sha1: Sha1::of(&certificates[0]),
        certificates,
        checked_at: NOW,
        health: Health::default(),
        proved_by: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn form() -> ConfigurationForm {
    ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        subject: "CN=${userEmailAddress}".to_owned(),
        ..ConfigurationForm::default()
    }
}

pub(crate) fn configuration(form: &ConfigurationForm) -> Configuration {
    let checked = check(form, &authority()).unwrap();
    Configuration {
        id: id(4),
        name: checked.name,
        description: checked.description,
        authority_id: id(3),
        settings: checked.settings,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn for_all(configuration: Configuration) -> (Configuration, Assignment) {
    let assignment = Assignment {
        configuration_id: configuration.id.clone(),
        is_enabled: true,
        scope: Scope::All,
        updated_at: NOW,
    };
    (configuration, assignment)
}

pub(crate) fn planned() -> Delivery {
    let configuration = configuration(&form());
    let plan = Plan {
        id: id(5),
        device_id: id(2),
        configuration: &configuration,
        attempt: 1,
        charged: 0,
        not_before: NOW,
    };
    Delivery::planned(plan, NOW)
}

pub(crate) fn command() -> Command {
    Command {
        subject: r#"CN="jane+vpn@lab.test""#.to_owned(),
        sans: String::new(),
        token_sha256: "00".repeat(32),
        secret: Sealed(vec![2]),
        challenge_taken_at: NOW,
        store: domain::scep_configuration::CertificateStore::Device,
    }
}
