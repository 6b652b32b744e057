//! The proof inside a session (OMA Device Management Security 1.2, 5.3: `syncml:auth-md5`), for devices behind a load
//! balancer that ends TLS and says nothing of their certificates. Off unless `devices.digest` turns it on.
//!
//! Each message must prove the secret with a nonce of its own; none is told before the last one was proved. The nonce that
//! comes next follows from the secret and the message that was answered last, so nothing is stored for it and no one
//! else's message changes it: whoever sends rubbish in a device's name puts nothing out of step.

use aws_lc_rs::hmac;
use domain::{
    Sealed, Timestamp,
    device::{DeviceId, session::Session},
};
use ms_mdm::{
    digest,
    syncml::{Challenge, Header},
};
use store::{Tx, check_ins::CheckIn, dm_accounts::DmAccount};
use zeroize::Zeroizing;

use super::Result;
use crate::{
    app::{App, Shared},
    secrets::{Place, random_token},
};

/// What `Cred` must be (OMA-DM 1.2.1, Representation 5.3).
const KIND: &str = "syncml:auth-md5";
/// Identities of one DeviceID that are looked at: one machine, enrolled for so many people, each renewed twice or so.
const CANDIDATES: u32 = 32;
/// Octets of a nonce.
const NONCE: usize = 16;

/// A device's secret.
#[derive(Clone)]
pub struct Account {
    device_id: DeviceId,
    secret: Zeroizing<String>,
}

/// What a message without TLS certificate came to.
pub enum Claim {
    /// The device of this account sent it.
    Proved {
        /// Its account.
        account: Account,
        /// SHA-256 (hex) of the identity certificate that it speaks for.
        sha256: String,
    },
    /// It has no proof of this kind, or a wrong one; this is to be proved.
    Unproved {
        /// Whether there was a proof, which is wrong.
        is_wrong: bool,
        /// The nonce for the next try.
        challenge: Challenge,
    },
    /// No managed device with an account states this DeviceID.
    Unknown,
}

impl Account {
    /// `AAUTHNAME`.
    pub fn name(&self) -> &str {
        self.device_id.as_str()
    }

    /// `AAUTHSECRET`.
    pub fn secret(&self) -> &Zeroizing<String> {
        &self.secret
    }

    /// `AAUTHDATA`: the nonce of the first message.
    pub fn first_nonce(&self) -> Vec<u8> {
        self.nonce("")
    }

    /// What the device must prove in its next message, once that of this SHA-256 (hex) was answered.
    pub fn after(&self, body_sha256: &str) -> Challenge {
        Challenge {
            next_nonce: self.nonce(body_sha256),
        }
    }

    /// What it must prove as its session stands.
    pub fn now(&self, session: Option<&Session>) -> Challenge {
        self.after(session.map_or("", |session| &session.client_message_sha256))
    }

    fn nonce(&self, after: &str) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let text = format!("{}\u{1f}{after}", self.device_id);
        let tag = hmac::sign(&key, text.as_bytes());
        tag.as_ref().iter().copied().take(NONCE).collect()
    }
}

/// The account of a device that has just enrolled; none where the settings don't ask for one. The same enrolment gets the
/// same again, another one another.
pub async fn of_enrolment(app: &Shared, device: &DeviceId) -> Result<Option<Account>> {
    if !app.settings.devices.digest {
        return Ok(None);
    }
    let fresh = random_token();
    let (device, sealed) = (device.clone(), app.secrets.seal(place(device), fresh.as_bytes())?);
    let (id, reader) = (device.clone(), app.clone());
    let secret = app
        .store
        .write(move |tx| {
            let (app, id, sealed) = (reader.clone(), id.clone(), sealed.clone());
            Box::pin(async move { kept_or(tx, &app, &id, sealed).await })
        })
        .await?;
    Ok(Some(Account {
        device_id: device,
        secret: secret.unwrap_or(fresh),
    }))
}

/// The secret that this enrolment was given before; else the fresh one is kept.
async fn kept_or(
    tx: &mut Tx,
    app: &App,
    device: &DeviceId,
    fresh: Sealed,
) -> Result<Option<Zeroizing<String>>> {
    let identities = store::identities::of_device(tx, device).await?;
    let enrolment = identities.iter().rfind(|identity| identity.renews.is_none());
    let Some(enrolment) = enrolment else {
        return Err(store::Error::NotFound("identities").into());
    };
    match store::dm_accounts::of_device(tx, device).await? {
        Some(kept) if kept.identity_id == enrolment.id => Ok(Some(opened(app, &kept)?.secret)),
        _ => {
            let account = DmAccount {
                device_id: device.clone(),
                identity_id: enrolment.id.clone(),
                secret: fresh,
            };
            store::dm_accounts::put(tx, &account).await?;
            Ok(None)
        }
    }
}

/// Who sent a message: the device that it names, if it proves that device's secret with the nonce that is due. `tx` reads
/// alone.
pub async fn claim(
    tx: &mut Tx,
    app: &App,
    header: &Header,
    body_sha256: &str,
    now: Timestamp,
) -> Result<Claim> {
    let candidates = store::dm_accounts::by_windows_id(tx, &header.source, now, CANDIDATES).await?;
    let credential = header.credential.as_ref().filter(|one| one.kind == KIND);
    let mut unproved = Claim::Unknown;
    for (kept, sha256) in candidates {
        let account = opened(app, &kept)?;
        let session = store::mdm_sessions::by_device(tx, &kept.device_id).await?;
        let due = account.now(session.as_ref());
        // What was proved and answered before may come again: the answer was lost. Only with the proof in it is the message
        // nobody else's: one that came with a certificate has none, and others can write it.
        let is_last =
            credential.is_some() && session.is_some_and(|session| session.repeats(body_sha256, now));
        let proves = |credential: &ms_mdm::syncml::Credential| {
            digest::proves(
                &credential.value,
                account.name(),
                &account.secret,
                &due.next_nonce,
            )
        };
        if is_last || credential.is_some_and(proves) {
            return Ok(Claim::Proved { account, sha256 });
        }
        unproved = Claim::Unproved {
            is_wrong: credential.is_some(),
            challenge: due,
        };
    }
    Ok(unproved)
}

/// Whether a message still proves what it proved on an earlier snapshot: a second one with the same proof doesn't, once
/// the first was answered.
pub fn still_proves(
    account: &Account,
    header: &Header,
    body_sha256: &str,
    known: &CheckIn,
    now: Timestamp,
) -> bool {
    let Some(credential) = header.credential.as_ref().filter(|one| one.kind == KIND) else {
        return false;
    };
    let session = known.session.as_ref();
    let due = account.now(session).next_nonce;
    session.is_some_and(|session| session.repeats(body_sha256, now))
        || digest::proves(&credential.value, account.name(), &account.secret, &due)
}

fn opened(app: &App, kept: &DmAccount) -> Result<Account> {
    let octets = app.secrets.open(place(&kept.device_id), &kept.secret)?;
    let text = std::str::from_utf8(&octets).map_err(anyhow::Error::from)?;
    Ok(Account {
        device_id: kept.device_id.clone(),
        secret: Zeroizing::new(text.to_owned()),
    })
}

fn place(device: &DeviceId) -> Place<'_> {
    Place {
        table: "dm_accounts",
        column: "secret",
        row: device.as_str(),
    }
}
