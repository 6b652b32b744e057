//! Causes, events and states in words.

use domain::{
    delivery::{DeliveryState, Proof},
    diagnosis::{Cause, hresult},
    event::{Event, What},
    notification::SendProblem,
};
use serde_json::Value;

use super::{language::Language, moment::duration, page::Page, refusals};

/// A cause for a person: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CauseWords {
    /// What is wrong.
    pub(super) what: String,
    /// What to do about it.
    pub(super) remedy: String,
}

/// A step of a timeline for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventWords {
    pub(super) at: domain::Timestamp,
    /// `good`, `bad`, `busy` or nothing: the colour of its mark.
    pub(super) class: &'static str,
    pub(super) words: String,
    /// More: a remedy, a detail.
    pub(super) note: String,
    /// The code behind it.
    pub(super) code: String,
    /// How long it took.
    pub(super) took: String,
}

/// The words of a cause.
pub(super) fn cause(cause: &Cause, language: Language) -> CauseWords {
    let values: Vec<(&str, String)> = cause
        .values()
        .into_iter()
        .map(|(name, value)| (name, shown(name, value)))
        .collect();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let words = |key: String| language.sentence(&key, &values).unwrap_or(key);
    CauseWords {
        what: words(cause.key()),
        remedy: words(cause.advice_key()),
    }
}

/// A value as a sentence shows it: variables in braces, as they are typed.
pub(super) fn shown(name: &str, value: String) -> String {
    match name {
        "variable" => format!("${{{value}}}"),
        "until" => moment(&value),
        _ => value,
    }
}

/// An RFC 3339 moment for a sentence.
pub(super) fn moment(text: &str) -> String {
    let seconds = text.split(['.', 'Z']).next().unwrap_or(text);
    format!("{} UTC", seconds.replace('T', " "))
}

/// The words of a step.
pub(super) fn event(event: &Event, language: Language) -> EventWords {
    let fields = serde_json::to_value(&event.what).unwrap_or_default();
    let name = fields.get("what").and_then(Value::as_str).unwrap_or_default();
    let key = format!("event-{}", name.replace('_', "-"));
    let texts: Vec<(&str, String)> = fields
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), text(value)?)))
        .collect();
    let values: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let took = milliseconds(&event.what).and_then(|taken| {
        language.sentence(
            "device-timeline-took",
            &[("duration", &duration(taken, language))],
        )
    });
    EventWords {
        at: event.at,
        class: class(&event.what),
        words: language.sentence(&key, &values).unwrap_or(key),
        note: note(&event.what, language),
        code: code(&event.what),
        took: took.unwrap_or_default(),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(if *is_so { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

fn class(what: &What) -> &'static str {
    match what {
        What::Enrolled { .. } | What::Verified { .. } => "good",
        What::Failed { .. }
        | What::OutcomeUnknown { .. }
        | What::NotInstalled { .. }
        | What::NodeKept { .. }
        | What::TrustKept { .. }
        | What::OldIdentityShown
        | What::SilenceTold { .. }
        | What::CameAfterSilence
        | What::ValueGone { .. }
        | What::TrustGone { .. }
        | What::TrustRefused { .. }
        | What::LeavingRefused { .. }
        | What::MessageRefused { .. }
        | What::ValueLost { .. }
        | What::PushFailed { .. }
        | What::ChannelRefused { .. }
        | What::ChannelGone { .. }
        | What::RequestRefused { .. } => "bad",
        What::Sent { .. }
        | What::Accepted { .. }
        | What::Forwarded { .. }
        | What::Answered { .. }
        | What::Pushed { .. }
        | What::ToldToLeave => "busy",
        _ => "",
    }
}

fn milliseconds(what: &What) -> Option<i64> {
    match what {
        What::Sent {
            challenge_milliseconds,
        } => Some(*challenge_milliseconds),
        What::Answered { milliseconds, .. } => Some(*milliseconds),
        _ => None,
    }
}

fn note(what: &What, language: Language) -> String {
    match what {
        What::WaitingForChallenge { cause: why } | What::Retried { cause: why } => cause(why, language).what,
        What::Failed { cause: why } | What::ValueGone { cause: why, .. } => {
            let words = cause(why, language);
            format!("{} {}", words.what, words.remedy)
        }
        What::PushFailed { problem } => problem_in_words(problem, language),
        What::ChannelRefused { reason } => language.words(&format!("channel-refused-{reason}")),
        What::Answered {
            detail,
            refusal: Some(refusal),
            ..
        } => refusals::in_words(refusal, language)
            .or_else(|| detail.clone())
            .unwrap_or_default(),
        // In the words of another authority, or of the network: English, mostly.
        What::Answered {
            detail: Some(detail), ..
        }
        | What::OutcomeUnknown {
            detail: Some(detail), ..
        } => detail.clone(),
        _ => String::new(),
    }
}

/// Why a push was not taken.
pub(super) fn problem_in_words(problem: &SendProblem, language: Language) -> String {
    let values = problem.values.iter();
    let values: Vec<(&str, &str)> = values
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    language
        .sentence(&problem.key, &values)
        .unwrap_or_else(|| problem.key.clone())
}

fn code(what: &What) -> String {
    match what {
        What::Pushed { status, connection } => {
            let told = [status.as_str(), connection.as_str()];
            let told: Vec<&str> = told.into_iter().filter(|text| !text.is_empty()).collect();
            told.join(" · ")
        }
        What::ChannelGone { status } => status.to_string(),
        What::Accepted { status } => status.to_string(),
        What::Reported { status, code: 0 } => status.to_string(),
        What::Reported { status, code } => format!("{status} · {}", hresult(*code).hex()),
        What::Answered {
            fail_info,
            hresult: code,
            ..
        } => {
            let fail_info = fail_info.map(|number| format!("failInfo {number}"));
            let code = code.map(|code| hresult(code).hex());
            let parts: Vec<_> = fail_info.into_iter().chain(code).collect();
            parts.join(" · ")
        }
        What::AlreadyTrusted { sha1 }
        | What::TrustAdded { sha1 }
        | What::TrustRemoved { sha1 }
        | What::TrustGone { sha1 }
        | What::TrustNeeded { sha1 }
        | What::TrustReleased { sha1 }
        | What::TrustUnwanted { sha1, .. }
        | What::Verified { sha1, .. } => sha1.to_string(),
        What::TrustKept { sha1, status } | What::TrustRefused { sha1, status } => {
            format!("{sha1} · {status}")
        }
        What::NodeKept { status: Some(status) }
        | What::MessageRefused { status }
        | What::LeavingRefused { status } => status.to_string(),
        What::ValueLost { node, status } => match status {
            Some(status) => format!("{node} · {status}"),
            None => node.clone(),
        },
        What::Forwarded { transaction_id, .. }
        | What::OutcomeUnknown { transaction_id, .. }
        | What::FoundInLedger { transaction_id, .. }
        | What::NotInstalled { transaction_id }
        | What::RequestRefused {
            transaction_id: Some(transaction_id),
            ..
        } => transaction_id.clone(),
        What::Failed {
            cause: Cause::DeviceError { code },
        } => hresult(*code).hex(),
        _ => String::new(),
    }
}

/// Key of a proof's words.
pub(super) fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Certificate => "verified-by-certificate",
        Proof::Thumbprint => "verified-by-thumbprint",
    }
}

/// The cause within a state.
pub(super) fn cause_of(state: &DeliveryState) -> Option<&Cause> {
    match state {
        DeliveryState::WaitingForChallenge { cause } | DeliveryState::Failed { cause } => Some(cause),
        DeliveryState::Replaced { cause } => cause.as_ref(),
        _ => None,
    }
}

impl Page {
    /// A state in words.
    pub(super) fn state(&self, state: &str) -> String {
        self.t(&format!("state-{state}"))
    }

    /// The mark of a state.
    pub(super) fn state_class(&self, state: &str) -> &'static str {
        match state {
            "verified" => "status-green",
            "sent" | "enrolling" | "pending_at_ca" => "status-blue",
            "failed" => "status-red",
            "waiting_for_challenge" => "status-orange",
            _ => "",
        }
    }
}
