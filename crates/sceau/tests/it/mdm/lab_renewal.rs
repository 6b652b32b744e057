//! A simulated device, which shares no code with the server, renews its identity over both listeners by itself.

use std::{net::TcpListener, time::Duration};

use domain::event::What;
use lab::device::DevicesOptions;
use sceau::{
    listen::{self, Listener},
    routes,
};

use crate::site::Site;

/// Then 35 days are left of an identity that is issued now.
const BEHIND: i64 = 330 * 86_400;
const TRIES: u32 = 600;

#[tokio::test]
async fn a_device_renews_by_itself_when_the_end_of_its_identity_is_near() {
    // Both are bound until the addresses are known, which stand in the settings.
    let sockets = ["public", "management"].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let [public, management] = sockets.each_ref().map(|socket| socket.local_addr().unwrap());
    let site = Site::with(|settings| {
        settings.public_url = format!("https://localhost:{}", public.port());
        settings.management_url = format!("https://localhost:{}", management.port());
    })
    .await;
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
    // The server's clock is behind, so that the device's own says that little of its identity is left.
    site.pass(-BEHIND);
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    std::fs::write(&people, "ada secret\n").unwrap();
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
    assert!(
        replaced(&site).await,
        "the device doesn't renew, or doesn't use what it got"
    );
    devices.abort();
    for listener in running {
        listener.stop().await;
    }
}

/// Whether a session under a renewed identity is seen before the time is over.
async fn replaced(site: &Site) -> bool {
    for _ in 0..TRIES {
        if let Some(device) = site.devices().await.first() {
            let timeline = site.timeline(&device.id).await;
            if timeline.contains(&What::IdentityReplaced) {
                assert!(timeline.contains(&What::IdentityRenewed));
                return true;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}
