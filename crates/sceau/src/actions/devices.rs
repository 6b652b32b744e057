//! Devices, their stories, and how far a configuration has come.

use std::collections::BTreeMap;

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    certificate::Certificate,
    delivery::{Delivery, DeliveryId, DeliveryState},
    desired,
    device::{Device, DeviceId, enrolment::Identity, inventory::Listing, waking::Waking},
    diagnosis::Cause,
    event::Event,
    operator::Permission,
    person::Person,
    scep_configuration::{Configuration, ConfigurationId},
    subject::Facts,
    transaction::{Owner, Transaction},
};
use store::{Tx, deliveries::DeliveryFilter};
pub use store::{
    deliveries::ListedDelivery,
    devices::{DeviceFilter, LEAVING, ListedDevice, REVOKED, SILENT},
};

use super::{
    Result, delivery,
    device_silence::{self, Story as Silenced},
    device_trust::{self, Held},
    device_twins::{self, Other},
};
use crate::{app::Shared, settings};

/// Failures that are looked at to group them.
const FAILURES: u32 = 1000;
/// Groups of failures that are told.
const GROUPS: usize = 20;

/// A device with what happens on it.
#[derive(Clone, Debug)]
pub struct DeviceStory {
    /// The device.
    pub device: Device,
    /// Whose it is.
    pub person: Option<Person>,
    /// The identity by which it speaks; none once all are revoked.
    pub identity: Option<Identity>,
    /// Its deliveries with the name of their configuration, the current ones first, then the newest.
    pub deliveries: Vec<(Delivery, String)>,
    /// Deliveries whose certificate carries a value that isn't there any more, each with what is missing.
    pub lacking: Vec<(DeliveryId, Cause)>,
    /// The certificates that it told to be in its stores.
    pub listing: Option<Listing>,
    /// Those that it proved to hold.
    pub certificates: Vec<Certificate>,
    /// The certificates of authorities that it trusts.
    pub trust: Vec<Held>,
    /// Others that say the same of their hardware.
    pub twins: Vec<Other>,
    /// Each so many days it is asked whether it still holds what it proved.
    pub check_days: u16,
    /// How it is called.
    pub reach: Reach,
    /// What is known of its silence.
    pub silence: Silenced,
}

/// How a device is called, and when it comes by itself.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// How it is woken.
    pub waking: Waking,
    /// Whether devices are woken at all.
    pub is_pushing: bool,
    /// Each how many minutes it was told to poll while it polls often.
    pub poll_minutes: Option<u32>,
}

/// How far a configuration has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Devices by the state of their current delivery.
    pub states: Vec<(String, i64)>,
    /// Failures with the same cause, the most frequent first.
    pub failures: Vec<(Cause, i64)>,
    /// Requests that were handed to the authority and never answered, or whose certificate was not installed.
    pub unknown_outcomes: Vec<Transaction>,
    /// Nodes of former attempts that devices still have.
    pub left_on_devices: i64,
}

/// A page of devices, newest first.
pub async fn list_devices(
    app: &Shared,
    actor: &Actor,
    filter: DeviceFilter,
    after: Option<DeviceId>,
    limit: u32,
) -> Result<Vec<ListedDevice>> {
    actor.require(Permission::Read)?;
    let filter = DeviceFilter {
        silent_before: device_silence::silent_before(app),
        ..filter
    };
    app.store
        .read(move |tx| {
            Box::pin(async move { Ok(store::devices::list(tx, &filter, after.as_ref(), limit).await?) })
        })
        .await
}

/// One device with its deliveries.
pub async fn one_device(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<DeviceStory> {
    actor.require(Permission::Read)?;
    let (id, settings, now) = (id.clone(), app.settings.devices.clone(), app.now());
    app.store
        .read(move |tx| Box::pin(async move { story(tx, &id, &settings, now).await }))
        .await
}

/// A page of a device's timeline, oldest first, with row numbers.
pub async fn timeline(
    app: &Shared,
    actor: &Actor,
    id: &DeviceId,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<(i64, Event)>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::events::of_device(tx, &id, after, limit).await?) }))
        .await
}

/// Tries a failed delivery again.
pub async fn retry_delivery(app: &Shared, actor: &Actor, id: &DeliveryId) -> Result<()> {
    delivery::plan_again(app, actor, id).await
}

/// How far a configuration has come: counts by state, failures by cause.
pub async fn progress(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<Progress> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let unknown = || {
                    Refusal::new(
                        Kind::NotFound,
                        "error-not-found",
                        "there is no such configuration",
                    )
                };
                store::configurations::by_id(tx, &id).await?.ok_or_else(unknown)?;
                Ok(Progress {
                    states: store::deliveries::counts(tx, Some(&id)).await?,
                    failures: failures(tx, &id).await?,
                    unknown_outcomes: unknown_outcomes(tx, &id).await?,
                    left_on_devices: store::deliveries::left_on_devices(tx, &id).await?,
                })
            })
        })
        .await
}

/// Devices of a configuration by the state of their current delivery.
pub async fn count_states(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<Vec<(String, i64)>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::deliveries::counts(tx, Some(&id)).await?) }))
        .await
}

/// A page of the current deliveries of a configuration, in one state or all.
pub async fn list_deliveries(
    app: &Shared,
    actor: &Actor,
    configuration: &ConfigurationId,
    state: Option<String>,
    after: Option<DeliveryId>,
    limit: u32,
) -> Result<Vec<ListedDelivery>> {
    actor.require(Permission::Read)?;
    let filter = DeliveryFilter {
        configuration_id: Some(configuration.clone()),
        state,
    };
    app.store
        .read(move |tx| {
            Box::pin(async move { Ok(store::deliveries::list(tx, &filter, after.as_ref(), limit).await?) })
        })
        .await
}

/// How many devices there are, for the dashboard.
pub async fn count_devices(app: &Shared, actor: &Actor) -> Result<i64> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::devices::count(tx).await?) }))
        .await
}

async fn story(
    tx: &mut Tx,
    id: &DeviceId,
    settings: &settings::Devices,
    now: Timestamp,
) -> Result<DeviceStory> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
    let device = store::devices::by_id(tx, id).await?.ok_or_else(unknown)?;
    let person = match &device.person_id {
        Some(person) => store::people::by_id(tx, person).await?,
        None => None,
    };
    let configurations: BTreeMap<ConfigurationId, Configuration> = store::configurations::list(tx)
        .await?
        .into_iter()
        .map(|listed| (listed.configuration.id.clone(), listed.configuration))
        .collect();
    let mut deliveries = store::deliveries::of_device(tx, id).await?;
    deliveries.sort_by(|a, b| (b.is_current, &b.id).cmp(&(a.is_current, &a.id)));
    let facts = Facts {
        person: person.as_ref(),
        device: &device,
        now,
    };
    let lacking = deliveries
        .iter()
        .filter(|delivery| delivery.is_current && delivery.was_ordered() && device.is_staying())
        .filter_map(|delivery| {
            let configuration = configurations.get(&delivery.configuration_id)?;
            let cause = desired::values(&configuration.settings, &facts).err()?;
            Some((delivery.id.clone(), cause))
        })
        .collect();
    let deliveries = deliveries
        .into_iter()
        .map(|delivery| {
            let known = configurations.get(&delivery.configuration_id);
            let name = known.map(|configuration| configuration.name.clone());
            (delivery, name.unwrap_or_default())
        })
        .collect();
    let identities = store::identities::of_device(tx, id).await?;
    Ok(DeviceStory {
        identity: Identity::in_use(&identities).cloned(),
        lacking,
        listing: store::device_stores::of_device(tx, id).await?,
        certificates: store::certificates::of_device(tx, id).await?,
        trust: device_trust::of_device(tx, &device).await?,
        twins: device_twins::of_device(tx, &device).await?,
        silence: device_silence::story(tx, &device, settings.silence()).await?,
        reach: Reach {
            waking: store::push::of_device(tx, id).await?,
            is_pushing: store::push::read(tx).await?.settings.is_enabled,
            poll_minutes: store::devices::poll_minutes(tx, id).await?,
        },
        device,
        person,
        deliveries,
        check_days: settings.check_days,
    })
}

async fn failures(tx: &mut Tx, id: &ConfigurationId) -> Result<Vec<(Cause, i64)>> {
    let filter = DeliveryFilter {
        configuration_id: Some(id.clone()),
        state: Some("failed".to_owned()),
    };
    let mut groups: Vec<(Cause, i64)> = Vec::new();
    for listed in store::deliveries::list(tx, &filter, None, FAILURES).await? {
        let DeliveryState::Failed { cause } = listed.delivery.state else {
            continue;
        };
        match groups.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, count)) => *count += 1,
            None => groups.push((cause, 1)),
        }
    }
    groups.sort_by_key(|(_, count)| -count);
    groups.truncate(GROUPS);
    Ok(groups)
}

async fn unknown_outcomes(tx: &mut Tx, id: &ConfigurationId) -> Result<Vec<Transaction>> {
    let mut of_this = Vec::new();
    for transaction in store::transactions::possibly_orphaned(tx).await? {
        let Owner::Delivery(delivery) = &transaction.owner else {
            continue;
        };
        let delivery = store::deliveries::by_id(tx, delivery).await?;
        if delivery.is_some_and(|delivery| delivery.configuration_id == *id) {
            of_this.push(transaction);
        }
    }
    Ok(of_this)
}
