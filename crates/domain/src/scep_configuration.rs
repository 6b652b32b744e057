//! SCEP configurations for Windows: what a person fills in, checked.

mod check;
mod form;

pub use check::{Checked, Warning, check};
pub use form::{ConfigurationForm, RETRY_DELAYS, Usage};

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

impl ScepSettings {
    /// The bits of `KeyUsage` as the CSP wants them: 128 digitalSignature, 32 keyEncipherment.
    pub fn key_usage_bits(&self) -> u8 {
        u8::from(self.has_digital_signature) * 0x80 + u8::from(self.has_key_encipherment) * 0x20
    }
    /// Families joined as the CSP wants them, `SHA-1+SHA-2`.
    pub fn hash_algorithm(&self) -> String {
        let names: Vec<_> = self.hashes.iter().map(|family| family.name()).collect();
        names.join("+")
    }
    /// Whether going from `self` to `new` changes what certificates hold, so that they are issued again.
    /// Microsoft Intune does so for subject, alternative names, validity and extended key usages; a key or
    /// store of another sort is another certificate too.
    pub fn reissues(&self, new: &Self) -> bool {
        let unchanging = Self {
            retries: self.retries,
            retry_delay_seconds: self.retry_delay_seconds,
            ca_sha1: self.ca_sha1,
            hashes: self.hashes.clone(),
            renew_at_percent: self.renew_at_percent,
            route: self.route,
            ..new.clone()
        };
        unchanging != *self
    }
}

impl HashFamily {
    /// The family's name in the CSP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha2 => "SHA-2",
            Self::Sha3 => "SHA-3",
        }
    }
}

impl KeyStorage {
    /// `KeyProtection` in the CSP.
    pub fn key_protection(self) -> u8 {
        match self {
            Self::TpmRequired => 1,
            Self::TpmIfPresent => 2,
            Self::Software => 3,
        }
    }
}

impl ValidityUnit {
    /// `ValidPeriod` in the CSP.
    pub fn csp_name(self) -> &'static str {
        match self {
            Self::Days => "Days",
            Self::Months => "Months",
            Self::Years => "Years",
        }
    }
    /// Its length in days, months and years taken as 30 and 365.
    pub fn days(self) -> u32 {
        match self {
            Self::Days => 1,
            Self::Months => 30,
            Self::Years => 365,
        }
    }
}
