//! `/warnings`, and what was seen of an authority: `/authorities/{id}/watch`, `/authorities/{id}/chain`.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use domain::{external_ca::Authority, thumbprint::Sha1, warning::Check};
use serde::{Deserialize, Serialize};

use super::{
    authorities::{CertificateView, View},
    body::{Answer, Octets},
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::{Problem, Result},
};
use crate::{
    actions::{
        authorities::{self, ChainChange, adopt_chain, chain_change, last_look},
        warnings::{ListedWarning, list_warnings},
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/warnings", get(warnings))
        .route("/authorities/{id}/watch", get(watched))
        .route("/authorities/{id}/chain/change", get(change))
        .route("/authorities/{id}/chain/adopt", post(adopt))
}

async fn warnings(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Page<WarningView>>> {
    let all = list_warnings(&app, &actor).await?;
    Ok(Answer(Page::whole(
        all.into_iter().map(WarningView::from).collect(),
    )))
}

async fn watched(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<Page<CheckView>>> {
    authorities::one(&app, &actor, &id).await?;
    let checks = last_look(&app, &actor, &id).await?;
    Ok(Answer(Page::whole(
        checks.into_iter().map(CheckView::from).collect(),
    )))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<ChangeView>> {
    let change = chain_change(&app, &actor, &id).await?;
    Ok(Answer(change.ok_or_else(Problem::not_found)?.into()))
}

async fn adopt(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
    octets: Octets,
) -> Result<Answer<View>> {
    let looked_at: LookedAt = octets.read()?;
    let authority = adopt_chain(&app, &actor, &id, &looked_at.seen_sha256).await?;
    Ok(Answer(View::with(&app, &actor, &authority).await?))
}

/// Which certificates the caller looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookedAt {
    seen_sha256: String,
}

#[derive(Serialize)]
struct WarningView {
    id: String,
    kind: domain::warning::WarningKind,
    key: &'static str,
    authority_id: Option<String>,
    authority: Option<String>,
    about: String,
    threshold: i64,
    values: BTreeMap<String, String>,
    raised_at: Instant,
    ended_at: Option<Instant>,
}

impl From<ListedWarning> for WarningView {
    fn from(listed: ListedWarning) -> Self {
        let warning = listed.warning;
        Self {
            id: warning.id.to_string(),
            kind: warning.matter.kind,
            key: warning.matter.kind.key(),
            authority_id: warning.authority_id.map(|id| id.to_string()),
            authority: listed.authority_name,
            about: warning.matter.about,
            threshold: warning.matter.threshold,
            values: warning.matter.values,
            raised_at: warning.raised_at.into(),
            ended_at: warning.ended_at.map(Instant),
        }
    }
}

#[derive(Serialize)]
struct CheckView {
    step: String,
    result: String,
    key: String,
    values: BTreeMap<String, String>,
    milliseconds: i64,
    at: Instant,
    since: Instant,
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        Self {
            step: check.step,
            result: check.result,
            key: check.key,
            values: check.values,
            milliseconds: check.milliseconds,
            at: check.at.into(),
            since: check.since.into(),
        }
    }
}

#[derive(Serialize)]
struct ChangeView {
    seen_sha256: String,
    seen_at: Instant,
    issuer_sha1: Sha1,
    old: Vec<CertificateView>,
    new: Vec<CertificateView>,
    configurations: Vec<ConfigurationView>,
}

#[derive(Serialize)]
struct ConfigurationView {
    id: String,
    name: String,
    ca_sha1: Sha1,
    is_replaced: bool,
    devices: i64,
}

impl From<ChainChange> for ChangeView {
    fn from(change: ChainChange) -> Self {
        let configurations = change.configurations.into_iter();
        Self {
            seen_sha256: change.seen_sha256,
            seen_at: change.seen_at.into(),
            issuer_sha1: change.issuer_sha1,
            old: change.old.into_iter().map(CertificateView::from).collect(),
            new: change.new.into_iter().map(CertificateView::from).collect(),
            configurations: configurations
                .map(|one| ConfigurationView {
                    id: one.id.to_string(),
                    name: one.name,
                    ca_sha1: one.ca_sha1,
                    is_replaced: one.is_replaced,
                    devices: one.devices,
                })
                .collect(),
        }
    }
}
