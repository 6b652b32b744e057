//! `/authorities/{id}/overview`: what an authority's page tells beside what is stored of it.

use axum::{Router, extract::State, routing::get};
use domain::{attempt::Asked, external_ca::Authority, thumbprint::Sha1};
use serde::Serialize;

use super::{body::Answer, caller::Caller, instant::Instant, page::Named, problem::Result};
use crate::{
    actions::authorities::{self, Capacity, Overview},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/authorities/{id}/overview", get(overview))
}

async fn overview(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<View>> {
    authorities::one(&app, &actor, &id).await?;
    Ok(Answer(authorities::overview(&app, &actor, &id).await?.into()))
}

#[derive(Serialize)]
struct View {
    capacity: Option<CapacityView>,
    asked: Vec<AskedView>,
    failures: Vec<FailureView>,
    configurations: Vec<ConfigurationView>,
    latest: Vec<CertificateView>,
}

#[derive(Serialize)]
struct CapacityView {
    held: i64,
    most: i64,
    waiting: i64,
    hours: Vec<HourView>,
}

#[derive(Serialize)]
struct HourView {
    at: Instant,
    given: i64,
    failed: i64,
}

#[derive(Serialize)]
struct AskedView {
    asked: Asked,
    good: i64,
    failed: i64,
    median_milliseconds: i64,
    longest_milliseconds: i64,
}

#[derive(Serialize)]
struct FailureView {
    key: String,
    count: i64,
}

#[derive(Serialize)]
struct ConfigurationView {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct CertificateView {
    device_id: String,
    device: String,
    sha1: Sha1,
    subject: String,
    verified_at: Instant,
}

impl From<Capacity> for CapacityView {
    fn from(capacity: Capacity) -> Self {
        let hours = capacity.hours.into_iter().map(|hour| HourView {
            at: hour.at.into(),
            given: hour.given,
            failed: hour.failed,
        });
        Self {
            held: capacity.held,
            most: capacity.most,
            waiting: capacity.waiting,
            hours: hours.collect(),
        }
    }
}

impl From<Overview> for View {
    fn from(overview: Overview) -> Self {
        let asked = overview.asked.into_iter().map(|one| AskedView {
            asked: one.asked,
            good: one.good,
            failed: one.failed,
            median_milliseconds: one.median_milliseconds,
            longest_milliseconds: one.longest_milliseconds,
        });
        let failures = overview.failures.into_iter();
        let configurations = overview.configurations.into_iter();
        let latest = overview.latest.into_iter().map(|listed| CertificateView {
            device_id: listed.certificate.device_id.to_string(),
            device: listed.device_name,
            sha1: listed.certificate.sha1,
            subject: listed.certificate.subject,
            verified_at: listed.certificate.verified_at.into(),
        });
        Self {
            capacity: overview.capacity.map(CapacityView::from),
            asked: asked.collect(),
            failures: failures.map(|(key, count)| FailureView { key, count }).collect(),
            configurations: configurations
                .map(|(id, name)| ConfigurationView {
                    id: id.to_string(),
                    name,
                })
                .collect(),
            latest: latest.collect(),
        }
    }
}
