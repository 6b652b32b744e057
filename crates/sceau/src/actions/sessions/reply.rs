//! The answer: statuses for what the device sent, then commands, as far as they fit; stored before it goes.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Context as _;
use domain::{
    Timestamp,
    delivery::DeliveryId,
    device::{
        Device,
        session::{Purpose, SentCommand, Session},
    },
};
use ms_mdm::syncml::{
    Alert, AlertCode, Assembled, Challenge, CmdId, Command, Item, MAX_OBJECT_BYTES, Message, MsgId,
    ServerMessage, SessionId, Status, StatusCode, assemble,
};
use store::Tx;

use super::{
    package::{self, Package},
    plan::{self, Plan},
    room::{self, Room},
};
use crate::{
    actions::{Result, dm_account::Account},
    app::Shared,
    secrets::{Place, random_uuid},
};

/// What an answer answers.
pub struct Received<'a> {
    /// The message.
    pub message: &'a Message,
    /// SHA-256 (hex) of its octets.
    pub body_sha256: &'a str,
    /// What it proved, where it came without a certificate.
    pub account: Option<&'a Account>,
}

impl Received<'_> {
    /// What the device must prove next, if anything.
    fn challenge(&self) -> Option<Challenge> {
        self.account.map(|account| account.after(self.body_sha256))
    }
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
    /// Deliveries whose command didn't fit: they are planned again at the next message.
    pub unsent: Vec<DeliveryId>,
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
    for delivery in &written.unsent {
        room::never_sent(tx, delivery, now).await?;
    }
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
    // The device's pieces, if any, are judged as when they were taken in: the session has the package as it was before.
    let assembled = assemble(
        received.message,
        package::under_way(app, device, &session)?.partial(),
    );
    let mut answer = begun(app, &mut session, received, &assembled.verdicts)?;
    let room = Room::of(&session, &answer.source);
    let (commands, purposes): (Vec<_>, Vec<_>) = plan.commands.into_iter().unzip();
    let purposes: BTreeMap<CmdId, Purpose> = purposes.into_iter().flatten().collect();
    let unsent = fill(&mut answer, commands, &room);
    let unsent = unsent
        .iter()
        .filter_map(|command| match purposes.get(command.cmd_id()) {
            Some(Purpose::Install { delivery }) => Some(delivery.clone()),
            _ => None,
        })
        .collect();
    let sent = remembered(device, &session, &answer.commands, &purposes, now);
    session.is_over = answer.commands.is_empty();
    session.client_message = i64::from(header.msg_id.number().unwrap_or(1));
    session.package = None;
    let bytes = close(app, device, &mut session, &answer, received, now)?;
    Ok(Written {
        session,
        sent,
        unsent,
        bytes,
    })
}

/// Puts commands into the answer, in their order, as far as there is room. Gives what wasn't put. What no message of
/// this session could hold is left out, and doesn't stand in the way of the others.
fn fill(answer: &mut ServerMessage, queue: Vec<Command>, room: &Room) -> Vec<Command> {
    let (queue, mut unsent): (Vec<_>, Vec<_>) = queue
        .into_iter()
        .partition(|command| room.excess(command).is_none());
    let mut queue = VecDeque::from(queue);
    for command in &unsent {
        tracing::warn!(
            command = command.name(),
            "a device takes no message as large as this command"
        );
    }
    if answer.fill(&mut queue, room.message).is_err() {
        // Beside these statuses there is no room for what fits into a message of its own: the session goes on.
        let mut held = VecDeque::from([plan::harmless()]);
        let _ = answer.fill(&mut held, room.message);
    }
    unsent.extend(queue);
    unsent
}

/// Answers a message whose package goes on: statuses and Alert 1222 (1225 where the end of a value never came, 1223 in
/// a session of too many messages), no command of our own and no Final. OMA-DM 1.2.1, Protocol 6.2 and 7.
#[allow(
    clippy::too_many_arguments,
    reason = "all of it is the situation that one answer is about"
)]
pub async fn ask_for_more(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    mut session: Session,
    package: Package,
    assembled: &Assembled,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let is_too_long = session.server_message >= plan::MESSAGES;
    let mut answer = begun(app, &mut session, received, &assembled.verdicts)?;
    let (code, item) = match assembled.broken() {
        _ if is_too_long => (AlertCode::SESSION_ABORT, None),
        Some(loss) => {
            let about = Item {
                target: loss.item.target.clone(),
                source: loss.item.source.clone(),
                ..Item::default()
            };
            (AlertCode::NO_END_OF_DATA, Some(about))
        }
        None => (AlertCode::NEXT_MESSAGE, None),
    };
    let alert = Alert::of_server(CmdId::new(random_uuid()), code, item);
    answer.commands.push(Command::Alert(alert));
    answer.is_final = is_too_long;
    session.next_messages += 1;
    session.is_over = is_too_long;
    let header = &received.message.header;
    session.client_message = i64::from(header.msg_id.number().unwrap_or(1));
    session.package = match is_too_long {
        true => None,
        false => Some(package.seal(app, device, &session)?),
    };
    let bytes = close(app, device, &mut session, &answer, received, now)?;
    store::mdm_sessions::put(tx, &session).await?;
    Ok(bytes)
}

/// The refusal of a message that is out of its turn: 400 for its header, and no command, so that the session that it
/// belongs to ends. Nothing is stored: the running session, if there is another, goes on.
pub fn out_of_turn(app: &Shared, message: &Message, challenge: Option<Challenge>) -> Vec<u8> {
    refusal(app, message, StatusCode::BAD_REQUEST, challenge)
}

/// Asks for the proof that a message lacks (407), or has wrong (401). Nothing of it counts, and nothing is stored.
pub fn unproved(app: &Shared, message: &Message, is_wrong: bool, challenge: Challenge) -> Vec<u8> {
    let code = match is_wrong {
        true => StatusCode::INVALID_CREDENTIALS,
        false => StatusCode::AUTHENTICATION_REQUIRED,
    };
    refusal(app, message, code, Some(challenge))
}

fn refusal(app: &Shared, message: &Message, code: StatusCode, challenge: Option<Challenge>) -> Vec<u8> {
    let header = &message.header;
    let mut refusal = Status::of_header(CmdId::from(1), header.msg_id.clone(), code);
    refusal.challenge = challenge;
    ServerMessage {
        session_id: header.session_id.clone(),
        msg_id: header.msg_id.clone(),
        target: header.source.clone(),
        source: address(app),
        statuses: vec![refusal],
        commands: Vec::new(),
        is_final: true,
        max_obj_size: None,
    }
    .write()
}

/// Where the server says that it is.
pub fn address(app: &Shared) -> String {
    format!("{}/ManagementServer/MDM.svc", app.settings.management_url)
}

/// The next message of the session, with its statuses.
fn begun(
    app: &Shared,
    session: &mut Session,
    received: &Received<'_>,
    verdicts: &[Option<StatusCode>],
) -> Result<ServerMessage> {
    session.server_message += 1;
    Ok(ServerMessage {
        session_id: SessionId::new(session.session_id.as_str()),
        msg_id: MsgId::from(u32::try_from(session.server_message).context("a session of too many messages")?),
        target: received.message.header.source.clone(),
        source: address(app),
        statuses: statuses(received, verdicts),
        commands: Vec::new(),
        is_final: true,
        // It holds for the whole session: OMA-DM 1.2.1, Protocol 7.
        max_obj_size: (session.server_message == 1).then_some(MAX_OBJECT_BYTES),
    })
}

/// Keeps the answer in the session, and gives its octets.
fn close(
    app: &Shared,
    device: &Device,
    session: &mut Session,
    answer: &ServerMessage,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let bytes = answer.write();
    session.client_message_sha256 = received.body_sha256.to_owned();
    session.answer = app.secrets.seal(place(device), &bytes)?;
    session.updated_at = now;
    Ok(bytes)
}

fn remembered(
    device: &Device,
    session: &Session,
    sent: &[Command],
    purposes: &BTreeMap<CmdId, Purpose>,
    now: Timestamp,
) -> Vec<SentCommand> {
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

/// One status for the header, one for each command, and for Results that come in pieces. OMA-DM 1.2: a command without an
/// id gets 400.
fn statuses(received: &Received<'_>, verdicts: &[Option<StatusCode>]) -> Vec<Status> {
    let message = received.message;
    let reference = &message.header.msg_id;
    let mut number = 1_u32;
    let mut next = || {
        let id = CmdId::from(number);
        number += 1;
        id
    };
    // OMA-DM Security 1.2, 5.3: 200 with a nonce wants a proof with each message; 212 would leave the others of the
    // session to anybody.
    let mut header = Status::of_header(next(), reference.clone(), StatusCode::OK);
    header.challenge = received.challenge();
    let mut statuses = vec![header];
    for (command, verdict) in message.commands.iter().zip(verdicts) {
        let code = match command {
            Command::Status(_) => continue,
            Command::Results(_) if verdict.is_none() => continue,
            Command::Results(_) => StatusCode::OK,
            Command::Alert(_) => StatusCode::OK,
            Command::Operation(operation) if operation.verb == ms_mdm::syncml::Verb::Replace => {
                StatusCode::OK
            }
            _ => StatusCode::NOT_SUPPORTED,
        };
        let code = match (command.cmd_id().is_empty(), verdict) {
            (true, _) => StatusCode::BAD_REQUEST,
            (false, Some(verdict)) if code.is_success() => *verdict,
            (false, _) => code,
        };
        statuses.push(Status::of_command(next(), reference.clone(), command, code));
    }
    statuses
}
