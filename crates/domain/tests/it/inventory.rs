//! What a device tells of itself, and what it needs for a configuration.

use domain::{
    Id,
    device::{
        Device, DeviceId,
        inventory::{Inventory, NO_TPM},
        needs::missing,
    },
    diagnosis::Cause,
    scep_configuration::{HashFamily, KeyStorage, ScepSettings},
};

use crate::samples::{NOW, configuration, device, form};

const DAY: i64 = 86_400;

fn told(change: impl FnOnce(&mut Device)) -> Device {
    let mut device = device();
    change(&mut device);
    device
}

fn settings(change: impl FnOnce(&mut ScepSettings)) -> ScepSettings {
    let mut settings = configuration(&form()).settings;
    settings.key_storage = KeyStorage::Software;
    settings.hashes = vec![HashFamily::Sha2];
    change(&mut settings);
    settings
}

#[test]
fn a_device_is_asked_once_a_period_and_not_all_on_the_same_day() {
    let heard = Inventory {
        heard_at: Some(NOW),
        ..Inventory::default()
    };
    let mut days = std::collections::BTreeSet::new();
    for n in 0..200_u8 {
        let id: DeviceId = Id::new(NOW, [n.wrapping_mul(83); 10]);
        assert!(Inventory::default().is_due(&id, 7, NOW), "it never answered");
        assert!(!heard.is_due(&id, 7, NOW));
        let first = (1..=7).find(|day| heard.is_due(&id, 7, NOW.plus_seconds(day * DAY)));
        days.insert(first.expect("within a week"));
        // Asked at the first day on which it is due, it is due again after a whole week.
        let again = Inventory {
            heard_at: Some(NOW.plus_seconds(first.unwrap() * DAY)),
            ..Inventory::default()
        };
        let later = |days: i64| NOW.plus_seconds((first.unwrap() + days) * DAY);
        assert!(!again.is_due(&id, 7, later(6)) && again.is_due(&id, 7, later(7)));
    }
    assert_eq!(days.len(), 7, "{days:?}");
}

#[test]
fn a_tpm_is_there_not_there_or_not_told() {
    for (text, expected) in [
        ("2.0", Some("2.0")),
        ("2.0, 0, 1.38", Some("2.0")),
        ("1.2", Some("1.2")),
        ("Not available", Some(NO_TPM)),
        ("0", Some(NO_TPM)),
        ("0.0", Some(NO_TPM)),
        ("", None),
        ("yes", None),
    ] {
        let inventory = Inventory {
            tpm_version: Some(text.to_owned()),
            ..Inventory::default()
        };
        assert_eq!(inventory.tpm(), expected, "{text}");
    }
    assert_eq!(Inventory::default().tpm(), None);
}

#[test]
fn the_distance_from_utc_is_read_where_windows_writes_it() {
    for (text, expected) in [
        ("2026-01-15T09:30:00.0000000+01:00", Some("+01:00")),
        ("2026-01-15T09:30:00-03:30", Some("-03:30")),
        ("2003-06-16T18:37:44Z", None),
        ("2026-01-15", None),
        ("2026-01-15T09:30:00+0100", None),
    ] {
        let inventory = Inventory {
            local_time: Some(text.to_owned()),
            ..Inventory::default()
        };
        assert_eq!(inventory.utc_offset(), expected, "{text}");
    }
}

#[test]
fn an_edition_has_a_name_or_its_number() {
    for (text, expected) in [
        ("48", Some("Pro")),
        (" 101 ", Some("Home")),
        ("999", Some("999")),
        ("", None),
    ] {
        let inventory = Inventory {
            edition: Some(text.to_owned()),
            ..Inventory::default()
        };
        assert_eq!(inventory.edition_name(), expected, "{text}");
    }
}

#[test]
fn a_required_tpm_must_not_be_known_to_be_missing() {
    let tpm = |text: &str| told(|device| device.inventory.tpm_version = Some(text.to_owned()));
    let required = settings(|settings| settings.key_storage = KeyStorage::TpmRequired);
    assert_eq!(missing(&tpm("Not available"), &required), Some(Cause::TpmMissing));
    for fits in [tpm("2.0"), tpm("1.2"), tpm("unheard of"), device()] {
        assert_eq!(missing(&fits, &required), None);
    }
    for storage in [KeyStorage::TpmIfPresent, KeyStorage::Software] {
        let other = settings(|settings| settings.key_storage = storage);
        assert_eq!(missing(&tpm("Not available"), &other), None);
    }
}

#[test]
fn windows_must_be_new_enough_for_what_is_asked() {
    let windows = |text: &str| told(|device| device.os_version = Some(text.to_owned()));
    let needed = |device: &Device, hashes: &[HashFamily]| {
        let settings = settings(|settings| settings.hashes = hashes.to_vec());
        match missing(device, &settings) {
            Some(Cause::WindowsTooOld { needed, .. }) => Some(needed),
            other => {
                assert_eq!(other, None);
                None
            }
        }
    };
    let (sha2, sha3) = (HashFamily::Sha2, HashFamily::Sha3);
    assert_eq!(
        needed(&windows("10.0.10240.1"), &[sha2]).as_deref(),
        Some("10.0.10586")
    );
    assert_eq!(needed(&windows("10.0.10586.0"), &[sha2]), None);
    assert_eq!(
        needed(&windows("10.0.22631.1"), &[sha3]).as_deref(),
        Some("10.0.26100")
    );
    assert_eq!(needed(&windows("10.0.22631.1"), &[sha2, sha3]), None);
    assert_eq!(needed(&windows("10.0.26100.1"), &[sha3]), None);
    for unknown in [windows(""), windows("10"), windows("Windows"), device()] {
        assert_eq!(needed(&unknown, &[sha3]), None);
    }
}

#[test]
fn editions_that_microsofts_lists_leave_out_are_named_and_unknown_ones_pass() {
    let edition = |text: &str| told(|device| device.inventory.edition = Some(text.to_owned()));
    for (number, name) in [("7", "Server Standard"), ("123", "IoT Core"), ("1", "1")] {
        let expected = Cause::EditionUnsupported {
            edition: name.to_owned(),
        };
        assert_eq!(missing(&edition(number), &settings(|_| {})), Some(expected));
    }
    // Pro, Home (the pages and the lists contradict each other), Surface Hub, later than the lists, no number.
    for number in ["48", "101", "119", "211", "0", "Pro", ""] {
        assert_eq!(missing(&edition(number), &settings(|_| {})), None, "{number}");
    }
}
