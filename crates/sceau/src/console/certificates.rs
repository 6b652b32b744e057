//! Certificates that devices proved to hold.

use askama::Template;
use aws_lc_rs::digest;
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse as _,
};
use domain::{Timestamp, certificate::Certificate, delivery::DeliveryId, device::DeviceId, thumbprint::Sha1};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::{
    ROWS,
    page::{Page, Section},
    respond::{self, Answer, Problem},
    visitor::Visitor,
    words,
};
use crate::{actions::certificates, app::Shared, secrets::hex};

/// A certificate that ends within this time is called expiring.
const SOON_SECONDS: i64 = 30 * 86_400;

#[derive(Template)]
#[template(path = "certificates/list.html")]
pub(super) struct CertificatesPage {
    pub(super) page: Page,
    pub(super) search: String,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
}

pub(super) struct Row {
    pub(super) device_id: String,
    pub(super) device: String,
    pub(super) sha1: String,
    pub(super) subject: String,
    pub(super) proof: &'static str,
    pub(super) class: &'static str,
    pub(super) state: &'static str,
    pub(super) not_after: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "certificates/show.html")]
pub(super) struct CertificatePage {
    pub(super) page: Page,
    pub(super) row: Row,
    pub(super) has_der: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) prints: Vec<(&'static str, String)>,
    pub(super) verified_at: Timestamp,
    pub(super) not_before: Option<Timestamp>,
    pub(super) removed_at: Option<Timestamp>,
}

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    search: String,
    delivery: Option<String>,
    sha1: Option<String>,
}

/// `GET /certificates`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let delivery = asked
        .delivery
        .as_deref()
        .and_then(|id| DeliveryId::parse(id).ok());
    let after = delivery.zip(asked.sha1.as_deref().and_then(Sha1::parse));
    let listed = certificates::list_certificates(&app, &visitor.actor(), asked.search.clone(), after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = listed.len() >= ROWS as usize;
    let next = listed.last().filter(|_| is_full).map(|last| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("search", &asked.search)
            .append_pair("delivery", last.certificate.delivery_id.as_str())
            .append_pair("sha1", &last.certificate.sha1.to_string())
            .finish();
        format!("/certificates?{query}")
    });
    let now = app.now();
    let rows = listed
        .iter()
        .map(|one| row(&one.certificate, &one.device_name, now))
        .collect();
    let page = visitor.page(Section::Certificates);
    Ok(respond::show(&CertificatesPage {
        page,
        search: asked.search,
        rows,
        next,
    }))
}

/// `GET /certificates/{device}/{sha1}`
pub(super) async fn show(
    State(app): State<Shared>,
    Path((device, sha1)): Path<(String, String)>,
    visitor: Visitor,
) -> Answer {
    let (certificate, device) = find(&app, &visitor, &device, &sha1).await?;
    let page = visitor.page(Section::Certificates);
    Ok(respond::show(&shown(page, &certificate, &device, app.now())))
}

/// `GET /certificates/{device}/{sha1}/pem`
pub(super) async fn pem(
    State(app): State<Shared>,
    Path((device, sha1)): Path<(String, String)>,
    visitor: Visitor,
) -> Answer {
    let (certificate, _) = find(&app, &visitor, &device, &sha1).await?;
    let der = certificate
        .der
        .ok_or_else(|| Problem::missing(&visitor.page(Section::Certificates)))?;
    let headers = [
        (CONTENT_TYPE, "application/x-pem-file".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.pem\"", certificate.sha1),
        ),
    ];
    Ok((headers, ca::pem::certificate(&der)).into_response())
}

async fn find(
    app: &Shared,
    visitor: &Visitor,
    device: &str,
    sha1: &str,
) -> Result<(Certificate, String), Problem> {
    let missing = || Problem::missing(&visitor.page(Section::Certificates));
    let device = DeviceId::parse(device).map_err(|_| missing())?;
    let sha1 = Sha1::parse(sha1).ok_or_else(missing)?;
    certificates::one_certificate(app, &visitor.actor(), &device, sha1)
        .await
        .map_err(|error| visitor.problem(&error))
}

pub(super) fn shown(page: Page, certificate: &Certificate, device: &str, now: Timestamp) -> CertificatePage {
    let mut prints = vec![("SHA-1", certificate.sha1.to_string())];
    if let Some(der) = &certificate.der {
        prints.push((
            "SHA-256",
            hex(digest::digest(&digest::SHA256, der).as_ref()).to_uppercase(),
        ));
    }
    let facts = [
        ("certificate-issuer", &certificate.issuer),
        ("certificate-serial", &certificate.serial),
    ];
    CertificatePage {
        page,
        row: row(certificate, device, now),
        has_der: certificate.der.is_some(),
        facts: facts
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)))
            .collect(),
        prints,
        verified_at: certificate.verified_at,
        not_before: certificate.not_before,
        removed_at: certificate.removed_at,
    }
}

pub(super) fn row(certificate: &Certificate, device: &str, now: Timestamp) -> Row {
    let left = certificate.not_after.map(|end| end.since(now));
    let (class, state) = match left {
        _ if certificate.removed_at.is_some() => ("", "certificate-state-removed"),
        Some(..=0) => ("status-red", "certificate-state-expired"),
        Some(left) if left < SOON_SECONDS * 1000 => ("status-orange", "certificate-state-expiring"),
        _ => ("status-green", "certificate-state-good"),
    };
    Row {
        device_id: certificate.device_id.to_string(),
        device: device.to_owned(),
        sha1: certificate.sha1.to_string(),
        subject: certificate.subject.clone(),
        proof: words::proof(certificate.verified_by),
        class,
        state,
        not_after: certificate.not_after,
    }
}
