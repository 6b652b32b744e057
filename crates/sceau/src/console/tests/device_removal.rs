//! A device that is sent away, at each step.

use super::{
    super::{
        device_removal::{RemovePage, in_words},
        device_revocation::RevokePage,
        devices::{DevicePage, shown},
        erasure::ErasePage,
        language::Language,
        page::Page,
    },
    samples::{certificate, device, id, now, person, removal, sha1},
};
use crate::actions::{
    device_removal::Outlook,
    device_revocation::{Elsewhere, Holdings},
    device_silence::Story,
    devices::{DeviceStory, Reach},
    erasure,
};
use askama::Template as _;
use domain::device::{Device, LeftHow};

/// The page that asks.
pub(super) fn asking(page: &Page) -> RemovePage {
    let outlook = Outlook {
        device: staying(),
        nodes: 2,
        trust: vec![sha1()],
        former_trust: 1,
        unsent: 3,
    };
    RemovePage::new(page.clone(), &outlook)
}

/// The page that asks whether to revoke.
pub(super) fn revoking(page: &Page) -> RevokePage {
    let holdings = Holdings {
        device: staying(),
        own: Vec::new(),
        elsewhere: vec![Elsewhere {
            authority: "NDES".to_owned(),
            certificate: certificate(None),
        }],
    };
    RevokePage::new(page.clone(), &holdings)
}

/// The page that asks whether to erase a person's records.
pub(super) fn erasing(page: &Page) -> ErasePage {
    let outlook = erasure::Outlook {
        name: "claire".to_owned(),
        devices: vec![device()],
        own: 1,
        elsewhere: vec![Elsewhere {
            authority: "NDES".to_owned(),
            certificate: certificate(None),
        }],
        activity: 12,
        refusal: None,
    };
    ErasePage::new(page.clone(), &erasure::Of::Person(id(3)), &outlook)
}

/// A device that leaves soon, and that came back.
pub(super) fn silence() -> Story {
    Story {
        told: Some((now(), now())),
        returned_at: Some(now()),
    }
}

pub(super) fn staying() -> Device {
    Device {
        unenrolled_at: None,
        left_how: None,
        removal: None,
        ..device()
    }
}

fn page_of(page: &Page, device: Device) -> DevicePage {
    let story = DeviceStory {
        lacking: Vec::new(),
        twins: Vec::new(),
        listing: None,
        certificates: Vec::new(),
        trust: Vec::new(),
        device,
        person: Some(person()),
        identity: None,
        deliveries: Vec::new(),
        check_days: 7,
        reach: Reach::default(),
        silence: Story::default(),
    };
    shown(page.clone(), story, Vec::new(), None, now())
}

#[test]
fn a_page_offers_what_can_be_done_at_each_step() {
    let page = Page::sample(Language::English);
    let (remove, stay) = (format!("/devices/{}/remove", id::<Device>(4)), "/stay\"");
    let told = |is_told| Device {
        removal: Some(removal(is_told)),
        ..staying()
    };
    for (device, may_remove, may_stay) in [
        (staying(), true, false),
        (told(false), true, true),
        (told(true), false, false),
        (device(), false, false),
    ] {
        let html = page_of(&page, device).render().unwrap();
        assert_eq!(
            (html.contains(&remove), html.contains(stay)),
            (may_remove, may_stay)
        );
    }
}

#[test]
fn each_way_out_is_told_with_who_and_when() {
    let french = Page::sample(Language::French);
    let left = |how| Device {
        left_how: how,
        ..device()
    };
    assert_eq!(in_words(&french, &staying()), None);
    let said: Vec<String> = [
        Some(LeftHow::User),
        Some(LeftHow::SentAway),
        Some(LeftHow::Unheard),
        Some(LeftHow::Revoked),
        Some(LeftHow::Silent),
        None,
    ]
    .into_iter()
    .filter_map(|how| in_words(&french, &left(how)))
    .collect();
    let day = super::super::moment::day(now());
    assert!(
        said.len() == 6 && said.iter().all(|words| words.contains(&day)),
        "{said:?}"
    );
    assert!(
        said[0].contains("son utilisateur") && !said[0].contains("claire"),
        "{said:?}"
    );
    assert!(
        said[1..4].iter().all(|words| words.contains("claire")),
        "{said:?}"
    );
}
