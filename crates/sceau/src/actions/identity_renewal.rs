//! A device renews its identity by itself (ROBO, MS-MDE 3.5): its request comes signed by the identity in use, and
//! nothing else is proof. The identity that is renewed lives until the new one was used in a session: an answer may
//! be lost on its way, and Windows then goes on with what it has.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{
        Device,
        enrolment::{Identity, LATE_DAYS},
    },
    event::{Event, What},
    operator::Permission,
};
use scep::SignedContent;
use store::{
    Tx,
    audit::AuditEntry,
    identities::{self, EndingIdentity},
};

use crate::{
    actions::{
        Result,
        identity::{bad_request, intend, read_request, sign},
    },
    app::Shared,
    secrets::hex,
};

/// Devices that a person is told of by name.
const TOLD: u32 = 20;
const DAY_SECONDS: i64 = 86_400;

/// What a device sends to renew its identity.
#[derive(Clone, Debug)]
pub struct RenewalInput {
    /// MessageID of the request.
    pub message_id: String,
    /// The certificate request (PKCS#10), signed by the identity in use: SignedData.
    pub pkcs7: Vec<u8>,
    /// The certificate whose key the connection proved, where it was asked for one.
    pub peer: Option<Arc<[u8]>>,
}

/// A device and its new identity.
#[derive(Debug)]
pub struct Renewed {
    /// The device.
    pub device: Device,
    /// Its new identity certificate (DER).
    pub certificate: Vec<u8>,
}

/// Gives a device its next identity. The same request again, by its MessageID or by its CSR, gets the identity
/// already issued.
pub async fn renew_identity(app: &Shared, input: RenewalInput) -> Result<Renewed> {
    let signed = SignedContent::read(&input.pkcs7)
        .map_err(|error| bad_request(&format!("the PKCS#7 can't be taken: {error}")))?;
    let csr = signed
        .content()
        .map_err(|error| bad_request(&format!("the PKCS#7 can't be taken: {error}")))?;
    // What brings no certificate may still be signed by the one that the connection proved.
    let signer = signed.signer_certificate().or(input.peer.as_deref());
    let signer = signer.ok_or_else(|| bad_request("the PKCS#7 doesn't bring its signer's certificate"))?;
    signed
        .verify(signer)
        .map_err(|error| not_proved(&format!("the PKCS#7 proves nothing: {error}")))?;
    let request = read_request(csr)?;
    let asked = Asked {
        signer_sha256: sha256(signer),
        peer_sha256: input.peer.as_deref().map(sha256),
        message_id: input.message_id,
        csr: csr.to_vec(),
        grace_days: app.settings.devices.renewal_grace_days.into(),
    };
    let (device, identity) = store_intent(app, asked).await?;
    if let Some(certificate) = identity.certificate {
        return Ok(Renewed { device, certificate });
    }
    let certificate = sign(app, &identity, request.public_key())?;
    complete(app, &identity, &certificate).await?;
    Ok(Renewed { device, certificate })
}

/// What the request came to.
#[derive(Clone)]
struct Asked {
    signer_sha256: String,
    peer_sha256: Option<String>,
    message_id: String,
    csr: Vec<u8>,
    grace_days: i64,
}

/// Finds the identity that the same request got before, or stores the intent to issue one.
async fn store_intent(app: &Shared, asked: Asked) -> Result<(Device, Identity)> {
    let now = app.now();
    // Strangers' requests are refused without taking anybody's turn to write.
    let stranger = asked.clone();
    app.store
        .read(move |tx| {
            let asked = stranger.clone();
            Box::pin(async move { signer_of(tx, &asked, now).await })
        })
        .await?;
    app.store
        .write(move |tx| {
            let asked = asked.clone();
            Box::pin(async move {
                let (signer, device) = signer_of(tx, &asked, now).await?;
                let fresh = intend(
                    &device.id,
                    Some(signer.id.clone()),
                    &asked.message_id,
                    &asked.csr,
                    now,
                )?;
                let by_message = identities::by_message(tx, &fresh.message_id, &fresh.csr_sha256).await?;
                let known = match by_message {
                    Some(known) => Some(known),
                    None => identities::by_renewal(tx, &device.id, &signer.id, &fresh.csr_sha256).await?,
                };
                let Some(known) = known else {
                    identities::insert_intent(tx, &fresh).await?;
                    return Ok((device, fresh));
                };
                if known.renews.as_ref() != Some(&signer.id) || known.revoked_at.is_some() {
                    return Err(bad_request("this request was made before, and not for this renewal").into());
                }
                Ok((device, known))
            })
        })
        .await
}

/// The identity that signed, which is good for a renewal, and its device.
async fn signer_of(tx: &mut Tx, asked: &Asked, now: Timestamp) -> Result<(Identity, Device)> {
    let found = identities::by_sha256(tx, &asked.signer_sha256).await?;
    let Some((signer, device)) = found else {
        return Err(not_proved("the signer's certificate was not issued to a device here").into());
    };
    if signer.revoked_at.is_some() || device.unenrolled_at.is_some() {
        return Err(too_late("this identity counts no more: the device must enrol again").into());
    }
    if signer.not_after.plus_seconds(asked.grace_days * DAY_SECONDS) < now {
        return Err(too_late("this identity has ended for too long: the device must enrol again").into());
    }
    // Windows has two certificates of one name in its store until it deletes the older one, and may show either.
    if let Some(peer) = &asked.peer_sha256 {
        let shown = identities::by_sha256(tx, peer).await?;
        let is_own = shown.is_some_and(|(shown, of)| of.id == device.id && shown.revoked_at.is_none());
        if !is_own {
            return Err(
                not_proved("the connection was made with a certificate that isn't this device's").into(),
            );
        }
    }
    Ok((signer, device))
}

async fn complete(app: &Shared, identity: &Identity, certificate: &[u8]) -> Result<()> {
    let now = app.now();
    let (identity, certificate) = (identity.clone(), certificate.to_vec());
    app.store
        .write(move |tx| {
            let (identity, certificate) = (identity.clone(), certificate.clone());
            Box::pin(async move {
                let known = identities::by_id(tx, &identity.id).await?;
                if known.is_some_and(|known| known.certificate.is_some()) {
                    // The same request came twice at once.
                    return Ok(());
                }
                identities::complete(tx, &identity.id, &certificate, &sha256(&certificate)).await?;
                append(tx, &identity, What::IdentityRenewed, now).await?;
                let entry = AuditEntry {
                    at: now,
                    actor: format!("device:{}", identity.device_id),
                    action: "device.renew_identity".to_owned(),
                    target_kind: "device".to_owned(),
                    target_id: identity.device_id.to_string(),
                    before: None,
                    after: Some(format!("{{\"serial\":\"{}\"}}", identity.serial)),
                    source_ip: None,
                };
                store::audit::append(tx, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Notes that a device used this identity in a session: at the first time what it had before is revoked.
pub async fn note_use(app: &Shared, identity: &Identity) -> Result<()> {
    if identity.first_used_at.is_some() {
        return Ok(());
    }
    let now = app.now();
    let identity = identity.clone();
    app.store
        .write(move |tx| {
            let identity = identity.clone();
            Box::pin(async move {
                let is_first = identities::note_use(tx, &identity.id, now).await?;
                if is_first && identities::revoke_older(tx, &identity, now).await? > 0 {
                    append(tx, &identity, What::IdentityReplaced, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Devices whose identity ends soon, or has ended, and wasn't renewed: the first of them.
pub async fn list_late(app: &Shared, actor: &Actor) -> Result<Vec<EndingIdentity>> {
    actor.require(Permission::Read)?;
    let end = app.now().plus_seconds(LATE_DAYS * DAY_SECONDS);
    app.store
        .read(move |tx| Box::pin(async move { Ok(identities::ending(tx, end, TOLD).await?) }))
        .await
}

async fn append(tx: &mut Tx, identity: &Identity, what: What, now: Timestamp) -> Result<()> {
    let event = Event {
        device_id: identity.device_id.clone(),
        delivery_id: None,
        at: now,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}

fn sha256(octets: &[u8]) -> String {
    hex(digest(&SHA256, octets).as_ref())
}

fn not_proved(detail: &str) -> Refusal {
    Refusal::new(Kind::Forbidden, "error-renewal-not-proved", detail)
}

fn too_late(detail: &str) -> Refusal {
    Refusal::new(Kind::State, "error-renewal-too-late", detail)
}
