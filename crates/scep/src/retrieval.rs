use std::fmt;

use crate::asn1;
use crate::certificate::{Certificate, Signed};
use crate::client::{Client, Reply};
use crate::{
    CaCertificates, Capabilities, Cipher, Digest, Error, FailInfo, Identity, KeyTransport, MessageType,
    TransactionId,
};

/// What a CA's reply to a GetCert or GetCRL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retrieved {
    /// The certificates (DER): the one that was asked for first, the others as they came.
    Certificates(Vec<Vec<u8>>),
    /// The CRL (DER); its signature is the CA's.
    RevocationList(Vec<u8>),
    /// Refused.
    Failed {
        /// Why, if the server said so in a number that RFC 8894 defines: [`FailInfo::BadCertId`] for what it doesn't
        /// know.
        fail_info: Option<FailInfo>,
        /// The server's words.
        text: Option<String>,
        /// NDES's HRESULT.
        microsoft_hresult: Option<i32>,
    },
}

/// A client's question for a certificate or a CRL (RFC 8894 §3.3.4), as steps without I/O: write the
/// request, read the reply.
pub struct Retrieval {
    client: Client,
    message_type: MessageType,
    serial: Vec<u8>,
}

impl Retrieval {
    /// Asks for the certificate with this serial number (the content octets of its INTEGER, most significant first),
    /// issued by [`CaCertificates::issuer`]. Some servers answer only signers whose certificate is their own.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty serial number, [`Error::Key`] when the system gives no randomness.
    pub fn certificate(
        ca: CaCertificates,
        capabilities: &Capabilities,
        serial: impl Into<Vec<u8>>,
        signer: Identity,
    ) -> Result<Self, Error> {
        Self::new(MessageType::GetCert, ca, capabilities, serial.into(), signer)
    }

    /// Asks for the CRL that would list the certificate with this serial number, issued by
    /// [`CaCertificates::issuer`].
    ///
    /// # Errors
    /// As [`Self::certificate`].
    pub fn revocation_list(
        ca: CaCertificates,
        capabilities: &Capabilities,
        serial_of_certificate: impl Into<Vec<u8>>,
        signer: Identity,
    ) -> Result<Self, Error> {
        let serial = serial_of_certificate.into();
        Self::new(MessageType::GetCrl, ca, capabilities, serial, signer)
    }

    fn new(
        message_type: MessageType,
        ca: CaCertificates,
        capabilities: &Capabilities,
        serial: Vec<u8>,
        signer: Identity,
    ) -> Result<Self, Error> {
        if serial.is_empty() {
            return Err(Error::Invalid("serial number"));
        }
        Ok(Self {
            client: Client::new(ca, capabilities, signer, TransactionId::random()?),
            message_type,
            serial,
        })
    }

    /// Takes this transactionID instead of a random one.
    #[must_use]
    pub fn with_transaction_id(mut self, transaction_id: TransactionId) -> Self {
        self.client.transaction_id = transaction_id;
        self
    }

    /// Encrypts with this cipher.
    #[must_use]
    pub fn with_cipher(mut self, cipher: Cipher) -> Self {
        self.client.cipher = cipher;
        self
    }

    /// Signs with this digest.
    #[must_use]
    pub fn with_digest(mut self, digest: Digest) -> Self {
        self.client.digest = digest;
        self
    }

    /// Sends the content key in this way.
    #[must_use]
    pub fn with_key_transport(mut self, key_transport: KeyTransport) -> Self {
        self.client.key_transport = key_transport;
        self
    }

    /// The transaction's name.
    #[must_use]
    pub fn transaction_id(&self) -> &TransactionId {
        &self.client.transaction_id
    }

    /// Writes the request, with a fresh nonce.
    ///
    /// # Errors
    /// [`Error::Key`]: the RA's certificate can't be encrypted to, or the signer's key doesn't sign.
    pub fn write_request(&mut self) -> Result<Vec<u8>, Error> {
        let issuer = Certificate::read(self.client.ca.issuer().der())?.subject();
        let serial = asn1::tlv(asn1::INTEGER, &self.serial);
        let content = asn1::sequence(&[issuer, &serial]);
        self.client.write(self.message_type, &content)
    }

    /// Reads the reply to the request: checked as [`Enrolment::read_reply`](crate::Enrolment::read_reply) checks it;
    /// the certificate must be the one that was asked for, the CRL one that the CA signed.
    ///
    /// # Errors
    /// [`Error`]: the reply isn't to be trusted; nothing follows from it.
    pub fn read_reply(&self, message: &[u8]) -> Result<Retrieved, Error> {
        match self.client.read(message)? {
            Reply::Success(content) if self.message_type == MessageType::GetCert => {
                self.asked_first(content.certificates)
            }
            Reply::Success(content) => self.own_list(content.crls),
            // RFC 8894 §3.3.2.3: only an enrolment can wait.
            Reply::Pending => Err(Error::Invalid("pkiStatus")),
            Reply::Failed(summary) => Ok(Retrieved::Failed {
                fail_info: summary.fail_info,
                text: summary.fail_info_text,
                microsoft_hresult: summary.microsoft_hresult,
            }),
        }
    }

    fn asked_first(&self, mut certificates: Vec<Vec<u8>>) -> Result<Retrieved, Error> {
        let issuer = Certificate::read(self.client.ca.issuer().der())?;
        let is_asked = |der: &Vec<u8>| {
            Certificate::read(der).is_ok_and(|certificate| {
                certificate.serial_number() == self.serial && certificate.issuer() == issuer.subject()
            })
        };
        let position = certificates.iter().position(is_asked);
        let position = position.ok_or(Error::Mismatch("certificate"))?;
        if let Some(first) = certificates.get_mut(..=position) {
            first.rotate_right(1);
        }
        Ok(Retrieved::Certificates(certificates))
    }

    fn own_list(&self, lists: Vec<Vec<u8>>) -> Result<Retrieved, Error> {
        const WHAT: &str = "revocation list";
        let issuer = Certificate::read(self.client.ca.issuer().der())?;
        let list = lists.into_iter().next().ok_or(Error::Missing(WHAT))?;
        let signed = Signed::read(asn1::read(&list, WHAT)?, WHAT)?;
        // TBSCertList (RFC 5280 §5.1): version, signature, issuer, and what follows.
        let mut parts = signed.signed.within(asn1::SEQUENCE, WHAT)?;
        parts.optional(asn1::INTEGER)?;
        parts.expect(asn1::SEQUENCE)?;
        if parts.expect(asn1::SEQUENCE)?.whole != issuer.subject() {
            return Err(Error::Mismatch("revocation list"));
        }
        if !signed.is_signed_by(&issuer) {
            return Err(Error::Signature);
        }
        Ok(Retrieved::RevocationList(list))
    }
}

impl fmt::Debug for Retrieval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrieval")
            .field("message_type", &self.message_type)
            .field("transaction_id", &self.client.transaction_id)
            .finish_non_exhaustive()
    }
}
