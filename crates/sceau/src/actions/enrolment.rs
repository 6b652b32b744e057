//! A device enrols: a person proves who they are, and the device gets an identity from Sceau's own authority.

mod proof;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Error as Refusal, Timestamp,
    device::{Device, enrolment::Identity, inventory::Inventory},
    event::{Event, What},
    person::Person,
};
use serde_json::json;
use store::{Tx, audit::AuditEntry};
use zeroize::Zeroizing;

use proof::Proof;
pub(super) use proof::may_enrol;
pub use proof::token_in_binary;

use crate::{
    actions::{
        self, Result, activity, admission, delivery, device_removal, device_twins,
        identity::{bad_request, intend, read_request, sign},
    },
    app::{App, Shared},
    secrets::hex,
};

/// In the keys of those refusals that an administrator can change.
const NOT_ADMITTED: &str = "-enrolment-admission-";

/// ProviderID of the management account on the device: its nodes below DMClient bear this name.
pub const PROVIDER: &str = "Sceau";

/// What a device sends to enrol.
#[derive(Clone, Debug)]
pub struct EnrolmentInput {
    /// MessageID of the request.
    pub message_id: String,
    /// The person, as claimed.
    pub username: String,
    /// The person's enrolment password.
    pub password: Zeroizing<String>,
    /// PKCS#10 as the device encoded it.
    pub csr: Vec<u8>,
    /// What the device says of itself.
    pub stated: Stated,
    /// Where the request came from: guessing is slowed down for each address by itself.
    pub address: String,
}

/// What a device says of itself; never proof of anything.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// Its name.
    pub name: Option<String>,
    /// DeviceID: the Source of its sessions.
    pub windows_id: Option<String>,
    /// Hardware id.
    pub hardware_id: Option<String>,
    /// `Full`, `Device`, or what it said.
    pub enrollment_type: String,
    /// Operating system version.
    pub os_version: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// IMEI.
    pub imei: Option<String>,
    /// Hardware address.
    pub wifi_mac: Option<String>,
}

/// An enrolled device and its identity.
#[derive(Debug)]
pub struct Enrolled {
    /// The device.
    pub device: Device,
    /// Its person.
    pub person: Person,
    /// Its identity certificate (DER).
    pub certificate: Vec<u8>,
}

/// Enrols a device. The same request again (MessageID and CSR) gets the identity already issued.
pub async fn enrol_device(app: &Shared, input: EnrolmentInput) -> Result<Enrolled> {
    if input.stated.windows_id.as_deref().is_none_or(str::is_empty) {
        return Err(bad_request("the request doesn't say which device it is for (DeviceID)").into());
    }
    let (person, proof) = proof::prove(app, &input).await?;
    let request = read_request(&input.csr)?;
    let (device, identity) = match store_intent(app, &person, &proof, &input).await {
        Err(actions::Error::Refused(refusal)) if refusal.key.contains(NOT_ADMITTED) => {
            note_refusal(app, &person, &input, &refusal).await?;
            return Err(refusal.into());
        }
        other => other?,
    };
    let certificate = match &identity.certificate {
        Some(certificate) => certificate.clone(),
        None => sign(app, &identity, request.public_key())?,
    };
    if identity.certificate.is_none() {
        complete(app, &device, &person, &identity, &certificate).await?;
    }
    Ok(Enrolled {
        device,
        person,
        certificate,
    })
}

/// Somebody who proved who they are was not admitted: whoever can change that finds it under Activity.
async fn note_refusal(app: &Shared, person: &Person, input: &EnrolmentInput, why: &Refusal) -> Result<()> {
    let entry = AuditEntry {
        at: app.now(),
        actor: format!("person:{}", person.username),
        action: "device.enrol-refused".to_owned(),
        target_kind: "person".to_owned(),
        target_id: person.id.to_string(),
        before: None,
        after: activity::written(&json!({ "device": input.stated.name, "why": why.detail })),
        source_ip: Some(input.address.clone()).filter(|address| !address.is_empty()),
    };
    Ok(app
        .store
        .write(move |tx| {
            let entry = entry.clone();
            Box::pin(async move { store::audit::append(tx, &entry).await })
        })
        .await?)
}

/// Finds the identity that the same request got before, or stores the intent to issue one.
async fn store_intent(
    app: &Shared,
    person: &Person,
    proof: &Proof,
    input: &EnrolmentInput,
) -> Result<(Device, Identity)> {
    let now = app.now();
    let fresh_device = new_device(app, person, &input.stated, now);
    let fresh = intend(&fresh_device.id, None, &input.message_id, &input.csr, now)?;
    let (person, proof) = (person.clone(), proof.clone());
    app.store
        .write(move |tx| {
            let (person, proof) = (person.clone(), proof.clone());
            let (mut device, mut identity) = (fresh_device.clone(), fresh.clone());
            Box::pin(async move {
                if let Some(known) =
                    store::identities::by_message(tx, &identity.message_id, &identity.csr_sha256).await?
                {
                    let device = store::devices::by_id(tx, &known.device_id).await?;
                    let device = device.filter(|device| device.person_id.as_ref() == Some(&person.id));
                    let device =
                        device.ok_or_else(|| bad_request("this request was made by another person"))?;
                    proof.is_still_good_for(&known)?;
                    return Ok((device, known));
                }
                admission::admit(tx, &person, &device, proof.has_own_limit()).await?;
                proof::spend(tx, &proof, &identity, now).await?;
                let known = store::devices::by_windows_id(tx, &person.id, &device.windows_id).await?;
                if let Some(known) = known {
                    device.id = known.id.clone();
                    device_removal::superseded(tx, &known, now).await?;
                    enrol_again(tx, &device, now).await?;
                } else {
                    store::devices::insert(tx, &device).await?;
                }
                identity.device_id = device.id.clone();
                store::identities::insert_intent(tx, &identity).await?;
                Ok((device, identity))
            })
        })
        .await
}

/// The same machine of the same person enrols anew: its old identities end, and what it held is not known.
async fn enrol_again(tx: &mut Tx, device: &Device, now: Timestamp) -> Result<()> {
    for old in store::identities::of_device(tx, &device.id).await? {
        store::identities::revoke(tx, &old.id, now).await?;
    }
    store::devices::update(tx, device).await?;
    store::trust::forget(tx, &device.id).await?;
    store::mdm_sessions::forget(tx, &device.id).await?;
    delivery::forget_node_state(tx, &device.id, now).await
}

fn new_device(app: &App, person: &Person, stated: &Stated, now: Timestamp) -> Device {
    Device {
        id: app.fresh_id(),
        name: stated.name.clone().unwrap_or_else(|| "Windows".to_owned()),
        person_id: Some(person.id.clone()),
        windows_id: stated.windows_id.clone().unwrap_or_default(),
        hardware_id: stated.hardware_id.clone(),
        enrollment_type: stated.enrollment_type.clone(),
        os_version: stated.os_version.clone(),
        manufacturer: None,
        model: None,
        serial_number: None,
        language: stated.language.clone(),
        imei: stated.imei.clone(),
        wifi_mac: stated.wifi_mac.clone(),
        inventory: Inventory::default(),
        is_polling_fast: false,
        enrolled_at: now,
        last_seen_at: now,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    }
}

async fn complete(
    app: &Shared,
    device: &Device,
    person: &Person,
    identity: &Identity,
    certificate: &[u8],
) -> Result<()> {
    let now = app.now();
    let sha256 = hex(digest(&SHA256, certificate).as_ref());
    let (device, username, id, certificate) = (
        device.clone(),
        person.username.clone(),
        identity.id.clone(),
        certificate.to_vec(),
    );
    app.store
        .write(move |tx| {
            let (device, username, id) = (device.clone(), username.clone(), id.clone());
            let (sha256, certificate) = (sha256.clone(), certificate.clone());
            Box::pin(async move {
                store::identities::complete(tx, &id, &certificate, &sha256).await?;
                let enrolled = What::Enrolled {
                    username: username.clone(),
                };
                let event = Event {
                    device_id: device.id.clone(),
                    delivery_id: None,
                    at: now,
                    what: enrolled,
                };
                store::events::append(tx, &event).await?;
                let entry = AuditEntry {
                    at: now,
                    actor: format!("person:{username}"),
                    action: "device.enrol".to_owned(),
                    target_kind: "device".to_owned(),
                    target_id: device.id.to_string(),
                    before: None,
                    after: serde_json::to_string(&device).ok(),
                    source_ip: None,
                };
                store::audit::append(tx, &entry).await?;
                device_twins::note_enrolment(tx, &device, now).await?;
                delivery::plan_for_device(tx, &device, now).await.map(drop)
            })
        })
        .await
}
