//! Groups: who belongs to them, and what is planned when that changes.

mod planning;
mod removal;
mod stated;

use std::time::Duration;

use domain::{
    actor::Actor,
    assignment::Scope,
    device::{Device, DeviceId},
    group::{Comparison, Condition, Fact, GroupId, Of, Rule},
    person::{Attributes, PersonId},
    scep_configuration::ConfigurationId,
};
use sceau::{
    actions::{
        assignments::{AssignmentForm, put_assignment},
        configurations,
        groups::{GroupForm, add_group},
        people::{PersonForm, add_person},
    },
    app::Shared,
    jobs,
};

use crate::{laboratory::Laboratory, pki, world::World};

pub const ACTOR: Actor = Actor::CommandLine;

/// A server with one configuration, named Wi-Fi, that is for nobody yet.
pub struct Fleet {
    pub world: World,
    pub configuration: ConfigurationId,
}

impl Fleet {
    pub async fn new() -> Self {
        let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
        pki::distribute(&world.app, &laboratory).await;
        laboratory.stop().await;
        let configuration = wifi(&world.app).await;
        give(&world.app, &configuration, Scope::None).await;
        let fleet = Self { world, configuration };
        fleet.plan().await;
        fleet
    }

    /// A managed device.
    pub async fn device(&self, name: &str, model: &str, person: Option<&PersonId>) -> DeviceId {
        device(&self.world.app, name, model, person).await
    }

    pub async fn person(&self, username: &str, department: &str) -> PersonId {
        let form = person_form(username, department);
        add_person(&self.world.app, &ACTOR, form).await.unwrap().id
    }

    /// Gives the configuration to the groups, without those excluded.
    pub async fn distribute(&self, groups: &[&GroupId], excluded: &[&GroupId]) {
        give(&self.world.app, &self.configuration, among(groups, excluded)).await;
        self.plan().await;
    }

    /// About which things a planning job waits.
    pub async fn waiting(&self) -> i64 {
        let counts = self
            .world
            .app
            .store
            .read(|tx| Box::pin(store::jobs::counts(tx)))
            .await
            .unwrap();
        counts
            .into_iter()
            .filter(|(kind, _)| kind == "plan_configuration")
            .map(|(_, count)| count)
            .sum()
    }

    /// Has the planning jobs run that wait.
    pub async fn plan(&self) {
        let running = jobs::start(&self.world.app).await.unwrap();
        let done = async {
            while self.waiting().await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the jobs end");
        running.stop().await;
    }

    /// Whether the device is given the configuration.
    pub async fn has(&self, device: &DeviceId) -> bool {
        is_given(&self.world.app, device, &self.configuration).await
    }
}

/// A managed device.
pub async fn device(app: &Shared, name: &str, model: &str, person: Option<&PersonId>) -> DeviceId {
    let now = app.now();
    let device = Device {
        id: app.fresh_id(),
        name: name.to_owned(),
        person_id: person.cloned(),
        windows_id: name.to_owned(),
        hardware_id: None,
        enrollment_type: "Device".to_owned(),
        os_version: Some("10.0.22631.3880".to_owned()),
        manufacturer: None,
        model: Some(model.to_owned()),
        serial_number: None,
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: now,
        last_seen_at: now,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    };
    let id = device.id.clone();
    app.store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::devices::insert(tx, &device).await })
        })
        .await
        .unwrap();
    id
}

pub async fn is_given(app: &Shared, device: &DeviceId, configuration: &ConfigurationId) -> bool {
    let (device, configuration) = (device.clone(), configuration.clone());
    let current: Result<_, store::Error> = app
        .store
        .read(move |tx| {
            Box::pin(async move { store::deliveries::current(tx, &device, &configuration).await })
        })
        .await;
    current
        .unwrap()
        .is_some_and(|delivery| delivery.state.name() != "removed")
}

/// The configuration that the laboratory's authority has.
pub async fn wifi(app: &Shared) -> ConfigurationId {
    let listed = configurations::list_configurations(app, &ACTOR).await.unwrap();
    listed.into_iter().next().unwrap().configuration.id
}

pub async fn give(app: &Shared, configuration: &ConfigurationId, scope: Scope) {
    let form = AssignmentForm {
        is_enabled: true,
        scope,
    };
    put_assignment(app, &ACTOR, configuration, form).await.unwrap();
}

pub fn among(groups: &[&GroupId], excluded: &[&GroupId]) -> Scope {
    let ids = |groups: &[&GroupId]| groups.iter().map(|id| (*id).clone()).collect();
    Scope::Custom {
        devices: Vec::new(),
        people: Vec::new(),
        excluded_devices: Vec::new(),
        excluded_people: Vec::new(),
        groups: ids(groups),
        excluded_groups: ids(excluded),
    }
}

pub fn person_form(username: &str, department: &str) -> PersonForm {
    PersonForm {
        username: username.to_owned(),
        password: None,
        attributes: Attributes {
            department: Some(department.to_owned()),
            ..Attributes::default()
        },
    }
}

pub async fn by_hand(app: &Shared, name: &str, of: Of, members: &[&str]) -> GroupId {
    let form = GroupForm {
        name: name.to_owned(),
        description: String::new(),
        of,
        rule: None,
        members: Some(members.iter().map(ToString::to_string).collect()),
    };
    add_group(app, &ACTOR, &form).await.unwrap().id
}

pub async fn by_rule(app: &Shared, name: &str, of: Of, fact: &str, value: &str) -> GroupId {
    let form = GroupForm {
        name: name.to_owned(),
        description: String::new(),
        of,
        rule: Some(equals(fact, value)),
        members: None,
    };
    add_group(app, &ACTOR, &form).await.unwrap().id
}

pub fn equals(fact: &str, value: &str) -> Rule {
    Rule(vec![Condition {
        fact: Fact::try_from(fact.to_owned()).unwrap(),
        is: Comparison::Equals,
        value: value.to_owned(),
    }])
}
