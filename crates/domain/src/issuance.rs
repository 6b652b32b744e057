//! Certificates that a built-in authority issues: what was ordered, the one-time challenge that proves the order,
//! and the ledger's entry of each issuance.

use serde::{Deserialize, Serialize};

use crate::{
    delivery::Delivery,
    error::{Error, Kind},
    external_ca::AuthorityId,
    id::Id,
    order::Order,
    scep_configuration::{San, SanKind, ScepSettings, ValidityUnit},
    subject::alternative_names,
    time::Timestamp,
    transaction::Owner,
};

/// Identifies an issuance.
pub type IssuanceId = Id<Issuance>;

/// What a certificate of a built-in authority shall hold: all of it, whatever the request says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedCertificate {
    /// X.500 subject without variables, as Windows writes it.
    pub subject: String,
    /// Alternative names without variables; a strong mapping stands as its URI.
    pub sans: Vec<San>,
    /// 0x80 digitalSignature, 0x20 keyEncipherment.
    pub key_usage_bits: u8,
    /// Extended key usages as OIDs.
    pub ekus: Vec<String>,
    /// RSA bits; none: 2048 and more.
    pub key_length: Option<u16>,
    /// How long the certificate lives, in seconds.
    pub validity_seconds: i64,
}

/// What one certificate's key is for where an order doesn't say: both.
const BOTH_USAGES: u8 = 0xa0;
const DAY_SECONDS: i64 = 86_400;
/// An order's certificate lives a year where nobody says otherwise.
const YEAR_DAYS: u32 = 365;
/// id-kp-clientAuth.
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";

impl WantedCertificate {
    /// What a delivery's certificate shall hold: subject and names as they were filled in, the rest from the
    /// configuration.
    pub fn of_delivery(delivery: &Delivery, settings: &ScepSettings) -> Self {
        Self {
            subject: delivery.subject.clone(),
            sans: alternative_names::rows(&delivery.sans),
            key_usage_bits: settings.key_usage_bits(),
            ekus: settings.ekus.clone(),
            key_length: Some(settings.key_length),
            validity_seconds: seconds(settings.validity, settings.validity_unit),
        }
    }

    /// What an order's certificate shall hold.
    pub fn of_order(
        order: &Order,
        key_usage_bits: Option<u8>,
        validity: Option<(u32, ValidityUnit)>,
    ) -> Self {
        let (number, unit) = validity.unwrap_or((YEAR_DAYS, ValidityUnit::Days));
        Self {
            subject: order.subject.clone(),
            sans: order.sans.iter().map(alternative_names::resolved).collect(),
            key_usage_bits: key_usage_bits.unwrap_or(BOTH_USAGES),
            ekus: vec![CLIENT_AUTHENTICATION.to_owned()],
            key_length: None,
            validity_seconds: seconds(number, unit),
        }
    }

    /// The names of one type.
    pub fn names(&self, kind: SanKind) -> impl Iterator<Item = &str> {
        self.sans
            .iter()
            .filter(move |san| san.kind == kind)
            .map(|san| san.value.as_str())
    }
}

fn seconds(number: u32, unit: ValidityUnit) -> i64 {
    i64::from(number) * i64::from(unit.days()) * DAY_SECONDS
}

/// A one-time challenge of a built-in authority, as it is kept: without itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeChallenge {
    /// Under what it is found: when it was made, and its SHA-256, hex.
    pub key: String,
    /// Of which authority.
    pub authority_id: AuthorityId,
    /// For whom.
    pub owner: Owner,
    /// What it is good for.
    pub wanted: WantedCertificate,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// One certificate of a built-in authority, from the moment when it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuance {
    /// Its identifier.
    pub id: IssuanceId,
    /// By which authority.
    pub authority_id: AuthorityId,
    /// Serial number, hex.
    pub serial: String,
    /// SCEP's transactionID.
    pub transaction_id: String,
    /// Serial number (hex) of the certificate that this one renews; none for a first one, which a challenge proves.
    pub renews: Option<String>,
    /// SHA-256 (hex) of the public key that is certified.
    pub key_sha256: String,
    /// SHA-256 (hex) of the public key that signed the request: only its holder may ask again.
    pub signer_sha256: String,
    /// For whom.
    pub owner: Owner,
    /// What it holds.
    pub wanted: WantedCertificate,
    /// The public key (SubjectPublicKeyInfo, DER).
    pub public_key: Vec<u8>,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// Where it stands.
    pub state: IssuanceState,
    /// The certificate (DER), once it is signed.
    pub certificate: Option<Vec<u8>>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was signed.
    pub issued_at: Option<Timestamp>,
    /// When and why it was revoked.
    pub revoked: Option<Revoked>,
}

/// Where an issuance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuanceState {
    /// A person must approve it.
    Pending,
    /// Decided, not signed yet: a crash in between is resumed with the same serial number and dates.
    Intended,
    /// Signed.
    Issued,
    /// A person refused it.
    Refused,
}

/// When and why a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a certificate is revoked (RFC 5280 §5.3.1, those that a person chooses from).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// No reason given.
    Unspecified,
    /// The key is known to someone else.
    KeyCompromise,
    /// The holder's name or place changed.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// The device is no longer in use.
    CessationOfOperation,
    /// The holder may no longer use it.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// The number of CRLReason.
    pub fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::PrivilegeWithdrawn => 9,
        }
    }

    /// Its name as stored, in forms and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key_compromise",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation_of_operation",
            Self::PrivilegeWithdrawn => "privilege_withdrawn",
        }
    }

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl IssuanceState {
    /// The state's name as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Intended => "intended",
            Self::Issued => "issued",
            Self::Refused => "refused",
        }
    }
}

impl Issuance {
    /// A person approves a pending one.
    pub fn approved(self) -> Result<Self, Error> {
        self.decided(IssuanceState::Intended)
    }

    /// A person refuses a pending one.
    pub fn refused(self) -> Result<Self, Error> {
        self.decided(IssuanceState::Refused)
    }

    fn decided(self, state: IssuanceState) -> Result<Self, Error> {
        if self.state != IssuanceState::Pending {
            let detail = format!(
                "issuance {} is {} and can't become {}: only a pending one is decided",
                self.id,
                self.state.name(),
                state.name()
            );
            return Err(Error::new(Kind::State, "error-issuance-not-pending", detail));
        }
        Ok(Self { state, ..self })
    }

    /// A person revokes it: once, and only what was issued.
    pub fn revoked(self, revoked: Revoked) -> Result<Self, Error> {
        if self.state != IssuanceState::Issued || self.revoked.is_some() {
            let detail = format!("certificate {} is not issued, or revoked already", self.serial);
            return Err(Error::new(Kind::State, "error-issuance-not-revocable", detail));
        }
        Ok(Self {
            revoked: Some(revoked),
            ..self
        })
    }

    /// Whether the certificate counts at this moment.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.state == IssuanceState::Issued
            && self.revoked.is_none()
            && self.not_before <= now
            && now <= self.not_after
    }
}
