//! What a device states in its session counts in that session.

use domain::{device::Device, group::Of};

use super::{among, by_rule, give, is_given, wifi};
use crate::{
    laboratory::Laboratory,
    pki,
    site::{
        Site,
        capture::{DEVICE_ID, PERSON, captured},
        computer::identity_in,
    },
};

async fn session(site: &Site, identity: &[u8], number: &str) -> Device {
    let package = String::from_utf8(captured("09_client_syncml.xml"))
        .unwrap()
        .replace("<SessionID>1<", &format!("<SessionID>{number}<"));
    site.management(Some(identity), package).await.expect(200);
    site.device(DEVICE_ID).await
}

#[tokio::test]
async fn a_device_that_tells_another_model_comes_into_the_group_and_out_of_it() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    pki::distribute(&site.app, &laboratory).await;
    laboratory.stop().await;
    let configuration = wifi(&site.app).await;
    let models = by_rule(&site.app, "VMs", Of::Devices, "device.model", "VMware7,1").await;
    give(&site.app, &configuration, among(&[&models], &[])).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    let reply = site.enrolment("Enrollment", request).await.expect(200);
    let identity = identity_in(&reply.body);

    let device = site.device(DEVICE_ID).await;
    assert_eq!(device.model, None, "it hasn't told yet");
    assert!(!is_given(&site.app, &device.id, &configuration).await);
    let device = session(&site, &identity, "1").await;
    assert_eq!(device.model.as_deref(), Some("VMware7,1"));
    assert!(is_given(&site.app, &device.id, &configuration).await);

    let others = by_rule(
        &site.app,
        "Others",
        Of::Devices,
        "device.manufacturer",
        "VMware, Inc.",
    )
    .await;
    give(&site.app, &configuration, among(&[&models], &[&others])).await;
    let device = session(&site, &identity, "2").await;
    assert!(
        !is_given(&site.app, &device.id, &configuration).await,
        "excluded by what it states"
    );
}
