//! What is ordered with a delivery: subject and names filled in from the server's own records, the command that says
//! it to Windows, and the comparison with what the device shows.

use anyhow::Context as _;
use domain::{
    Timestamp,
    certificate::{self, Shown},
    delivery::{Delivery, DeliveryId},
    desired::{self, Values},
    device::Device,
    diagnosis::Cause,
    external_ca::Authority,
    person::Person,
    scep_configuration::{CertificateStore, Configuration, HashFamily, KeyStorage, Route, ValidityUnit},
    subject::Facts,
};
use ms_mdm::csp::scep::{HashAlgorithm, KeyProtection, ScepInstall, ScepNode, Scope, UniqueId, ValidPeriod};
use store::Tx;
use zeroize::Zeroizing;

use crate::{actions::Result, app::Shared};

/// Fills in subject and names from the server's own records.
pub fn fill(
    delivery: Delivery,
    configuration: &Configuration,
    person: Option<&Person>,
    device: &Device,
    now: Timestamp,
) -> std::result::Result<Delivery, (Box<Delivery>, Cause)> {
    let facts = Facts { person, device, now };
    match desired::values(&configuration.settings, &facts) {
        Ok(Values { subject, sans }) => Ok(Delivery {
            subject,
            sans,
            ..delivery
        }),
        Err(cause) => Err((Box::new(delivery), cause)),
    }
}

/// The command, with its challenge and the token of its address.
pub fn install(
    app: &Shared,
    delivery: &Delivery,
    configuration: &Configuration,
    authority: &Authority,
    challenge: &str,
    token: &str,
) -> Result<ScepInstall> {
    let settings = &configuration.settings;
    let server_url = match settings.route {
        Route::Proxy => format!("{}/scep/{token}", app.settings.public_url),
        Route::Direct => authority.scep_url.clone(),
    };
    let node = node_for(delivery, configuration)?;
    Ok(ScepInstall {
        scope: node.scope,
        unique_id: node.unique_id,
        server_url,
        challenge: Zeroizing::new(challenge.to_owned()),
        eku_oids: settings.ekus.clone(),
        key_usage: u32::from(settings.key_usage_bits()),
        subject_name: delivery.subject.clone(),
        key_protection: match settings.key_storage {
            KeyStorage::TpmRequired => KeyProtection::Tpm,
            KeyStorage::TpmIfPresent => KeyProtection::TpmIfPresent,
            KeyStorage::Software => KeyProtection::Software,
        },
        // Windows counts minutes; the form takes whole ones only.
        retry_delay_minutes: settings.retry_delay_seconds / 60,
        retry_count: u32::from(settings.retries),
        key_length: u32::from(settings.key_length),
        hash_algorithms: settings
            .hashes
            .iter()
            .map(|family| match family {
                HashFamily::Sha1 => HashAlgorithm::Sha1,
                HashFamily::Sha2 => HashAlgorithm::Sha2,
                HashFamily::Sha3 => HashAlgorithm::Sha3,
            })
            .collect(),
        ca_thumbprint_sha1: settings.ca_sha1.octets(),
        subject_alternative_names: delivery.sans.clone(),
        valid_period: Some((
            match settings.validity_unit {
                ValidityUnit::Days => ValidPeriod::Days,
                ValidityUnit::Months => ValidPeriod::Months,
                ValidityUnit::Years => ValidPeriod::Years,
            },
            settings.validity,
        )),
    })
}

/// What the certificate must be, to compare with what the device shows.
pub struct Ordered {
    delivery: Delivery,
    configuration: Configuration,
    authority: Authority,
}

impl Ordered {
    /// Compares a certificate (DER) with the order.
    pub fn compare(&self, der: &[u8]) -> std::result::Result<Shown, Cause> {
        let settings = &self.configuration.settings;
        certificate::compare(
            der,
            &certificate::Ordered {
                subject: &self.delivery.subject,
                sans: &self.delivery.sans,
                ekus: &settings.ekus,
                key_usage_bits: settings.key_usage_bits(),
                key_length: settings.key_length,
                validity: Some((settings.validity, settings.validity_unit)),
                chain: &self.authority.certificates,
            },
        )
    }
}

/// What was ordered with a delivery.
pub async fn ordered(tx: &mut Tx, delivery: &Delivery) -> Result<Option<Ordered>> {
    let context = context(tx, delivery).await?;
    Ok(context.map(|(configuration, authority)| Ordered {
        delivery: delivery.clone(),
        configuration,
        authority,
    }))
}

/// A delivery's node on the device.
pub async fn node(tx: &mut Tx, delivery: &Delivery) -> Result<Option<ScepNode>> {
    if let Some(store) = delivery.store {
        return node_in(delivery, store).map(Some);
    }
    // Sent by an earlier version, or not sent yet.
    let configuration = store::configurations::by_id(tx, &delivery.configuration_id).await?;
    configuration
        .map(|configuration| node_for(delivery, &configuration))
        .transpose()
}

/// The node of a delivery by its id.
pub async fn node_of(tx: &mut Tx, id: &DeliveryId) -> Result<Option<ScepNode>> {
    match store::deliveries::by_id(tx, id).await? {
        Some(delivery) => node(tx, &delivery).await,
        None => Ok(None),
    }
}

fn node_for(delivery: &Delivery, configuration: &Configuration) -> Result<ScepNode> {
    node_in(delivery, delivery.store.unwrap_or(configuration.settings.store))
}

fn node_in(delivery: &Delivery, store: CertificateStore) -> Result<ScepNode> {
    let scope = match store {
        CertificateStore::Device => Scope::Device,
        CertificateStore::User => Scope::User,
    };
    let id = UniqueId::new(delivery.id.as_str()).context("a delivery's id names no node")?;
    Ok(ScepNode::new(scope, id))
}

/// The configuration and the authority of a delivery.
pub async fn context(tx: &mut Tx, delivery: &Delivery) -> Result<Option<(Configuration, Authority)>> {
    let configuration = store::configurations::by_id(tx, &delivery.configuration_id).await?;
    let authority = store::authorities::by_id(tx, &delivery.authority_id).await?;
    Ok(configuration.zip(authority))
}

/// Whose device it is.
pub async fn person_of(tx: &mut Tx, device: &Device) -> Result<Option<Person>> {
    match &device.person_id {
        Some(id) => Ok(store::people::by_id(tx, id).await?),
        None => Ok(None),
    }
}
