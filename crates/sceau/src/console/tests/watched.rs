//! Samples of what was seen of an authority, and what their words must hold.

use std::collections::BTreeMap;

use domain::{
    attempt::Asked,
    thumbprint::Sha1,
    warning::{Check, Matter, Warning, WarningKind},
};

use super::{
    super::{
        authorities::{Watched, watched},
        language::Language,
        page::Page,
        warnings::{self, WarningRow},
    },
    samples::{authority, certificate, id, now, sha1},
};
use crate::actions::{
    authorities::{AskedLately, Capacity, ChainChange, ChangedConfiguration, Hour, Overview, chain},
    certificates::ListedCertificate,
    warnings::ListedWarning,
};

fn listed(kind: WarningKind, is_over: bool) -> ListedWarning {
    let values = [
        ("subject", "CN=Contoso RA"),
        ("days", "30"),
        ("url", "http://crl.contoso.com/ca.crl"),
        ("held", "5"),
        ("max", "5"),
        ("count", "7"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let is_of_authority = !matches!(kind, WarningKind::IdentitiesLate | WarningKind::DevicesSilent);
    ListedWarning {
        warning: Warning {
            id: id(1),
            authority_id: is_of_authority.then(|| id(2)),
            matter: Matter {
                values: BTreeMap::from(values),
                ..Matter::of(kind)
            },
            raised_at: now(),
            ended_at: is_over.then(now),
        },
        authority_name: is_of_authority.then(|| "Contoso".to_owned()),
    }
}

/// A warning of each kind, each standing and over.
pub(super) fn rows(page: &Page) -> Vec<WarningRow> {
    let each = |kind| [false, true].map(|is_over| warnings::row(page, &listed(kind, is_over)));
    WarningKind::ALL.into_iter().flat_map(each).collect()
}

/// An authority that shows another CA.
pub(super) fn watched(page: &Page) -> Watched {
    let check = Check {
        step: "answers".to_owned(),
        result: "failed".to_owned(),
        key: "watch-silent".to_owned(),
        values: BTreeMap::new(),
        milliseconds: 7,
        at: now(),
        since: now(),
    };
    let changed = |is_replaced| ChangedConfiguration {
        id: id(3),
        name: "Wi-Fi".to_owned(),
        ca_sha1: sha1(),
        is_replaced,
        devices: 25,
    };
    let watched = Watched {
        warnings: rows(page),
        change: Some(ChainChange {
            old: chain(&authority()),
            new: chain(&authority()),
            issuer_sha1: Sha1::of(b"other"),
            seen_sha256: "0badcafe".to_owned(),
            seen_at: now(),
            configurations: vec![changed(true), changed(false)],
        }),
        looked_at: Some(now()),
        checks: vec![watched::check(page, &check)],
        ..Watched::default()
    };
    let asked = [Asked::Challenge, Asked::Exchange, Asked::Look].map(|asked| AskedLately {
        asked,
        good: 7,
        failed: 2,
        median_milliseconds: 40,
        longest_milliseconds: 2500,
    });
    let causes = [
        "authority-unreachable",
        "cache-full",
        "sign-in-refused",
        "no-permission",
        "page-not-understood",
        "challenge-forgotten",
        "page-truncated",
    ];
    let hours = (0..24).map(|hour| Hour {
        at: now().plus_seconds(hour * 3600),
        given: hour % 7,
        failed: hour % 3,
    });
    let overview = Overview {
        capacity: Some(Capacity {
            held: 3,
            most: 5,
            waiting: 12,
            hours: hours.collect(),
        }),
        latest: vec![ListedCertificate {
            certificate: certificate(None),
            device_name: "LAPTOP-7".to_owned(),
            username: Some("claire".to_owned()),
        }],
        asked: asked.to_vec(),
        failures: causes.map(|cause| (format!("cause-{cause}"), 2)).to_vec(),
        configurations: vec![(id(3), "Wi-Fi".to_owned())],
    };
    watched.with(page, &overview)
}

#[test]
fn every_cause_of_the_day_has_words() {
    for language in Language::ALL {
        let page = Page::sample(language);
        let shown = watched(&page);
        assert_eq!(shown.failures.len(), 7);
        assert!(
            shown
                .failures
                .iter()
                .all(|(words, _)| !words.starts_with("lately-"))
        );
        assert!(
            shown
                .asked
                .iter()
                .all(|row| !page.t(row.key).starts_with("lately-"))
        );
    }
}

#[test]
fn every_warning_says_what_it_is_and_what_to_do() {
    for language in Language::ALL {
        for row in rows(&Page::sample(language)) {
            assert!(
                !row.words.is_empty() && !row.words.contains("warning-"),
                "{}",
                row.words
            );
            assert_eq!(row.advice.is_none(), row.ended_at.is_some());
            assert!(row.advice.is_none_or(|advice| !advice.contains("warning-")));
        }
    }
}
