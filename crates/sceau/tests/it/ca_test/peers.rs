//! SCEP servers that nobody here wrote, as authorities of kind "Generic SCEP server" with a fixed challenge: the test of
//! the connection, the full test, and devices through the proxy. The server, Sceau and the devices stand together in a
//! network of their own, since one of these servers listens on every address.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::{
    delivery::{Delivery, DeliveryState},
    diagnosis::Cause,
};
use sceau::{
    app::Shared,
    commands::start,
    settings::{Listen, Settings},
};
use serde_json::Value;
use store::devices::DeviceFilter;

use crate::scep_cli::{
    Bench,
    peers::{BOTH_USAGES, Island, configure, scepserver, step_ca},
};

const SCEPSERVER: &str = "http://127.0.0.1:8080/scep";
const STEP_CA: &str = "http://127.0.0.1:9080/scep/devices";
/// Time for a few devices to come to their end.
const PATIENCE: Duration = Duration::from_secs(120);

/// Adds the server with a configuration for everyone, as a file wants it.
async fn added(bench: &Bench, island: &Island, url: &str) {
    applied(bench, island, url, "").await;
}

/// The same with these lines for the configuration.
async fn applied(bench: &Bench, island: &Island, url: &str, more: &str) {
    let address = |port: u16| format!("127.0.0.1:{port}").parse().unwrap();
    let settings = Settings {
        public_url: "https://127.0.0.1:8443".to_owned(),
        management_url: "https://127.0.0.1:8444".to_owned(),
        data_dir: bench.path().join("data"),
        listen: Listen {
            public: address(8443),
            management: address(8444),
            metrics: None,
            redirect: None,
            proxies: Vec::new(),
        },
        ..Settings::default()
    };
    let write = |name: &str, text: &str| std::fs::write(bench.path().join(name), text).unwrap();
    write("sceau.toml", &settings.to_toml().unwrap());
    write("challenge", "secret\n");
    write(
        "wanted.toml",
        &format!(
            "[[authority]]\nname = \"Peer\"\nkind = \"generic_scep\"\nscep_url = \"{url}\"\n\
             static_challenge = {{ file = \"challenge\" }}\n\
             [[configuration]]\nname = \"Wi-Fi\"\nauthority = \"Peer\"\nsubject = \"CN=${{userEmailAddress}}\"\n\
             distribution = {{ is_enabled = true, scope = {{ to = \"all\" }} }}\n{more}\n"
        ),
    );
    let applied = island.sceau(bench, &["apply", "wanted.toml"]).await.expect(0);
    assert!(applied.out.contains(" configuration Wi-Fi"), "{}", applied.out);
}

/// `sceau ca test`: its exit code, and the results of its steps by their keys.
async fn tested(bench: &Bench, island: &Island, more: &[&str]) -> (i32, BTreeMap<String, String>) {
    let ran = island
        .sceau(bench, &[&["ca", "test", "Peer", "--json"], more].concat())
        .await;
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    assert!(!ran.out.contains("secret"), "{}", ran.out);
    let steps = told["steps"].as_array().unwrap();
    let text = |step: &Value, name: &str| step[name].as_str().unwrap().to_owned();
    let steps: BTreeMap<String, String> = steps
        .iter()
        .map(|step| {
            (
                text(step, "key"),
                format!("{}: {}", text(step, "result"), text(step, "text")),
            )
        })
        .collect();
    (ran.code, steps)
}

/// Sceau and this many devices beside the server, until `is_over` says so of the deliveries.
async fn rolled_out(
    bench: &Bench,
    island: &Island,
    devices: usize,
    is_over: impl Fn(&[Delivery]) -> bool,
) -> Vec<Delivery> {
    let mut people = String::new();
    for number in 1..=devices {
        let (name, email) = (format!("person-{number}"), format!("person{number}@lab.test"));
        let add = ["person", "add", &name, "--password-stdin", "--email", &email];
        bench
            .run(env!("CARGO_BIN_EXE_sceau"), &add, "enrolment password")
            .await
            .expect(0);
        people += &format!("{name}\tenrolment password\n");
    }
    std::fs::write(bench.path().join("people"), people).unwrap();
    let _server = island.beside(bench, &["serve"]);
    let deadline = Instant::now() + PATIENCE;
    while !island.listens(8443) || !island.listens(8444) {
        assert!(Instant::now() < deadline, "{}", bench.read("serve.log"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let count = devices.to_string();
    let arguments = [
        "lab",
        "devices",
        "--server",
        "https://127.0.0.1:8443",
        "--ca-file",
        "data/tls-ca.pem",
        "--people",
        "people",
        "--devices",
        &count,
        "--data-dir",
        "devices",
        "--minute",
        "0.2",
        "--seed",
        "1",
    ];
    let _devices = island.beside(bench, &arguments);
    let settings = Settings {
        data_dir: bench.path().join("data"),
        ..Settings::default()
    };
    let app = start::application(settings).await.unwrap();
    loop {
        let all = deliveries(&app).await;
        if is_over(&all) {
            return all;
        }
        assert!(
            Instant::now() < deadline,
            "{all:?}\n{}\n{}",
            bench.read("serve.log"),
            bench.read("lab.log")
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every delivery of every device, past ones too.
async fn deliveries(app: &Shared) -> Vec<Delivery> {
    let read = app.store.read(|tx| {
        Box::pin(async move {
            let mut all = Vec::new();
            for listed in store::devices::list(tx, &DeviceFilter::default(), None, 100).await? {
                all.extend(store::deliveries::of_device(tx, &listed.device.id).await?);
            }
            Ok::<_, store::Error>(all)
        })
    });
    read.await.unwrap()
}

fn verified(all: &[Delivery]) -> usize {
    let is_verified = |one: &&Delivery| matches!(one.state, DeliveryState::Verified { .. });
    all.iter().filter(is_verified).count()
}

/// Why deliveries failed.
fn causes(all: &[Delivery]) -> Vec<&Cause> {
    all.iter()
        .filter_map(|one| match &one.state {
            DeliveryState::Replaced { cause } => cause.as_ref(),
            DeliveryState::Failed { cause } => Some(cause),
            _ => None,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn step_ca_is_tested_whole_and_gives_devices_their_certificates() {
    let bench = Bench::new();
    let program = step_ca().await;
    configure(&bench, BOTH_USAGES).await;
    let island = Island::start(&bench, &[&program, "ca.json"], STEP_CA).await;
    added(&bench, &island, STEP_CA).await;

    let (code, steps) = tested(&bench, &island, &[]).await;
    assert_eq!(code, 0, "{steps:#?}");
    assert!(steps["test-chain-no-ra"].starts_with("good: "), "{steps:#?}");
    assert!(steps.contains_key("test-permission-static"), "{steps:#?}");
    // Where no alternative name is ordered, it makes one of the common name.
    let (code, steps) = tested(&bench, &island, &["--full"]).await;
    assert_eq!(code, 1, "{steps:#?}");
    assert!(steps["test-enrolment-issued"].starts_with("good: "), "{steps:#?}");
    assert!(
        steps["test-issued-names-added"].contains("nobody asked for: 3+"),
        "{steps:#?}"
    );
    let ordered = "sans = [{ kind = \"email\", value = \"${userEmailAddress}\" }]";
    applied(&bench, &island, STEP_CA, ordered).await;
    let (code, steps) = tested(&bench, &island, &["--full"]).await;
    assert_eq!(code, 0, "{steps:#?}");
    assert!(steps["test-issued-good"].starts_with("good: "), "{steps:#?}");

    let all = rolled_out(&bench, &island, 3, |all| verified(all) == 3).await;
    assert_eq!(all.len(), 3, "each at the first attempt: {all:?}");
    // OpenSSL's word on what the devices hold.
    let find = "set -e; n=0; for c in $(find devices -path '*/my/*.pem'); do
        openssl verify -purpose sslclient -CAfile root.crt -untrusted ca.crt $c; n=$((n + 1)); done; test $n = 3";
    bench.run("sh", &["-c", find], "").await.expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn step_ca_as_it_makes_its_authority_is_said_to_lack_what_windows_wants() {
    let bench = Bench::new();
    let program = step_ca().await;
    configure(&bench, "").await;
    let island = Island::start(&bench, &[&program, "ca.json"], STEP_CA).await;
    added(&bench, &island, STEP_CA).await;
    let (code, steps) = tested(&bench, &island, &[]).await;
    assert_eq!(code, 0, "a warning is no failure: {steps:#?}");
    assert!(
        steps["test-chain-no-root"].contains("CN=Step Root. Devices need that root by another way."),
        "{steps:#?}"
    );
    let told = &steps["test-chain-no-ra-usages"];
    assert!(
        told.starts_with("warning: CN=Step Issuing CA speaks for itself")
            && told.contains("its key usage lacks digitalSignature, keyEncipherment."),
        "{told}"
    );
    let french = island
        .sceau(&bench, &["ca", "test", "Peer", "--language", "fr"])
        .await;
    assert!(
        french.out.contains("il manque digitalSignature, keyEncipherment"),
        "{}",
        french.out
    );

    // CERT_E_UNTRUSTEDROOT: nobody gave the device the root that the server doesn't show.
    let all = rolled_out(&bench, &island, 1, |all| !causes(all).is_empty()).await;
    let untrusted = Cause::DeviceError {
        code: 0x800B_0109_u32.cast_signed(),
    };
    assert_eq!(causes(&all)[0], &untrusted, "{all:?}");
    assert_eq!(verified(&all), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn scepserver_is_said_to_answer_with_what_is_not_taken() {
    let bench = Bench::new();
    let island = scepserver(&bench, SCEPSERVER).await;
    added(&bench, &island, SCEPSERVER).await;
    let (code, steps) = tested(&bench, &island, &[]).await;
    assert_eq!(code, 0, "nothing of it shows before an enrolment: {steps:#?}");
    let (code, steps) = tested(&bench, &island, &["--full"]).await;
    assert_eq!(code, 1, "{steps:#?}");
    let told = &steps["test-enrolment-algorithm"];
    assert!(
        told.starts_with("failed: ") && told.contains("single DES"),
        "{told}"
    );

    // Devices get a certificate that they can't open: that is no verified certificate, and the reason is told.
    let all = rolled_out(&bench, &island, 2, |all| causes(all).len() >= 2).await;
    // NTE_NOT_SUPPORTED: what the laboratory's device says of a cipher that it doesn't take.
    let unsupported = Cause::DeviceError {
        code: 0x8009_0029_u32.cast_signed(),
    };
    assert!(
        causes(&all).into_iter().all(|cause| *cause == unsupported),
        "{all:?}"
    );
    assert_eq!(verified(&all), 0);
}
