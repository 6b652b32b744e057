//! Why Sceau's own authority refused a request, in the reader's words. SCEP carries English text (RFC 8894 §3.2.1.4);
//! what another authority says stays as it came.

use domain::{event::Refusal, subject::attributes};

use super::language::Language;

/// The words of a refusal; none where this version knows no such reason.
pub(super) fn in_words(refusal: &Refusal, language: Language) -> Option<String> {
    let values: Vec<(&str, String)> = refusal
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), shown(name, value)))
        .collect();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    language.sentence(&format!("refusal-{}", refusal.reason), &values)
}

/// An attribute of a name by its short name: what asks for it is an identifier.
fn shown(name: &str, value: &str) -> String {
    match name {
        "attribute" => attributes::name_of(value),
        _ => value.to_owned(),
    }
}
