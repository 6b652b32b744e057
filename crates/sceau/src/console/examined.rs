//! The steps of a test, and what a removal would do, in words: for the console, the API and the command line.

use super::{language::Language, moment::duration, words::moment};
use crate::actions::authorities::{AuthorityTest, Consequence, NamedBy, Removal, StepResult, TestStep};

/// What a step found, in words.
pub fn sentence(step: &TestStep, language: Language) -> String {
    let values = step.values.iter().map(|(name, value)| (*name, value.as_str()));
    said(step.key, values, language)
}

/// A step's sentence with its values as a person reads them.
pub(super) fn said<'a>(
    key: &str,
    values: impl Iterator<Item = (&'a str, &'a str)>,
    language: Language,
) -> String {
    let values: Vec<(&str, String)> = values
        .map(|(name, value)| (name, shown(name, value, language)))
        .collect();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    language.sentence(key, &values).unwrap_or_else(|| key.to_owned())
}

/// A refusal in words.
pub fn refusal(refusal: &domain::Error, language: Language) -> String {
    let values = refusal.values.iter();
    let values = values.map(|(name, value)| (name.as_str(), value.as_str()));
    said(&refusal.key, values, language)
}

/// A whole test as lines of text, and what it comes to.
pub fn report(test: &AuthorityTest, language: Language) -> String {
    let mut lines = Vec::new();
    for step in &test.steps {
        let took = step.milliseconds.map_or_else(String::new, |milliseconds| {
            format!(" ({})", duration(milliseconds, language))
        });
        lines.push(format!(
            "[{}] {}{took}",
            language.words(step.result.key()),
            language.words(step.step.key())
        ));
        lines.push(format!("    {}", sentence(step, language)));
    }
    let failed = test
        .steps
        .iter()
        .filter(|step| step.result == StepResult::Failed)
        .count();
    lines.push(language.count("test-summary", i64::try_from(failed).unwrap_or(i64::MAX)));
    lines.join("\n")
}

/// What a removal does, in words.
pub fn consequence(consequence: &Consequence, language: Language) -> String {
    match consequence.count {
        Some(count) => language.count(consequence.key, count),
        None => language.words(consequence.key),
    }
}

/// What a removal would do as lines of text, the configurations by name.
pub fn removal(removal: &Removal, language: Language) -> String {
    let mut lines = Vec::new();
    for what in &removal.what {
        lines.push(format!("- {}", consequence(what, language)));
        if what.key == "removal-configurations" {
            lines.extend(
                removal
                    .configurations
                    .iter()
                    .map(|used| format!("    {}", used_by(used, language))),
            );
        }
    }
    lines.join("\n")
}

/// A configuration with its devices, in words.
fn used_by(used: &NamedBy, language: Language) -> String {
    let (devices, waiting, verified) = (
        used.devices.to_string(),
        used.waiting.to_string(),
        used.verified.to_string(),
    );
    let values = [
        ("name", used.name.as_str()),
        ("count", &devices),
        ("waiting", &waiting),
        ("verified", &verified),
    ];
    language
        .sentence("removal-configuration", &values)
        .unwrap_or_else(|| used.name.clone())
}

/// Moments and roles as a person reads them; everything else as it is.
fn shown(name: &str, value: &str, language: Language) -> String {
    match name {
        "from" | "until" | "at" => moment(value),
        "account-state" => language.words(value),
        "roles" => value
            .split(',')
            .map(|role| language.words(&format!("chain-role-{role}")))
            .collect::<Vec<_>>()
            .join(" + "),
        _ => value.to_owned(),
    }
}
