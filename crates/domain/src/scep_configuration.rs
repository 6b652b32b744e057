//! SCEP configurations for Windows: what a person fills in, checked.

use serde::{Deserialize, Serialize};

use crate::{external_ca::AuthorityId, id::Id, thumbprint::Sha1, time::Timestamp};

/// Identifies a configuration.
pub type ConfigurationId = Id<Configuration>;

/// A named configuration for one authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Its identifier.
    pub id: ConfigurationId,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// The authority that issues.
    pub authority_id: AuthorityId,
    /// The fields of the form.
    pub settings: ScepSettings,
    /// Grows when something changes that re-issues certificates.
    pub version: i64,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The fields of the form, valid by construction (see `scep_configuration::check`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScepSettings {
    /// X.500 subject with variables.
    pub subject: String,
    /// Alternative names with variables.
    pub sans: Vec<San>,
    /// 0 to 30; acts only after PENDING.
    pub retries: u8,
    /// Whole minutes written in seconds.
    pub retry_delay_seconds: u32,
    /// 1024, 2048 or 4096.
    pub key_length: u16,
    /// digitalSignature is asked for.
    pub has_digital_signature: bool,
    /// keyEncipherment is asked for.
    pub has_key_encipherment: bool,
    /// Extended key usages as OIDs, at least one.
    pub ekus: Vec<String>,
    /// How many `validity_unit`s.
    pub validity: u32,
    /// Their unit.
    pub validity_unit: ValidityUnit,
    /// What Windows compares with GetCACert.
    pub ca_sha1: Sha1,
    /// Hash families, at least one.
    pub hashes: Vec<HashFamily>,
    /// Where the key lives.
    pub key_storage: KeyStorage,
    /// Whose store.
    pub store: CertificateStore,
    /// Renew when this share of the life is left, per cent.
    pub renew_at_percent: u8,
    /// How devices reach the authority.
    pub route: Route,
}

/// One alternative name with variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct San {
    /// Its type.
    pub kind: SanKind,
    /// Its value with variables.
    pub value: String,
}

/// Types of alternative names. `Sid` is the strong mapping of KB5014754, sent as a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SanKind {
    /// E-mail address (RFC 822).
    Email,
    /// DNS name.
    Dns,
    /// URI.
    Uri,
    /// User principal name.
    Upn,
    /// IP address.
    Ip,
    /// Strong mapping by security identifier.
    Sid,
}

/// Unit of the validity wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidityUnit {
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
}

/// Families of hash algorithms as the CSP names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HashFamily {
    /// SHA-1: warned against.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// SHA-2.
    #[serde(rename = "SHA-2")]
    Sha2,
    /// SHA-3: alone, warned against.
    #[serde(rename = "SHA-3")]
    Sha3,
}

/// Where the private key lives (`KeyProtection`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStorage {
    /// 1: fails without a TPM.
    TpmRequired,
    /// 2: software when there is no TPM.
    TpmIfPresent,
    /// 3.
    Software,
}

/// Whose certificate store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateStore {
    /// `./Device`.
    Device,
    /// `./User`.
    User,
}

/// How devices reach the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Through Sceau's proxy.
    Proxy,
    /// Directly.
    Direct,
}
