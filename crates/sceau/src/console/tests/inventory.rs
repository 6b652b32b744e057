//! What a device told of itself, on its page.

use askama::Template as _;
use domain::{
    delivery::DeliveryState,
    device::{
        Device,
        inventory::{Inventory, Listing},
    },
    diagnosis::Cause,
};

use super::{
    super::{devices::shown, language::Language, page::Page},
    samples::{certificate, delivery, device, now, sha1},
};
use crate::actions::devices::{DeviceStory, Reach};

fn page_of(language: Language, inventory: Inventory, listing: Option<Listing>) -> String {
    let held = DeliveryState::WaitingForChallenge {
        cause: Cause::TpmMissing,
    };
    let story = DeviceStory {
        lacking: Vec::new(),
        twins: Vec::new(),
        trust: Vec::new(),
        device: Device {
            inventory,
            ..device()
        },
        person: None,
        identity: None,
        deliveries: vec![(delivery(held), "Wi-Fi".to_owned())],
        listing,
        certificates: vec![certificate(None)],
        silence: Default::default(),
        check_days: 7,
        reach: Reach::default(),
    };
    let page = Page::sample(language);
    shown(page, story, Vec::new(), None, now()).render().unwrap()
}

#[test]
fn what_was_told_is_shown_with_its_moment_and_what_was_not_is_said() {
    let inventory = Inventory {
        heard_at: Some(now()),
        name: Some("RENAMED".to_owned()),
        platform: Some("Windows 11 Pro".to_owned()),
        edition: Some("48".to_owned()),
        tpm_version: Some("Not available".to_owned()),
        ..Inventory::default()
    };
    let listing = Listing {
        personal: Some(vec![certificate(None).sha1]),
        roots: Some(vec![sha1(); 3]),
        intermediates: None,
    };
    for (language, words) in [
        (
            Language::English,
            [
                "It calls itself RENAMED now",
                "none that is ready",
                "3 certificates",
                "not told",
                "It is held back",
            ],
        ),
        (
            Language::French,
            [
                "Il s&#39;appelle maintenant RENAMED",
                "aucun qui soit prêt",
                "3 certificats",
                "non communiqué",
                "Il est retenu",
            ],
        ),
    ] {
        let html = page_of(language, inventory.clone(), Some(listing.clone()));
        for words in words.into_iter().chain(["Windows 11 Pro · Pro"]) {
            assert!(html.contains(words), "{words}: {html}");
        }
    }
    let html = page_of(Language::English, inventory, Some(listing));
    assert!(html.contains("delivered by Sceau"), "{html}");
}

#[test]
fn a_device_that_was_never_asked_is_said_to_be() {
    let html = page_of(Language::English, Inventory::default(), None);
    assert!(html.contains("It has not been asked yet"), "{html}");
    assert!(!html.contains("not told"), "{html}");
}
