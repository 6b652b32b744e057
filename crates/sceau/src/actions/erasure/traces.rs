//! By what somebody whose records are erased is found where others are told of.

use std::collections::BTreeSet;

use domain::{
    assignment::{Assignment, Scope},
    device::Device,
    person::Person,
};
use serde_json::Value;
use store::{
    Tx,
    audit::{AuditEntry, ERASURE},
};

use super::Of;
use crate::actions::Result;

/// What stands where something was erased.
const ERASED: &str = "erased";
/// A name of fewer characters is found only where it stands alone.
const SHORTEST: usize = 4;

/// What tells of somebody.
#[derive(Clone, Debug)]
pub(super) struct Traces {
    /// What the audit's rows are about: kind and identifier.
    targets: BTreeSet<(String, String)>,
    /// What a person is called when signing in, lower case.
    names: BTreeSet<String>,
    /// Everything that tells one person or device from others, lower case.
    marks: BTreeSet<String>,
}

impl Traces {
    /// Of a person with all devices, or of a device.
    pub(super) fn of(of: &Of, person: Option<&Person>, devices: &[Device]) -> Self {
        let mut traces = Self {
            targets: BTreeSet::new(),
            names: BTreeSet::new(),
            marks: BTreeSet::new(),
        };
        let (kind, id) = of.target();
        traces.aim(kind, id);
        if let Some(person) = person {
            let known = &person.attributes;
            let names = [
                Some(&person.username),
                known.upn.as_ref(),
                known.email.as_ref(),
                known.sam_account_name.as_ref(),
            ];
            traces.names = lower(names);
            // What many share (a family name, a department) is no mark: it goes with the rows about the person.
            let others = [
                known.uid.as_ref(),
                known.display_name.as_ref(),
                known.dn.as_ref(),
                known.cn.as_ref(),
                known.sid.as_ref(),
            ];
            traces.marks = lower(others);
            traces.marks.extend(traces.names.iter().cloned());
        }
        for device in devices {
            traces.aim("device", device.id.as_str());
            traces.marks.extend(lower([
                Some(&device.name),
                Some(&device.windows_id),
                device.inventory.name.as_ref(),
                device.hardware_id.as_ref(),
                device.serial_number.as_ref(),
                device.imei.as_ref(),
                device.wifi_mac.as_ref(),
            ]));
        }
        traces
    }

    /// Rows about this thing tell of it.
    pub(super) fn aim(&mut self, kind: &str, id: &str) {
        self.targets.insert((kind.to_owned(), id.to_owned()));
    }

    /// What the person is called when signing in, lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What is to be left of an audit's row; none where all of it may stay.
    pub(super) fn left_of(&self, entry: &AuditEntry) -> Option<AuditEntry> {
        if entry.action == ERASURE {
            return None;
        }
        let target = (entry.target_kind.clone(), entry.target_id.clone());
        let left = if self.targets.contains(&target) {
            let is_of_operator = entry.actor.starts_with("operator:");
            AuditEntry {
                before: None,
                after: None,
                source_ip: entry.source_ip.clone().filter(|_| is_of_operator),
                actor: match entry.actor.starts_with("person:") {
                    true => format!("person:{ERASED}"),
                    false => entry.actor.clone(),
                },
                ..entry.clone()
            }
        } else if matches!(entry.target_kind.as_str(), "person" | "device") {
            // About another one, who may bear the same name.
            return None;
        } else {
            AuditEntry {
                before: entry.before.as_deref().and_then(|text| self.without(text)),
                after: entry.after.as_deref().and_then(|text| self.without(text)),
                ..entry.clone()
            }
        };
        (left != *entry).then_some(left)
    }

    /// The JSON text with what tells of somebody erased.
    fn without(&self, text: &str) -> Option<String> {
        let Ok(mut value) = serde_json::from_str::<Value>(text) else {
            return (!self.are_in(text)).then(|| text.to_owned());
        };
        match self.erase_in(&mut value) {
            true => serde_json::to_string(&value).ok(),
            false => Some(text.to_owned()),
        }
    }

    /// Whether something was erased.
    fn erase_in(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) if self.are_in(text) => {
                ERASED.clone_into(text);
                true
            }
            // Each of them, not only the first one.
            Value::Array(all) => all.iter_mut().fold(false, |is, one| self.erase_in(one) | is),
            Value::Object(all) => all.values_mut().fold(false, |is, one| self.erase_in(one) | is),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Whether a text tells of it.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.marks.iter().any(|mark| is_in(&text, mark))
    }
}

/// Whether a mark stands in a text, between what is no letter and no digit.
fn is_in(text: &str, mark: &str) -> bool {
    if text == mark {
        return true;
    }
    if mark.chars().count() < SHORTEST {
        return false;
    }
    text.match_indices(mark).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|after| after.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn lower<const N: usize>(texts: [Option<&String>; N]) -> BTreeSet<String> {
    let known = texts.into_iter().flatten();
    known
        .map(|text| text.trim().to_lowercase())
        .filter(|text| !text.is_empty())
        .collect()
}

/// Distributions that name the person or a device by itself name it no more.
pub(super) async fn leave_assignments(tx: &mut Tx, of: &Of, devices: &[Device]) -> Result<()> {
    for assignment in store::assignments::all(tx).await? {
        let mut scope = assignment.scope.clone();
        if let Scope::Custom {
            devices: named,
            people,
            excluded_devices,
            excluded_people,
            ..
        } = &mut scope
        {
            for ids in [named, excluded_devices] {
                ids.retain(|id| devices.iter().all(|device| device.id != *id));
            }
            for ids in [people, excluded_people] {
                ids.retain(|id| *of != Of::Person(id.clone()));
            }
        }
        if scope != assignment.scope {
            store::assignments::put(tx, &Assignment { scope, ..assignment }).await?;
        }
    }
    Ok(())
}

/// What the newest readings of directories left out doesn't name the person any more.
pub(super) async fn leave_readings(tx: &mut Tx, traces: &Traces) -> Result<()> {
    for directory in store::directories::all(tx).await? {
        let mut state = directory.state;
        let Some(last) = &mut state.last else { continue };
        let known = last.left_out.len();
        last.left_out.retain(|(_, which)| !traces.are_in(which));
        if last.left_out.len() < known {
            store::directories::set_state(tx, &directory.id, &state).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn a_mark_is_found_as_a_word_and_a_short_one_only_alone() {
        assert!(is_in("cn=ada.lovelace,o=contoso", "ada.lovelace"));
        assert!(is_in("contoso\\ada.lovelace", "ada.lovelace"));
        assert!(!is_in("ada.lovelace2", "ada.lovelace"));
        assert!(is_in("ada", "ada"));
        assert!(!is_in("cn=ada", "ada"));
        assert!(is_in("élodie@example.org", "élodie@example.org"));
        assert!(!is_in("mélodie@example.org", "élodie@example.org"));
    }
}
