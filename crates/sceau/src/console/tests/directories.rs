//! The pages of directories, and what directories may answer, in both languages.

use std::{collections::BTreeSet, fs, path::Path};

use domain::{
    Error, Kind, Sealed,
    directory::{
        Counts, Directory, DirectoryForm, DirectoryKind, Reading, ReadingOutcome, Refused, Settings, State,
    },
};

use super::{
    super::{
        directories::{DirectoriesPage, DirectoryFormPage, DirectoryPage, stored_form},
        language::Language,
        page::Page,
    },
    pages::{Sample, sample},
    samples::{id, now},
    words::without_words,
};
use crate::{
    actions::{
        authorities::{Step, StepResult, TestStep},
        directories::{DirectoryStory, DirectoryTest, Giver, Origin},
    },
    outbound::ldap::AccountState,
};

fn directory(outcome: ReadingOutcome) -> Directory {
    let failed = Error::new(Kind::Outside, "directory-problem-refused", "nobody listens")
        .with("place", "dc1.example.com:636");
    let counts = |people, groups, members| Counts {
        people,
        groups,
        members,
    };
    Directory {
        id: id(11),
        name: "Head & <office>".to_owned(),
        settings: Settings {
            kind: DirectoryKind::ActiveDirectory,
            addresses: vec!["ldaps://dc1.example.com".to_owned()],
            trust_pem: None,
            bind_dn: "cn=<reader>".to_owned(),
            base_dn: "dc=example,dc=com".to_owned(),
            user_filter: "(objectClass=user)".to_owned(),
            group_filter: "(cn=wifi-*)".to_owned(),
            mapping: [("custom.badge".to_owned(), "employeeNumber".to_owned())].into(),
            read_minutes: 60,
            adopts: true,
            is_enabled: true,
        },
        bind_password: Sealed(Vec::new()),
        state: State {
            is_sign_in_stopped: outcome == ReadingOutcome::Failed,
            last: Some(Reading {
                at: now().milliseconds(),
                milliseconds: 1200,
                outcome,
                problem: (outcome == ReadingOutcome::Failed).then_some(failed),
                found: counts(3, 1, 2),
                known: counts(10, 1, 8),
                added: 1,
                changed: 2,
                gone: 3,
                groups_changed: 1,
                groups_gone: 1,
                referrals: 3,
                left_out: vec![("directory-left-out-no-id".to_owned(), "cn=<b>".to_owned())],
                left_out_count: 40,
            }),
            complete_at: Some(now().milliseconds()),
            failures: 0,
            accepted: None,
        },
        created_at: now(),
        updated_at: now(),
    }
}

fn story(outcome: ReadingOutcome) -> DirectoryStory {
    DirectoryStory {
        directory: directory(outcome),
        people: 3,
        gone: vec!["b&b".to_owned()],
        gone_count: 1,
        groups: 1,
        refusals: vec![Refused {
            at: now(),
            username: "<anna>".to_owned(),
            key: AccountState::Locked.key().to_owned(),
            detail: "data 775".to_owned(),
        }],
    }
}

/// Where a person or a group comes from.
pub(super) fn origin() -> Origin {
    Origin {
        giver: Giver::Directory(id(11)),
        name: "Head & <office>".to_owned(),
        dn: "cn=a".to_owned(),
        fields: vec!["email".to_owned()],
        is_disabled: true,
        gone_at: Some(now()),
    }
}

pub(super) fn pages(page: &Page) -> Vec<Sample> {
    let test = DirectoryTest {
        steps: vec![
            TestStep::new(Step::DirectoryTls, StepResult::Failed, "tls-unknown-issuer")
                .with("host", "dc1.example.com:636"),
        ],
    };
    let show = |outcome| DirectoryPage::new(page.clone(), story(outcome), Some(&test));
    let fields = stored_form(&DirectoryForm::from(&directory(ReadingOutcome::Complete)));
    vec![
        sample(
            "directories/list.html",
            &DirectoriesPage::new(page.clone(), vec![directory(ReadingOutcome::Held)]),
        ),
        sample("directories/show.html", &show(ReadingOutcome::Complete)),
        sample("directories/show.html", &show(ReadingOutcome::Held)),
        sample("directories/show.html", &show(ReadingOutcome::Failed)),
        sample(
            "directories/form.html",
            &DirectoryFormPage::new(page.clone(), None, fields),
        ),
    ]
}

#[test]
fn the_page_says_what_is_held_and_who_was_refused_in_both_languages() {
    for (language, held, locked) in [
        (Language::English, "Far fewer were found", "The account is locked"),
        (Language::French, "Bien moins qu", "Le compte est verrouillé"),
    ] {
        let all = pages(&Page::sample(language));
        let text: String = all.iter().map(|(_, text)| text.as_str()).collect();
        assert!(text.contains(held) && text.contains(locked), "{language:?}");
        assert!(
            !text.contains("<office>") && !text.contains("<anna>"),
            "{language:?}"
        );
    }
}

#[test]
fn whatever_a_directory_does_there_are_words_for_it() {
    let mut named = BTreeSet::new();
    let mut folders = ["src/actions", "src/outbound/ldap", "src/console"]
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(path).unwrap();
                let keys = text.split("\"directory-").skip(1);
                named.extend(
                    keys.filter_map(|rest| rest.split('"').next())
                        .filter(|key| !key.is_empty() && !key.contains(['{', ' ', '`']))
                        .map(|key| format!("directory-{key}")),
                );
            }
        }
    }
    for name in ["read", "confirmed"] {
        named.remove(&format!("directory-{name}"));
        named.insert(format!("notice-directory-{name}"));
    }
    for kind in DirectoryKind::ALL {
        named.insert(format!("directory-kind-{}", kind.name()));
    }
    for name in ["id", "group_name", "member"] {
        named.insert(format!("directory-map-{name}"));
    }
    for field in ["bind_dn", "base_dn"] {
        named.insert(format!("error-directory-{field}"));
    }
    assert!(named.len() > 60, "only {} keys were found", named.len());
    let missing = without_words(named);
    assert!(missing.is_empty(), "no words for {missing:?}");
}
