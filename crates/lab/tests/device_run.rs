//! Whole devices: from the first request to a certificate, against a server of the test's own and
//! the laboratory's NDES.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod device_world;

use std::time::Duration;

use device_world::{Script, Seen, World, certificate};
use lab::device::{DeviceState, DevicesReport, Hresult};

async fn failing(script: Script) -> (World, Seen) {
    let world = World::start(script).await;
    let options = world.options(&["alice@example.test"]);
    let seen = world
        .run_until(options, |seen| {
            seen.states.iter().any(|(status, _)| status == "16")
        })
        .await;
    (world, seen)
}

fn last_code(seen: &Seen) -> i32 {
    seen.states.last().unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_come_to_their_certificates() {
    let world = World::start(Script::default()).await;
    let options = world.options(&["alice@example.test", "bob@example.test"]);
    let run = tokio::time::timeout(Duration::from_secs(120), lab::device::run(options));
    let report = run.await.expect("it takes too long").unwrap();
    let seen = world.seen.borrow().clone();
    assert_eq!(seen.faults, Vec::<String>::new());
    assert_eq!(report.devices.len(), 2);
    assert_eq!(world.issued().len(), 2);
    let mut shown = 0;
    for device in &report.devices {
        assert_eq!(device.state, DeviceState::Certified, "{:?}", device.errors);
        assert!(device.errors.is_empty(), "{:?}", device.errors);
        let [held] = device.certificates.as_slice() else {
            panic!("{:?}", device.certificates)
        };
        assert_eq!(held.node, "delivery-1");
        assert!(held.subject.contains("alice@example.test"));
        assert!(seen.thumbprints.contains(&held.sha1));
        let file = world
            .path("devices")
            .join(&device.name)
            .join("my")
            .join(format!("{}.pem", held.sha1));
        let der = certificate(&file);
        let answers = seen.shown.iter().filter_map(|answer| answer.as_ref().ok());
        shown += answers.filter(|answer| *answer == &base64_of(&der)).count();
        let issued: Vec<Vec<u8>> = world.issued().iter().map(|file| certificate(file)).collect();
        assert!(issued.contains(&der));
        assert!(
            world
                .path("devices")
                .join(&device.name)
                .join("keys")
                .join(format!("{}.pem", held.sha1))
                .exists()
        );
    }
    assert_eq!(shown, 1, "one of the two shows its certificate");
    assert!(seen.shown.contains(&Err("404".to_owned())));
    assert!(seen.states.iter().filter(|(status, _)| status == "1").count() == 2);
    let written: DevicesReport =
        serde_json::from_slice(&std::fs::read(world.path("report.json")).unwrap()).unwrap();
    assert_eq!(written.sessions, report.sessions);
}

fn base64_of(der: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(der)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_enrolment_answer_is_asked_for_again_with_the_same_request() {
    let world = World::start(Script {
        lost_enrolments: 2,
        ..Script::default()
    })
    .await;
    let options = world.options(&["alice@example.test"]);
    let seen = world.run_until(options, |seen| !seen.states.is_empty()).await;
    assert_eq!(seen.enrolments.len(), 3);
    assert!(
        seen.enrolments
            .iter()
            .all(|enrolment| enrolment == &seen.enrolments[0])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_in_a_session_is_asked_for_again() {
    // Every message is answered by a broken connection first: the device repeats it as it was.
    let world = World::start(Script {
        lost_answers: 2,
        ..Script::default()
    })
    .await;
    let options = world.options(&["alice@example.test"]);
    let seen = world
        .run_until(options, |seen| {
            seen.states.iter().any(|(status, _)| status == "1")
        })
        .await;
    assert_eq!(seen.faults, Vec::<String>::new());
    assert_eq!(world.held("LAB-PC-0001").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_thumbprint_ends_before_any_request() {
    let wrong = Script {
        thumbprint: Some("00".repeat(20)),
        ..Script::default()
    };
    let (world, seen) = failing(wrong).await;
    assert_eq!(last_code(&seen), -2_146_889_721);
    assert!(world.issued().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_root_the_ca_is_not_trusted() {
    let (world, seen) = failing(Script {
        sends_root: false,
        ..Script::default()
    })
    .await;
    assert_eq!(last_code(&seen), Hresult::UNTRUSTED_ROOT.signed());
    assert!(world.issued().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_challenge_is_refused() {
    let (world, seen) = failing(Script {
        challenge: "FEDCBA9876543210".into(),
        ..Script::default()
    })
    .await;
    assert!(last_code(&seen) < 0);
    assert!(world.issued().is_empty() && world.held("LAB-PC-0001").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_outside_printable_string_fails_in_silence() {
    let (world, seen) = failing(Script {
        challenge: "no_under@score".into(),
        ..Script::default()
    })
    .await;
    assert_eq!(last_code(&seen), Hresult::UNSPECIFIED.signed());
    assert!(world.issued().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_that_windows_cannot_read_is_80092023() {
    let (_world, seen) = failing(Script {
        subject: "CN=a\\,b".into(),
        ..Script::default()
    })
    .await;
    assert_eq!(last_code(&seen), Hresult::INVALID_X500_STRING.signed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_port_and_a_wrong_path_have_windows_codes() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let script = Script {
        scep_url: Some(format!("http://{closed}/certsrv")),
        ..Script::default()
    };
    assert_eq!(
        last_code(&failing(script).await.1),
        Hresult::CANNOT_CONNECT.signed()
    );
    let script = Script {
        scep_url: Some("http://no-such-host.invalid/x".into()),
        ..Script::default()
    };
    assert_eq!(
        last_code(&failing(script).await.1),
        Hresult::NAME_NOT_RESOLVED.signed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_node_takes_its_certificate_along() {
    let world = World::start(Script {
        deletes: true,
        ..Script::default()
    })
    .await;
    let options = world.options(&["alice@example.test"]);
    world.run_until(options, |seen| seen.deleted == 1).await;
    assert!(world.held("LAB-PC-0001").is_empty());
    assert_eq!(world.issued().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_device_goes_on_where_it_was() {
    let world = World::start(Script::default()).await;
    let options = world.options(&["alice@example.test"]);
    world
        .run_until(options.clone(), |seen| {
            seen.states.iter().any(|(status, _)| status == "1")
        })
        .await;
    let held = world.held("LAB-PC-0001");
    let run = tokio::time::timeout(Duration::from_secs(60), lab::device::run(options));
    let report = run.await.expect("it takes too long").unwrap();
    assert_eq!(report.devices[0].state, DeviceState::Certified);
    assert_eq!(world.held("LAB-PC-0001"), held);
    assert_eq!(world.seen.borrow().enrolments.len(), 1, "it enrolled once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_sent_away_says_so_and_leaves_nothing() {
    let world = World::start(Script {
        unenrols: true,
        ..Script::default()
    })
    .await;
    let options = world.options(&["alice@example.test"]);
    let run = tokio::time::timeout(Duration::from_secs(60), lab::device::run(options));
    let report = run.await.expect("it takes too long").unwrap();
    assert_eq!(report.devices[0].state, DeviceState::Unenrolled);
    assert_eq!(world.seen.borrow().left, 1);
    assert!(world.held("LAB-PC-0001").is_empty() && report.devices[0].certificates.is_empty());
    assert_eq!(world.issued().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_half_installed_is_gone_after_a_restart() {
    let world = World::start(Script::default()).await;
    let options = world.options(&["alice@example.test"]);
    let my = world.path("devices/LAB-PC-0001/my");
    std::fs::create_dir_all(&my).unwrap();
    std::fs::write(my.join(format!("{}.pem", "AB".repeat(20))), "half").unwrap();
    let seen = world
        .run_until(options, |seen| {
            seen.states.iter().any(|(status, _)| status == "1")
        })
        .await;
    let [held] = world.held("LAB-PC-0001").try_into().unwrap();
    assert!(held.ends_with(format!("{}.pem", seen.thumbprints.last().unwrap())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_vanishes_after_a_delivery_comes_back_without_a_certificate() {
    let world = World::start(Script::default()).await;
    let mut options = world.options(&["alice@example.test"]);
    options.faults = "vanish=1@40".parse().unwrap();
    let begin = std::time::Instant::now();
    let has_failed = |seen: &Seen| seen.states.iter().any(|(status, _)| status == "16");
    let seen = world.run_until(options, has_failed).await;
    // Forty laboratory minutes of 0.05 s.
    assert!(begin.elapsed() >= Duration::from_secs(2));
    assert_eq!(last_code(&seen), Hresult::ABORTED.signed());
    assert!(world.issued().is_empty());
}
