//! What holds of every page, in both languages.

use std::collections::BTreeSet;

use super::{super::language::Language, pages::samples};

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
                    "issuance-",
                    "revocation-",
                    "progress-",
                    "channel-",
                    "told-",
                    "unsent-",
                    "group-",
                    "groups-",
                    "scim-",
                ]
                .iter()
                .any(|prefix| word.starts_with(prefix));
                let is_id = html.contains(&format!("id=\"{word}\"")) || html.contains(&format!("/{word}"));
                // What a choice sends is shown to nobody.
                let is_choice = html.contains(&format!("<option value=\"{word}\""));
                assert!(
                    !is_key || is_id || is_choice || word.ends_with("-form") || word == "device-width",
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
