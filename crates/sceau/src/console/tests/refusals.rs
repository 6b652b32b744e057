//! The words of an authority's refusals.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Refusal;

use super::super::{language::Language, refusals};
use crate::actions::built_in::{Reason, Refused};

/// Where the reasons about what a request asks for stand.
const DEVIATIONS: &str = include_str!("../../../../ca/src/deviation.rs");

/// The text behind each `marker` up to the closing quote, in one function of the file.
fn quoted<'a>(function: &str, marker: &str) -> Vec<&'a str> {
    let body = DEVIATIONS.split(function).nth(1).unwrap();
    let body = body.split("\n    }\n").next().unwrap();
    let texts = body.split(marker).skip(1);
    texts.map(|rest| rest.split('"').next().unwrap()).collect()
}

fn refusal(reason: &str, values: &BTreeMap<String, String>) -> Refusal {
    Refusal {
        reason: reason.to_owned(),
        values: values.clone(),
    }
}

#[test]
fn every_reason_of_the_authority_has_words_in_both_languages() {
    let deviations = quoted("pub fn key(&self)", "=> \"");
    assert!(deviations.len() > 20, "only {} were found", deviations.len());
    let names = quoted("pub fn values(&self)", "(\"");
    let values: BTreeMap<String, String> = names
        .into_iter()
        .map(|name| (name.to_owned(), format!("value of {name}")))
        .collect();
    let policy: Vec<&str> = Reason::ALL.iter().map(|reason| reason.key()).collect();
    let unique: BTreeSet<&str> = policy.iter().chain(&deviations).copied().collect();
    assert_eq!(unique.len(), policy.len() + deviations.len(), "{unique:?}");
    for (reasons, values) in [(&deviations, values), (&policy, BTreeMap::new())] {
        for reason in reasons {
            let said = Language::ALL.map(|language| {
                let said = refusals::in_words(&refusal(reason, &values), language);
                said.unwrap_or_else(|| panic!("no words for {reason} in {language:?}"))
            });
            assert_ne!(said[0], said[1], "{reason}");
            assert!(
                said.iter().all(|words| !words.contains('{')),
                "a value that the reason doesn't give: {said:?}"
            );
        }
    }
}

#[test]
fn values_of_a_refusal_reach_its_words() {
    let refused = Refused::from(ca::Deviation::SubjectNotOrdered {
        attribute: "2.5.4.3".to_owned(),
        asked: "x\" was not ordered".to_owned(),
    });
    let values = refused.values.into_iter();
    let values = values.map(|(name, value)| (name.to_owned(), value)).collect();
    let said = refusals::in_words(&refusal(refused.reason, &values), Language::French).unwrap();
    assert!(
        said.contains("CN « x\" was not ordered »"),
        "isolating marks are off: {said}"
    );
    let unknown = refusal("of-a-later-version", &values);
    assert_eq!(refusals::in_words(&unknown, Language::French), None);
}
