//! What `sceau apply` says.

use domain::Error as Refusal;

use crate::{
    actions::apply::{Change, Difference, Noun, Step},
    console::language::Language,
};

/// A refusal with its place. In English it has the words of the API.
pub(super) fn refusal(refusal: &Refusal, language: Language) -> String {
    let place = refusal.field.as_deref().unwrap_or_default();
    let words = match language {
        Language::English => refusal.detail.clone(),
        Language::French => {
            let values: Vec<(&str, &str)> = refusal
                .values
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            language
                .sentence(&refusal.key, &values)
                .unwrap_or_else(|| refusal.detail.clone())
        }
    };
    format!("{place}: {words}")
}

/// One thing with what differs, as in a patch.
pub(super) fn step(step: &Step, language: Language) -> String {
    let sign = match step.change {
        Change::Added => '+',
        Change::Changed => '~',
        Change::Same => '=',
    };
    let noun = match step.noun {
        Noun::Authority => "apply-authority",
        Noun::Group => "apply-group",
        Noun::Configuration => "apply-configuration",
    };
    let mut lines = vec![format!("{sign} {} {}", language.words(noun), step.name)];
    lines.extend(step.differences.iter().map(difference));
    if step.devices > 0 {
        lines.push(format!("    {}", language.count("apply-devices", step.devices)));
    }
    lines.join("\n")
}

fn difference(one: &Difference) -> String {
    let after = one.after.as_deref().unwrap_or("-");
    match one.before.as_deref() {
        Some(before) => format!("    {}: {before} -> {after}", one.field),
        None => format!("    {}: {after}", one.field),
    }
}

/// How many were added, changed and left as they are.
pub(super) fn totals([added, changed, same]: [usize; 3], is_dry: bool, language: Language) -> String {
    let [added, changed, same] = [added, changed, same].map(|number| number.to_string());
    let values = [
        ("added", added.as_str()),
        ("changed", changed.as_str()),
        ("same", same.as_str()),
    ];
    let key = if is_dry {
        "apply-totals-dry"
    } else {
        "apply-totals"
    };
    language.sentence(key, &values).unwrap_or_default()
}
