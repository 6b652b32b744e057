//! What a device told of itself, on its page.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    certificate::Certificate,
    device::{
        Device,
        inventory::{LISTED, Listing, NO_TPM},
    },
    thumbprint::Sha1,
};

use axum::extract::{Path, State};

use super::{
    device_removal::known,
    page::Page,
    posted::Posted,
    respond::{Answer, go},
};
use crate::{actions::device_name, app::Shared};

/// `POST /devices/{id}/name`: the name that the device gives itself is taken over.
pub(super) async fn take_name(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    device_name::take_name(&app, &visitor.actor(), &id, fields.raw("name"))
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=name-taken")))
}

/// The card of a device's page.
pub(super) struct Told {
    /// When it last answered.
    pub(super) at: Option<Timestamp>,
    /// What it calls itself, where its certificates carry another name.
    pub(super) new_name: Option<String>,
    /// Labels and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Certificates in the machine's own store, and whether Sceau knows them as delivered.
    pub(super) personal: Vec<(Sha1, bool)>,
}

impl Told {
    /// What is known of a device; `certificates` are those that it proved to hold.
    pub(super) fn of(
        page: &Page,
        device: &Device,
        listing: Option<&Listing>,
        certificates: &[Certificate],
    ) -> Self {
        let inventory = &device.inventory;
        let listing = listing.cloned().unwrap_or_default();
        let delivered: BTreeSet<Sha1> = certificates.iter().map(|one| one.sha1).collect();
        let told = |text: Option<String>| text.unwrap_or_else(|| page.t("device-not-told"));
        let mut facts = vec![
            ("device-dns-name", told(inventory.dns_name.clone())),
            ("device-edition", told(edition(device))),
            ("device-tpm", told(tpm(page, device))),
            ("device-utc-offset", told(utc_offset(device))),
            (
                "device-store-personal",
                told(count(page, listing.personal.as_deref())),
            ),
            ("device-store-roots", told(count(page, listing.roots.as_deref()))),
            (
                "device-store-intermediates",
                told(count(page, listing.intermediates.as_deref())),
            ),
        ];
        let stated = [
            ("device-language", &device.language),
            ("device-hardware-id", &device.hardware_id),
            ("device-imei", &device.imei),
            ("device-wifi-mac", &device.wifi_mac),
        ];
        for (label, value) in stated {
            facts.extend(
                value
                    .clone()
                    .filter(|text| !text.is_empty())
                    .map(|text| (label, text)),
            );
        }
        let personal = listing.personal.unwrap_or_default();
        Self {
            at: inventory.heard_at,
            new_name: inventory.name.clone().filter(|name| *name != device.name),
            facts,
            personal: personal
                .into_iter()
                .map(|sha1| (sha1, delivered.contains(&sha1)))
                .collect(),
        }
    }
}

fn edition(device: &Device) -> Option<String> {
    let parts = [
        device.inventory.platform.as_deref(),
        device.inventory.edition_name(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    Some(parts.join(" · ")).filter(|text| !text.is_empty())
}

fn tpm(page: &Page, device: &Device) -> Option<String> {
    let inventory = &device.inventory;
    match inventory.tpm()? {
        NO_TPM => Some(page.t("device-tpm-none")),
        version => {
            let more = [&inventory.tpm_manufacturer, &inventory.tpm_firmware];
            let parts = std::iter::once(version).chain(more.into_iter().filter_map(|text| text.as_deref()));
            Some(parts.collect::<Vec<_>>().join(" · "))
        }
    }
}

fn utc_offset(device: &Device) -> Option<String> {
    device.inventory.utc_offset().map(|offset| format!("UTC{offset}"))
}

fn count(page: &Page, store: Option<&[Sha1]>) -> Option<String> {
    let count = store?.len();
    let key = if count >= LISTED {
        "device-store-full"
    } else {
        "device-store-count"
    };
    Some(page.count(key, &i64::try_from(count).unwrap_or(i64::MAX)))
}
