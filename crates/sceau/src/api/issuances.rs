//! `/authorities/{id}/certificates` and `/authorities/{id}/next`: what a built-in authority issued, a person's
//! decisions on it, and the issuing certificate that follows.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use domain::{
    external_ca::{Authority, AuthorityId},
    issuance::{Issuance, IssuanceId, IssuanceState, RevocationReason},
    scep_configuration::San,
    transaction::Owner,
};
use serde::{Deserialize, Serialize};

use super::{
    authorities::View,
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{self, Asked, Named, Page, Pair},
    problem::{Problem, Result},
};
use crate::{
    actions::{
        authorities,
        built_in::{self, Decision},
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/authorities/{id}/certificates", get(list))
        .route("/authorities/{id}/certificates/{issuance}", get(one))
        .route("/authorities/{id}/certificates/{issuance}/approve", post(approve))
        .route("/authorities/{id}/certificates/{issuance}/refuse", post(refuse))
        .route("/authorities/{id}/certificates/{issuance}/revoke", post(revoke))
        .route("/authorities/{id}/next", post(announce))
        .route("/authorities/{id}/next/activate", post(activate))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<Entry>>> {
    let limit = page::limit(asked.limit)?;
    let after = page::key("after", asked.after.as_ref())?;
    authorities::one(&app, &actor, &id).await?;
    let rows = built_in::issuances(&app, &actor, &id, after, limit).await?;
    Ok(Answer(Page::of(
        rows,
        limit,
        |row| row.id.to_string(),
        Entry::brief,
    )))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Pair(id, issuance): Pair<Authority, Issuance>,
) -> Result<Answer<Entry>> {
    let issuance = built_in::one_issuance(&app, &actor, &issuance).await?;
    if issuance.authority_id != id {
        return Err(Problem::not_found());
    }
    Ok(Answer(Entry::whole(issuance)))
}

async fn approve(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Pair(id, issuance): Pair<Authority, Issuance>,
) -> Result<Answer<Entry>> {
    decide(&app, &actor, &id, &issuance, Decision::Approve).await
}

async fn refuse(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Pair(id, issuance): Pair<Authority, Issuance>,
) -> Result<Answer<Entry>> {
    decide(&app, &actor, &id, &issuance, Decision::Refuse).await
}

async fn decide(
    app: &Shared,
    actor: &domain::actor::Actor,
    id: &AuthorityId,
    issuance: &IssuanceId,
    decision: Decision,
) -> Result<Answer<Entry>> {
    if built_in::one_issuance(app, actor, issuance).await?.authority_id != *id {
        return Err(Problem::not_found());
    }
    let decided = built_in::decide(app, actor, issuance, decision).await?;
    Ok(Answer(Entry::whole(decided)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    reason: RevocationReason,
}

async fn revoke(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Pair(id, issuance): Pair<Authority, Issuance>,
    Body(asked): Body<Revocation>,
) -> Result<Answer<Entry>> {
    if built_in::one_issuance(&app, &actor, &issuance)
        .await?
        .authority_id
        != id
    {
        return Err(Problem::not_found());
    }
    let revoked = built_in::revoke(&app, &actor, &issuance, asked.reason).await?;
    Ok(Answer(Entry::whole(revoked)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Next {
    years: u32,
}

async fn announce(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    Body(next): Body<Next>,
) -> Result<Answer<View>> {
    let authority = built_in::announce_next(&app, &actor, &id, next.years).await?;
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

async fn activate(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<View>> {
    let authority = built_in::activate_next(&app, &actor, &id).await?;
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

/// A line of the ledger.
#[derive(Serialize)]
struct Entry {
    id: String,
    authority_id: String,
    state: IssuanceState,
    serial: String,
    subject: String,
    sans: Vec<San>,
    owner: Owner,
    transaction_id: String,
    renews: Option<String>,
    not_before: Instant,
    not_after: Instant,
    requested_at: Instant,
    issued_at: Option<Instant>,
    revoked: Option<RevokedView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pem: Option<String>,
}

#[derive(Serialize)]
struct RevokedView {
    at: Instant,
    reason: RevocationReason,
}

impl Entry {
    /// Without the certificate.
    fn brief(issuance: Issuance) -> Self {
        Self {
            id: issuance.id.to_string(),
            authority_id: issuance.authority_id.to_string(),
            state: issuance.state,
            serial: issuance.serial,
            subject: issuance.wanted.subject,
            sans: issuance.wanted.sans,
            owner: issuance.owner,
            transaction_id: issuance.transaction_id,
            renews: issuance.renews,
            not_before: issuance.not_before.into(),
            not_after: issuance.not_after.into(),
            requested_at: issuance.requested_at.into(),
            issued_at: issuance.issued_at.map(Instant),
            revoked: issuance.revoked.map(|revoked| RevokedView {
                at: revoked.at.into(),
                reason: revoked.reason,
            }),
            pem: None,
        }
    }

    fn whole(issuance: Issuance) -> Self {
        let pem = issuance.certificate.as_deref().map(ca::pem::certificate);
        Self {
            pem,
            ..Self::brief(issuance)
        }
    }
}
