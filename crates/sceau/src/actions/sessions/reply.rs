//! The answer: statuses for what the device sent, then commands, as far as they fit; stored before it goes.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Context as _;
use domain::{
    Timestamp,
    device::{
        Device,
        session::{Purpose, SentCommand, Session},
    },
};
use ms_mdm::syncml::{CmdId, Command, Message, MsgId, ServerMessage, SessionId, Status, StatusCode};
use store::Tx;

use super::plan::Plan;
use crate::{actions::Result, app::Shared, secrets::Place};

/// No Windows announces less than 64 KiB. A device that does gets its command all the same: refusing to write it would
/// waste the challenge in it.
const LEAST_OCTETS: usize = 32 * 1024;

/// What an answer answers.
pub struct Received<'a> {
    /// The message.
    pub message: &'a Message,
    /// SHA-256 (hex) of its octets.
    pub body_sha256: &'a str,
}

/// Where a session's last answer is sealed to.
pub fn place(device: &Device) -> Place<'_> {
    Place {
        table: "mdm_sessions",
        column: "answer",
        row: device.id.as_str(),
    }
}

/// An answer, and what is to be stored before it goes.
pub struct Written {
    /// The session with the answer in it, so that the same message again gets the same answer.
    pub session: Session,
    /// What was asked of the device.
    pub sent: Vec<SentCommand>,
    /// The answer.
    pub bytes: Vec<u8>,
}

/// Builds the answer and stores it with the session.
pub async fn store_answer(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    session: Session,
    plan: Plan,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let written = write_answer(app, device, session, plan, received, now)?;
    for command in &written.sent {
        store::sent_commands::insert(tx, command).await?;
    }
    store::mdm_sessions::put(tx, &written.session).await?;
    Ok(written.bytes)
}

/// Builds the answer.
pub fn write_answer(
    app: &Shared,
    device: &Device,
    mut session: Session,
    plan: Plan,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<Written> {
    let header = &received.message.header;
    session.server_message += 1;
    let mut answer = ServerMessage {
        session_id: SessionId::new(session.session_id.as_str()),
        msg_id: MsgId::from(u32::try_from(session.server_message).context("a session of too many messages")?),
        target: header.source.clone(),
        source: format!("{}/ManagementServer/MDM.svc", app.settings.management_url),
        statuses: statuses(received.message),
        commands: Vec::new(),
        is_final: true,
    };
    let (commands, purposes): (Vec<_>, Vec<_>) = plan.commands.into_iter().unzip();
    let mut queue: VecDeque<Command> = commands.into();
    let limit = session
        .max_message_octets
        .and_then(|octets| usize::try_from(octets).ok())
        .unwrap_or(ms_mdm::MAX_MESSAGE_BYTES)
        .clamp(LEAST_OCTETS, ms_mdm::MAX_MESSAGE_BYTES);
    // What doesn't fit is planned again at the next message.
    answer
        .fill(&mut queue, limit)
        .context("a command is too large for this device")?;
    let purposes = purposes.into_iter().flatten();
    let sent = remembered(device, &session, &answer.commands, purposes, now);
    let bytes = answer.write();
    session.is_over = answer.commands.is_empty();
    session.client_message = i64::from(header.msg_id.number().unwrap_or(1));
    session.client_message_sha256 = received.body_sha256.to_owned();
    session.answer = app.secrets.seal(place(device), &bytes)?;
    session.updated_at = now;
    Ok(Written { session, sent, bytes })
}

fn remembered(
    device: &Device,
    session: &Session,
    sent: &[Command],
    purposes: impl Iterator<Item = (CmdId, Purpose)>,
    now: Timestamp,
) -> Vec<SentCommand> {
    let purposes: BTreeMap<CmdId, Purpose> = purposes.collect();
    let sent = sent
        .iter()
        .flat_map(|command| std::iter::once(command).chain(command.members()));
    sent.filter_map(|command| {
        Some(SentCommand {
            id: command.cmd_id().as_str().to_owned(),
            device_id: device.id.clone(),
            server_message: session.server_message,
            purpose: purposes.get(command.cmd_id())?.clone(),
            sent_at: now,
        })
    })
    .collect()
}

/// One status for the header, one for each command. OMA-DM 1.2: a command without an id gets 400.
fn statuses(message: &Message) -> Vec<Status> {
    let reference = &message.header.msg_id;
    let mut number = 1_u32;
    let mut next = || {
        let id = CmdId::from(number);
        number += 1;
        id
    };
    let mut statuses = vec![Status::of_header(next(), reference.clone(), StatusCode::OK)];
    for command in message.commands_to_answer() {
        let code = match command {
            Command::Alert(_) => StatusCode::OK,
            Command::Operation(operation) if operation.verb == ms_mdm::syncml::Verb::Replace => {
                StatusCode::OK
            }
            _ => StatusCode::NOT_SUPPORTED,
        };
        let code = if command.cmd_id().is_empty() {
            StatusCode::BAD_REQUEST
        } else {
            code
        };
        statuses.push(Status::of_command(next(), reference.clone(), command, code));
    }
    statuses
}
