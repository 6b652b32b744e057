//! `/certificates`: what devices proved to hold.

use axum::{Router, extract::State, routing::get};
use domain::{
    certificate::Certificate,
    delivery::{DeliveryId, Proof},
    thumbprint::Sha1,
};
use serde::{Deserialize, Serialize};

use super::{
    body::Answer,
    caller::Caller,
    instant::Instant,
    page::{self, Asked, Page},
    problem::{Problem, Result},
};
use crate::{
    actions::certificates::{self, ListedCertificate},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/certificates", get(list))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    search: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<View>>> {
    let limit = page::limit(asked.limit)?;
    let after = asked.after.as_deref().map(place).transpose()?;
    let search = asked.search.unwrap_or_default();
    let rows = certificates::list_certificates(&app, &actor, search, after, limit).await?;
    let key = |row: &ListedCertificate| format!("{}.{}", row.certificate.delivery_id, row.certificate.sha1);
    Ok(Answer(Page::of(rows, limit, key, View::from)))
}

/// A place in the list: the delivery and the thumbprint.
fn place(text: &str) -> Result<(DeliveryId, Sha1)> {
    text.split_once('.')
        .and_then(|(delivery, sha1)| Some((DeliveryId::parse(delivery).ok()?, Sha1::parse(sha1)?)))
        .ok_or_else(|| Problem::invalid("after", "take it from `next` of the page before"))
}

#[derive(Serialize)]
struct View {
    sha1: Sha1,
    device_id: String,
    device_name: String,
    person: Option<String>,
    delivery_id: String,
    verified_by: Proof,
    subject: String,
    issuer: Option<String>,
    serial: Option<String>,
    not_before: Option<Instant>,
    not_after: Option<Instant>,
    /// Absent when only the thumbprint is known.
    pem: Option<String>,
    verified_at: Instant,
    removed_at: Option<Instant>,
}

impl From<ListedCertificate> for View {
    fn from(listed: ListedCertificate) -> Self {
        let Certificate {
            sha1,
            device_id,
            delivery_id,
            verified_by,
            subject,
            issuer,
            serial,
            not_before,
            not_after,
            der,
            verified_at,
            removed_at,
        } = listed.certificate;
        Self {
            sha1,
            device_id: device_id.to_string(),
            device_name: listed.device_name,
            person: listed.username,
            delivery_id: delivery_id.to_string(),
            verified_by,
            subject,
            issuer,
            serial,
            not_before: not_before.map(Instant),
            not_after: not_after.map(Instant),
            pem: der.as_deref().map(ca::pem::certificate),
            verified_at: verified_at.into(),
            removed_at: removed_at.map(Instant),
        }
    }
}
