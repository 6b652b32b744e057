//! Identity certificates of devices: what their keys must be, how long they last, how they are signed.

use anyhow::Context as _;
use aws_lc_rs::digest::{SHA256, digest};
use ca::{CertificateRequest, Order, Profile, SerialNumber, Subject, serial};
use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    device::{
        DeviceId,
        enrolment::{Identity, IdentityId},
    },
};

use super::Result;
use crate::{
    app::App,
    secrets::{hex, random, unhex},
};

/// Life of an identity, in days.
const LIFE_DAYS: i64 = 365;
/// Identities begin an hour early: devices' clocks are off.
const EARLY_SECONDS: i64 = 3600;

/// A certificate request that is good for an identity.
pub(super) fn read_request(csr: &[u8]) -> Result<CertificateRequest> {
    let request =
        CertificateRequest::read(csr).map_err(|_| bad_request("the certificate request can't be read"))?;
    if !request.signature_is_valid() {
        return Err(bad_request("the certificate request is not signed by its own key").into());
    }
    if request.key_bits() < 2048 {
        return Err(bad_request("the key has fewer than 2048 bits").into());
    }
    Ok(request)
}

/// What is stored before signing.
pub(super) fn intend(
    device_id: &DeviceId,
    renews: Option<IdentityId>,
    message_id: &str,
    csr: &[u8],
    now: Timestamp,
) -> Result<Identity> {
    let serial = serial::random().context("making a serial number")?;
    Ok(Identity {
        id: Id::new(now, random()),
        device_id: device_id.clone(),
        renews,
        message_id: message_id.to_owned(),
        csr_sha256: hex(digest(&SHA256, csr).as_ref()),
        serial: hex(serial.octets()),
        // Whole seconds, as certificates have them: signing the intent again must give the same octets.
        not_before: Timestamp::from_seconds(now.seconds() - EARLY_SECONDS),
        not_after: Timestamp::from_seconds(now.plus_seconds(LIFE_DAYS * 86_400).seconds()),
        certificate: None,
        sha256: None,
        first_used_at: None,
        revoked_at: None,
    })
}

/// Signs what was intended: the same intent and key give the same octets, so a crash never issues two.
pub(super) fn sign(app: &App, identity: &Identity, public_key: &[u8]) -> Result<Vec<u8>> {
    let serial = unhex(&identity.serial).context("the stored serial number is damaged")?;
    let order = Order {
        profile: Profile::device_identity(),
        subject: Subject::common_name(identity.device_id.as_str()),
        public_key: public_key.to_vec(),
        names: Vec::new(),
        serial: SerialNumber::from_octets(&serial).context("the stored serial number is damaged")?,
        not_before: identity.not_before.seconds(),
        not_after: identity.not_after.seconds(),
        revocation_list_url: None,
        issuer_certificate_url: None,
    };
    let linted = app
        .device_authority
        .prepare(order)
        .and_then(ca::Prepared::lint)
        .map_err(|error| bad_request(&format!("no certificate can be issued for this request: {error}")))?;
    Ok(linted.sign().context("signing a device identity")?.der)
}

/// What can't be granted as it was asked for.
pub(super) fn bad_request(detail: &str) -> Refusal {
    Refusal::new(Kind::Invalid, "error-enrolment-request", detail)
}
