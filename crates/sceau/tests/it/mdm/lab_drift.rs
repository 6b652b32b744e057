//! A simulated device, which shares no code with the server, loses its certificate: its file is deleted, as a person
//! would. The server finds out when it asks, and the device gets another.

use std::{fs, net::TcpListener, path::Path, time::Duration};

use domain::{actor::Actor, built_in::Rules, delivery::DeliveryState, diagnosis::Cause, thumbprint::Sha1};
use lab::device::DevicesOptions;
use sceau::{
    actions::{device_check::check_device, devices::one_device},
    listen::{self, Listener},
    routes,
};

use crate::site::{Site, own_authority::distributed};

const TRIES: u32 = 600;

#[tokio::test]
async fn a_device_that_loses_its_certificate_gets_another() {
    // Both are bound until the addresses are known, which stand in the settings.
    let sockets = ["public", "management"].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let [public, management] = sockets.each_ref().map(|socket| socket.local_addr().unwrap());
    let site = Site::with(|settings| {
        settings.public_url = format!("https://localhost:{}", public.port());
        settings.management_url = format!("https://localhost:{}", management.port());
    })
    .await;
    distributed(&site, Rules::default(), |_| {}).await;
    site.person("ada", Some("secret")).await;
    let tls = listen::load(&site.app.settings, site.app.now()).unwrap();
    drop(sockets);
    let bind = |address, tls| Listener::bind(address, tls);
    let running = [
        bind(public, tls.public)
            .await
            .unwrap()
            .serve(routes::public(site.app.clone())),
        bind(management, tls.management)
            .await
            .unwrap()
            .serve(routes::management(site.app.clone())),
    ];
    let running = running.map(Result::unwrap);
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    fs::write(&people, "ada secret\n").unwrap();
    let devices = tokio::spawn(lab::device::run(DevicesOptions {
        server: site.app.settings.public_url.parse().unwrap(),
        ca_file: site.app.settings.data_dir.join("tls-ca.pem"),
        people_file: people,
        devices: 1,
        data_dir: folder.path().join("devices"),
        minute_seconds: 0.01,
        faults: lab::faults::Faults::default(),
        seed: Some(1),
        report: None,
        linger: true,
    }));
    let (first, _) = proved_other_than(&site, None).await;
    let machine = folder.path().join("devices/LAB-PC-0001");
    lose(&machine, first);
    let device = site.devices().await.remove(0).id;
    check_device(&site.app, &Actor::CommandLine, &device)
        .await
        .unwrap();
    let (second, causes) = proved_other_than(&site, Some(first)).await;
    assert_ne!(first, second);
    assert_eq!(causes, [Cause::CertificateGone]);
    assert!(machine.join(format!("my/{second}.pem")).exists());
    devices.abort();
    for listener in running {
        listener.stop().await;
    }
}

fn lose(machine: &Path, sha1: Sha1) {
    fs::remove_file(machine.join(format!("my/{sha1}.pem"))).unwrap();
}

/// Waits for a verified certificate that isn't this one; why others were replaced.
async fn proved_other_than(site: &Site, former: Option<Sha1>) -> (Sha1, Vec<Cause>) {
    for _ in 0..TRIES {
        if let Some(device) = site.devices().await.first() {
            let story = one_device(&site.app, &Actor::CommandLine, &device.id)
                .await
                .unwrap();
            let states = story.deliveries.iter().map(|(delivery, _)| &delivery.state);
            let proved = states.clone().find_map(|state| match state {
                DeliveryState::Verified { sha1, .. } if Some(*sha1) != former => Some(*sha1),
                _ => None,
            });
            let causes = states.filter_map(|state| match state {
                DeliveryState::Replaced { cause } => cause.clone(),
                _ => None,
            });
            if let Some(sha1) = proved {
                return (sha1, causes.collect());
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Another try waits for its moment.
        site.pass(5);
    }
    panic!("no certificate is proved");
}
