//! A device's package of several messages (OMA-DM 1.2.1, Protocol 6 and 7). Until its Final comes, each message is
//! answered with statuses and Alert 1222, and nothing new is asked of the device. What it said meanwhile stands sealed
//! with the session, so a restart of the server loses nothing: what a status alone settles is carried out at once, the
//! answers that belong together when the package ends.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use domain::{
    Timestamp,
    device::{
        Device,
        session::{Purpose, Session},
    },
    sealed::Sealed,
};
use ms_mdm::syncml::{
    Assembled, Command, Data, Format, Item, MAX_OBJECT_BYTES, Message, Partial, StatusCode,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::absorb::Answer;
use crate::{actions::Result, app::Shared, secrets::Place};

/// What came of a package that isn't finished.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Package {
    /// After which message of the device, of which session: another version, which knows no packages, may have gone on.
    after: (i64, Timestamp),
    answers: BTreeMap<String, HeldAnswer>,
    partial: Option<HeldPartial>,
    /// Values that came damaged, by CmdRef and node: their commands count as not answered.
    lost: BTreeSet<(String, String)>,
    /// Whether a package is under way.
    #[serde(skip)]
    pub is_open: bool,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct HeldAnswer {
    status: Option<u16>,
    items: Vec<HeldItem>,
}

/// A value that a device told. Debug prints none.
#[derive(Clone, Serialize, Deserialize)]
struct HeldItem {
    target: Option<String>,
    source: Option<String>,
    format: Option<String>,
    kind: Option<String>,
    data: Option<String>,
    size: Option<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeldPartial {
    command: String,
    cmd_ref: String,
    item: HeldItem,
    is_refused: bool,
}

impl std::fmt::Debug for HeldAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeldAnswer({:?}, {} items)", self.status, self.items.len())
    }
}

impl std::fmt::Debug for HeldItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldItem")
    }
}

fn place(device: &Device) -> Place<'_> {
    Place {
        table: "mdm_sessions",
        column: "package",
        row: device.id.as_str(),
    }
}

/// What is under way in a session, before the message in hand.
pub fn under_way(app: &Shared, device: &Device, session: &Session) -> Result<Package> {
    let Some(sealed) = &session.package else {
        return Ok(Package::default());
    };
    let opened = app.secrets.open(place(device), sealed)?;
    let package: Package = serde_json::from_slice(&opened).context("a sealed package is damaged")?;
    if package.after != (session.client_message, session.started_at) {
        return Ok(Package::default());
    }
    Ok(Package {
        is_open: true,
        ..package
    })
}

impl Package {
    /// Seals it with the session, whose last message is noted already.
    pub fn seal(mut self, app: &Shared, device: &Device, session: &Session) -> Result<Sealed> {
        self.after = (session.client_message, session.started_at);
        let plain = Zeroizing::new(serde_json::to_vec(&self).context("sealing a package")?);
        Ok(app.secrets.seal(place(device), &plain)?)
    }

    /// What more is to come of.
    pub fn partial(&self) -> Option<Partial> {
        self.partial.as_ref().map(|held| Partial {
            command: held.command.clone(),
            cmd_ref: held.cmd_ref.clone(),
            item: held.item.open(),
            is_refused: held.is_refused,
        })
    }

    /// Notes what came of the values in pieces.
    pub fn note(&mut self, assembled: &Assembled) {
        self.partial = assembled.partial.as_ref().map(|partial| HeldPartial {
            command: partial.command.clone(),
            cmd_ref: partial.cmd_ref.clone(),
            item: HeldItem::of(&partial.item),
            is_refused: partial.is_refused,
        });
        for loss in &assembled.losses {
            let node = loss.item.uri().unwrap_or_default().to_owned();
            self.lost.insert((loss.cmd_ref.clone(), node));
        }
    }

    /// Whether the device has said all that it wants to say. The mark of the end is missing in some messages of
    /// Windows: one that was asked for more and brings nothing has ended, too.
    pub fn ends_with(&self, assembled: &Assembled, server_message: i64) -> bool {
        let message = &assembled.message;
        let is_pending = message.alerts().any(ms_mdm::syncml::Alert::is_request_pending);
        if is_pending || assembled.partial.is_some() || assembled.broken().is_some() {
            return false;
        }
        message.is_final || self.is_open && !brings_something(message, server_message)
    }

    /// Adds what a message answered. Doing it twice does no harm: statuses are merged, values of one node replaced.
    pub fn hold(&mut self, answers: BTreeMap<String, Answer>) {
        for (id, answer) in answers {
            let room = MAX_OBJECT_BYTES.saturating_sub(self.octets());
            let held = self.answers.entry(id.clone()).or_default();
            held.status = held.status.max(answer.status.map(|code| code.0));
            for item in answer.items {
                let node = item.uri().unwrap_or_default().to_owned();
                if item.text().map_or(0, str::len) > room {
                    self.lost.insert((id.clone(), node));
                    continue;
                }
                self.lost.remove(&(id.clone(), node.clone()));
                held.items.retain(|known| known.node() != node || node.is_empty());
                held.items.push(HeldItem::of(&item));
            }
        }
    }

    fn octets(&self) -> usize {
        let items = self.answers.values().flat_map(|held| &held.items);
        items.map(|item| item.data.as_ref().map_or(0, String::len)).sum()
    }

    /// The commands that were answered so far.
    pub fn answered(&self) -> Vec<String> {
        self.answers.keys().cloned().collect()
    }

    /// Whether a value of the answer was lost: it says nothing then.
    pub fn has_lost(&self, id: &str) -> bool {
        self.lost.iter().any(|(cmd_ref, _)| cmd_ref == id)
    }

    /// Takes an answer out.
    pub fn take(&mut self, id: &str) -> Answer {
        let held = self.answers.remove(id).unwrap_or_default();
        Answer {
            status: held.status.map(StatusCode),
            items: held.items.iter().map(HeldItem::open).collect(),
        }
    }
}

/// Whether a message has more than statuses for the question for more, our last message: those for the message before
/// belong to the package that goes on.
fn brings_something(message: &Message, server_message: i64) -> bool {
    let asked = server_message.to_string();
    message.commands.iter().any(|command| match command {
        Command::Status(status) => status.msg_ref.as_str() != asked,
        _ => true,
    })
}

/// Whether an answer waits for the others of its package: values come beside their status, an Atomic's culprit beside
/// the Atomic, one question's answer explains another's, and what is found gone is put back in the answer.
pub fn waits_for_the_end(purpose: &Purpose) -> bool {
    match purpose {
        Purpose::Inventory { .. }
        | Purpose::Install { .. }
        | Purpose::InstallPart { .. }
        | Purpose::AskStatus { .. }
        | Purpose::AskThumbprint { .. }
        | Purpose::AskCertificate { .. }
        | Purpose::CheckTrusted { .. }
        | Purpose::AskChannel => true,
        Purpose::Hold
        | Purpose::AskTrusted { .. }
        | Purpose::AddTrusted { .. }
        | Purpose::DeleteNode { .. }
        | Purpose::Poll { .. }
        | Purpose::DeleteTrusted { .. }
        | Purpose::Unenroll
        | Purpose::SetPfn { .. } => false,
    }
}

impl HeldItem {
    fn of(item: &Item) -> Self {
        Self {
            target: item.target.clone(),
            source: item.source.clone(),
            format: item.format.as_ref().map(|format| format.name().to_owned()),
            kind: item.kind.clone(),
            data: item.text().map(str::to_owned),
            size: item.size,
        }
    }

    fn node(&self) -> &str {
        let node = self.source.as_deref().or(self.target.as_deref());
        node.unwrap_or_default()
    }

    fn open(&self) -> Item {
        Item {
            target: self.target.clone(),
            source: self.source.clone(),
            format: self.format.clone().map(Format::named),
            kind: self.kind.clone(),
            data: self.data.clone().map(Data::new),
            size: self.size,
            has_more_data: false,
        }
    }
}
