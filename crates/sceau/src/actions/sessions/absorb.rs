//! What the device says is taken in: facts about itself, who is signed in, and the answers to our commands.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    delivery::DeliveryId,
    device::{
        Device,
        session::{Purpose, SentCommand, Session},
    },
    thumbprint::Sha1,
};
use ms_mdm::{
    csp::device::DevInfo,
    syncml::{Alert, Item, LoginStatus, Message, StatusCode, SyncType},
};
use store::{Tx, check_ins::CheckIn};

use super::{
    inventory, leaving, outcome,
    package::{self, Package},
    trust,
    waking::{self, Channel},
};
use crate::actions::{Result, device_removal};

/// The answer to one command: its status, and what a Get brought.
#[derive(Debug, Default)]
pub struct Answer {
    /// The worst status that was given for it: a Get of two nodes may get two.
    pub status: Option<StatusCode>,
    /// What a Get brought.
    pub items: Vec<Item>,
}

impl Answer {
    /// The data of the first item.
    pub fn text(&self) -> Option<&str> {
        self.items.first().and_then(Item::text)
    }

    /// Whether the node that was to be deleted is gone: deleted, or not there (404).
    pub fn is_gone(&self) -> bool {
        self.status
            .is_some_and(|code| code.is_success() || code == StatusCode::NOT_FOUND)
    }

    /// The status of what the device refused.
    pub fn refusal(&self) -> Option<StatusCode> {
        self.status.filter(|code| !code.is_success())
    }
}

/// Takes a message in. Doing it twice does no harm: a command is answered once. While its package goes on, only what a
/// status settles is dispatched; `package` keeps the rest. Where there is no news, nothing is written.
#[allow(
    clippy::too_many_arguments,
    reason = "all of it is the situation that one message is about"
)]
pub async fn absorb(
    tx: &mut Tx,
    known: &CheckIn,
    message: &Message,
    session: &mut Session,
    package: &mut Package,
    is_ended: bool,
    now: Timestamp,
) -> Result<Heard> {
    let device = &known.device;
    note_session(message, session);
    let (mut told, mut heard) = (Told::default(), Heard::default());
    heard.has_news = take_facts(tx, device, message, now).await?;
    if known.is_owing {
        package.hold(answers(message));
    }
    for id in package.answered() {
        // What was lost on the way counts as never answered: it is asked again.
        if package.has_lost(&id) {
            continue;
        }
        if !is_ended {
            let known = store::sent_commands::by_id(tx, &device.id, &id).await?;
            if known.is_some_and(|command| package::waits_for_the_end(&command.purpose)) {
                continue;
            }
        }
        let Some(command) = store::sent_commands::take(tx, &device.id, &id).await? else {
            package.take(&id);
            continue;
        };
        let answer = package.take(&id);
        heard.has_news = true;
        heard.has_shown |= matches!(command.purpose, Purpose::AskCertificate { .. });
        heard.refuses_to_leave |= command.purpose == Purpose::Unenroll && answer.refusal().is_some();
        dispatch(tx, device, &command, answer, &mut told, now).await?;
    }
    inventory::take(tx, device, told.inventory, now).await?;
    heard.channel = told.channel;
    for (delivery, install) in told.installs {
        outcome::installed(tx, &delivery, install, now).await?;
    }
    for (delivery, report) in told.reports {
        if let Some(sha1) = outcome::reported(tx, &delivery, &report, now).await? {
            heard.installed.push((delivery, sha1));
        }
    }
    heard.lost = told.lost;
    if told.has_deleted && device.is_staying() {
        heard.has_released = trust::release(tx, device, now).await?;
    }
    if message.alerts().any(Alert::is_unenrollment) {
        device_removal::left(tx, &device.id, now).await?;
        heard.has_news = true;
    }
    Ok(heard)
}

/// What the message says of the session itself.
fn note_session(message: &Message, session: &mut Session) {
    if let Some(login) = message.login_status() {
        let login = match login {
            LoginStatus::User => "user",
            LoginStatus::Others => "others",
            LoginStatus::None => "none",
        };
        session.login = Some(login.to_owned());
    }
    let sync = message.alerts().find_map(Alert::sync_type);
    if let Some(sync) = sync {
        let sync = match sync {
            SyncType::User => "user",
            SyncType::Device => "device",
            SyncType::Mixed => "mixed",
        };
        session.sync_type = Some(sync.to_owned());
    }
    let limit = |octets: Option<usize>| octets.and_then(|octets| i64::try_from(octets).ok());
    session.max_message_octets = limit(message.header.max_msg_size).or(session.max_message_octets);
    session.max_object_octets = limit(message.header.max_obj_size).or(session.max_object_octets);
}

/// Statuses and Results by the id of the command that they answer, in any order they come.
fn answers(message: &Message) -> BTreeMap<String, Answer> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for status in message.statuses() {
        let answer = answers.entry(status.cmd_ref.as_str().to_owned()).or_default();
        answer.status = answer.status.max(Some(status.code));
    }
    for results in message.results() {
        let answer = answers.entry(results.cmd_ref.as_str().to_owned()).or_default();
        answer.items.extend(results.items.iter().cloned());
    }
    answers
}

/// What was heard and is to be followed up in the answer.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Whether anything of what is stored of the device changed by it.
    pub has_news: bool,
    /// Certificates that the device says it holds, by thumbprint: it is asked for them.
    pub installed: Vec<(DeliveryId, Sha1)>,
    /// It answered a question for a certificate: one may be proved now, and an old one in the way.
    pub has_shown: bool,
    /// Certificates of authorities that it trusts no more, and what needs them: they are put back.
    pub lost: Vec<(DeliveryId, Sha1)>,
    /// Something that it trusts is to be taken back now.
    pub has_released: bool,
    /// It refused to end the management: it is told again in its next session.
    pub refuses_to_leave: bool,
    /// Where it is woken.
    pub channel: Option<Channel>,
}

/// Answers that belong together, by delivery.
#[derive(Debug, Default)]
struct Told {
    installs: BTreeMap<DeliveryId, InstallAnswer>,
    reports: BTreeMap<DeliveryId, Report>,
    inventory: inventory::Answers,
    lost: Vec<(DeliveryId, Sha1)>,
    has_deleted: bool,
    channel: Option<Channel>,
}

/// The answers to the two questions of one message: Status with ErrorCode, and CertThumbprint.
#[derive(Debug, Default)]
pub struct Report {
    /// To Status and ErrorCode.
    pub status: Answer,
    /// To CertThumbprint.
    pub thumbprint: Answer,
}

/// What became of an Atomic and of the commands inside it.
#[derive(Debug, Default)]
pub struct InstallAnswer {
    /// The Atomic's own status.
    pub atomic: Option<StatusCode>,
    /// The commands inside, by node.
    pub parts: Vec<(String, StatusCode)>,
}

async fn dispatch(
    tx: &mut Tx,
    device: &Device,
    command: &SentCommand,
    answer: Answer,
    told: &mut Told,
    now: Timestamp,
) -> Result<()> {
    match &command.purpose {
        Purpose::Hold => Ok(()),
        Purpose::Inventory { node } => {
            told.inventory.push((node.clone(), answer));
            Ok(())
        }
        Purpose::AskTrusted { sha1 } => trust::asked(tx, device, *sha1, &answer, now).await,
        Purpose::AddTrusted { sha1 } => trust::added(tx, device, *sha1, &answer, now).await,
        Purpose::CheckTrusted { sha1, delivery } => {
            if trust::checked(tx, device, *sha1, delivery, &answer, now).await? {
                told.lost.push((delivery.clone(), *sha1));
            }
            Ok(())
        }
        Purpose::Install { delivery } => {
            told.installs.entry(delivery.clone()).or_default().atomic = answer.status;
            Ok(())
        }
        Purpose::InstallPart { delivery, node } => {
            if let Some(status) = answer.status {
                told.installs
                    .entry(delivery.clone())
                    .or_default()
                    .parts
                    .push((node.clone(), status));
            }
            Ok(())
        }
        Purpose::AskStatus { delivery } => {
            told.reports.entry(delivery.clone()).or_default().status = answer;
            Ok(())
        }
        Purpose::AskThumbprint { delivery } => {
            told.reports.entry(delivery.clone()).or_default().thumbprint = answer;
            Ok(())
        }
        Purpose::AskCertificate { delivery, sha1 } => {
            outcome::certificate_shown(tx, delivery, *sha1, &answer, now).await
        }
        Purpose::DeleteNode { delivery } if answer.is_gone() => {
            told.has_deleted = true;
            outcome::node_deleted(tx, delivery, now).await
        }
        Purpose::DeleteNode { delivery } => leaving::node_kept(tx, device, delivery, &answer, now).await,
        Purpose::DeleteTrusted { sha1 } => leaving::trust_deleted(tx, device, *sha1, &answer, now).await,
        Purpose::Unenroll => leaving::told(tx, device, &answer, now).await,
        Purpose::SetPfn { pfn, adds } => waking::pfn_answered(tx, device, (pfn, *adds), &answer, now).await,
        Purpose::AskChannel => {
            told.channel = Some(Channel::of(&answer));
            Ok(())
        }
        Purpose::Poll { is_fast, minutes } => {
            Ok(store::devices::set_poll(tx, &device.id, *is_fast, *minutes).await?)
        }
    }
}

/// What the first message of a session says of the device. Whether any of it is new.
async fn take_facts(tx: &mut Tx, device: &Device, message: &Message, now: Timestamp) -> Result<bool> {
    let info = DevInfo::of(&message.commands);
    let mut known = device.clone();
    known.manufacturer = info.manufacturer.or(known.manufacturer);
    known.model = info.model.or(known.model);
    known.language = info.language.or(known.language);
    if known == *device {
        return Ok(false);
    }
    known.last_seen_at = now;
    store::devices::update(tx, &known).await?;
    Ok(true)
}
