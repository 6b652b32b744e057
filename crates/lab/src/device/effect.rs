//! What a server's commands do beyond the tree.

use super::machine::Machine;
use super::report::DeviceState;
use super::session::Ended;
use super::state::State;
use super::tree::{Effect, EnrolOrder};

/// Performs an effect on the device's files and state; enrolments are collected, to begin later.
pub(crate) fn perform(
    effect: Effect,
    machine: &Machine,
    state: &mut State,
    orders: &mut Vec<EnrolOrder>,
    ended: &mut Ended,
) -> anyhow::Result<()> {
    match effect {
        Effect::Trust { store, sha1, der } => machine.folder.trust(store, &sha1, &der)?,
        Effect::Distrust { store, sha1 } => machine.folder.distrust(store, &sha1),
        Effect::Enrol(order) => orders.push(*order),
        Effect::Forget { unique_id } => forget(machine, state, &unique_id),
        Effect::PollChanged => ended.poll_changed = true,
        Effect::Unenrol => unenrol(machine, state),
    }
    Ok(())
}

/// Removes the certificates that a node brought, with their keys.
pub(crate) fn forget(machine: &Machine, state: &mut State, unique_id: &str) {
    let (gone, kept) = state
        .certificates
        .drain(..)
        .partition(|held| held.node == unique_id);
    state.certificates = kept;
    let gone: Vec<super::report::HeldCertificate> = gone;
    for held in gone {
        machine.folder.uninstall(&held.sha1);
        state
            .tree
            .remove(&format!("./Vendor/MSFT/CertificateStore/My/System/{}", held.sha1));
    }
}

/// Leaving the management removes what it brought.
fn unenrol(machine: &Machine, state: &mut State) {
    for unique_id in state.tree.scep_nodes() {
        forget(machine, state, &unique_id);
        state.tree.remove(&format!("{}/{unique_id}", super::tree::SCEP));
    }
    state.account = None;
    state.stage = DeviceState::Unenrolled;
}
