//! The steps of a test in words, for the console and for the command line.

use super::{language::Language, moment::duration, words::moment};
use crate::actions::authorities::{AuthorityTest, StepResult, TestStep};

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

/// Moments and roles as a person reads them; everything else as it is.
fn shown(name: &str, value: &str, language: Language) -> String {
    match name {
        "from" | "until" | "at" => moment(value),
        "roles" => value
            .split(',')
            .map(|role| language.words(&format!("chain-role-{role}")))
            .collect::<Vec<_>>()
            .join(" + "),
        _ => value.to_owned(),
    }
}
