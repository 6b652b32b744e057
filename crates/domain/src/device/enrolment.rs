//! A device's identity certificate, issued by Sceau's own authority at enrolment and renewed by the device.

use crate::{device::DeviceId, id::Id, time::Timestamp};

/// Days before the end of its identity at which a device begins to renew it; Microsoft recommends 40 to 60.
pub const RENEWAL_DAYS: u16 = 42;
/// Days before the end at which a person is told that it wasn't renewed: half of the device's time is over.
pub const LATE_DAYS: i64 = 21;

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
    /// The identity whose place it takes; none where it came by an enrolment.
    pub renews: Option<IdentityId>,
    /// MessageID of the request.
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
    /// When the device first used it in a session: what it renewed lives until then, since an answer may be lost.
    pub first_used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl Identity {
    /// Whether the device is known to hold it: it used it, or its enrolment gave it.
    fn is_held(&self) -> bool {
        self.certificate.is_some() && (self.renews.is_none() || self.first_used_at.is_some())
    }

    /// The one by which a device speaks, of all that it ever had.
    pub fn in_use(all: &[Self]) -> Option<&Self> {
        let held = all
            .iter()
            .filter(|identity| identity.is_held() && identity.revoked_at.is_none());
        held.max_by_key(|identity| identity.not_after)
    }

    /// Whether so little of it is left that the device should have renewed it.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.not_after < now.plus_seconds(LATE_DAYS * 86_400)
    }
}
