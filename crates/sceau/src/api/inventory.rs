//! What a device told of itself, as the API gives it.

use domain::{
    device::{
        Device,
        inventory::{Listing, NO_TPM},
    },
    thumbprint::Sha1,
};
use serde::Serialize;

use super::instant::Instant;

/// `null` stands for what was not told.
#[derive(Serialize)]
pub(super) struct InventoryView {
    /// When it last answered.
    told_at: Option<Instant>,
    /// What it calls itself now.
    name: Option<String>,
    dns_name: Option<String>,
    platform: Option<String>,
    edition: Option<String>,
    /// GetProductInfo's number.
    edition_number: Option<u32>,
    tpm: Option<TpmView>,
    /// `+01:00`
    utc_offset: Option<String>,
    language: Option<String>,
    hardware_id: Option<String>,
    imei: Option<String>,
    wifi_mac: Option<String>,
    stores: StoresView,
}

#[derive(Serialize)]
struct TpmView {
    is_present: bool,
    version: Option<String>,
    manufacturer: Option<String>,
    firmware: Option<String>,
}

/// SHA-1 of the certificates in the machine's stores.
#[derive(Serialize)]
struct StoresView {
    personal: Option<Vec<String>>,
    roots: Option<Vec<String>>,
    intermediates: Option<Vec<String>>,
}

impl InventoryView {
    pub(super) fn of(device: &Device, listing: Option<&Listing>) -> Self {
        let inventory = &device.inventory;
        let listing = listing.cloned().unwrap_or_default();
        let texts =
            |store: Option<Vec<Sha1>>| store.map(|all| all.iter().map(Sha1::to_string).collect::<Vec<_>>());
        let is_present = |version: &str| version != NO_TPM;
        Self {
            told_at: inventory.heard_at.map(Instant),
            name: inventory.name.clone(),
            dns_name: inventory.dns_name.clone(),
            platform: inventory.platform.clone(),
            edition: inventory.edition_name().map(str::to_owned),
            edition_number: inventory.edition_number(),
            tpm: inventory.tpm().map(|version| TpmView {
                is_present: is_present(version),
                version: Some(version.to_owned()).filter(|version| is_present(version)),
                manufacturer: inventory.tpm_manufacturer.clone(),
                firmware: inventory.tpm_firmware.clone(),
            }),
            utc_offset: inventory.utc_offset().map(str::to_owned),
            language: device.language.clone(),
            hardware_id: device.hardware_id.clone(),
            imei: device.imei.clone(),
            wifi_mac: device.wifi_mac.clone(),
            stores: StoresView {
                personal: texts(listing.personal),
                roots: texts(listing.roots),
                intermediates: texts(listing.intermediates),
            },
        }
    }
}
