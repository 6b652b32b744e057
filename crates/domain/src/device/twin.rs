//! Two devices that say the same of their hardware: one machine that was set up anew, or a copy of one.

use super::Device;
use crate::time::Timestamp;

/// What is fewer octets, or one character again and again, names no hardware.
const LEAST: usize = 8;
/// A device that was set up anew may still have been heard so long after its new enrolment: clocks, and a message under
/// way.
const OVERLAP_SECONDS: i64 = 300;

/// What another device of the same hardware is to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// It enrolled before, and has been silent since the device enrolled: most likely the same machine before it was set
    /// up anew.
    Former,
    /// It enrolled since, and the device itself has been silent: most likely what the machine is called now.
    Successor,
    /// Both have spoken since: two machines, of which one is a copy. Virtual machines from one template say so, too.
    Copy,
}

impl Twin {
    /// What `other` is to `device`. Nothing where they don't name the same hardware, or one of them has left.
    pub fn of(device: &Device, other: &Device) -> Option<Self> {
        let is_same =
            names_hardware(device.hardware_id.as_deref()) && device.hardware_id == other.hardware_id;
        let are_managed = device.unenrolled_at.is_none() && other.unenrolled_at.is_none();
        if !is_same || !are_managed || device.id == other.id {
            return None;
        }
        let is_later = (other.enrolled_at, &other.id) > (device.enrolled_at, &device.id);
        let (former, latter) = match is_later {
            true => (device, other),
            false => (other, device),
        };
        let overlap: Timestamp = latter.enrolled_at.plus_seconds(OVERLAP_SECONDS);
        Some(match (former.last_seen_at > overlap, is_later) {
            (true, _) => Self::Copy,
            (false, true) => Self::Successor,
            (false, false) => Self::Former,
        })
    }
}

/// Whether a hardware id tells machines apart at all.
pub fn names_hardware(hardware_id: Option<&str>) -> bool {
    let text = hardware_id.unwrap_or_default().trim();
    let first = text.chars().next();
    text.len() >= LEAST && text.chars().any(|c| Some(c) != first)
}
