//! What a reading changes or takes back of a person, and the certificates that carry it.

use domain::{actor::Actor, built_in::Rules, delivery::DeliveryState, device::DeviceId, event::What};
use sceau::actions::{configurations::list_configurations, devices};

use super::{
    add, form, named, read_well,
    slapd::{Slapd, person},
};
use crate::{
    groups,
    site::{Site, forged, own_authority::distributed},
};

async fn stands(site: &Site, device: &DeviceId) -> (Vec<DeliveryState>, usize) {
    let story = devices::one_device(&site.app, &Actor::CommandLine, device)
        .await
        .unwrap();
    let current = story
        .deliveries
        .into_iter()
        .filter(|(delivery, _)| delivery.is_current);
    (
        current.map(|(delivery, _)| delivery.state).collect(),
        story.lacking.len(),
    )
}

async fn told(site: &Site, device: &DeviceId) -> Vec<What> {
    let mut all = site.timeline(device).await;
    all.retain(|what| matches!(what, What::ValuesChanged { .. } | What::ValueGone { .. }));
    all
}

#[tokio::test]
async fn a_reading_issues_again_what_it_changed_and_leaves_what_it_took_back() {
    let people = ["ada", "bob", "eve"].map(|name| person(name, "departmentNumber: Sales"));
    let slapd = Slapd::start(&people.concat()).await;
    let site = Site::new().await;
    distributed(&site, Rules::default(), |form| {
        "CN=${userDepartment}".clone_into(&mut form.subject);
    })
    .await;
    let configuration = list_configurations(&site.app, &Actor::CommandLine).await.unwrap();
    let configuration = &configuration[0].configuration.id;
    let id = add(&site.app, &form(&slapd)).await;
    read_well(&site.app, &id).await;
    let mut devices = Vec::new();
    for name in ["ada", "bob", "eve"] {
        let person = named(&site.app, name).await.unwrap().id;
        let device = groups::device(&site.app, name, "Book", Some(&person)).await;
        forged::verified(&site.app, configuration, &device, "CN=Sales").await;
        devices.push(device);
    }
    let [ada, bob, eve] = <[DeviceId; 3]>::try_from(devices).unwrap();
    slapd.modify(
        "dn: uid=ada,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: departmentNumber\n\
         departmentNumber: Books\n\n\
         dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: modify\ndelete: departmentNumber\n\n",
    );
    for _ in 0..3 {
        read_well(&site.app, &id).await;
    }
    assert_eq!(
        stands(&site, &ada).await,
        (vec![DeliveryState::WaitingForDevice], 0)
    );
    let changed = What::ValuesChanged {
        configuration: "Wi-Fi".to_owned(),
        before: "CN=Sales".to_owned(),
        after: "CN=Books".to_owned(),
    };
    assert_eq!(told(&site, &ada).await, [changed]);
    let (states, lacking) = stands(&site, &bob).await;
    assert!(
        matches!(states[..], [DeliveryState::Verified { .. }]),
        "{states:?}"
    );
    assert_eq!(lacking, 1);
    assert!(matches!(told(&site, &bob).await[..], [What::ValueGone { .. }]));
    let (states, lacking) = stands(&site, &eve).await;
    assert!(matches!(states[..], [DeliveryState::Verified { .. }]) && lacking == 0);
    assert_eq!(told(&site, &eve).await, []);
}
