//! A key that does not exist is answered with the nearest one that does.

use figment::error::Kind;

/// Turns figment's error into one sentence a person can act on.
pub fn explain(error: &figment::Error) -> anyhow::Error {
    let sentences: Vec<String> = error.clone().into_iter().map(|one| sentence(&one)).collect();
    anyhow::anyhow!("settings: {}", sentences.join("; "))
}

fn sentence(error: &figment::Error) -> String {
    let source = error
        .metadata
        .as_ref()
        .map_or_else(String::new, |m| format!(" (in {})", m.name));
    let path = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(name, known) => {
            let nearest = known
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
            let place = if path.is_empty() {
                String::new()
            } else {
                format!(" under {path}")
            };
            match nearest {
                Some(near) => format!("there is no key {name:?}{place}{source}; the nearest is {near:?}"),
                None => format!("there is no key {name:?}{place}{source}"),
            }
        }
        kind => format!("{path}: {kind}{source}"),
    }
}
