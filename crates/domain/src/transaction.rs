//! SCEP transactions that pass through the proxy.

use serde::{Deserialize, Serialize};

use crate::{delivery::DeliveryId, external_ca::AuthorityId, id::Id, order::OrderId, time::Timestamp};

/// Identifies a transaction's record.
pub type TransactionRecordId = Id<Transaction>;

/// A SCEP transaction, as far as a proxy can see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its identifier.
    pub id: TransactionRecordId,
    /// At which authority.
    pub authority_id: AuthorityId,
    /// For which delivery or order.
    pub owner: Owner,
    /// SCEP's transactionID.
    pub transaction_id: String,
    /// messageType of the last request.
    pub message_type: i64,
    /// SHA-256 (hex) of the first request.
    pub request_sha256: String,
    /// SHA-256 (hex) of the key that signed the first request; none in records of earlier versions.
    pub signer_sha256: Option<String>,
    /// SHA-256 (hex) of the certificate that is being renewed; none in a first enrolment.
    pub renews_sha256: Option<String>,
    /// Where it stands.
    pub state: TransactionState,
    /// Why the last request got no SCEP answer, if it got none.
    pub trouble: Option<Trouble>,
    /// The authority's SUCCESS answer, so that a repeated request gets the same.
    pub answer: Option<Vec<u8>>,
    /// When the last request was handed to the authority.
    pub forwarded_at: Timestamp,
    /// When the authority answered.
    pub answered_at: Option<Timestamp>,
}

/// Why a request got no SCEP answer from the authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// In which way.
    pub kind: TroubleKind,
    /// More, in English, without secrets.
    pub detail: String,
}

/// In which way an exchange with an authority fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Not one octet of the request went out.
    Unreachable,
    /// As many requests as may be are at the authority, and none was answered in time.
    Busy,
    /// An HTTP status other than 200.
    Http,
    /// No answer in time.
    TimedOut,
    /// The connection broke after the request had gone out.
    Broken,
    /// The answer is longer than what is read.
    TooLong,
    /// The answer is no SCEP message.
    NotScep,
}

impl TroubleKind {
    /// Its name, as stored and in the locales.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
            Self::Http => "http",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
            Self::TooLong => "too_long",
            Self::NotScep => "not_scep",
        }
    }
}

/// Whose transaction it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A device's delivery.
    Delivery(DeliveryId),
    /// An operator's order.
    Order(OrderId),
}

/// Where a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum TransactionState {
    /// Handed to the authority, no answer yet.
    Forwarded,
    /// The authority wants approval.
    Pending,
    /// The authority says that it issued.
    Succeeded,
    /// The authority refused.
    Refused {
        /// failInfo, 0 to 4.
        fail_info: Option<i64>,
        /// Microsoft's HRESULT when there is one.
        hresult: Option<i32>,
        /// failInfoText when there is one.
        text: Option<String>,
    },
    /// The authority could not be reached or answered with something that is no CertRep.
    NotDelivered {
        /// What happened, English, no secrets.
        detail: String,
    },
    /// Handed over, and nobody knows what became of it: a certificate may exist that no device holds.
    OutcomeUnknown,
    /// The authority says that it issued, and the delivery ended without the device showing the certificate.
    NotInstalled,
}

impl TransactionState {
    /// The state's name as stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Refused { .. } => "refused",
            Self::NotDelivered { .. } => "not_delivered",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::NotInstalled => "not_installed",
        }
    }
}
