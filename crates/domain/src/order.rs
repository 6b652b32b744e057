//! Orders: one SCEP URL and challenge for a named subject, for devices managed elsewhere.

use crate::{external_ca::AuthorityId, id::Id, operator::OperatorId, time::Timestamp};

/// Identifies an order.
pub type OrderId = Id<Order>;

/// An order. The challenge is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its identifier.
    pub id: OrderId,
    /// From which authority.
    pub authority_id: AuthorityId,
    /// The subject it was ordered for.
    pub subject: String,
    /// Alternative names, as ordered.
    pub sans: Vec<crate::scep_configuration::San>,
    /// SHA-256 (hex) of the URL's token.
    pub token_sha256: String,
    /// Who asked.
    pub operator_id: Option<OperatorId>,
    /// When.
    pub created_at: Timestamp,
    /// Until when the first PKIOperation must come.
    pub expires_at: Timestamp,
}
