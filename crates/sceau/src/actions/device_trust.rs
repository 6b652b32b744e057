//! The certificates of authorities that a device trusts, as far as Sceau knows of them, and taking one back that nothing
//! needs any more. A root goes only if it was not there before Sceau put it, and a person wants it; what then happens with
//! the device is in `sessions/trust.rs`.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{Device, DeviceId},
    event::What,
    operator::Permission,
    thumbprint::Sha1,
};
use ms_mdm::csp::certificates::TrustStore;
use serde_json::json;
pub use store::trust::{Trust, Trusted};
use store::{Tx, audit::AuditEntry};

use super::{
    Result, activity,
    sessions::trust::{anchors, needed, tell},
};
use crate::app::Shared;

/// A certificate that a device trusts, or should.
#[derive(Clone, Debug)]
pub struct Held {
    /// What is known.
    pub trust: Trust,
    /// Its subject and its end, where an authority still has it.
    pub certificate: Option<(String, Timestamp)>,
    /// Whether it is an intermediate: it goes by itself when nothing needs it.
    pub is_intermediate: bool,
    /// Whether something that the device holds, or is to get, needs it.
    pub is_needed: bool,
}

impl Held {
    /// Whether a person may have it taken back.
    pub fn can_go(&self) -> bool {
        self.trust.state == Trusted::Ours && !self.is_needed && self.trust.unwanted_at.is_none()
    }
}

/// All of a device; what it hasn't got yet among it.
pub async fn of_device(tx: &mut Tx, device: &Device) -> Result<Vec<Held>> {
    let needed = needed(tx, device).await?;
    let authorities = store::authorities::list(tx).await?;
    let known: Vec<_> = authorities.iter().flat_map(anchors).collect();
    let all = store::trust::of_device(tx, &device.id).await?;
    let held = all.into_iter().map(|trust| {
        let found = known.iter().find(|(_, sha1, _)| *sha1 == trust.sha1);
        Held {
            certificate: found.and_then(|(_, _, der)| described(der)),
            is_intermediate: found.is_some_and(|(store, ..)| *store == TrustStore::Ca),
            is_needed: needed.contains(&trust.sha1),
            trust,
        }
    });
    Ok(held.collect())
}

fn described(der: &[u8]) -> Option<(String, Timestamp)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let ends_at = certificate.validity().not_after.timestamp();
    Some((
        certificate.subject().to_string(),
        Timestamp::from_seconds(ends_at),
    ))
}

/// A certificate is taken out of the device's trust store in its next session.
///
/// # Errors
/// It is needed, was there before or may have been, is on its way out already, or the device leaves.
pub async fn take_back(app: &Shared, actor: &Actor, id: &DeviceId, sha1: Sha1) -> Result<()> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move { ask(tx, &actor, &id, sha1, now).await })
        })
        .await
}

async fn ask(tx: &mut Tx, actor: &Actor, id: &DeviceId, sha1: Sha1, now: Timestamp) -> Result<()> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
    let device = store::devices::by_id(tx, id).await?.ok_or_else(unknown)?;
    if !device.is_staying() {
        let detail = "the device leaves, or has left";
        return Err(Refusal::new(Kind::State, "error-device-leaves", detail).into());
    }
    let held = of_device(tx, &device).await?;
    let Some(held) = held.into_iter().find(|held| held.trust.sha1 == sha1) else {
        let detail = "Sceau knows nothing of this certificate on this device";
        return Err(Refusal::new(Kind::NotFound, "error-trust-unknown", detail).into());
    };
    if held.trust.state != Trusted::Ours {
        let detail = "it was there before Sceau put it, or may have been, or is not there";
        return Err(Refusal::new(Kind::State, "error-trust-not-ours", detail).into());
    }
    if held.is_needed {
        let detail = "a certificate that the device holds, or is to get, needs it";
        return Err(Refusal::new(Kind::State, "error-trust-needed", detail).into());
    }
    if held.trust.unwanted_at.is_some() {
        return Ok(());
    }
    let unwanted = Trust {
        unwanted_at: Some(now),
        ..held.trust
    };
    store::trust::put(tx, &unwanted).await?;
    let entry = AuditEntry {
        after: activity::written(
            &json!({ "sha1": sha1, "subject": held.certificate.map(|(subject, _)| subject) }),
        ),
        ..activity::entry(actor, now, "device.distrust", ("device", id.as_str()))
    };
    store::audit::append(tx, &entry).await?;
    let by = activity::name_of(actor);
    tell(tx, &device, now, What::TrustUnwanted { sha1, by }).await
}
