//! Who speaks, and whether this message was heard before.

use domain::{
    Sealed, Timestamp,
    device::{LeftHow, enrolment::Identity, session::Session},
};
use ms_mdm::syncml::Message;
use store::{Tx, check_ins::CheckIn};

use super::{Error, reply};
use crate::{
    actions::{
        self,
        dm_account::{self, Account, Claim},
    },
    app::Shared,
};

/// The identity certificate of this SHA-256 (hex) and its managed device. Never by an id that it states.
pub async fn device_of(tx: &mut Tx, peer_sha256: &str, now: Timestamp) -> Result<(Identity, CheckIn), Error> {
    let found = store::check_ins::by_certificate(tx, peer_sha256).await?;
    let Some((identity, known)) = found else {
        return Err(Error::NotADevice(
            "this certificate was not issued to a device here",
        ));
    };
    if identity.revoked_at.is_some() && known.device.unenrolled_at.is_none() {
        return Err(Error::OldIdentity(Box::new(known.device)));
    }
    if known.device.left_how == Some(LeftHow::Silent) {
        return Err(Error::Returned(Box::new(known.device)));
    }
    if known.device.unenrolled_at.is_some() {
        return Err(Error::NotADevice("this device was removed: it must enrol again"));
    }
    if identity.not_after < now {
        return Err(Error::NotADevice(
            "this device's identity has expired: it must renew it, or enrol again",
        ));
    }
    Ok((identity, known))
}

/// Of a message without a certificate: the SHA-256 (hex) of the identity that its sender speaks for, and what it proved.
/// `tx` reads alone.
pub async fn proved(
    tx: &mut Tx,
    app: &Shared,
    message: &Message,
    body_sha256: &str,
    now: Timestamp,
) -> Result<(String, Account), Error> {
    match dm_account::claim(tx, app, &message.header, body_sha256, now).await? {
        Claim::Proved { account, sha256 } => Ok((sha256, account)),
        Claim::Unproved { is_wrong, challenge } => Err(Error::Unproved(reply::unproved(
            app, message, is_wrong, challenge,
        ))),
        Claim::Unknown => Err(Error::NotADevice(
            "neither a certificate nor an account of a device that is managed here",
        )),
    }
}

/// A message as it arrives.
pub enum Arrival {
    /// The one that was answered last, again: its answer was lost.
    Repeated(Session),
    /// A new one, of a running session or the first of a new one.
    New(Session),
    /// One that is out of its turn: older than the last, or further than the next, or of a session that another one took
    /// the place of. It says nothing that counts, and disturbs nothing.
    OutOfTurn,
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
    if let Some(session) = known.session.clone() {
        let is_same = session.session_id == message.header.session_id.as_str();
        let is_recent = session.is_recent(now);
        let is_last = session.client_message == number && session.repeats(body_sha256, now);
        if is_same && is_last {
            return Ok(Arrival::Repeated(session));
        }
        if is_same && session.client_message + 1 == number && !session.is_over {
            return Ok(Arrival::New(session));
        }
        // OMA-DM 1.2.1, Representation 6.1.11: MsgID counts up from 1 within its session. A first message always begins
        // a session; any other only where none is running: after a restart from a backup, or a long silence.
        let is_old = is_same && number <= session.client_message;
        // One whose first message was refused for want of a proof begins with its second.
        let begins = number == 1 || message.alerts().any(|alert| alert.code.begins_session());
        if !begins && is_recent && (is_old || !session.is_over) {
            return Ok(Arrival::OutOfTurn);
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
        package: None,
        next_messages: 0,
        max_object_octets: None,
        sync_type: None,
    }))
}
