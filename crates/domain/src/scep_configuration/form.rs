//! A configuration as a person or a program gives it: nothing checked yet.

use serde::{Deserialize, Serialize};

use super::{CertificateStore, HashFamily, KeyStorage, Route, San, ValidityUnit};

/// The delays that the console offers, in seconds. Windows counts whole minutes.
pub const RETRY_DELAYS: [u32; 7] = [60, 120, 300, 600, 900, 1800, 3600];

/// The fields of the form, by the names that errors give. What is absent has the product's default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigurationForm {
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Identifier of the authority.
    pub authority_id: String,
    /// X.500 subject with variables.
    pub subject: String,
    /// Rows of alternative names.
    pub sans: Vec<San>,
    /// 0 to 30.
    pub retries: i64,
    /// A multiple of 60.
    pub retry_delay_seconds: i64,
    /// 1024, 2048 or 4096.
    pub key_length: i64,
    /// At least one.
    pub usages: Vec<Usage>,
    /// OIDs, at least one.
    pub ekus: Vec<String>,
    /// How many `validity_unit`s.
    pub validity: i64,
    /// Their unit.
    pub validity_unit: ValidityUnit,
    /// SHA-1, SHA-256 or MD5 of a certificate of the authority; empty takes the issuer's.
    pub thumbprint: String,
    /// At least one.
    pub hashes: Vec<HashFamily>,
    /// Where the key lives.
    pub key_storage: KeyStorage,
    /// Whose store.
    pub store: CertificateStore,
    /// 1 to 90.
    pub renew_at_percent: i64,
    /// How devices reach the authority.
    pub route: Route,
}

/// What the key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// 128 in the CSP.
    DigitalSignature,
    /// 32 in the CSP.
    KeyEncipherment,
}

/// TLS client authentication.
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";

impl Default for ConfigurationForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            authority_id: String::new(),
            subject: String::new(),
            sans: Vec::new(),
            retries: 3,
            retry_delay_seconds: 300,
            key_length: 2048,
            usages: vec![Usage::DigitalSignature, Usage::KeyEncipherment],
            ekus: vec![CLIENT_AUTHENTICATION.to_owned()],
            validity: 1,
            validity_unit: ValidityUnit::Years,
            thumbprint: String::new(),
            hashes: vec![HashFamily::Sha2],
            key_storage: KeyStorage::TpmIfPresent,
            store: CertificateStore::Device,
            renew_at_percent: 20,
            route: Route::Proxy,
        }
    }
}

impl ConfigurationForm {
    /// The form as it stands for an existing configuration.
    pub fn of(configuration: &super::Configuration) -> Self {
        let settings = &configuration.settings;
        let usages = [
            settings.has_digital_signature.then_some(Usage::DigitalSignature),
            settings.has_key_encipherment.then_some(Usage::KeyEncipherment),
        ];
        Self {
            name: configuration.name.clone(),
            description: configuration.description.clone(),
            authority_id: configuration.authority_id.to_string(),
            subject: settings.subject.clone(),
            sans: settings.sans.clone(),
            retries: settings.retries.into(),
            retry_delay_seconds: settings.retry_delay_seconds.into(),
            key_length: settings.key_length.into(),
            usages: usages.into_iter().flatten().collect(),
            ekus: settings.ekus.clone(),
            validity: settings.validity.into(),
            validity_unit: settings.validity_unit,
            thumbprint: settings.ca_sha1.to_string(),
            hashes: settings.hashes.clone(),
            key_storage: settings.key_storage,
            store: settings.store,
            renew_at_percent: settings.renew_at_percent.into(),
            route: settings.route,
        }
    }
}
