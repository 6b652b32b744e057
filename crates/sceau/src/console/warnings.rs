//! Warnings in words.

use domain::{Timestamp, warning::WarningKind};

use super::{authorities::BASE, page::Page};
use crate::actions::warnings::ListedWarning;

/// A warning as a page shows it.
pub(super) struct WarningRow {
    /// The colour of its mark.
    pub(super) class: &'static str,
    /// Key of the word in its mark.
    pub(super) mark: &'static str,
    /// Whom it is about.
    pub(super) authority: String,
    pub(super) address: String,
    pub(super) words: String,
    /// What to do; nothing when it is over.
    pub(super) advice: Option<String>,
    pub(super) raised_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

/// The warning in the reader's language.
pub(super) fn row(page: &Page, listed: &ListedWarning) -> WarningRow {
    let warning = &listed.warning;
    let kind = warning.matter.kind;
    let (class, mark) = match warning.ended_at {
        Some(_) => ("status-green", "warning-mark-ended"),
        None if kind.is_urgent() => ("status-red", "warning-mark-urgent"),
        None => ("status-orange", "warning-mark-soon"),
    };
    let values = warning.matter.values.iter();
    let values: Vec<(&str, &str)> = values
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let is_over = warning.ended_at.is_some();
    WarningRow {
        class,
        mark,
        authority: match &listed.authority_name {
            Some(name) => name.clone(),
            None => page.t("devices-title"),
        },
        address: match &warning.authority_id {
            Some(id) => format!("{BASE}/{id}"),
            None => of_devices(kind).to_owned(),
        },
        words: page.language.sentence(kind.key(), &values).unwrap_or_default(),
        advice: (!is_over).then(|| page.t(&format!("{}-advice", kind.key()))),
        raised_at: warning.raised_at,
        ended_at: warning.ended_at,
    }
}

/// Where the devices stand that a warning is about.
pub(super) fn of_devices(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::DevicesSilent => "/devices?state=silent",
        _ => "/",
    }
}
