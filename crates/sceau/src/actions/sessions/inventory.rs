//! What a device is asked of itself after its enrolment and then now and then, what becomes of its answers, and what it
//! lacks for a configuration.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Timestamp,
    device::{
        Device,
        inventory::{Inventory, LISTED, LONGEST, Listing},
        needs,
        session::{Purpose, Session},
    },
    diagnosis::Cause,
    event::{Event, What},
    scep_configuration::Configuration,
    thumbprint::Sha1,
};
use ms_mdm::csp::{
    certificates::{PersonalStore, TrustStore},
    device::{DEVICE_NAME, OS_PLATFORM, SOFTWARE_VERSION},
    inventory::{
        DNS_NAME, EDITION, LOCAL_TIME, SERIAL_NUMBER, TPM_FIRMWARE, TPM_MANUFACTURER, TPM_VERSION, VALUES,
        ask, listed, personal_store_uri, trust_store_uri,
    },
};
use store::Tx;

use super::{absorb::Answer, plan::Plan};
use crate::actions::Result;

/// Asks for everything, each node by itself: one that the device refuses leaves the others standing.
pub fn plan_questions(plan: &mut Plan) {
    let stores = [
        personal_store_uri(PersonalStore::System),
        trust_store_uri(TrustStore::Root),
        trust_store_uri(TrustStore::Ca),
    ];
    for node in VALUES.into_iter().map(str::to_owned).chain(stores) {
        let purpose = Purpose::Inventory {
            node: Some(node.clone()),
        };
        plan.push(purpose, |id| ask(id, &node));
    }
}

/// Whether an answer asks already.
fn is_asked(plan: &Plan) -> bool {
    let mut purposes = plan.commands.iter().flat_map(|(_, purposes)| purposes);
    purposes.any(|(_, purpose)| matches!(purpose, Purpose::Inventory { .. }))
}

/// What stands between a device and a certificate, by what it told of itself.
pub enum Standing {
    /// Nothing that is known.
    Fits,
    /// Its answer is awaited in this session.
    Asked,
    /// It lacks something.
    Lacks(Cause),
}

/// How a device stands to a configuration. One that lacked something is asked again in each session, so that it goes on
/// as soon as it tells otherwise.
pub async fn standing(
    tx: &mut Tx,
    device: &Device,
    configuration: &Configuration,
    session: &Session,
    plan: &mut Plan,
) -> Result<Standing> {
    let admission = store::admission::read(tx).await?;
    let serial_number = device.serial_number.clone();
    let lack = match admission.lists(serial_number.as_deref()) {
        true => needs::missing(device, &configuration.settings),
        false => Some(Cause::SerialNotListed {
            serial_number: serial_number.unwrap_or_default(),
        }),
    };
    if lack.is_some() && session.server_message == 0 && !is_asked(plan) {
        plan_questions(plan);
    }
    Ok(match lack {
        _ if is_asked(plan) => Standing::Asked,
        Some(cause) => Standing::Lacks(cause),
        None => Standing::Fits,
    })
}

/// Answers to the questions of one message, each with the node that was asked for.
pub type Answers = Vec<(Option<String>, Answer)>;

/// Keeps what was told. A node that was asked for and not told is told no more; it is asked for again with all others.
pub async fn take(tx: &mut Tx, device: &Device, answers: Answers, now: Timestamp) -> Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let Some(known) = store::devices::by_id(tx, &device.id).await? else {
        return Ok(());
    };
    let told = Told::of(&answers);
    let mut device = known.clone();
    // Version and serial number are known from elsewhere too: a refusal takes nothing away.
    device.os_version = told.value(SOFTWARE_VERSION).or(device.os_version);
    device.serial_number = told.value(SERIAL_NUMBER).or(device.serial_number);
    let inventory = &mut device.inventory;
    for (node, field) in [
        (DEVICE_NAME, &mut inventory.name),
        (DNS_NAME, &mut inventory.dns_name),
        (OS_PLATFORM, &mut inventory.platform),
        (EDITION, &mut inventory.edition),
        (TPM_VERSION, &mut inventory.tpm_version),
        (TPM_MANUFACTURER, &mut inventory.tpm_manufacturer),
        (TPM_FIRMWARE, &mut inventory.tpm_firmware),
        (LOCAL_TIME, &mut inventory.local_time),
    ] {
        if told.is_about(node) {
            *field = told.value(node);
        }
    }
    inventory.heard_at = Some(now);
    tell_changes(tx, &known, &device, now).await?;
    store::devices::update(tx, &device).await?;
    take_listing(tx, &device, &told).await
}

async fn take_listing(tx: &mut Tx, device: &Device, told: &Told<'_>) -> Result<()> {
    let [personal, roots, intermediates] = [
        personal_store_uri(PersonalStore::System),
        trust_store_uri(TrustStore::Root),
        trust_store_uri(TrustStore::Ca),
    ];
    let is_about = |uri: &String| told.is_about(uri);
    if ![&personal, &roots, &intermediates].into_iter().any(is_about) {
        return Ok(());
    }
    let known = store::device_stores::of_device(tx, &device.id).await?;
    let known = known.unwrap_or_default();
    let now = |uri: &str, before: Option<Vec<Sha1>>| match told.is_about(uri) {
        true => told.listing(uri),
        false => before,
    };
    let listing = Listing {
        personal: now(&personal, known.personal),
        roots: now(&roots, known.roots),
        intermediates: now(&intermediates, known.intermediates),
    };
    Ok(store::device_stores::put(tx, &device.id, &listing).await?)
}

/// What came, by node in lower case: Microsoft's tree doesn't tell cases apart.
struct Told<'a> {
    asked: BTreeSet<String>,
    came: BTreeMap<String, &'a str>,
}

impl<'a> Told<'a> {
    fn of(answers: &'a Answers) -> Self {
        let asked = answers.iter().filter_map(|(node, _)| node.as_deref());
        let items = answers.iter().flat_map(|(_, answer)| &answer.items);
        let came = items.filter_map(|item| Some((item.uri()?.to_lowercase(), item.text()?)));
        Self {
            asked: asked.map(str::to_lowercase).collect(),
            came: came.collect(),
        }
    }

    fn is_about(&self, node: &str) -> bool {
        let node = node.to_lowercase();
        self.asked.contains(&node) || self.came.contains_key(&node)
    }

    fn value(&self, node: &str) -> Option<String> {
        let text = self.came.get(&node.to_lowercase())?.trim();
        let kept: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        Some(kept).filter(|text| !text.is_empty())
    }

    fn listing(&self, node: &str) -> Option<Vec<Sha1>> {
        let text = self.came.get(&node.to_lowercase())?;
        Some(listed(text).take(LISTED).map(Sha1::from_octets).collect())
    }
}

/// A step on the timeline for each of name, version, edition and TPM that was told before and is told otherwise now.
async fn tell_changes(tx: &mut Tx, before: &Device, after: &Device, now: Timestamp) -> Result<()> {
    if before.inventory.heard_at.is_none() {
        return Ok(());
    }
    let id = &after.id;
    let facts = |device: &Device| {
        let told = |text: Option<&str>| text.map(str::to_owned);
        let inventory: &Inventory = &device.inventory;
        [
            ("name", told(inventory.name.as_deref())),
            ("os_version", told(device.os_version.as_deref())),
            ("serial_number", told(device.serial_number.as_deref())),
            ("edition", told(inventory.edition_name())),
            ("tpm", told(inventory.tpm())),
        ]
    };
    for ((fact, before), (_, after)) in facts(before).into_iter().zip(facts(after)) {
        let Some((before, after)) = before.zip(after).filter(|(before, after)| before != after) else {
            continue;
        };
        let event = Event {
            device_id: id.clone(),
            delivery_id: None,
            at: now,
            what: What::FactChanged {
                fact: fact.to_owned(),
                before,
                after,
            },
        };
        store::events::append(tx, &event).await?;
    }
    Ok(())
}
