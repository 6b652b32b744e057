//! Orders of programs beside the devices' queue: they go one after the other, and never leave the devices without.

use super::{Standing, Turn, queue::HELD_PER_SLOT};

/// While both wait, a challenge goes to an order after so many went to devices.
const DEVICES_PER_ORDER: u32 = 3;

/// What orders have and want of an authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// How many of the slots they hold.
    pub held: u32,
    /// How many of them ask right now.
    pub present: u32,
    /// So many challenges were claimed for devices since the last one for an order; none where there was none.
    pub devices_since: Option<u32>,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderStanding {
    /// Among the orders that wait: how many are before it, and how many of those ask right now.
    pub orders: Standing,
    /// Among the devices that wait: how many there are, and how many are in session now.
    pub devices: Standing,
    /// What orders have.
    pub held: u32,
    /// As in [`Orders`].
    pub devices_since: Option<u32>,
}

fn is_due(devices_since: Option<u32>) -> bool {
    devices_since.is_none_or(|devices| devices >= DEVICES_PER_ORDER)
}

/// How many slots orders may hold while devices wait.
fn share(slots: u32) -> u32 {
    slots.div_ceil(2)
}

impl Standing {
    /// Where a device stands among `slots`, seen what orders want: one of them may be before it.
    #[must_use]
    pub fn beside(self, orders: Orders, slots: u32) -> Self {
        if orders.present == 0 || orders.held >= share(slots) || !is_due(orders.devices_since) {
            return self;
        }
        Self {
            ahead: self.ahead.saturating_add(1),
            present_ahead: self.present_ahead.saturating_add(1),
        }
    }
}

impl OrderStanding {
    /// Decides what an order does of an authority that has `slots`, `held` of them taken.
    pub fn turn(&self, slots: u32, held: u32) -> Turn {
        let most = if self.devices.ahead == 0 {
            slots
        } else {
            share(slots)
        };
        // The first of the orders goes before the devices when it is due, each other one after them.
        let is_first = self.orders.present_ahead == 0 && is_due(self.devices_since);
        let devices = if is_first { 0 } else { self.devices.present_ahead };
        let before = self.orders.present_ahead.saturating_add(devices);
        let is_within = self.held.saturating_add(self.orders.present_ahead) < most;
        if is_within && slots.saturating_sub(held) > before {
            Turn::Claim
        } else if self.orders.present_ahead < slots.saturating_mul(HELD_PER_SLOT) {
            Turn::Stay
        } else {
            Turn::Leave
        }
    }

    /// How many challenges go to others before it, if all who wait come.
    pub fn ahead(&self) -> u32 {
        let orders = self.orders.ahead;
        let since = self.devices_since.unwrap_or(DEVICES_PER_ORDER);
        let devices = DEVICES_PER_ORDER
            .saturating_mul(orders.saturating_add(1))
            .saturating_sub(since)
            .min(self.devices.ahead);
        orders.saturating_add(devices)
    }
}
