//! Warnings in words.

use domain::Timestamp;

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
        authority: listed.authority_name.clone(),
        address: format!("{BASE}/{}", warning.authority_id),
        words: page.language.sentence(kind.key(), &values).unwrap_or_default(),
        advice: (!is_over).then(|| page.t(&format!("{}-advice", kind.key()))),
        raised_at: warning.raised_at,
        ended_at: warning.ended_at,
    }
}
