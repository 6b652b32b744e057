//! Every page, rendered in both languages from a sample.

use std::collections::BTreeSet;

use askama::Template;
use domain::{
    Error, Id, Kind, Sealed, Timestamp,
    assignment::Scope,
    certificate::Certificate,
    delivery::{Delivery, DeliveryState, Proof},
    device::Device,
    diagnosis::Cause,
    event::{Event, What},
    external_ca::{Authority, AuthorityKind, ChallengeLimits, Health},
    person::{Attributes, Person},
    scep_configuration::{Configuration, ConfigurationForm, ScepSettings, Warning},
    thumbprint::Sha1,
};

use super::super::{
    activity, authorities, certificates, configurations, dashboard, devices, distribution,
    language::Language, login, operators, page::Page, people, posted::Fields, progress, respond,
    tally::Tally, words,
};
use crate::actions::{
    self,
    assignments::AssignmentForm,
    authorities::{AuthorityTest, StepResult, TestStep, Usage},
    devices::{DeviceStory, ListedDelivery, Progress},
};

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_424_645)
}

fn id<Noun>(number: u8) -> Id<Noun> {
    Id::new(now(), [number; 10])
}

fn sha1() -> Sha1 {
    Sha1::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap()
}

fn authority() -> Authority {
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
        created_at: now(),
        updated_at: now(),
    }
}

fn form() -> ConfigurationForm {
    ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: id::<Authority>(1).to_string(),
        subject: "CN=${userEmailAddress}".to_owned(),
        thumbprint: sha1().to_string(),
        ..ConfigurationForm::default()
    }
}

fn settings() -> ScepSettings {
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

fn configuration() -> Configuration {
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

fn person() -> Person {
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

fn device() -> Device {
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
        is_polling_fast: false,
        enrolled_at: now(),
        last_seen_at: now(),
        unenrolled_at: Some(now()),
    }
}

fn delivery(state: DeliveryState) -> Delivery {
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
        challenge_taken_at: None,
        is_on_device: true,
        not_before: now(),
        created_at: now(),
        updated_at: now(),
    }
}

fn failed() -> DeliveryState {
    DeliveryState::Failed {
        cause: Cause::DeviceError { code: -2_146_889_721 },
    }
}

fn certificate(der: Option<Vec<u8>>) -> Certificate {
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

fn events() -> Vec<Event> {
    let cause = || Cause::SlotsTaken { max: 5, until: now() };
    let transaction_id = || "ABCDEF".to_owned();
    [
        What::Enrolled {
            username: "anne@example.com".to_owned(),
        },
        What::SessionStarted,
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
        },
        What::Answered {
            transaction_id: transaction_id(),
            status: "success".to_owned(),
            fail_info: None,
            milliseconds: 3240,
        },
        What::RequestRefused {
            reason: "spent".to_owned(),
        },
        What::OutcomeUnknown {
            transaction_id: transaction_id(),
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
    .map(|what| Event {
        device_id: id(4),
        delivery_id: None,
        at: now(),
        what,
    })
    .collect()
}

fn refused(page: Page) -> Page {
    page.refused(&[
        Error::invalid("name", "a name is needed").keyed("error-name-empty"),
        Error::new(Kind::Outside, "error-scep_url-unreachable", "no")
            .at("scep_url")
            .with("detail", "refused"),
    ])
}

fn test() -> AuthorityTest {
    let step = |key, result| TestStep {
        key,
        result,
        detail: "CN=RA: 12 days left".to_owned(),
    };
    AuthorityTest {
        steps: vec![
            step("test-reach-good", StepResult::Good),
            step("test-certificate-expiring", StepResult::Warning),
            step("test-sign-in-refused", StepResult::Failed),
        ],
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: None,
    }
}

fn tally() -> Tally {
    Tally::of(&[
        ("verified".to_owned(), 20),
        ("failed".to_owned(), 2),
        ("sent".to_owned(), 3),
    ])
}

fn states() -> Vec<(String, i64)> {
    vec![("verified".to_owned(), 20), ("failed".to_owned(), 2)]
}

type Sample = (&'static str, String);

fn sample(name: &'static str, template: &impl Template) -> Sample {
    (name, template.render().unwrap_or_else(|e| panic!("{name}: {e}")))
}

fn doors(page: &Page) -> Vec<Sample> {
    let bare = Page::anonymous(page.language, "/login");
    let error = actions::Error::Internal(anyhow::anyhow!("no"));
    let problem = respond::Problem::page(page, &error);
    drop(problem);
    vec![
        sample(
            "login/password.html",
            &login::PasswordPage {
                page: refused(bare.clone()),
                name: "claire".to_owned(),
                next: "/devices".to_owned(),
            },
        ),
        sample(
            "login/once.html",
            &login::OncePage {
                page: bare.clone(),
                token: "0".repeat(32),
            },
        ),
        sample(
            "problem.html",
            &respond::ProblemPage {
                page: bare,
                title: "problem-internal",
                text: "text".to_owned(),
                incident: Some("0badcafe".to_owned()),
            },
        ),
        sample(
            "dashboard/show.html",
            &dashboard::DashboardPage {
                page: page.clone(),
                devices: 25,
                bar: tally(),
                is_started: false,
                steps: vec![("dashboard-step-authority", "/".to_owned(), true)],
                rows: vec![dashboard::Row {
                    id: "1".to_owned(),
                    name: "Wi-Fi".to_owned(),
                    bar: tally(),
                }],
            },
        ),
    ]
}

fn infrastructure(page: &Page) -> Vec<Sample> {
    let usage = Usage {
        configurations: 2,
        held_slots: 5,
    };
    let shown = authorities::shown(page.clone(), authority(), usage, Some(&test()), now());
    let health = authorities::mark(&authority().health, now());
    let fields = Fields::new(vec![
        ("name".to_owned(), String::new()),
        ("challenge_url".to_owned(), "http://ndes".to_owned()),
    ]);
    let entry = actions::activity::AuditEntry {
        at: now(),
        actor: "operator:claire".to_owned(),
        action: "authority.add".to_owned(),
        target_kind: "authority".to_owned(),
        target_id: "1".to_owned(),
        before: None,
        after: Some(r#"{"name":"x","password":"changed"}"#.to_owned()),
        source_ip: None,
    };
    vec![
        sample(
            "authorities/list.html",
            &authorities::AuthoritiesPage {
                page: page.clone(),
                rows: vec![authorities::Row {
                    authority: authority(),
                    health,
                }],
            },
        ),
        sample(
            "authorities/form.html",
            &authorities::AuthorityPage::new(refused(page.clone()), None, &fields),
        ),
        sample("authorities/show.html", &shown),
        sample(
            "operators/list.html",
            &operators::OperatorsPage::new(
                refused(page.clone()),
                page.operator.clone().into_iter().collect(),
                &fields,
            ),
        ),
        sample(
            "activity/list.html",
            &activity::ActivityPage {
                page: page.clone(),
                rows: vec![activity::shown(page, entry)],
                next: Some("/admin/activity?after=1".to_owned()),
            },
        ),
    ]
}

fn configuring(page: &Page) -> Vec<Sample> {
    let preview = || {
        let row = |subject| actions::configurations::PreviewRow {
            device_id: id(4),
            device: "PC-0001".to_owned(),
            person: Some("anne@example.com".to_owned()),
            subject,
        };
        let missing = Cause::VariableMissing {
            variable: "userSID".to_owned(),
        };
        [
            row(Ok((
                "CN=anne@example.com".to_owned(),
                "11+anne@example.com".to_owned(),
            ))),
            row(Err(missing)),
        ]
        .map(|row| distribution::PreviewRow::of(page, row))
        .into()
    };
    let picks = [distribution::Pick {
        id: "1".to_owned(),
        text: "PC-0001".to_owned(),
        is_chosen: false,
    }];
    let custom = AssignmentForm {
        is_enabled: true,
        scope: Scope::Custom {
            devices: vec![id(4)],
            people: Vec::new(),
            excluded_devices: Vec::new(),
            excluded_people: Vec::new(),
        },
    };
    let backslash = Error::invalid("subject", "no")
        .keyed("error-variable-backslash")
        .with("suggestion", "CN=${userUPN}");
    let row = |bar| configurations::Row {
        id: "1".to_owned(),
        name: "Wi-Fi".to_owned(),
        description: "x".to_owned(),
        authority: "CA".to_owned(),
        subject: "CN=${userUPN}".to_owned(),
        bar,
    };
    vec![
        sample(
            "configurations/list.html",
            &configurations::ConfigurationsPage {
                page: page.clone(),
                rows: vec![row(tally())],
            },
        ),
        sample(
            "configurations/platform.html",
            &configurations::PlatformPage { page: page.clone() },
        ),
        sample(
            "configurations/kind.html",
            &configurations::KindPage { page: page.clone() },
        ),
        sample(
            "configurations/form.html",
            &configurations::ConfigurationPage::new(
                page.clone().refused(&[backslash]),
                None,
                &[authority()],
                &configurations::stored(&form()),
            ),
        ),
        sample(
            "configurations/show.html",
            &configurations::shown(page.clone(), &configuration(), "CA", &Warning::ALL),
        ),
        sample(
            "configurations/test.html",
            &configurations::TestPage {
                page: page.clone(),
                id: "1".to_owned(),
                name: "Wi-Fi".to_owned(),
                findings: authorities::findings(page, &test()),
                warnings: configurations::in_words(page, &Warning::ALL),
                rows: preview(),
            },
        ),
        sample(
            "distribution/form.html",
            &distribution::DistributionPage {
                page: page.clone(),
                id: "1".to_owned(),
                name: "Wi-Fi".to_owned(),
                form: distribution::shown(&custom, &picks, &[]),
                count: 1,
                is_enabled: false,
                rows: preview(),
            },
        ),
        sample("distribution/progress.html", &progress_page(page)),
    ]
}

fn progress_page(page: &Page) -> progress::ProgressPage {
    let waiting = DeliveryState::WaitingForChallenge {
        cause: Cause::ChallengeBeingFetched,
    };
    let listed = [failed(), waiting].map(|state| ListedDelivery {
        delivery: delivery(state),
        device_name: "PC-0001".to_owned(),
        username: Some("anne@example.com".to_owned()),
        configuration_name: Some("Wi-Fi".to_owned()),
    });
    let causes = Progress {
        states: states(),
        failures: vec![(Cause::NoAnswer, 2)],
        unknown_outcomes: Vec::new(),
        left_on_devices: 0,
    };
    progress::shown(
        page.clone(),
        &configuration(),
        &causes,
        &listed,
        "failed".to_owned(),
    )
}

fn records(page: &Page) -> Vec<Sample> {
    let timeline = events()
        .iter()
        .map(|event| words::event(event, page.language))
        .collect();
    let verified = DeliveryState::Verified {
        sha1: sha1(),
        by: Proof::Thumbprint,
    };
    let story = DeviceStory {
        device: device(),
        person: Some(person()),
        deliveries: vec![
            (delivery(failed()), "Wi-Fi".to_owned()),
            (delivery(verified), "VPN".to_owned()),
        ],
    };
    let rows = vec![certificates::row(&certificate(None), "PC-0001", now())];
    vec![
        sample(
            "devices/list.html",
            &devices::DevicesPage {
                page: page.clone(),
                search: String::new(),
                server: "https://sceau.example.com".to_owned(),
                rows: Vec::new(),
                next: None,
            },
        ),
        sample(
            "devices/show.html",
            &devices::shown(page.clone(), story, timeline, Some("/x".to_owned())),
        ),
        sample(
            "certificates/list.html",
            &certificates::CertificatesPage {
                page: page.clone(),
                search: String::new(),
                rows,
                next: None,
            },
        ),
        sample(
            "certificates/show.html",
            &certificates::shown(page.clone(), &certificate(Some(vec![1])), "PC-0001", now()),
        ),
        sample(
            "people/list.html",
            &people::PeoplePage {
                page: page.clone(),
                search: String::new(),
                rows: vec![people::row(person())],
                next: None,
            },
        ),
        sample(
            "people/form.html",
            &people::blank(refused(page.clone()), None, &people::stored(&person())),
        ),
    ]
}

fn samples(language: Language) -> Vec<Sample> {
    let page = Page::sample(language);
    [
        doors(&page),
        infrastructure(&page),
        configuring(&page),
        records(&page),
    ]
    .concat()
}

#[test]
fn every_page_has_a_sample() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut pages = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        let inner = std::fs::read_dir(entry.path()).into_iter().flatten().flatten();
        for path in inner
            .map(|entry| entry.path())
            .chain([entry.path()])
            .filter(|path| path.is_file())
        {
            if std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with("{% extends")) {
                pages.insert(path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let rendered = samples(Language::English)
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(pages, rendered);
}

#[test]
fn every_page_renders_in_both_languages() {
    for language in Language::ALL {
        for (name, html) in samples(language) {
            assert!(
                html.contains(&format!("<html lang=\"{}\">", language.code())),
                "{name}"
            );
            assert!(
                !html.contains("<script>") && !html.contains("style=\"") && !html.contains(" onclick"),
                "{name}"
            );
            // A key without words shows itself.
            for word in html.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
                let is_key = [
                    "authority-",
                    "configuration-",
                    "distribution-",
                    "cause-",
                    "advice-",
                    "event-",
                    "audit-",
                    "error-",
                    "device-error",
                    "sentence-",
                    "notice-",
                    "progress-",
                ]
                .iter()
                .any(|prefix| word.starts_with(prefix));
                let is_id = html.contains(&format!("id=\"{word}\"")) || html.contains(&format!("/{word}"));
                assert!(
                    !is_key || is_id || word.ends_with("-form") || word == "device-width",
                    "{name}: {word}"
                );
            }
        }
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let html = samples(Language::English)
        .into_iter()
        .find(|(name, _)| *name == "authorities/show.html")
        .unwrap()
        .1;
    assert!(!html.contains("<Issuing>"));
    assert!(html.contains("Contoso &#60;Issuing&#62; CA"));
}
