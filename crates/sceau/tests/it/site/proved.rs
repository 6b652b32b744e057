//! A computer that got its certificate from an authority of Sceau's own, and proved it.

use domain::{
    actor::Actor,
    assignment::Scope,
    built_in::Rules,
    delivery::{Delivery, DeliveryState},
    device::DeviceId,
    external_ca::Authority,
    scep_configuration::ConfigurationId,
    thumbprint::Sha1,
};
use lab::device::{
    syncml::{self, Verb},
    tree::{EnrolOrder, SCEP},
};
use sceau::actions::assignments::{AssignmentForm, put_assignment};

use super::{Reply, Site, computer::Computer, own_authority::distributed};
use crate::pki::client;

pub const PERSON: (&str, &str) = ("ada", "secret");
pub const DAY: i64 = 86_400;
/// No certificate waits longer for its next look, with the week that is the default.
pub const TURN: i64 = 11 * DAY;

pub struct Proved {
    pub site: Site,
    pub computer: Computer,
    pub authority: Authority,
    pub device: DeviceId,
    /// The UniqueID of the node that it holds the certificate by.
    pub node: String,
    pub certificate: Vec<u8>,
}

impl Proved {
    pub async fn new() -> Self {
        // What it is asked about itself from time to time is another test's; each device's moment comes by chance.
        Self::on(Site::with(|settings| settings.devices.inventory_days = u16::MAX).await).await
    }

    pub async fn on(site: Site) -> Self {
        let authority = distributed(&site, Rules::default(), |_| {}).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        let mut computer = Computer::new(1);
        computer.enrol(&site, PERSON).await;
        let device = site.device(&computer.device_id).await.id;
        let mut proved = Self {
            site,
            computer,
            authority,
            device,
            node: String::new(),
            certificate: Vec::new(),
        };
        proved.get().await;
        proved
    }

    /// Gets the certificate that is ordered now, and proves it.
    pub async fn get(&mut self) {
        let order = self.computer.talk_and_answer(&self.site).await;
        let order = order.expect("an enrolment is ordered");
        self.certificate = issued(&self.site, &order).await;
        self.node = order.unique_id;
        self.computer.install(&self.node, &self.certificate);
        assert!(self.computer.talk(&self.site).await.is_none());
        let state = self.current().await.state;
        assert!(matches!(state, DeliveryState::Verified { .. }), "{state:?}");
    }

    pub fn sha1(&self) -> Sha1 {
        Sha1::of(&self.certificate)
    }

    /// The path of the node, or of what is below it, as the computer's tree has it.
    pub fn node_path(&self) -> String {
        format!("{SCEP}/{}", self.node)
    }

    /// The path of the certificate in the computer's store.
    pub fn store_path(&self) -> String {
        format!("./Vendor/MSFT/CertificateStore/My/System/{}", self.sha1())
    }

    pub async fn deliveries(&self) -> Vec<Delivery> {
        let device = self.device.clone();
        let read = self.site.app.store.read(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::deliveries::of_device(tx, &device).await })
        });
        read.await.unwrap()
    }

    pub async fn current(&self) -> Delivery {
        let mut all = self.deliveries().await;
        all.retain(|delivery| delivery.is_current);
        all.pop().expect("a current delivery")
    }

    /// When the certificate was found to be gone, if it was.
    pub async fn is_removed(&self, sha1: Sha1) -> bool {
        let device = self.device.clone();
        let read = self.site.app.store.read(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::certificates::by_sha1(tx, &device, &sha1).await })
        });
        read.await.unwrap().expect("it was proved").removed_at.is_some()
    }

    /// A whole session: verb and node of each command that the server gave, but for questions about trust.
    pub async fn session(&mut self) -> Vec<String> {
        let mut all = self.whole_session().await;
        all.retain(|command| !command.starts_with("Get ./Vendor/MSFT/RootCATrustedCertificates/"));
        all
    }

    /// A whole session, with all commands.
    pub async fn whole_session(&mut self) -> Vec<String> {
        let (replies, order) = self.computer.conversation(&self.site).await;
        assert!(order.is_none(), "an enrolment is ordered");
        replies.iter().flat_map(commands).collect()
    }

    /// For whom the configuration is.
    pub async fn assign(&self, configuration: &ConfigurationId, scope: Scope) {
        let form = AssignmentForm {
            is_enabled: true,
            scope,
        };
        put_assignment(&self.site.app, &Actor::CommandLine, configuration, form)
            .await
            .unwrap();
    }
}

/// Verb and node of each command of an answer, but for those about the poll schedule.
pub fn commands(reply: &Reply) -> Vec<String> {
    let message = syncml::read(&reply.body).unwrap();
    let all = message.commands.iter().flat_map(|command| {
        let verb = match command.verb {
            Verb::Get => "Get",
            ref other => other.name(),
        };
        let targets = command.items.iter().filter_map(|item| item.target.as_deref());
        targets.map(move |target| format!("{verb} {}", target.replace("./Device/Vendor", "./Vendor")))
    });
    all.filter(|command| !command.contains("/Poll/")).collect()
}

/// The certificate that an order brings, with a fresh key.
pub async fn issued(site: &Site, order: &EnrolOrder) -> Vec<u8> {
    let path = order.server_urls[0].strip_prefix(&site.app.settings.public_url);
    let path = path.expect("an address of the server");
    let name = order.subject.strip_prefix("CN=").expect("a common name alone");
    let (signer, subject) = (client::signer(site), client::common_name(name));
    let mut enrolment = client::enrolment_of(site, path, &order.challenge, signer, &subject).await;
    let message = enrolment.write_request().unwrap();
    let reply = client::post(site, path, message).await.expect(200);
    match enrolment.read_reply(&reply.body).unwrap() {
        scep::Outcome::Issued(certificates) => certificates[0].clone(),
        other => panic!("not issued: {other:?}"),
    }
}
