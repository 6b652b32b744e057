//! Who speaks, and whether this message was heard before.

use domain::{
    Sealed, Timestamp,
    device::{enrolment::Identity, session::Session},
};
use ms_mdm::syncml::Message;
use store::{Tx, check_ins::CheckIn};

use super::Error;
use crate::actions;

/// A message is taken for a repetition of the last one for so long: session ids begin anew one day.
const REPETITION_MILLISECONDS: i64 = 10 * 60 * 1000;

/// The identity certificate of this SHA-256 (hex) and its managed device. Never by an id that it states.
pub async fn device_of(tx: &mut Tx, peer_sha256: &str, now: Timestamp) -> Result<(Identity, CheckIn), Error> {
    let found = store::check_ins::by_certificate(tx, peer_sha256).await?;
    let Some((identity, known)) = found else {
        return Err(Error::NotADevice(
            "this certificate was not issued to a device here",
        ));
    };
    if identity.revoked_at.is_some() || known.device.unenrolled_at.is_some() {
        return Err(Error::NotADevice("this device was removed: it must enrol again"));
    }
    if identity.not_after < now {
        return Err(Error::NotADevice(
            "this device's identity has expired: it must renew it, or enrol again",
        ));
    }
    Ok((identity, known))
}

/// A message as it arrives.
pub enum Arrival {
    /// The one that was answered last, again: its answer was lost.
    Repeated(Session),
    /// A new one, of a running session or the first of a new one.
    New(Session),
}

/// Finds the session of a message, or begins one.
pub async fn arrive(
    tx: &mut Tx,
    known: &CheckIn,
    message: &Message,
    body_sha256: &str,
    now: Timestamp,
) -> actions::Result<Arrival> {
    let number = i64::from(message.header.msg_id.number().unwrap_or(1));
    let device = &known.device;
    let latest = known.session.clone();
    let latest = latest.filter(|session| session.session_id == message.header.session_id.as_str());
    if let Some(session) = latest {
        let is_recent = now.since(session.updated_at) < REPETITION_MILLISECONDS;
        if is_recent && session.client_message == number && session.client_message_sha256 == body_sha256 {
            return Ok(Arrival::Repeated(session));
        }
        if session.client_message + 1 == number && !session.is_over {
            return Ok(Arrival::New(session));
        }
    }
    // Message 1, or a session that isn't known (any more): commands of an older one are answered no more.
    if known.is_owing {
        store::sent_commands::forget_device(tx, &device.id).await?;
    }
    Ok(Arrival::New(Session {
        device_id: device.id.clone(),
        session_id: message.header.session_id.as_str().to_owned(),
        started_at: now,
        client_message: 0,
        client_message_sha256: String::new(),
        server_message: 0,
        answer: Sealed(Vec::new()),
        login: None,
        max_message_octets: None,
        held_rounds: 0,
        updated_at: now,
        is_over: false,
    }))
}
