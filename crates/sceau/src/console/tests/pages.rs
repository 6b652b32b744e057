//! Every page, rendered from a sample.

use askama::Template;
use domain::{
    Error,
    assignment::Scope,
    delivery::{DeliveryState, Proof},
    diagnosis::Cause,
    scep_configuration::Warning,
};

use super::{
    super::{
        activity, authorities, certificates, configurations, dashboard, device_trust, devices, distribution,
        language::Language, login, operators, page::Page, people, posted::Fields, progress, respond, words,
    },
    admission, device_removal, device_user, directories, federation, groups, ledger, notifications,
    samples::{
        authority, certificate, configuration, delivery, device, events, failed, form, id, identity, now,
        person, refused, sha1, states, tally, test, trusted, twins,
    },
    scim, waking, watched,
};
use crate::actions::{
    self,
    assignments::AssignmentForm,
    authorities::{Consequence, NamedBy, Removal, Usage},
    device_silence::Silent,
    devices::{DeviceStory, ListedDelivery, Progress, Reach},
};

pub(super) type Sample = (&'static str, String);

pub(super) fn sample(name: &'static str, template: &impl Template) -> Sample {
    (name, template.render().unwrap_or_else(|e| panic!("{name}: {e}")))
}

fn removal(is_possible: bool) -> Removal {
    let configurations = vec![NamedBy {
        id: id(2),
        name: "Wi-Fi & <VPN>".to_owned(),
        devices: 3,
        waiting: 1,
        verified: 2,
    }];
    let what = |key, count, is_in_the_way| Consequence {
        key,
        count,
        is_in_the_way,
    };
    Removal {
        name: "CA".to_owned(),
        configurations: if is_possible { Vec::new() } else { configurations },
        valid_certificates: 0,
        held_slots: 2,
        waiting: 0,
        open_orders: 1,
        open_requests: 0,
        what: vec![
            what("removal-configurations", Some(1), !is_possible),
            what("removal-slots", Some(2), false),
            what("removal-history", None, false),
        ],
    }
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
        sample("notifications/list.html", &notifications::page(page)),
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
                warnings: watched::rows(page),
                unreached: "Pager".to_owned(),
                copies: vec![device()],
                silent: vec![Silent {
                    device: device(),
                    leaves_at: now(),
                }],
                late: vec![dashboard::LateDevice {
                    id: device().id.to_string(),
                    name: "PC-0001".to_owned(),
                    ends_at: now(),
                }],
                directories: vec![("11".to_owned(), "Head & <office>".to_owned())],
            },
        ),
    ]
}

fn infrastructure(page: &Page) -> Vec<Sample> {
    let usage = Usage {
        configurations: 2,
        held_slots: 5,
    };
    let mut shown = authorities::shown(page.clone(), authority(), usage, Some(&test()), now());
    shown.watched = watched::watched(page);
    let health = authorities::mark(&authority().health, now());
    let fields = Fields::new(vec![
        ("name".to_owned(), String::new()),
        ("challenge_url".to_owned(), "http://ndes".to_owned()),
    ]);
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
            "authorities/built_in_form.html",
            &authorities::built_in_form::BuiltInFormPage::new(
                refused(page.clone()),
                authorities::built_in_form::Way::New,
                &authorities::built_in_form::blank(),
            ),
        ),
        sample(
            "authorities/built_in_form.html",
            &authorities::built_in_form::BuiltInFormPage::new(
                refused(page.clone()),
                authorities::built_in_form::Way::Import,
                &fields,
            ),
        ),
        sample(
            "authorities/built_in_form.html",
            &authorities::built_in_form::BuiltInFormPage::new(
                page.clone(),
                authorities::built_in_form::Way::Edit(id(1)),
                &fields,
            ),
        ),
        sample("authorities/built_in.html", &ledger::built_in_page(page, true)),
        sample("authorities/built_in.html", &ledger::built_in_page(page, false)),
        sample(
            "operators/list.html",
            &operators::OperatorsPage::new(
                refused(page.clone()),
                page.operator.clone().into_iter().collect(),
                &fields,
            ),
        ),
    ]
}

fn configuring(page: &Page) -> Vec<Sample> {
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
            "authorities/remove.html",
            &authorities::RemovePage::new(refused(page.clone()), &id(1), removal(true), "CA"),
        ),
        sample(
            "authorities/remove.html",
            &authorities::RemovePage::new(page.clone(), &id(1), removal(false), ""),
        ),
        sample(
            "authorities/full_test.html",
            &authorities::FullTestPage::new(page.clone(), &authority(), Vec::new(), Some(&test())),
        ),
        sample(
            "configurations/test.html",
            &configurations::TestPage {
                page: page.clone(),
                id: "1".to_owned(),
                name: "Wi-Fi".to_owned(),
                findings: authorities::findings(page, &test()),
                warnings: configurations::in_words(page, &Warning::ALL),
                rows: preview(page),
            },
        ),
    ]
}

fn preview(page: &Page) -> Vec<distribution::PreviewRow> {
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
}

fn distributing(page: &Page) -> Vec<Sample> {
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
            groups: vec![id(9)],
            excluded_groups: Vec::new(),
        },
    };
    vec![
        sample(
            "distribution/form.html",
            &distribution::DistributionPage {
                page: page.clone(),
                id: "1".to_owned(),
                name: "Wi-Fi".to_owned(),
                form: distribution::shown(&custom, &picks, &[], &[]),
                count: 1,
                is_enabled: false,
                rows: preview(page),
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
        lacking: Vec::new(),
        twins: twins(),
        trust: trusted(),
        listing: None,
        certificates: Vec::new(),
        device: device(),
        person: Some(person()),
        identity: Some(identity()),
        deliveries: vec![
            (delivery(failed()), "Wi-Fi".to_owned()),
            (delivery(verified), "VPN".to_owned()),
        ],
        silence: device_removal::silence(),
        check_days: 7,
        reach: Reach::default(),
    };
    let rows = vec![certificates::row(&certificate(None), "PC-0001", now())];
    vec![
        sample(
            "devices/list.html",
            &devices::DevicesPage {
                page: page.clone(),
                search: String::new(),
                state: "failed".to_owned(),
                states: devices::offered(page),
                server: "https://sceau.example.com".to_owned(),
                rows: Vec::new(),
                next: None,
            },
        ),
        sample(
            "devices/show.html",
            &devices::shown(page.clone(), story, timeline, Some("/x".to_owned()), now()),
        ),
        sample("devices/remove.html", &device_removal::asking(page)),
        sample("devices/revoke.html", &device_removal::revoking(page)),
        sample("people/erase.html", &device_removal::erasing(page)),
        sample("devices/user.html", &device_user::asking(page)),
        sample(
            "devices/distrust.html",
            &device_trust::DistrustPage::new(page.clone(), &device_removal::staying(), &trusted()[0]),
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
    ]
}

fn people_and_activity(page: &Page) -> Vec<Sample> {
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
            "activity/list.html",
            &activity::ActivityPage {
                rows: vec![activity::shown(page, entry)],
                ..activity::ActivityPage::new(
                    page.clone(),
                    activity::Asked {
                        since: "2026-13-01".to_owned(),
                        ..activity::Asked::default()
                    },
                    Vec::new(),
                    Some("/admin/activity?after=1".to_owned()),
                )
            },
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
            &people::PersonPage {
                origin: Some(directories::origin()),
                ..people::blank(refused(page.clone()), None, &people::stored(&person()))
            },
        ),
    ]
}

/// Every page in a language.
pub(super) fn samples(language: Language) -> Vec<Sample> {
    let page = Page::sample(language);
    [
        doors(&page),
        infrastructure(&page),
        configuring(&page),
        distributing(&page),
        records(&page),
        people_and_activity(&page),
        groups::samples(&page),
        admission::samples(&page),
        federation::samples(&page),
        waking::samples(&page),
        directories::pages(&page),
        scim::pages(&page),
    ]
    .concat()
}
