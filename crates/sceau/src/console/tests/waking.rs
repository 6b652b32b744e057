//! What a device's page says of how it is called, and the page of the account.

use askama::Template as _;
use domain::{
    Sealed,
    device::{
        Device,
        waking::{PfnRefused, Pushed, Waking},
    },
    notification::SendProblem,
    push::{Answer, Push, PushForm, PushSettings, PushState, Verdict, check, verdict},
};

use super::{
    super::{
        devices::shown,
        language::Language,
        page::Page,
        posted::Fields,
        push::{PushPage, stored},
    },
    pages::{Sample, sample},
    samples::{device, id, now, person},
    words::without_words,
};
use crate::actions::devices::{DeviceStory, Reach};

const BOTH: [Language; 2] = [Language::English, Language::French];

fn account() -> Push {
    Push {
        settings: PushSettings {
            is_enabled: true,
            pfn: "Example.<Sceau>_8wekyb3d8bbwe".to_owned(),
            client_id: "ms-app://s-1-15-2-1".to_owned(),
            ..PushSettings::default()
        },
        client_secret: Some(Sealed(b"hush".to_vec())),
        state: PushState {
            problem: Some(SendProblem::new("push-forbidden").with("status", "403")),
            problem_at: Some(now()),
            blocked_until: Some(now()),
            throttled: 0,
            accepted_at: Some(now()),
        },
    }
}

pub(super) fn samples(page: &Page) -> Vec<Sample> {
    let empty = PushForm {
        is_enabled: true,
        tenant: "?".to_owned(),
        trust_pem: "?".to_owned(),
        ..PushForm::default()
    };
    let wrong = check(&empty, &Push::default(), |_| false).unwrap_err();
    let typed = Fields::default();
    vec![
        sample(
            "push.html",
            &PushPage::new(page.clone(), &account(), stored(&account())),
        ),
        sample(
            "push.html",
            &PushPage::new(page.clone().refused(&wrong), &Push::default(), typed),
        ),
    ]
}

fn html(language: Language, reach: Reach, days: i64) -> String {
    let story = DeviceStory {
        lacking: Vec::new(),
        trust: Vec::new(),
        twins: Vec::new(),
        device: Device {
            unenrolled_at: None,
            left_how: None,
            removal: None,
            last_seen_at: now(),
            is_polling_fast: false,
            ..device()
        },
        person: Some(person()),
        identity: None,
        deliveries: Vec::new(),
        listing: None,
        certificates: Vec::new(),
        silence: Default::default(),
        check_days: 7,
        reach,
    };
    let at = now().plus_seconds(days * 86_400);
    shown(Page::sample(language), story, Vec::new(), None, at)
        .render()
        .unwrap()
}

fn pushed(problem: Option<SendProblem>, came_after: Option<i64>) -> Reach {
    Reach {
        waking: Waking {
            channel_since: Some(now()),
            sync_at: Some(now()),
            last: Some(Pushed {
                at: now(),
                tries: 1,
                is_accepted: problem.is_none(),
                status: Some("received".to_owned()),
                problem,
                came_at: came_after.map(|seconds| now().plus_seconds(seconds)),
                ..Pushed::default()
            }),
            ..Waking::default()
        },
        is_pushing: true,
        poll_minutes: None,
    }
}

#[test]
fn a_page_says_what_was_seen_and_no_more() {
    for language in BOTH {
        let says = |reach: Reach, days, key: &str| {
            let words = language.sentence(key, &[("at", "@"), ("minutes", "@")]).unwrap();
            let start = words.split('@').next().unwrap();
            let page = html(language, reach, days).replace("&#39;", "'");
            assert!(page.contains(start), "{key}: {page}");
            page
        };
        says(Reach::default(), 0, "device-push-off");
        let taken = says(pushed(None, None), 0, "device-expected-daily");
        assert!(taken.contains("X-WNS-Status: received"));
        assert!(taken.contains(&format!("/devices/{}/sync", id::<Device>(4))));
        says(pushed(None, Some(7)), 2, "device-expected-overdue");
        let never = Reach {
            is_pushing: true,
            ..Reach::default()
        };
        says(never.clone(), 0, "device-push-not-asked");
        let refused = |change: fn(&mut Waking)| {
            let mut reach = never.clone();
            change(&mut reach.waking);
            reach
        };
        let host = refused(|waking| waking.channel_refused = Some("host".to_owned()));
        says(host, 0, "channel-refused-host");
        let status = refused(|waking| waking.status = Some(3));
        says(status, 0, "push-status-3");
        let pfn = refused(|waking| {
            waking.pfn_refused = Some(PfnRefused {
                status: 405,
                was_added: false,
                at: now(),
            });
        });
        assert!(html(language, pfn, 0).contains("405"));
    }
    let came = html(Language::English, pushed(None, Some(7)), 0);
    assert!(came.contains("the device came 7.0 s after"), "{came}");
    let failed = SendProblem::new("push-forbidden").with("status", "403");
    let failed = html(Language::French, pushed(Some(failed), None), 0);
    assert!(failed.contains("statut HTTP 403"), "{failed}");
}

#[test]
fn no_page_shows_the_secret() {
    for language in BOTH {
        let (_, html) = samples(&Page::sample(language)).remove(0);
        assert!(!html.contains("hush") && html.contains("403"), "{html}");
    }
}

#[test]
fn whatever_wns_and_devices_say_has_words() {
    let mut keys: Vec<String> = (1..=8).map(|status| format!("push-status-{status}")).collect();
    keys.extend(["form", "host", "port"].map(|name| format!("channel-refused-{name}")));
    let ways = ["pushed", "not-pushed", "queued", "off", "no-channel"];
    keys.extend(ways.map(|way| format!("notice-sync-{way}")));
    for http in 100..=599 {
        for status in ["received", "dropped", "channelthrottled"] {
            let answer = Answer {
                http,
                status: Some(status.to_owned()),
                ..Answer::default()
            };
            match verdict(&answer, 0) {
                Verdict::Accepted | Verdict::ChannelGone => {}
                Verdict::Later(problem)
                | Verdict::Pause(problem, _)
                | Verdict::Account(problem)
                | Verdict::Refused(problem) => keys.push(problem.key),
            }
        }
    }
    let outbound = [
        "address",
        "silent",
        "unreachable",
        "credentials",
        "token",
        "channel-gone",
    ];
    keys.extend(outbound.map(|name| format!("push-{name}")));
    assert_eq!(without_words(keys), Vec::<String>::new());
}
