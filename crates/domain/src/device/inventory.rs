//! What a device tells of itself when it is asked now and then. Nothing of it is proof of anything.

use serde::{Deserialize, Serialize};

use super::DeviceId;
use crate::{group::version, thumbprint::Sha1, time::Timestamp};

/// Characters of a told value that are kept.
pub const LONGEST: usize = 256;
/// Certificates of one store that are kept.
pub const LISTED: usize = 1000;
const DAY: i64 = 86_400;

/// What a device told. A value that is missing was not told: the device refused it, or was not asked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    /// When it last answered.
    pub heard_at: Option<Timestamp>,
    /// What it calls itself now (`DevDetail/Ext/Microsoft/DeviceName`).
    pub name: Option<String>,
    /// Its name in DNS.
    pub dns_name: Option<String>,
    /// The operating system in its own words (`OSPlatform`).
    pub platform: Option<String>,
    /// The edition as a number of GetProductInfo (`DeviceStatus/OS/Edition`).
    pub edition: Option<String>,
    /// `DeviceStatus/TPM/SpecificationVersion` as it stands.
    pub tpm_version: Option<String>,
    /// The TPM's manufacturer, as letters.
    pub tpm_manufacturer: Option<String>,
    /// The version of its firmware.
    pub tpm_firmware: Option<String>,
    /// The clock on its wall, ISO 8601.
    pub local_time: Option<String>,
}

/// The certificates in stores of the machine, by thumbprint. A store that is missing was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    /// `My`.
    pub personal: Option<Vec<Sha1>>,
    /// `Root`.
    pub roots: Option<Vec<Sha1>>,
    /// `CA`.
    pub intermediates: Option<Vec<Sha1>>,
}

impl Inventory {
    /// Whether a device is to be asked: at once where it never answered, otherwise once in each period of `days`. The
    /// periods of devices begin at different moments, by their ids, so that those that enrolled together are not
    /// asked together.
    pub fn is_due(&self, id: &DeviceId, days: u16, now: Timestamp) -> bool {
        let Some(heard_at) = self.heard_at else {
            return true;
        };
        let period = i64::from(days.max(1)) * DAY;
        let digits = id.as_str().get(24..).unwrap_or_default();
        let start = i64::from_str_radix(digits, 16).unwrap_or(0) % period;
        let number = |at: Timestamp| (at.seconds() + start).div_euclid(period);
        number(now) > number(heard_at)
    }

    /// The edition in words, or as the device told it where the number is not known.
    pub fn edition_name(&self) -> Option<&str> {
        let told = self.edition.as_deref()?.trim();
        let known = self.edition_number().and_then(edition_name);
        Some(known.unwrap_or(told)).filter(|text| !text.is_empty())
    }

    /// The edition's number.
    pub fn edition_number(&self) -> Option<u32> {
        self.edition.as_deref()?.trim().parse().ok()
    }

    /// The TPM's version, such as `2.0`; [`NO_TPM`] where the device told that it has none that is ready; nothing where
    /// it didn't tell.
    ///
    /// Microsoft's DDF of DeviceStatus gives `Not available` as the value where there is nothing to tell of, and its
    /// compliance rules take 0 for no TPM. Win32_Tpm writes further numbers behind a comma.
    pub fn tpm(&self) -> Option<&str> {
        let told = self.tpm_version.as_deref()?.split(',').next()?.trim();
        if told.eq_ignore_ascii_case("not available") {
            return Some(NO_TPM);
        }
        match version(told) {
            Some([0, 0, 0, 0]) => Some(NO_TPM),
            Some(_) => Some(told),
            None => None,
        }
    }

    /// How far the device's clock is from UTC, `+01:00`. Windows ends its local time with it; a `Z` says nothing, since
    /// Microsoft's own sample writes one behind a local time.
    pub fn utc_offset(&self) -> Option<&str> {
        let told = self.local_time.as_deref()?.trim();
        let (_, time) = told.split_once('T')?;
        let at = time.find(['+', '-'])?;
        time.get(at..).filter(|offset| is_offset(offset))
    }
}

/// What [`Inventory::tpm`] gives for a device that told it has no TPM.
pub const NO_TPM: &str = "none";

fn is_offset(text: &str) -> bool {
    let shape = |(place, octet): (usize, u8)| match place {
        0 => true,
        3 => octet == b':',
        _ => octet.is_ascii_digit(),
    };
    text.len() == 6 && text.bytes().enumerate().all(shape)
}

/// GetProductInfo's editions that are managed, in Microsoft's words.
fn edition_name(number: u32) -> Option<&'static str> {
    Some(match number {
        0x04 => "Enterprise",
        0x1B => "Enterprise N",
        0x30 => "Pro",
        0x31 => "Pro N",
        0x48 => "Enterprise Evaluation",
        0x54 => "Enterprise N Evaluation",
        0x62 => "Home N",
        0x63 => "Home China",
        0x64 => "Home Single Language",
        0x65 => "Home",
        0x77 => "Team",
        0x79 => "Education",
        0x7A => "Education N",
        0x7B => "IoT Core",
        0x7D => "Enterprise LTSC",
        0x7E => "Enterprise N LTSC",
        0x81 => "Enterprise LTSC Evaluation",
        0x82 => "Enterprise N LTSC Evaluation",
        0xA1 => "Pro for Workstations",
        0xA2 => "Pro for Workstations N",
        0xA4 => "Pro Education",
        0xA5 => "Pro Education N",
        0xAF => "Enterprise multi-session",
        0xBC => "IoT Enterprise",
        0xBF => "IoT Enterprise LTSC",
        0xCA | 0xCB => "SE",
        0x07 | 0x0D => "Server Standard",
        0x08 | 0x0C => "Server Datacenter",
        _ => return None,
    })
}
