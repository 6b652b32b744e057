use crate::Error;

/// One certificate of a CA or RA, as DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificate {
    der: Vec<u8>,
}

impl CaCertificate {
    /// The certificate as received.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its SHA-1, which Windows calls its thumbprint.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        crate::crypto::sha1(&self.der)
    }
}

/// The certificates of a CA: the body of GetCACert (RFC 8894 §4.2.1), with the role of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificates {
    certificates: Vec<CaCertificate>,
}

impl CaCertificates {
    /// Reads a body in either shape: one bare certificate, or a degenerate SignedData. Not by content type:
    /// servers mislabel it.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Missing`] (none in it) or [`Error::TooLarge`].
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let _ = body;
        todo!()
    }

    /// Takes certificates (DER) in the order in which they shall be sent.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn new(certificates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Error> {
        let _ = certificates;
        todo!()
    }

    /// The body and its content type: bare DER for one certificate, degenerate SignedData for several.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it can't be written.
    pub fn to_body(&self) -> Result<(Vec<u8>, &'static str), Error> {
        todo!()
    }

    /// All of them, as received.
    #[must_use]
    pub fn all(&self) -> &[CaCertificate] {
        &self.certificates
    }

    /// The certificate that signs replies: the RA's for signing, or the CA's own where there is no RA.
    #[must_use]
    pub fn ra_signing(&self) -> &CaCertificate {
        todo!()
    }

    /// The certificate to encrypt requests to: the RA's for encryption, or the CA's own where there is no RA.
    #[must_use]
    pub fn ra_encryption(&self) -> &CaCertificate {
        todo!()
    }

    /// The CA certificate that issued the RA's (by signature), or the CA's own. Windows wants its SHA-1.
    #[must_use]
    pub fn issuer(&self) -> &CaCertificate {
        todo!()
    }

    /// The issuer and those above it, as far as they are here; the root last.
    #[must_use]
    pub fn chain(&self) -> Vec<&CaCertificate> {
        todo!()
    }
}
