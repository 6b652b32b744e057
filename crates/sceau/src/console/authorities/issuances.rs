//! The ledger of one of Sceau's own authorities: what it issued, and what waits for a person.

use axum::extract::{Path, State};
use domain::{
    Error, Timestamp,
    issuance::{Issuance, IssuanceId, IssuanceState, RevocationReason},
    transaction::Owner,
};

use super::{BASE, known};
use crate::{
    actions::built_in::{self, Decision, ForDevice},
    app::Shared,
    console::{
        page::{Page, Section},
        posted::Posted,
        respond::{Answer, Problem, go},
        visitor::Visitor,
    },
};

/// One certificate of the ledger, in words.
pub(in super::super) struct Row {
    pub(in super::super) id: String,
    pub(in super::super) subject: String,
    pub(in super::super) names: Vec<String>,
    pub(in super::super) serial: String,
    /// Identifier and name.
    pub(in super::super) device: Option<(String, String)>,
    /// What it is for where no device is known.
    pub(in super::super) owner: &'static str,
    pub(in super::super) class: &'static str,
    pub(in super::super) state: &'static str,
    pub(in super::super) revoked: Option<(Timestamp, String)>,
    pub(in super::super) requested_at: Timestamp,
    pub(in super::super) not_before: Timestamp,
    pub(in super::super) not_after: Timestamp,
    pub(in super::super) has_dates: bool,
    pub(in super::super) is_revocable: bool,
}

/// The rows of a page.
pub(in super::super) fn rows(listed: Vec<ForDevice>, now: Timestamp) -> Vec<Row> {
    listed.into_iter().map(|one| row(one, now)).collect()
}

fn row(one: ForDevice, now: Timestamp) -> Row {
    let issuance = one.issuance;
    let (class, state) = state(&issuance, now);
    Row {
        id: issuance.id.to_string(),
        device: one.device.map(|(id, name)| (id.to_string(), name)),
        owner: match issuance.owner {
            Owner::Delivery(_) => "issuance-owner-delivery",
            Owner::Order(_) => "issuance-owner-order",
        },
        class,
        state,
        revoked: issuance
            .revoked
            .map(|revoked| (revoked.at, reason_key(revoked.reason))),
        requested_at: issuance.requested_at,
        not_before: issuance.not_before,
        not_after: issuance.not_after,
        has_dates: issuance.state == IssuanceState::Issued,
        is_revocable: issuance.state == IssuanceState::Issued && issuance.revoked.is_none(),
        names: issuance.wanted.sans.iter().map(|san| san.value.clone()).collect(),
        subject: issuance.wanted.subject,
        serial: issuance.serial,
    }
}

fn state(issuance: &Issuance, now: Timestamp) -> (&'static str, &'static str) {
    match issuance.state {
        IssuanceState::Pending => ("status-orange", "issuance-state-pending"),
        IssuanceState::Intended => ("status-blue", "issuance-state-intended"),
        IssuanceState::Refused => ("status-red", "issuance-state-refused"),
        IssuanceState::Issued if issuance.revoked.is_some() => ("status-red", "issuance-state-revoked"),
        IssuanceState::Issued if issuance.not_after < now => ("", "issuance-state-expired"),
        IssuanceState::Issued => ("status-green", "issuance-state-issued"),
    }
}

fn reason_key(reason: RevocationReason) -> String {
    format!("revocation-{}", reason.name().replace('_', "-"))
}

/// Why a certificate is revoked: values and words of the form.
pub(in super::super) fn reasons(page: &Page) -> Vec<(&'static str, String)> {
    RevocationReason::ALL
        .into_iter()
        .map(|reason| (reason.name(), page.t(&reason_key(reason))))
        .collect()
}

/// `POST …/{id}/certificates/{issuance}/approve`
pub(in super::super) async fn approve(
    State(app): State<Shared>,
    Path(path): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    decide(&app, &posted.visitor, &path, Decision::Approve, "approved").await
}

/// `POST …/{id}/certificates/{issuance}/refuse`
pub(in super::super) async fn refuse(
    State(app): State<Shared>,
    Path(path): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    decide(&app, &posted.visitor, &path, Decision::Refuse, "refused").await
}

async fn decide(
    app: &Shared,
    visitor: &Visitor,
    (authority, issuance): &(String, String),
    decision: Decision,
    done: &str,
) -> Answer {
    let authority = known(visitor, authority)?;
    let issuance = known_issuance(visitor, issuance)?;
    built_in::decide(app, &visitor.actor(), &issuance, decision)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{authority}?done={done}")))
}

/// `POST …/{id}/certificates/{issuance}/revoke`
pub(in super::super) async fn revoke(
    State(app): State<Shared>,
    Path((authority, issuance)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let authority = known(&visitor, &authority)?;
    let issuance = known_issuance(&visitor, &issuance)?;
    let revoked = async {
        let reason = RevocationReason::from_name(fields.raw("reason")).ok_or_else(|| {
            Error::invalid("reason", "this is no reason of revocation").keyed("error-choice")
        })?;
        built_in::revoke(&app, &visitor.actor(), &issuance, reason).await
    };
    revoked.await.map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{authority}?done=revoked")))
}

fn known_issuance(visitor: &Visitor, id: &str) -> Result<IssuanceId, Problem> {
    IssuanceId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Authorities)))
}
