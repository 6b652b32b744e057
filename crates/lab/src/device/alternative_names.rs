//! Reads `Install/SubjectAlternativeNames`.

use ::scep::GeneralName;

/// Reads `type+value` parts joined with `;`. The types are certenroll's `AlternativeNameType`: 2
/// e-mail, 3 DNS, 7 URL, 8 IP, 11 user principal name; the laboratory has no others.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<GeneralName>> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(name)
        .collect()
}

fn name(part: &str) -> Option<GeneralName> {
    let (kind, value) = part.split_once('+')?;
    if value.is_empty() {
        return None;
    }
    let value = value.to_owned();
    match kind {
        "2" => Some(GeneralName::Email(value)),
        "3" => Some(GeneralName::Dns(value)),
        "7" => Some(GeneralName::Uri(value)),
        "8" => value.parse().ok().map(GeneralName::Ip),
        "11" => Some(GeneralName::Upn(value)),
        _ => None,
    }
}
