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
    csp::device::{DevInfo, SOFTWARE_VERSION},
    syncml::{Item, LoginStatus, Message, StatusCode},
};
use store::{Tx, check_ins::CheckIn};

use super::{leaving, outcome, plan::SERIAL_NUMBER, trust};
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

/// Takes a message in. Doing it twice does no harm: a command is answered once. Where there is no news, nothing is
/// written.
pub async fn absorb(
    tx: &mut Tx,
    known: &CheckIn,
    message: &Message,
    session: &mut Session,
    now: Timestamp,
) -> Result<Heard> {
    let device = &known.device;
    if let Some(login) = message.login_status() {
        let login = match login {
            LoginStatus::User => "user",
            LoginStatus::Others => "others",
            LoginStatus::None => "none",
        };
        session.login = Some(login.to_owned());
    }
    if let Some(octets) = message.header.max_msg_size {
        session.max_message_octets = i64::try_from(octets).ok();
    }
    let (mut told, mut heard) = (Told::default(), Heard::default());
    heard.has_news = take_facts(tx, device, message, now).await?;
    let answers = match known.is_owing {
        true => answers(message),
        false => BTreeMap::new(),
    };
    for (id, answer) in answers {
        let Some(command) = store::sent_commands::take(tx, &device.id, &id).await? else {
            continue;
        };
        heard.has_news = true;
        heard.has_shown |= matches!(command.purpose, Purpose::AskCertificate { .. });
        heard.refuses_to_leave |= command.purpose == Purpose::Unenroll && answer.refusal().is_some();
        dispatch(tx, device, &command, answer, &mut told, now).await?;
    }
    for (delivery, install) in told.installs {
        outcome::installed(tx, &delivery, install, now).await?;
    }
    for (delivery, report) in told.reports {
        if let Some(sha1) = outcome::reported(tx, &delivery, &report, now).await? {
            heard.installed.push((delivery, sha1));
        }
    }
    if message.alerts().any(ms_mdm::syncml::Alert::is_unenrollment) {
        device_removal::left(tx, &device.id, now).await?;
        heard.has_news = true;
    }
    Ok(heard)
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
    /// It refused to end the management: it is told again in its next session.
    pub refuses_to_leave: bool,
}

/// Answers that belong together, by delivery.
#[derive(Debug, Default)]
struct Told {
    installs: BTreeMap<DeliveryId, InstallAnswer>,
    reports: BTreeMap<DeliveryId, Report>,
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
        Purpose::Inventory => take_inventory(tx, device, &answer).await,
        Purpose::AskTrusted { sha1 } => trust::asked(tx, device, *sha1, &answer, now).await,
        Purpose::AddTrusted { sha1 } => trust::added(tx, device, *sha1, &answer, now).await,
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
            outcome::node_deleted(tx, delivery, now).await
        }
        Purpose::DeleteNode { delivery } => leaving::node_kept(tx, device, delivery, &answer, now).await,
        Purpose::DeleteTrusted { sha1 } => leaving::trust_deleted(tx, device, *sha1, &answer, now).await,
        Purpose::Unenroll => leaving::told(tx, device, &answer, now).await,
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

async fn take_inventory(tx: &mut Tx, device: &Device, answer: &Answer) -> Result<()> {
    let Some(mut known) = store::devices::by_id(tx, &device.id).await? else {
        return Ok(());
    };
    known.os_version = told(answer, SOFTWARE_VERSION).or(known.os_version);
    // Asked once: a device that doesn't say has an empty one.
    known.serial_number = told(answer, SERIAL_NUMBER)
        .or(known.serial_number)
        .or(Some(String::new()));
    Ok(store::devices::update(tx, &known).await?)
}

/// What a Get brought for one node, where it brought something.
fn told(answer: &Answer, uri: &str) -> Option<String> {
    let item = answer
        .items
        .iter()
        .find(|item| item.uri().is_some_and(|node| node.eq_ignore_ascii_case(uri)))?;
    item.text().filter(|text| !text.is_empty()).map(str::to_owned)
}
