//! Renewal of a device's identity (MS-MDE 3.5), which Windows begins by itself.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use ms_mdm::{
    enroll::{self, EnrollmentRequest},
    provisioning::{IdentityStore, renewal_document},
    soap::Subcode,
};

use super::{
    answer,
    enrolment::{SOAP, fault, fault_of, stored},
};
use crate::{
    actions::{
        enrolment::PROVIDER,
        identity_renewal::{RenewalInput, renew_identity},
    },
    app::Shared,
};

/// Answers a Renew. What its header holds is not looked at: a user's name and a blank password (Microsoft, certificate
/// renewal) prove nothing, its PKCS#7 does.
pub(super) async fn renew(
    app: &Shared,
    request: &EnrollmentRequest,
    peer: Option<Arc<[u8]>>,
    body: &[u8],
) -> Response<Body> {
    let Some(pkcs7) = &request.pkcs7 else {
        return fault(
            body,
            Subcode::CertificateRequest,
            "a renewal is signed by the identity in use (PKCS#7)",
        );
    };
    let input = RenewalInput {
        message_id: request.message_id.as_str().to_owned(),
        pkcs7: pkcs7.clone(),
        peer,
    };
    match renew_identity(app, input).await {
        Ok(renewed) => {
            // The sample of a renewal doesn't say for whom: it goes where the enrolment put the first one.
            let store = match renewed.device.enrollment_type.as_str() {
                "Device" => IdentityStore::System,
                _ => IdentityStore::User,
            };
            let document = renewal_document(&stored(&renewed.certificate), store, PROVIDER, None);
            let now = app.now().milliseconds();
            let response = enroll::write_response(&request.message_id, &document, now);
            answer(StatusCode::OK, SOAP, response)
        }
        Err(error) => {
            tracing::warn!(%error, "a device's renewal of its identity was refused");
            fault_of(body, &error, Subcode::NotEligibleToRenew, None)
        }
    }
}
