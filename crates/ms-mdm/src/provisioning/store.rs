use super::{characteristic, parm, typed_parm};
use crate::xml::XmlWriter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A certificate and the name it has in Windows' stores: its SHA-1 in 40 upper-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCertificate {
    /// SHA-1 of `der`.
    pub sha1: [u8; 20],
    pub der: Vec<u8>,
}

impl StoredCertificate {
    fn write(&self, w: &mut XmlWriter, beside: impl FnOnce(&mut XmlWriter)) {
        characteristic(w, &crate::csp::certificates::hex(&self.sha1), |w| {
            parm(w, "EncodedCertificate", &STANDARD.encode(&self.der));
            beside(w);
        });
    }
}

/// Where the identity and its key go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityStore {
    /// For an enrolment of type Full.
    User,
    /// For an enrolment of type Device.
    System,
}

impl IdentityStore {
    /// The store's name below `My`; case matters.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::System => "System",
        }
    }
}

/// When Windows renews its identity by itself (`My/WSTEP/Renew`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Days before expiry at which renewal begins, 1 to 1000; 40 to 60 recommended.
    pub period_days: u16,
    /// Days between tries, 1 to 1000 and at most `period_days`; 4 to 5 recommended.
    pub retry_interval_days: u16,
    /// The discovery address for renewals, where it isn't the one of the enrolment.
    pub server_url: Option<String>,
    /// Days between tries once the certificate has expired.
    pub retry_after_expiry_interval_days: Option<u16>,
}

impl Renewal {
    // Microsoft, on-premise enrolment: where these parms are given, their datatype must be, too.
    pub(super) fn write(&self, w: &mut XmlWriter) {
        characteristic(w, "WSTEP", |w| {
            characteristic(w, "Renew", |w| {
                typed_parm(w, "ROBOSupport", "true", "boolean");
                typed_parm(w, "RenewPeriod", &self.period_days.to_string(), "integer");
                typed_parm(
                    w,
                    "RetryInterval",
                    &self.retry_interval_days.to_string(),
                    "integer",
                );
                if let Some(days) = self.retry_after_expiry_interval_days {
                    typed_parm(w, "RetryAfterExpiryInterval", &days.to_string(), "integer");
                }
                if let Some(url) = &self.server_url {
                    typed_parm(w, "ServerURL", url, "string");
                }
            });
        });
    }
}

pub(super) fn write_trusted(w: &mut XmlWriter, store: &str, certificate: &StoredCertificate) {
    characteristic(w, store, |w| {
        characteristic(w, "System", |w| certificate.write(w, |_| {}));
    });
}

/// At enrolment, `PrivateKeyContainer` stands beside the certificate.
pub(super) fn write_identity(w: &mut XmlWriter, store: IdentityStore, identity: &StoredCertificate) {
    characteristic(w, store.name(), |w| {
        identity.write(w, |_| {});
        w.empty("characteristic", &[("type", "PrivateKeyContainer")]);
    });
}

/// At renewal it stands inside (Microsoft, certificate renewal response).
pub(super) fn write_renewed(w: &mut XmlWriter, store: IdentityStore, identity: &StoredCertificate) {
    characteristic(w, store.name(), |w| {
        identity.write(w, |w| {
            w.empty("characteristic", &[("type", "PrivateKeyContainer")]);
        });
    });
}
