//! What is told of warnings outside the console: mail in the reader's language, webhooks in both.

use domain::notification::{Event, Notice, Told};
use serde_json::json;

use super::{authorities::BASE, language::Language, warnings};

/// Subject and text of a mail.
pub fn mail(told: &Told, language: &str, public_url: &str) -> (String, String) {
    let language = Language::from_code(language).unwrap_or_default();
    let words = |key: &str| language.words(key);
    let Some(kind) = told.kind else {
        let text = format!("{}\n\n{}\n", words("told-trial-text"), foot(language, public_url));
        return (words("told-trial-subject"), text);
    };
    let said = sentence(told, language);
    let (subject, advice) = match told.event {
        Event::Ended => ("told-subject-ended", words("told-ended-text")),
        _ if kind.is_urgent() => ("told-subject-urgent", words(&format!("{}-advice", kind.key()))),
        _ => ("told-subject-soon", words(&format!("{}-advice", kind.key()))),
    };
    let about = match &told.authority_id {
        Some(_) => told.authority.clone(),
        None => words("devices-title"),
    };
    let values = [("authority", about.as_str()), ("text", said.as_str())];
    let subject = language.sentence(subject, &values).unwrap_or_default();
    let at = super::moment::minute(told.at);
    let since = language.sentence("told-at", &[("at", &at)]).unwrap_or_default();
    let text = format!(
        "{about}: {said}\n\n{advice}\n\n{since}\n{}\n\n{}\n",
        address(told, public_url),
        foot(language, public_url)
    );
    (subject, text)
}

/// The body of a webhook.
pub fn payload(notice: &Notice, public_url: &str) -> String {
    let told = &notice.told;
    let text = |language: Language| match told.kind {
        Some(_) => sentence(told, language),
        None => language.words("told-trial-text"),
    };
    json!({
        "id": notice.id,
        "event": told.event,
        "kind": told.kind,
        "warning_id": told.kind.map(|_| &notice.warning_id),
        "at": told.at.to_rfc3339(),
        "authority": told.authority_id.as_ref().map(|id| json!({ "id": id, "name": told.authority })),
        "threshold": told.threshold,
        "values": told.values,
        "text": { "en": text(Language::English), "fr": text(Language::French) },
        "url": address(told, public_url),
    })
    .to_string()
}

/// The word that stands in a webhook's head.
pub fn event_name(told: &Told) -> &'static str {
    match told.event {
        Event::Raised => "warning.raised",
        Event::Ended => "warning.ended",
        Event::Trial => "trial",
    }
}

/// What is told, in one sentence.
pub(super) fn sentence(told: &Told, language: Language) -> String {
    let Some(kind) = told.kind else {
        return language.words("told-trial");
    };
    let values: Vec<(&str, &str)> = told
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let said = language.sentence(kind.key(), &values).unwrap_or_default();
    match told.event {
        Event::Ended => language
            .sentence("told-ended", &[("text", &said)])
            .unwrap_or_default(),
        Event::Raised | Event::Trial => said,
    }
}

fn address(told: &Told, public_url: &str) -> String {
    match (&told.authority_id, told.kind) {
        (Some(id), _) => format!("{public_url}{BASE}/{id}"),
        (None, Some(kind)) => format!("{public_url}{}", warnings::of_devices(kind)),
        (None, None) => format!("{public_url}/admin/notifications"),
    }
}

fn foot(language: Language, public_url: &str) -> String {
    let place = format!("{public_url}/admin/notifications");
    language
        .sentence("told-foot", &[("place", &place)])
        .unwrap_or_default()
}
