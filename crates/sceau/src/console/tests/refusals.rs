//! The words of an authority's refusals.

use super::super::{language::Language, refusals};

const SOURCES: [&str; 3] = [
    include_str!("../../actions/built_in/enrol.rs"),
    include_str!("../../actions/built_in/respond.rs"),
    include_str!("../../../../ca/src/deviation.rs"),
];

#[test]
fn every_text_of_the_table_is_one_that_the_authority_says() {
    for (text, key) in refusals::TEXTS {
        let pieces: Vec<&str> = text
            .split('{')
            .map(|piece| piece.split('}').next_back().unwrap())
            .filter(|piece| piece.len() > 3)
            .collect();
        let is_said = pieces.iter().all(|piece| {
            SOURCES
                .iter()
                .any(|source| source.contains(&piece.replace('"', "\\\"")))
        });
        assert!(is_said, "{text}");
        for language in Language::ALL {
            let said = refusals::in_words(text, language).unwrap_or_else(|| panic!("{key}"));
            assert!(!said.contains("refusal-"), "{said}");
        }
    }
}

#[test]
fn values_of_a_refusal_reach_its_words() {
    let deviation = ca::Deviation::SubjectNotOrdered {
        attribute: "CN".to_owned(),
        asked: "x\" was not ordered".to_owned(),
    };
    let said = refusals::in_words(&deviation.to_string(), Language::French).unwrap();
    let plain: String = said
        .chars()
        .filter(|c| !('\u{2066}'..='\u{2069}').contains(c))
        .collect();
    assert!(
        plain.contains("CN") && plain.contains("x\" was not ordered"),
        "{plain}"
    );
    assert_eq!(
        refusals::in_words("denied by policy module", Language::French),
        None
    );
}
