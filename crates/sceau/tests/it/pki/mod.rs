//! The SCEP proxy between a device and the laboratory's NDES.

mod admission;
mod canary;
pub mod client;
mod delivered;
mod exchange;
mod orders;
mod pending;
mod refusal;
mod repeated;
mod upstream;
mod wire;

use domain::{
    actor::Actor,
    assignment::Scope,
    event::What,
    external_ca::{AuthorityForm, Password},
    scep_configuration::ConfigurationForm,
    transaction::{Owner, Transaction},
};
use lab::device::tree::EnrolOrder;
use sceau::{
    actions::{
        assignments::{AssignmentForm, put_assignment},
        authorities::add_authority,
        configurations::add_configuration,
    },
    app::Shared,
};

use crate::{
    laboratory::Laboratory,
    site::{PUBLIC, Site, computer::Computer},
};

pub const PERSON: (&str, &str) = ("ada", "secret of enrolment");

/// A server whose authority is the laboratory's NDES, and a computer that was told to enrol there.
pub struct Ordered {
    pub site: Site,
    pub laboratory: Laboratory,
    pub computer: Computer,
    pub order: EnrolOrder,
}

impl Ordered {
    pub async fn new() -> Self {
        Self::at(Site::new().await, Laboratory::start(false, 5).await).await
    }

    async fn at(site: Site, laboratory: Laboratory) -> Self {
        distribute(&site.app, &laboratory).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        let mut computer = Computer::new(1);
        computer.enrol(&site, PERSON).await;
        let order = computer.talk(&site).await.expect("an enrolment is ordered");
        Self {
            site,
            laboratory,
            computer,
            order,
        }
    }

    /// Path of the address that the device was given.
    pub fn path(&self) -> &str {
        self.order.server_urls[0].strip_prefix(PUBLIC).unwrap()
    }

    pub async fn timeline(&self) -> Vec<What> {
        let device = self.site.device(&self.computer.device_id).await;
        self.site.timeline(&device.id).await
    }

    /// Why requests were refused, in their order.
    pub async fn refusals(&self) -> Vec<String> {
        let told = self.timeline().await.into_iter();
        told.filter_map(|what| match what {
            What::RequestRefused { reason, .. } => Some(reason),
            _ => None,
        })
        .collect()
    }

    /// What stands in the database about the delivery's transaction.
    async fn transaction(&self) -> Option<Transaction> {
        let device = self.site.device(&self.computer.device_id).await.id;
        let store = &self.site.app.store;
        store
            .read(move |tx| {
                let device = device.clone();
                Box::pin(async move {
                    let deliveries = store::deliveries::of_device(tx, &device).await?;
                    let owner = Owner::Delivery(deliveries[0].id.clone());
                    Ok::<_, store::Error>(store::transactions::by_owner(tx, &owner).await?.pop())
                })
            })
            .await
            .unwrap()
    }
}

/// Adds the laboratory's NDES and a configuration that is for everyone.
pub async fn distribute(app: &Shared, laboratory: &Laboratory) {
    let administrator = Actor::CommandLine;
    let form = AuthorityForm {
        name: "Laboratory".to_owned(),
        scep_url: laboratory.scep_url(),
        username: Laboratory::USER.to_owned(),
        password: Some(Password::new(Laboratory::PASSWORD.to_owned())),
        challenge_url: laboratory.challenge_url(),
        is_plain_http_accepted: true,
        ..AuthorityForm::default()
    };
    let authority = add_authority(app, &administrator, &form).await.unwrap();
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        ..ConfigurationForm::default()
    };
    let saved = add_configuration(app, &administrator, &form).await.unwrap();
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(app, &administrator, &saved.configuration.id, form)
        .await
        .unwrap();
}
