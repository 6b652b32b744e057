//! What the device is told next, computed from what is stored.

use domain::{
    Timestamp,
    broker::is_worth_telling,
    delivery::{Delivery, DeliveryId, DeliveryState},
    desired::Steps,
    device::{
        Device, DeviceId,
        session::{Purpose, Session},
    },
    diagnosis::Cause,
};
use ms_mdm::{
    csp::{
        certificates::{PersonalStore, ask_personal},
        device::SOFTWARE_VERSION,
        dmclient::{PollSchedule, PollSet, replace_schedule},
        scep::{ScepInstall, Scope},
    },
    syncml::{CmdId, Command},
};
use store::{Tx, check_ins::CheckIn};

use super::{
    absorb::Heard,
    drift,
    install::{self, Reserved},
    inventory, leaving, order, trust, waking,
};
use crate::{
    actions::{Result, broker::queue::Places, delivery, enrolment::PROVIDER},
    app::Shared,
    secrets::random_uuid,
};

/// The node that a session is held with: asking for it does nothing.
const HARMLESS: &str = SOFTWARE_VERSION;
/// A try that is further off is left to the slow schedule, whose first calls are a quarter of an hour apart.
const SOON_SECONDS: i64 = 15 * 60;
/// A session of more messages is going in circles: it is ended, the next poll begins afresh.
pub const MESSAGES: i64 = 60;

/// While there is work: each so many minutes, without end. Microsoft, DMClient CSP: 0 times with an interval is for ever.
fn each(minutes: u32) -> PollSchedule {
    let unused = PollSet {
        count: 0,
        interval_minutes: 0,
    };
    PollSchedule {
        first: PollSet {
            count: 0,
            interval_minutes: minutes,
        },
        second: unused,
        remaining: unused,
        polls_on_login: true,
        all_users_poll_on_first_login: true,
    }
}

/// Whether an answer may wait a moment for something outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// It may.
    Allowed,
    /// It has.
    Done,
    /// The session was held often enough.
    Enough,
}

/// What is known when an answer is planned.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// Whether the answer may wait.
    pub waiting: Waiting,
    /// Where the device's deliveries stand among those that wait for a challenge, once that was looked up.
    pub places: Places,
}

/// What must come from outside before the device can be told more.
#[derive(Clone, Debug)]
pub enum Need {
    /// A challenge: a slot is claimed for it.
    Challenge(Box<Reserved>),
    /// The place in the queue for challenges.
    Place,
    /// A free slot.
    Slot,
    /// The outcome of a delivery.
    Outcome(DeliveryId),
}

/// Commands for the device, each with why it is sent, and what is needed for more.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In this order.
    pub commands: Vec<(Command, Vec<(CmdId, Purpose)>)>,
    /// What is needed for more.
    pub need: Option<Need>,
    /// After how many minutes a device that waits in a queue comes back.
    pub poll_minutes: Option<u32>,
}

impl Plan {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The device comes back after so many minutes at the latest.
    pub fn poll_in(&mut self, minutes: u32) {
        let known = self.poll_minutes.unwrap_or(minutes);
        self.poll_minutes = Some(known.min(minutes));
    }

    /// Adds a command under a fresh id.
    pub fn push(&mut self, purpose: Purpose, command: impl FnOnce(CmdId) -> Command) {
        let id = CmdId::new(random_uuid());
        self.commands.push((command(id.clone()), vec![(id, purpose)]));
    }

    /// Adds the Atomic of a delivery.
    pub fn push_install(
        &mut self,
        delivery: &DeliveryId,
        install: &ScepInstall,
    ) -> std::result::Result<(), ms_mdm::Error> {
        let command = install.command(|| CmdId::new(random_uuid()))?;
        let root = install.node().uri();
        let mut purposes = vec![(
            command.cmd_id().clone(),
            Purpose::Install {
                delivery: delivery.clone(),
            },
        )];
        for part in command.members() {
            let uri = match part {
                Command::Operation(operation) => operation.items.first().and_then(|item| item.uri()),
                _ => None,
            };
            let node = uri
                .and_then(|uri| uri.strip_prefix(root.as_str()))
                .unwrap_or_default();
            let purpose = Purpose::InstallPart {
                delivery: delivery.clone(),
                node: node.to_owned(),
            };
            purposes.push((part.cmd_id().clone(), purpose));
        }
        self.commands.push((command, purposes));
        Ok(())
    }
}

/// Computes the next answer's commands from what was just read of the device. Where there are none and nothing is
/// needed, as little as one statement was run, and none that writes: `idle` rests on that.
pub async fn plan(
    tx: &mut Tx,
    app: &Shared,
    known: &CheckIn,
    session: &Session,
    heard: &Heard,
    outlook: &Outlook,
    now: Timestamp,
) -> Result<Plan> {
    let mut plan = Plan::default();
    let device = &known.device;
    if device.unenrolled_at.is_some() || session.server_message >= MESSAGES {
        return Ok(plan);
    }
    if let Some(removal) = &device.removal {
        if !session.reaches_device() {
            return Ok(plan);
        }
        return leaving::plan(tx, device, removal, session, heard, now).await;
    }
    let is_first = session.is_beginning();
    let days = app.settings.devices.inventory_days;
    let is_to_tell = known.waking.is_to_tell(device.inventory.heard_at);
    if is_first && (is_to_tell || device.inventory.is_due(&device.id, days, now)) {
        inventory::plan_questions(&mut plan);
    }
    if is_first {
        waking::plan(known, session, &mut plan, now);
    }
    // What else changes what the device should hold plans its deliveries by itself.
    let steps = match is_first || heard.has_news {
        true => delivery::plan_for(tx, known, now).await?,
        false => Steps::default(),
    };
    let open = match steps.change_something() {
        false => open(known, now),
        true => store::deliveries::open_of_device(tx, &device.id, now).await?,
    };
    let is_still = !steps.change_something() && open.is_empty();
    for (delivery, sha1) in &heard.installed {
        let purpose = Purpose::AskCertificate {
            delivery: delivery.clone(),
            sha1: *sha1,
        };
        let store = match order::node_of(tx, delivery).await?.map(|node| node.scope) {
            Some(Scope::User) => PersonalStore::User,
            _ => PersonalStore::System,
        };
        plan.push(purpose, |id| ask_personal(id, store, &sha1.octets()));
    }
    for delivery in open {
        if heard.installed.iter().any(|(id, _)| *id == delivery.id) {
            continue;
        }
        plan_delivery(tx, app, device, session, delivery, outlook, &mut plan, now).await?;
    }
    if is_first {
        let days = app.settings.devices.check_days;
        drift::plan_questions(tx, &steps.kept, days, session, &mut plan, now).await?;
    }
    trust::plan_return(tx, &heard.lost, &mut plan).await?;
    if known.is_distrusting && (is_first || heard.has_released) && session.reaches_device() {
        trust::plan_removals(tx, device, &mut plan, now).await?;
    }
    // Not in every message: a device that refuses is asked again in its next session.
    if is_first || heard.has_shown {
        plan_deletions(tx, &steps, session, &mut plan).await?;
    }
    if plan.is_empty() && plan.need.is_none() {
        match is_still {
            true => poll(known, &mut plan, now)?,
            false => plan_poll(tx, &device.id, &mut plan, now).await?,
        }
    }
    if !session.reaches_device() {
        plan.commands.retain(|(command, _)| is_for_user(command));
    }
    Ok(plan)
}

/// Deliveries in whose states something remains to be done with the device, and whose time has come, oldest first.
pub fn open(known: &CheckIn, now: Timestamp) -> Vec<Delivery> {
    let all = known.deliveries.iter();
    all.filter(|delivery| delivery.state.is_open() && delivery.not_before <= now)
        .cloned()
        .collect()
}

#[allow(
    clippy::too_many_arguments,
    reason = "all of it is the situation that one decision is about"
)]
async fn plan_delivery(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    session: &Session,
    delivery: Delivery,
    outlook: &Outlook,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let (is_first, waiting) = (session.is_beginning(), outlook.waiting);
    match delivery.state {
        DeliveryState::WaitingForDevice | DeliveryState::WaitingForChallenge { .. } => {
            if plan.need.is_some() {
                return Ok(());
            }
            install::begin(tx, app, device, session, delivery, outlook, plan, now).await
        }
        // Without its user a device answers 404 or 500 for what is the user's: that would be misread.
        _ if is_out_of_reach(tx, &delivery, session).await? => Ok(()),
        DeliveryState::Sent if !delivery.is_on_device => {
            install::repeat(tx, app, device, delivery, plan, now).await
        }
        DeliveryState::Sent => ask(tx, &delivery, plan).await,
        DeliveryState::Enrolling if is_first || waiting == Waiting::Done => ask(tx, &delivery, plan).await,
        DeliveryState::Enrolling if waiting == Waiting::Allowed && plan.need.is_none() => {
            plan.need = Some(Need::Outcome(delivery.id));
            Ok(())
        }
        DeliveryState::PendingAtCa if is_first => ask(tx, &delivery, plan).await,
        _ => Ok(()),
    }
}

/// Whether a command is about the user's tree alone.
fn is_for_user(command: &Command) -> bool {
    match command {
        Command::Operation(operation) => {
            let mut nodes = operation.items.iter().filter_map(|item| item.uri());
            nodes.all(|node| node.starts_with("./User/"))
        }
        _ => command.members().iter().all(is_for_user),
    }
}

/// Whether the session doesn't reach the tree that the delivery is for: the user isn't signed in, or the session is for
/// the other tree alone.
pub async fn is_out_of_reach(tx: &mut Tx, delivery: &Delivery, session: &Session) -> Result<bool> {
    let node = order::node(tx, delivery).await?;
    let is_users = node.is_some_and(|node| node.scope == Scope::User);
    Ok(if is_users {
        !session.reaches_user()
    } else {
        !session.reaches_device()
    })
}

/// Asks where a delivery stands: Status and ErrorCode in one Get, CertThumbprint in another.
pub async fn ask(tx: &mut Tx, delivery: &Delivery, plan: &mut Plan) -> Result<()> {
    if let Some(node) = order::node(tx, delivery).await? {
        plan.push(
            Purpose::AskStatus {
                delivery: delivery.id.clone(),
            },
            |id| node.ask_outcome(id),
        );
        plan.push(
            Purpose::AskThumbprint {
                delivery: delivery.id.clone(),
            },
            |id| node.ask_thumbprint(id),
        );
    }
    Ok(())
}

/// The session goes on, and nothing happens on the device.
pub fn hold(plan: &mut Plan) {
    plan.push(Purpose::Hold, |id| Command::get(id, [HARMLESS]));
}

/// The same for an answer that has room for nothing else.
pub fn harmless() -> Command {
    Command::get(CmdId::new(random_uuid()), [HARMLESS])
}

/// An old certificate goes only after the new one is proved; what is no longer meant for the device goes too.
async fn plan_deletions(tx: &mut Tx, steps: &Steps, session: &Session, plan: &mut Plan) -> Result<()> {
    for id in steps.delete_nodes.iter().chain(&steps.remove) {
        if let Some(old) = store::deliveries::by_id(tx, id)
            .await?
            .filter(|old| old.is_on_device)
            && !is_out_of_reach(tx, &old, session).await?
            && let Some(node) = order::node(tx, &old).await?
        {
            plan.push(
                Purpose::DeleteNode {
                    delivery: old.id.clone(),
                },
                |id| node.delete(id),
            );
        }
    }
    Ok(())
}

/// Whether polling often helps: not when a person must act first, nor when the next try is far off.
fn passes_soon(delivery: &Delivery, now: Timestamp) -> bool {
    let needs_a_person = matches!(
        &delivery.state,
        DeliveryState::WaitingForChallenge {
            cause: Cause::SignInRefused
                | Cause::AccountRefused { .. }
                | Cause::NoPermission
                | Cause::PageNotUnderstood { .. }
                | Cause::ChallengeNotAsked
                | Cause::PolicyModule { .. }
                | Cause::UserNotSignedIn
                | Cause::MessageTooLarge { .. }
        }
    );
    let lacks = matches!(&delivery.state, DeliveryState::WaitingForChallenge { cause } if cause.is_lack());
    delivery.state.is_open()
        && !needs_a_person
        && !lacks
        && delivery.not_before < now.plus_seconds(SOON_SECONDS)
}

/// At the end of a session: often while there is work, less often far behind in a queue, seldom when there is nothing.
pub async fn plan_poll(tx: &mut Tx, id: &DeviceId, plan: &mut Plan, now: Timestamp) -> Result<()> {
    match store::check_ins::of_device(tx, id).await? {
        Some(known) => poll(&known, plan, now),
        None => Ok(()),
    }
}

fn poll(known: &CheckIn, plan: &mut Plan, now: Timestamp) -> Result<()> {
    let (device, deliveries) = (&known.device, &known.deliveries);
    let passing = || {
        let current = deliveries.iter().filter(|delivery| delivery.is_current);
        current.filter(|delivery| passes_soon(delivery, now))
    };
    let is_busy = passing().next().is_some();
    let only_waits =
        passing().all(|delivery| matches!(delivery.state, DeliveryState::WaitingForChallenge { .. }));
    let wanted = plan.poll_minutes.filter(|_| only_waits).unwrap_or(1);
    let told = known.poll_minutes.unwrap_or(1);
    if is_busy == device.is_polling_fast && !(is_busy && is_worth_telling(told, wanted)) {
        return Ok(());
    }
    let (schedule, minutes) = match is_busy {
        true => (each(wanted), Some(wanted)),
        false => (PollSchedule::RECOMMENDED, None),
    };
    let commands = replace_schedule(PROVIDER, &schedule, || CmdId::new(random_uuid()))
        .map_err(|error| anyhow::Error::new(error).context("the poll schedule"))?;
    for command in commands {
        let purpose = Purpose::Poll {
            is_fast: is_busy,
            minutes,
        };
        let id = command.cmd_id().clone();
        plan.commands.push((command, vec![(id, purpose)]));
    }
    Ok(())
}
