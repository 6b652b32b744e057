use crate::{Error, Identity, RsaKey};

/// Makes the self-signed certificate under which a client signs its first request (RFC 8894 §2.3).
#[derive(Debug, Clone)]
pub struct SignerCertificate {
    subject: Vec<u8>,
    has_critical_key_identifier: bool,
    not_before: i64,
    not_after: i64,
}

impl SignerCertificate {
    /// A plain one for this subject (X.501 Name as DER), valid between two times in seconds since 1970.
    #[must_use]
    pub fn new(subject: impl Into<Vec<u8>>, not_before: i64, not_after: i64) -> Self {
        Self {
            subject: subject.into(),
            has_critical_key_identifier: false,
            not_before,
            not_after,
        }
    }

    /// One as Windows makes it: subject `CN=SCEP Protocol Certificate`, and a *critical* authorityKeyIdentifier
    /// that holds only a keyIdentifier.
    #[must_use]
    pub fn windows(not_before: i64, not_after: i64) -> Self {
        let _ = (not_before, not_after);
        todo!()
    }

    /// The certificate for this key, with a random serial number of 16 octets, signed with SHA-256.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a subject that isn't a Name or a time that can't be written.
    pub fn issue(&self, key: RsaKey) -> Result<Identity, Error> {
        let _ = (
            &self.subject,
            self.has_critical_key_identifier,
            self.not_before,
            self.not_after,
            key,
        );
        todo!()
    }
}
