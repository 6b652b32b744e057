//! A device's identity certificate, issued by Sceau's own authority at enrolment.

use crate::{device::DeviceId, id::Id, time::Timestamp};

/// Identifies an identity certificate.
pub type IdentityId = Id<Identity>;

/// An identity certificate. The intent is stored before signing, so that a crash never issues a second one:
/// signing the same intent again gives the same octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its identifier.
    pub id: IdentityId,
    /// Whose it is.
    pub device_id: DeviceId,
    /// MessageID of the enrolment request.
    pub message_id: String,
    /// SHA-256 of the CSR, as hex: with the MessageID it recognises a repeated request.
    pub csr_sha256: String,
    /// Serial number, hex.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// The certificate (DER) once signed.
    pub certificate: Option<Vec<u8>>,
    /// SHA-256 of the certificate, hex, once signed.
    pub sha256: Option<String>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}
