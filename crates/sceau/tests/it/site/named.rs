//! A computer whose certificate carries the name of its user.

use domain::{
    actor::Actor,
    built_in::Rules,
    delivery::{Delivery, DeliveryState},
    device::DeviceId,
    person::{Attributes, PersonId},
    scep_configuration::{ConfigurationForm, ConfigurationId},
    thumbprint::Sha1,
};
use lab::device::tree::SCEP;
use sceau::{
    actions::{
        configurations::{add_configuration, list_configurations},
        people::{PersonForm, add_person, change_person, one_person},
    },
    settings::Settings,
};

use super::{
    Site,
    computer::Computer,
    own_authority::distributed,
    proved::{commands, issued},
};

const PASSWORD: &str = "secret";
pub const BOSS: Actor = Actor::CommandLine;

pub struct Named {
    pub site: Site,
    pub computer: Computer,
    pub device: DeviceId,
    pub ada: PersonId,
    pub bob: PersonId,
    /// The UniqueID of the node that it holds its last certificate by.
    pub node: String,
}

impl Named {
    /// The device is Ada's, the certificate for `CN=${userDisplayName}`, and proved.
    pub async fn new() -> Self {
        let mut named = Self::with(seldom, |_| {}).await;
        named.get("Ada").await;
        named
    }

    /// The same with nothing delivered yet, with other settings and another configuration.
    pub async fn with(
        settings: impl FnOnce(&mut Settings),
        change: impl FnOnce(&mut ConfigurationForm),
    ) -> Self {
        let site = Site::with(settings).await;
        distributed(&site, Rules::default(), |form| {
            "CN=${userDisplayName}".clone_into(&mut form.subject);
            change(form);
        })
        .await;
        let (ada, bob) = (
            person(&site, "ada", "Ada").await,
            person(&site, "bob", "Bob").await,
        );
        let mut computer = Computer::new(1);
        computer.enrol(&site, ("ada", PASSWORD)).await;
        let device = site.device(&computer.device_id).await.id;
        Self {
            site,
            computer,
            device,
            ada,
            bob,
            node: String::new(),
        }
    }

    /// Gets the certificate that is ordered now, for this common name, and proves it. Gives its thumbprint.
    pub async fn get(&mut self, name: &str) -> Sha1 {
        let order = self.computer.talk_and_answer(&self.site).await;
        let order = order.expect("an enrolment is ordered");
        assert_eq!(order.subject, format!("CN={name}"));
        let certificate = issued(&self.site, &order).await;
        self.node = order.unique_id;
        self.computer.install(&self.node, &certificate);
        assert!(self.computer.talk(&self.site).await.is_none());
        let current = self.current().await;
        assert!(
            matches!(current.state, DeliveryState::Verified { .. }),
            "{current:?}"
        );
        assert_eq!(current.subject, format!("CN={name}"));
        Sha1::of(&certificate)
    }

    /// A whole session in which nothing is ordered: verb and node of each command, but for questions about trust.
    pub async fn session(&mut self) -> Vec<String> {
        let (replies, order) = self.computer.conversation(&self.site).await;
        assert!(order.is_none(), "an enrolment is ordered");
        let mut all: Vec<String> = replies.iter().flat_map(commands).collect();
        all.retain(|command| !command.starts_with("Get ./Vendor/MSFT/RootCATrustedCertificates/"));
        all
    }

    pub fn holds(&self, node: &str) -> bool {
        self.computer.has(&format!("{SCEP}/{node}"))
    }

    pub async fn deliveries(&self) -> Vec<Delivery> {
        let device = self.device.clone();
        let read = self.site.app.store.read(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::deliveries::of_device(tx, &device).await })
        });
        read.await.unwrap()
    }

    /// The current delivery of the only configuration that is for it.
    pub async fn current(&self) -> Delivery {
        let mut all = self.deliveries().await;
        all.retain(|delivery| delivery.is_current && delivery.state != DeliveryState::Removed);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub async fn configuration(&self) -> ConfigurationId {
        let listed = list_configurations(&self.site.app, &BOSS).await.unwrap();
        listed[0].configuration.id.clone()
    }

    /// A further configuration of the same authority, for nobody yet.
    pub async fn further(&self, name: &str, change: impl FnOnce(&mut ConfigurationForm)) -> ConfigurationId {
        let listed = list_configurations(&self.site.app, &BOSS).await.unwrap();
        let mut form = ConfigurationForm {
            name: name.to_owned(),
            authority_id: listed[0].configuration.authority_id.to_string(),
            subject: "CN=laboratory".to_owned(),
            ..ConfigurationForm::default()
        };
        change(&mut form);
        let saved = add_configuration(&self.site.app, &BOSS, &form).await.unwrap();
        saved.configuration.id
    }

    /// A person is called otherwise from now on; none: they have no name any more.
    pub async fn rename(&self, person: &PersonId, name: Option<&str>) {
        let known = one_person(&self.site.app, &BOSS, person).await.unwrap();
        let form = PersonForm {
            username: known.username,
            password: None,
            attributes: Attributes {
                display_name: name.map(str::to_owned),
                ..known.attributes
            },
        };
        change_person(&self.site.app, &BOSS, person, form).await.unwrap();
    }
}

/// What devices are asked about themselves comes due by chance, each at its own moment: here hardly ever.
pub fn seldom(settings: &mut Settings) {
    settings.devices.inventory_days = u16::MAX;
}

async fn person(site: &Site, username: &str, name: &str) -> PersonId {
    let form = PersonForm {
        username: username.to_owned(),
        password: Some(PASSWORD.to_owned().into()),
        attributes: Attributes {
            display_name: Some(name.to_owned()),
            ..Attributes::default()
        },
    };
    add_person(&site.app, &BOSS, form).await.unwrap().id
}
