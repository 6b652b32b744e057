//! A certificate that a device proved, as far as the store knows: for crowds of devices that never spoke.

use domain::{
    Id, Sealed,
    delivery::{Command, Delivery, Plan, Proof},
    device::DeviceId,
    scep_configuration::{CertificateStore, ConfigurationId},
    thumbprint::Sha1,
};
use sceau::{
    app::Shared,
    secrets::{hex, random},
};

/// The device's certificate by the configuration, ordered with this subject.
pub async fn verified(app: &Shared, configuration: &ConfigurationId, device: &DeviceId, subject: &str) {
    let (configuration, device, subject) = (configuration.clone(), device.clone(), subject.to_owned());
    let now = app.now();
    let written = app.store.write(move |tx| {
        let (configuration, device, subject) = (configuration.clone(), device.clone(), subject.clone());
        Box::pin(async move {
            let configuration = store::configurations::by_id(tx, &configuration).await?.unwrap();
            let plan = Plan {
                id: Id::new(now, random()),
                device_id: device.clone(),
                configuration: &configuration,
                attempt: 1,
                charged: 0,
                not_before: now,
            };
            let command = Command {
                subject,
                sans: String::new(),
                token_sha256: hex(&random::<32>()),
                secret: Sealed(vec![1]),
                challenge_taken_at: now,
                store: CertificateStore::Device,
            };
            let sent = Delivery::planned(plan, now).sent(command, now).unwrap();
            let sha1 = Sha1::of(device.as_str().as_bytes());
            let verified = sent.verified(sha1, Proof::Thumbprint, now).unwrap();
            store::deliveries::insert(tx, &verified).await
        })
    });
    written.await.unwrap();
}
