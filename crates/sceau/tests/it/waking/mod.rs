//! Devices that are woken by a push, called by a person, and that come by their schedule.

mod account;
mod channels;
mod double;
mod pushes;
mod synced;

use domain::{
    actor::Actor,
    device::{DeviceId, waking::Waking},
    event::What,
    external_ca::Password,
    push::{Push, PushForm},
};
use lab::device::{syncml::Verb, tree::Format};
use sceau::{
    actions::{
        push::{change_push, push_settings},
        waking,
    },
    outbound::Outbound,
    settings::OutboundSettings,
};

use crate::site::{Site, computer::Computer, script::Script};
use double::{SECRET, SID, Wns};

const PERSON: (&str, &str) = ("ada", "secret");
const PFN: &str = "Example.Sceau_8wekyb3d8bbwe";
const PUSH: &str = "./Vendor/MSFT/DMClient/Provider/Sceau/Push";
const CHANNEL: &str = "https://db3.notify.windows.com/?token=AwYAAAB%2fcapability";
const DAY: i64 = 86_400;

/// A server, WNS, and a device.
struct Scene {
    site: Site,
    wns: Wns,
    computer: Computer,
    id: DeviceId,
}

impl Scene {
    /// Nothing is set up; the device enrolled.
    async fn blank() -> Self {
        let wns = Wns::start().await;
        let outbound = Outbound::from_settings(&OutboundSettings {
            proxy: format!("http://127.0.0.1:{}", wns.proxy),
            ..OutboundSettings::default()
        });
        let site = Site::speaking(outbound.unwrap()).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        let (computer, id) = enrolled(&site, 1).await;
        Self {
            site,
            wns,
            computer,
            id,
        }
    }

    /// Pushes are on, and the device named its channel.
    async fn ready() -> Self {
        let mut scene = Self::blank().await;
        scene.switch_on().await;
        scene.name_channel(CHANNEL).await;
        assert!(scene.waking().await.is_possible());
        scene
    }

    fn form(&self) -> PushForm {
        PushForm {
            is_enabled: true,
            pfn: PFN.to_owned(),
            client_id: SID.to_owned(),
            client_secret: Some(Password::new(SECRET.to_owned())),
            tenant: String::new(),
            trust_pem: self.wns.trust.clone(),
        }
    }

    async fn switch_on(&self) {
        self.change(self.form()).await;
    }

    async fn change(&self, form: PushForm) {
        change_push(&self.site.app, &Actor::CommandLine, form)
            .await
            .unwrap();
    }

    async fn account(&self) -> Push {
        push_settings(&self.site.app, &Actor::CommandLine).await.unwrap()
    }

    /// Sessions until the device has told its channel.
    async fn name_channel(&mut self, channel: &str) {
        name_channel(&self.site, &mut self.computer, channel).await;
    }

    async fn waking(&self) -> Waking {
        waking_of(&self.site, &self.id).await
    }

    /// There is work for the device.
    async fn want(&self) {
        self.want_of(&self.id).await;
    }

    async fn want_of(&self, id: &DeviceId) {
        let (id, now) = (id.clone(), self.site.app.now());
        self.site
            .app
            .store
            .write(move |tx| {
                let id = id.clone();
                Box::pin(async move { waking::want(tx, &id, now).await })
            })
            .await
            .unwrap();
    }

    /// What the job does.
    async fn push(&self) {
        waking::push(&self.site.app, &self.id).await.unwrap();
    }

    async fn told(&self) -> Vec<What> {
        self.site.timeline(&self.id).await
    }

    /// A session; gives the nodes of its first message by what is done to them.
    async fn first_message(&mut self) -> (Vec<String>, Vec<String>, Vec<String>) {
        let script = Script::begin(&self.site, &mut self.computer, "user").await;
        let of = |verb| {
            let mut nodes = script.nodes(&verb);
            nodes.retain(|node| node.contains("/Push/"));
            nodes
        };
        let found = (of(Verb::Get), of(Verb::Replace), of(Verb::Add));
        script.finish().await;
        found
    }
}

async fn enrolled(site: &Site, number: u8) -> (Computer, DeviceId) {
    let mut computer = Computer::new(number);
    computer.enrol(site, PERSON).await;
    let id = site.device(&computer.device_id).await.id;
    (computer, id)
}

async fn name_channel(site: &Site, computer: &mut Computer, channel: &str) {
    computer
        .tree
        .set(format!("{PUSH}/ChannelURI"), Format::Chr, channel);
    computer.tree.set(format!("{PUSH}/Status"), Format::Int, "0");
    for _ in 0..3 {
        computer.talk(site).await;
        site.pass(15 * 60);
    }
}

async fn waking_of(site: &Site, id: &DeviceId) -> Waking {
    let id = id.clone();
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::push::of_device(tx, &id).await }));
    found.await.unwrap()
}
