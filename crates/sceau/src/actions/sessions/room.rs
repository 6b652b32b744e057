//! How much a device takes: of a message (MaxMsgSize) and of a single value (MaxObjSize). OMA-DM 1.2.1, Protocol 7 and
//! 8; MS-MDM 2.2.4.2.

use domain::{
    Timestamp,
    delivery::{Delivery, DeliveryId, DeliveryState},
    device::session::Session,
    diagnosis::Cause,
    external_ca::Authority,
    scep_configuration::Configuration,
};
use ms_mdm::{
    MAX_MESSAGE_BYTES,
    csp::certificates::add_trusted,
    syncml::{CmdId, Command, MsgId, ServerMessage, SessionId, Status, StatusCode},
};
use store::Tx;

use super::{order::install, reply, trust};
use crate::{
    actions::Result,
    app::Shared,
    secrets::{random_token, random_uuid},
};

/// A device's own name has 32 digits as a rule.
const NAME_OCTETS: usize = 40;

/// The room for our commands in a session.
pub struct Room {
    /// The octets of a whole message.
    pub message: usize,
    object: usize,
    /// What a message without any command takes.
    bare: usize,
}

/// What a command takes beyond what the device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Octets of the message with the command alone, or of its value.
    pub octets: usize,
    /// Octets that the device takes.
    pub limit: usize,
}

impl Room {
    /// The room in a session, for messages from this address.
    pub fn of(session: &Session, source: &str) -> Self {
        let limit = |octets: Option<i64>| octets.and_then(|octets| usize::try_from(octets).ok());
        let message = limit(session.max_message_octets).unwrap_or(MAX_MESSAGE_BYTES);
        let number = MsgId::from(u32::from(u8::MAX));
        let bare = ServerMessage {
            session_id: SessionId::new(session.session_id.as_str()),
            msg_id: number.clone(),
            target: "0".repeat(NAME_OCTETS),
            source: source.to_owned(),
            statuses: vec![Status::of_header(CmdId::from(1), number, StatusCode::OK)],
            commands: Vec::new(),
            is_final: true,
            max_obj_size: None,
        };
        Self {
            message: message.min(MAX_MESSAGE_BYTES),
            object: limit(session.max_object_octets).unwrap_or(usize::MAX),
            bare: bare.encoded_len(),
        }
    }

    /// Whether no message of this session could hold the command.
    pub fn excess(&self, command: &Command) -> Option<Excess> {
        let octets = self.bare + command.encoded_len();
        if octets > self.message {
            return Some(Excess {
                octets,
                limit: self.message,
            });
        }
        let object = largest_value(command);
        (object > self.object).then_some(Excess {
            octets: object,
            limit: self.object,
        })
    }
}

fn largest_value(command: &Command) -> usize {
    let own = match command {
        Command::Operation(operation) => {
            let values = operation.items.iter().filter_map(|item| item.text());
            values.map(str::len).max().unwrap_or_default()
        }
        _ => 0,
    };
    command.members().iter().map(largest_value).fold(own, usize::max)
}

/// Whether the device takes no message as large as the order, or as a certificate that comes before it.
pub fn too_large(
    app: &Shared,
    session: &Session,
    delivery: &Delivery,
    configuration: &Configuration,
    authority: &Authority,
) -> Result<Option<Cause>> {
    let room = Room::of(session, &reply::address(app));
    let (challenge, token) = (random_token(), random_token());
    let install = install(app, delivery, configuration, authority, &challenge, &token)?;
    let id = || CmdId::new(random_uuid());
    let mut commands: Vec<_> = trust::anchors(authority)
        .into_iter()
        .map(|(store, sha1, der)| add_trusted(id(), store, &sha1.octets(), der))
        .collect();
    // What can't be written at all is told by whoever sends it.
    commands.extend(install.command(id).ok());
    let excess = commands.iter().filter_map(|command| room.excess(command));
    Ok(excess
        .max_by_key(|excess| excess.octets)
        .map(|excess| Cause::MessageTooLarge {
            octets: excess.octets.try_into().unwrap_or(u64::MAX),
            limit: excess.limit.try_into().unwrap_or(u64::MAX),
        }))
}

/// The Atomic found no room in the message that it was planned for: it goes with the next.
pub async fn never_sent(tx: &mut Tx, id: &DeliveryId, now: Timestamp) -> Result<()> {
    let delivery = store::deliveries::by_id(tx, id).await?;
    match delivery.filter(|delivery| delivery.state == DeliveryState::Sent) {
        Some(delivery) => Ok(store::deliveries::update(tx, &delivery.without_node(now)).await?),
        None => Ok(()),
    }
}
