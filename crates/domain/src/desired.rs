//! What a device should hold, by the assignments, and what is to be done for it.

use std::collections::BTreeSet;

use crate::{
    assignment::Assignment,
    certificate::Certificate,
    delivery::{Delivery, DeliveryId, DeliveryState},
    diagnosis::Cause,
    group::GroupId,
    renewal,
    scep_configuration::{Configuration, ConfigurationId, ScepSettings},
    subject::{Facts, Subject, alternative_names},
    time::Timestamp,
};

/// Why a delivery is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The device has none.
    New,
    /// The configuration has changed, or what could not be filled in can be now.
    Changed,
    /// A value that the subject or alternative names carry is another now than the one that was ordered.
    Values,
    /// The certificate's life is nearly over.
    Renewal,
}

/// A delivery to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// By which configuration.
    pub configuration_id: ConfigurationId,
    /// Why.
    pub reason: Reason,
    /// The delivery whose place it takes. Its node stays on the device until the new one is proved.
    pub replaces: Option<DeliveryId>,
}

/// What is to be done for a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Deliveries to make.
    pub deliver: Vec<Wanted>,
    /// Deliveries whose configuration is no longer for this device: delete the node where there is one.
    pub remove: Vec<DeliveryId>,
    /// Nodes of former deliveries that a proved one has taken the place of.
    pub delete_nodes: Vec<DeliveryId>,
    /// What is proved and stays: it is looked at again from time to time.
    pub kept: Vec<Delivery>,
}

impl Steps {
    /// Whether there is something to do, apart from looking again at what is kept.
    pub fn change_something(&self) -> bool {
        !self.deliver.is_empty() || !self.remove.is_empty() || !self.delete_nodes.is_empty()
    }
}

/// Compares what a device should hold with its deliveries. `belongs_to`: its groups. `certificates` gives the dates
/// of those that are known. What waits for a retry or has failed is left as it is.
pub fn compare(
    facts: &Facts<'_>,
    assigned: &[(Configuration, Assignment)],
    belongs_to: &BTreeSet<GroupId>,
    deliveries: &[Delivery],
    certificates: &[Certificate],
) -> Steps {
    let mut steps = Steps::default();
    let meant: Vec<&Configuration> = meant(facts, assigned, belongs_to).collect();
    let is_meant = |id: &ConfigurationId| meant.iter().any(|configuration| configuration.id == *id);
    for configuration in meant.iter().copied() {
        let current = deliveries
            .iter()
            .find(|delivery| delivery.is_current && delivery.configuration_id == configuration.id);
        let reason = match current {
            None => Some(Reason::New),
            Some(delivery) => reason_to_replace(delivery, configuration, facts, certificates),
        };
        let is_kept = |delivery: &&Delivery| matches!(delivery.state, DeliveryState::Verified { .. });
        steps
            .kept
            .extend(current.filter(is_kept).filter(|_| reason.is_none()).cloned());
        steps.deliver.extend(reason.map(|reason| Wanted {
            configuration_id: configuration.id.clone(),
            reason,
            replaces: current.map(|delivery| delivery.id.clone()),
        }));
    }
    for delivery in deliveries {
        let is_over = delivery.state == DeliveryState::Removed && !delivery.is_on_device;
        if !is_meant(&delivery.configuration_id) {
            let is_left = delivery.is_on_device || (delivery.is_current && !is_over);
            steps.remove.extend(is_left.then(|| delivery.id.clone()));
        } else if is_superseded(delivery, deliveries) {
            steps.delete_nodes.push(delivery.id.clone());
        }
    }
    steps
}

/// The configurations that are for a device.
pub fn meant<'a>(
    facts: &Facts<'_>,
    assigned: &'a [(Configuration, Assignment)],
    belongs_to: &BTreeSet<GroupId>,
) -> impl Iterator<Item = &'a Configuration> {
    let (device, person) = (facts.device, facts.device.person_id.as_ref());
    assigned
        .iter()
        .filter(move |(_, assignment)| {
            device.is_staying() && assignment.covers(&device.id, person, belongs_to)
        })
        .map(|(configuration, _)| configuration)
}

fn reason_to_replace(
    delivery: &Delivery,
    configuration: &Configuration,
    facts: &Facts<'_>,
    certificates: &[Certificate],
) -> Option<Reason> {
    use DeliveryState as S;
    if matches!(delivery.state, S::Removed | S::Replaced { .. }) {
        return Some(Reason::New);
    }
    if delivery.configuration_version < configuration.version {
        return Some(Reason::Changed);
    }
    match &delivery.state {
        S::Verified { sha1, .. } => {
            let dates = certificates
                .iter()
                .find(|certificate| certificate.sha1 == *sha1 && certificate.device_id == delivery.device_id)
                .and_then(|certificate| certificate.not_before.zip(certificate.not_after));
            if carries_other_values(delivery, configuration, facts) {
                return Some(Reason::Values);
            }
            let (from, to) = dates.unwrap_or_else(|| wished_dates(delivery, configuration));
            let percent = configuration.settings.renew_at_percent;
            renewal::due(from, to, percent, facts.now).then_some(Reason::Renewal)
        }
        // What could not be written for want of a value is tried again as soon as it can be.
        S::Failed { cause } if is_about_values(cause) => values(&configuration.settings, facts)
            .is_ok()
            .then_some(Reason::Changed),
        // What was refused with the former values may be granted with others: once for each change.
        S::Failed { .. } => carries_other_values(delivery, configuration, facts).then_some(Reason::Values),
        _ => None,
    }
}

fn is_about_values(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::VariableMissing { .. } | Cause::SubjectInvalid { .. } | Cause::SanInvalid { .. }
    )
}

/// Subject and alternative names for one device, as they are ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// The subject, an X.500 string.
    pub subject: String,
    /// The alternative names, in the CSP's form.
    pub sans: String,
}

/// Fills in what a configuration's certificate carries. What can't be filled is the cause of a failure.
pub fn values(settings: &ScepSettings, facts: &Facts<'_>) -> Result<Values, Cause> {
    let subject =
        Subject::parse(&settings.subject).map_err(|error| Cause::SubjectInvalid { detail: error.detail })?;
    Ok(Values {
        subject: subject.fill(facts)?,
        sans: alternative_names::fill(&settings.sans, facts)?,
    })
}

/// Where the device doesn't show its certificate, its dates are those that were asked for.
fn wished_dates(delivery: &Delivery, configuration: &Configuration) -> (Timestamp, Timestamp) {
    let settings = &configuration.settings;
    let days = i64::from(settings.validity) * i64::from(settings.validity_unit.days());
    let from = delivery.challenge_taken_at.unwrap_or(delivery.updated_at);
    (from, from.plus_seconds(days.saturating_mul(86_400)))
}

/// Whether the subject or alternative names would now be others than those that were ordered. What can't be
/// filled now says nothing: a person who lost an attribute doesn't lose a certificate by it.
fn carries_other_values(delivery: &Delivery, configuration: &Configuration, facts: &Facts<'_>) -> bool {
    // It was never filled in.
    if delivery.subject.is_empty() {
        return false;
    }
    let facts = Facts { now: MARK, ..*facts };
    values(&configuration.settings, &facts).is_ok_and(|values| {
        !is_same_at_another_time(&values.subject, &delivery.subject)
            || !is_same_at_another_time(&values.sans, &delivery.sans)
    })
}

/// A moment that nobody lives to see stands for the moment of the order, which a value may hold as `${timestampMS}`.
const MARK: Timestamp = Timestamp::from_milliseconds(9_999_999_999_999);

/// Whether a text that was filled in at [`MARK`] is this one, but for the moment.
fn is_same_at_another_time(marked: &str, ordered: &str) -> bool {
    let mark = MARK.milliseconds().to_string();
    let mut pieces = marked.split(mark.as_str());
    let Some(mut rest) = pieces.next().and_then(|first| ordered.strip_prefix(first)) else {
        return false;
    };
    for piece in pieces {
        let is_moment = |digits: &str| digits.bytes().all(|octet| octet.is_ascii_digit());
        let split = rest.split_at_checked(mark.len());
        match split.filter(|(moment, _)| is_moment(moment)) {
            Some((_, behind)) => match behind.strip_prefix(piece) {
                Some(behind) => rest = behind,
                None => return false,
            },
            None => return false,
        }
    }
    rest.is_empty()
}

fn is_superseded(former: &Delivery, deliveries: &[Delivery]) -> bool {
    let is_proved = |delivery: &Delivery| {
        delivery.is_current
            && delivery.configuration_id == former.configuration_id
            && matches!(delivery.state, DeliveryState::Verified { .. })
    };
    !former.is_current && former.is_on_device && deliveries.iter().any(is_proved)
}
