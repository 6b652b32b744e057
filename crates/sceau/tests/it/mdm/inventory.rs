//! What a device tells of itself: asked after its enrolment and at intervals, kept, told on the timeline when it
//! changes, and held against what a configuration needs.

use domain::{
    actor::Actor,
    admission::Admission,
    built_in::Rules,
    delivery::DeliveryState,
    device::{Device, inventory::Listing},
    diagnosis::Cause,
    event::What,
    scep_configuration::{HashFamily, KeyStorage, ScepSettings},
    thumbprint::Sha1,
};
use lab::device::{
    syncml::{Command, Verb},
    tree::Format,
};

use sceau::actions::admission::change_admission;

use crate::{
    laboratory::Laboratory,
    pki::distribute,
    site::{Site, computer::Computer, own_authority::distributed, script::Script},
};

const PERSON: (&str, &str) = ("ada", "secret");
const TPM: &str = "./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion";
const EDITION: &str = "./Vendor/MSFT/DeviceStatus/OS/Edition";
const NAME: &str = "./DevDetail/Ext/Microsoft/DeviceName";
const SERIAL: &str = "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber";
const WEEK: i64 = 7 * 86_400;

async fn enrolled(site: &Site, has_tpm: bool) -> Computer {
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.tree.set_hardware(has_tpm);
    computer.enrol(site, PERSON).await;
    computer
}

async fn device(site: &Site, computer: &Computer) -> Device {
    site.device(&computer.device_id).await
}

async fn listing(site: &Site, computer: &Computer) -> Option<Listing> {
    let id = device(site, computer).await.id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::device_stores::of_device(tx, &id).await }));
    found.await.unwrap()
}

async fn state(site: &Site, computer: &Computer) -> DeliveryState {
    let id = device(site, computer).await.id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &id).await }));
    found.await.unwrap().remove(0).state
}

fn cause(state: &DeliveryState) -> Option<&Cause> {
    match state {
        DeliveryState::WaitingForChallenge { cause } => Some(cause),
        _ => None,
    }
}

async fn changes(site: &Site, computer: &Computer) -> Vec<[String; 3]> {
    let id = device(site, computer).await.id;
    let told = site.timeline(&id).await.into_iter();
    told.filter_map(|what| match what {
        What::FactChanged { fact, before, after } => Some([fact, before, after]),
        _ => None,
    })
    .collect()
}

/// What the first message of a session asks of the inventory.
async fn asked(site: &Site, computer: &mut Computer) -> Vec<String> {
    let script = Script::begin(site, computer, "user").await;
    let mut nodes = script.nodes(&Verb::Get);
    nodes.retain(|node| is_inventory(node));
    script.finish().await;
    nodes
}

fn is_inventory(node: &str) -> bool {
    node.starts_with("./DevDetail/") || node.contains("/DeviceStatus/")
}

#[tokio::test]
async fn all_that_is_told_is_kept_with_its_moment() {
    let site = Site::new().await;
    let mut computer = enrolled(&site, true).await;
    for (node, value) in [
        (
            "./DevDetail/Ext/Microsoft/DNSComputerName",
            "computer.example.com",
        ),
        (
            "./DevDetail/Ext/Microsoft/LocalTime",
            "2026-01-15T09:30:00.0000000-03:30",
        ),
    ] {
        computer.tree.set(node, Format::Chr, value);
    }
    let (own, root) = ("0A".repeat(20), "0B".repeat(20));
    let certificate = |store: &str, sha1: &str| format!("./Vendor/MSFT/{store}/{sha1}/EncodedCertificate");
    let personal = certificate("CertificateStore/My/System", &own);
    computer.tree.set(personal, Format::B64, "AA==");
    let trusted = certificate("RootCATrustedCertificates/Root", &root);
    computer.tree.set(trusted, Format::B64, "AA==");
    let begun = site.app.now();
    computer.talk(&site).await;
    let told = device(&site, &computer).await;
    let heard = told.inventory.heard_at.unwrap();
    assert!((begun..=site.app.now()).contains(&heard));
    assert_eq!(told.serial_number.as_deref(), Some("SERIAL-1"));
    assert_eq!(told.inventory.name.as_deref(), Some("COMPUTER"));
    assert_eq!(told.inventory.dns_name.as_deref(), Some("computer.example.com"));
    assert_eq!(told.inventory.platform.as_deref(), Some("Windows 10"));
    assert_eq!(told.inventory.edition_name(), Some("Pro"));
    assert_eq!(told.inventory.tpm(), Some("2.0"));
    assert_eq!(told.inventory.tpm_manufacturer.as_deref(), Some("INTC"));
    assert_eq!(told.inventory.utc_offset(), Some("-03:30"));
    let expected = Listing {
        personal: Some(vec![Sha1::parse(&own).unwrap()]),
        roots: Some(vec![Sha1::parse(&root).unwrap()]),
        intermediates: Some(Vec::new()),
    };
    assert_eq!(listing(&site, &computer).await, Some(expected));
    assert!(
        changes(&site, &computer).await.is_empty(),
        "nothing was told before"
    );
}

#[tokio::test]
async fn it_is_asked_once_in_each_week_and_not_in_the_sessions_between() {
    let site = Site::new().await;
    let mut computer = enrolled(&site, true).await;
    assert!(asked(&site, &mut computer).await.len() > 5);
    let mut rounds = 0;
    for _ in 0..8 {
        assert!(asked(&site, &mut computer).await.is_empty());
        site.pass(WEEK / 4);
        let nodes = asked(&site, &mut computer).await;
        rounds += usize::from(!nodes.is_empty());
    }
    assert_eq!(rounds, 2, "in two weeks");
    // One that enrols anew may be another machine.
    computer.enrol_again(&site, PERSON).await;
    assert!(!asked(&site, &mut computer).await.is_empty());
}

#[tokio::test]
async fn what_is_refused_is_not_told_and_asked_for_with_the_rest_alone() {
    let site = Site::new().await;
    for code in [404, 405, 406, 500] {
        let mut computer = Computer::new(u8::try_from(code % 251).unwrap());
        site.person(&format!("person{code}"), Some("secret")).await;
        computer.enrol(&site, (&format!("person{code}"), "secret")).await;
        let mut script = Script::begin(&site, &mut computer, "user").await;
        let is_refused = |command: &Command| match command.verb {
            Verb::Get => code,
            _ => 200,
        };
        script.say(is_refused).await;
        assert!(script.is_over(), "a refusal is no work");
        let told = device(&site, &computer).await;
        assert!(told.inventory.heard_at.is_some());
        assert_eq!(
            (told.inventory.edition_name(), told.inventory.tpm()),
            (None, None)
        );
        // From its enrolment.
        assert!(told.os_version.is_some());
        let stores = listing(&site, &computer).await;
        assert_eq!(stores, Some(Listing::default()));
        assert!(asked(&site, &mut computer).await.is_empty(), "{code}");
        let timeline = site.timeline(&told.id).await;
        let failed = timeline.iter().any(|what| matches!(what, What::Failed { .. }));
        assert!(!failed, "{timeline:?}");
    }
}

#[tokio::test]
async fn a_device_that_is_renamed_upgraded_or_loses_its_tpm_says_so_on_its_timeline() {
    let site = Site::new().await;
    let mut computer = enrolled(&site, true).await;
    computer.talk(&site).await;
    let name = device(&site, &computer).await.name;
    for (node, value) in [
        (NAME, "RENAMED"),
        ("./DevDetail/SwV", "10.0.26100.1"),
        (EDITION, "4"),
        (TPM, "Not available"),
    ] {
        computer.tree.set(node, Format::Chr, value);
    }
    site.pass(WEEK);
    computer.talk(&site).await;
    let expected = [
        ["name", "COMPUTER", "RENAMED"],
        ["os_version", "10.0.19045.1", "10.0.26100.1"],
        ["edition", "Pro", "Enterprise"],
        ["tpm", "2.0", "none"],
    ];
    assert_eq!(changes(&site, &computer).await, expected);
    // A device could call itself as another does: its certificates keep the name of its enrolment.
    assert_eq!(device(&site, &computer).await.name, name);
    site.pass(WEEK);
    computer.talk(&site).await;
    assert_eq!(changes(&site, &computer).await.len(), 4, "told once");
}

/// Changes the only configuration as the test wants it.
async fn configure(site: &Site, change: fn(&mut ScepSettings)) {
    site.app
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut configuration = store::configurations::list(tx).await?.remove(0).configuration;
                change(&mut configuration.settings);
                store::configurations::update(tx, &configuration).await
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn without_its_tpm_a_device_takes_no_challenge_and_goes_on_when_it_has_one() {
    let site = Site::new().await;
    let laboratory = Laboratory::start(false, 5).await;
    distribute(&site.app, &laboratory).await;
    configure(&site, |settings| settings.key_storage = KeyStorage::TpmRequired).await;
    let mut computer = enrolled(&site, false).await;
    for _ in 0..3 {
        assert!(computer.talk(&site).await.is_none(), "nothing is ordered");
        let state = state(&site, &computer).await;
        assert_eq!(cause(&state), Some(&Cause::TpmMissing));
        assert_eq!(challenges(&site).await, 0);
        site.pass(3600);
    }
    let waits = site.timeline(&device(&site, &computer).await.id).await;
    let waits = waits
        .iter()
        .filter(|what| matches!(what, What::WaitingForChallenge { .. }));
    assert_eq!(waits.count(), 1, "told once");
    computer.tree.set_hardware(true);
    let order = computer.talk(&site).await.expect("it goes on by itself");
    assert!(order.needs_tpm);
    assert_eq!(challenges(&site).await, 1);
}

/// Challenges that were taken, or claimed.
async fn challenges(site: &Site) -> i64 {
    let found = site.app.store.read(move |tx| {
        Box::pin(async move {
            let authority = store::authorities::list(tx).await?.remove(0);
            let slots = store::challenges::slots(tx, &authority.id).await?;
            Ok::<_, store::Error>(slots.len())
        })
    });
    i64::try_from(found.await.unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_not_known_holds_nothing_back() {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |form| {
        form.key_storage = KeyStorage::TpmRequired;
    })
    .await;
    // Without DeviceStatus: 404 to each of its nodes.
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    assert!(computer.talk(&site).await.is_some());
}

#[tokio::test]
async fn an_edition_or_a_version_that_takes_no_such_certificates_is_named() {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |_| {}).await;
    let mut computer = enrolled(&site, true).await;
    // Server Standard.
    computer.tree.set(EDITION, Format::Chr, "7");
    assert!(computer.talk(&site).await.is_none());
    let edition = "Server Standard".to_owned();
    let held = state(&site, &computer).await;
    assert_eq!(cause(&held), Some(&Cause::EditionUnsupported { edition }));
    computer.tree.set(EDITION, Format::Chr, "48");
    configure(&site, |settings| settings.hashes = vec![HashFamily::Sha3]).await;
    assert!(computer.talk(&site).await.is_none());
    let held = state(&site, &computer).await;
    let too_old = Cause::WindowsTooOld {
        version: "10.0.19045.1".to_owned(),
        needed: "10.0.26100".to_owned(),
    };
    assert_eq!(cause(&held), Some(&too_old));
    computer.tree.set("./DevDetail/SwV", Format::Chr, "10.0.26100.1");
    assert!(computer.talk(&site).await.is_some());
}

async fn list_serials(site: &Site, serials: &[&str]) {
    let listed = Admission {
        serial_numbers: serials.iter().map(|serial| (*serial).to_owned()).collect(),
        ..Admission::default()
    };
    change_admission(&site.app, &Actor::CommandLine, listed)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_device_whose_serial_number_is_not_listed_enrols_and_gets_nothing_until_it_is() {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |_| {}).await;
    list_serials(&site, &["PF-OTHER"]).await;
    let mut computer = enrolled(&site, true).await;
    computer.tree.set(SERIAL, Format::Chr, "pf-1234");
    assert!(computer.talk(&site).await.is_none());
    let held = state(&site, &computer).await;
    let serial_number = "pf-1234".to_owned();
    assert_eq!(cause(&held), Some(&Cause::SerialNotListed { serial_number }));
    list_serials(&site, &["PF-OTHER", "PF-1234"]).await;
    assert!(computer.talk(&site).await.is_some());
}
