use std::fmt;

use crate::asn1;
use crate::certificate::Certificate;
use crate::client::{Client, Reply};
use crate::csr::Csr;
use crate::{
    CaCertificates, Capabilities, Cipher, Digest, Error, FailInfo, Identity, KeyTransport, MessageType,
    SecretBytes, TransactionId,
};

/// What a CA's reply says to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The certificates (DER): the one with the requested key first, the others as they came.
    Issued(Vec<Vec<u8>>),
    /// Ask again with [`Enrolment::write_poll`].
    Pending,
    /// Refused.
    Failed {
        /// Why, if the server said so in a number that RFC 8894 defines.
        fail_info: Option<FailInfo>,
        /// The server's words.
        text: Option<String>,
        /// NDES's HRESULT.
        microsoft_hresult: Option<i32>,
    },
}

/// A client's enrolment with one CA, as steps without I/O: write the request, read the reply; while it is pending,
/// write a poll and read again. Debug shows nothing of the PKCS#10, which may hold a challenge.
///
/// A later process can go on with a pending one: it needs the PKCS#10, the signer and the transactionID
/// ([`Self::with_transaction_id`]), and begins with [`Self::write_poll`].
pub struct Enrolment {
    client: Client,
    csr: SecretBytes,
    message_type: MessageType,
    has_chosen_transaction_id: bool,
}

impl Enrolment {
    /// Prepares a PKCSReq (RFC 8894 §3.3.1) for this PKCS#10 (DER), signed by `signer` and encrypted to the CA's RA.
    /// Cipher and digest come from the capabilities, the key transport is PKCS#1 v1.5, the transactionID is the hash
    /// of the signer's key.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the request isn't a PKCS#10.
    pub fn new(
        ca: CaCertificates,
        capabilities: &Capabilities,
        csr: impl AsRef<[u8]>,
        signer: Identity,
    ) -> Result<Self, Error> {
        let csr = SecretBytes::new(Csr::read(csr.as_ref())?.der);
        let transaction_id = TransactionId::of_key(signer.key.public_key_der());
        Ok(Self {
            client: Client::new(ca, capabilities, signer, transaction_id),
            csr,
            message_type: MessageType::PkcsReq,
            has_chosen_transaction_id: false,
        })
    }

    /// Sends a RenewalReq instead (RFC 8894 §3.3.1): `signer` is the certificate to be renewed, and the reply is
    /// encrypted to it. Unless one was chosen, the transactionID becomes the hash of that certificate and the
    /// PKCS#10: another than the first enrolment's, and the same when this renewal is tried again.
    ///
    /// For a CA that doesn't advertise [`Capability::Renewal`](crate::Capability::Renewal) send a PKCSReq under the
    /// old certificate: [`Self::as_renewal_for`] does.
    #[must_use]
    pub fn as_renewal(self) -> Self {
        self.renewing(MessageType::RenewalReq)
    }

    /// A renewal in the kind of message that this CA takes for one: a RenewalReq where it advertises them, else a
    /// PKCSReq, as older servers want it (RFC 8894 §3.5.2).
    #[must_use]
    pub fn as_renewal_for(self, capabilities: &Capabilities) -> Self {
        self.renewing(capabilities.renewal_message_type())
    }

    fn renewing(mut self, message_type: MessageType) -> Self {
        self.message_type = message_type;
        if !self.has_chosen_transaction_id {
            let names = [&self.client.signer.certificate, self.csr.as_ref()].concat();
            self.client.transaction_id = TransactionId::of_key(&names);
        }
        self
    }

    /// Takes this transactionID.
    #[must_use]
    pub fn with_transaction_id(mut self, transaction_id: TransactionId) -> Self {
        self.client.transaction_id = transaction_id;
        self.has_chosen_transaction_id = true;
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
        self.client.write(self.message_type, &self.csr)
    }

    /// Writes a CertPoll (RFC 8894 §3.3.3) for the same transaction, with a fresh nonce.
    ///
    /// # Errors
    /// As [`Self::write_request`].
    pub fn write_poll(&mut self) -> Result<Vec<u8>, Error> {
        let issuer = Certificate::read(self.client.ca.issuer().der())?.subject();
        let names = asn1::sequence(&[issuer, Csr::read(&self.csr)?.subject()]);
        self.client.write(MessageType::CertPoll, &names)
    }

    /// Reads the reply to the last message written: its signature must be the RA's or the CA's, its transactionID
    /// and recipientNonce the request's, the issued key the requested one.
    ///
    /// # Errors
    /// [`Error`]: the reply isn't to be trusted; nothing follows from it.
    pub fn read_reply(&self, message: &[u8]) -> Result<Outcome, Error> {
        match self.client.read(message)? {
            Reply::Success(content) => self.own_first(content.certificates).map(Outcome::Issued),
            Reply::Pending => Ok(Outcome::Pending),
            Reply::Failed(summary) => Ok(Outcome::Failed {
                fail_info: summary.fail_info,
                text: summary.fail_info_text,
                microsoft_hresult: summary.microsoft_hresult,
            }),
        }
    }

    fn own_first(&self, mut certificates: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Error> {
        let requested = Csr::read(&self.csr)?.public_key();
        let ours = certificates.iter().position(|der| {
            Certificate::read(der).is_ok_and(|certificate| certificate.public_key() == requested)
        });
        let ours = ours.ok_or(Error::OtherKey)?;
        if let Some(first) = certificates.get_mut(..=ours) {
            first.rotate_right(1);
        }
        Ok(certificates)
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("transaction_id", &self.client.transaction_id)
            .finish_non_exhaustive()
    }
}
