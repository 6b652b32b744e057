use crate::{
    CaCertificates, Capabilities, Cipher, Digest, Error, FailInfo, Identity, KeyTransport, MessageType,
    Nonce, TransactionId,
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
/// write a poll and read again.
#[derive(Debug)]
pub struct Enrolment {
    ca: CaCertificates,
    csr: Vec<u8>,
    signer: Identity,
    message_type: MessageType,
    transaction_id: TransactionId,
    cipher: Cipher,
    digest: Digest,
    key_transport: KeyTransport,
    sender_nonce: Option<Nonce>,
}

impl Enrolment {
    /// Prepares a PKCSReq for this PKCS#10 (DER), signed by `signer` and encrypted to the CA's RA. Cipher and
    /// digest come from the capabilities, the key transport is PKCS#1 v1.5, the transactionID is the hash of the
    /// key.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the request isn't a PKCS#10.
    pub fn new(
        ca: CaCertificates,
        capabilities: &Capabilities,
        csr: Vec<u8>,
        signer: Identity,
    ) -> Result<Self, Error> {
        let transaction_id = TransactionId::of_key(signer.key.public_key_der());
        Ok(Self {
            ca,
            csr,
            signer,
            message_type: MessageType::PkcsReq,
            transaction_id,
            cipher: capabilities.cipher(),
            digest: capabilities.digest(),
            key_transport: KeyTransport::Pkcs1,
            sender_nonce: None,
        })
    }

    /// Sends a RenewalReq instead: `signer` is the certificate to be renewed.
    #[must_use]
    pub fn as_renewal(mut self) -> Self {
        self.message_type = MessageType::RenewalReq;
        self
    }

    /// Takes this transactionID.
    #[must_use]
    pub fn with_transaction_id(mut self, transaction_id: TransactionId) -> Self {
        self.transaction_id = transaction_id;
        self
    }

    /// Encrypts with this cipher.
    #[must_use]
    pub fn with_cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = cipher;
        self
    }

    /// Signs with this digest.
    #[must_use]
    pub fn with_digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// Sends the content key in this way.
    #[must_use]
    pub fn with_key_transport(mut self, key_transport: KeyTransport) -> Self {
        self.key_transport = key_transport;
        self
    }

    /// The transaction's name.
    #[must_use]
    pub fn transaction_id(&self) -> &TransactionId {
        &self.transaction_id
    }

    /// Writes the request, with a fresh nonce.
    ///
    /// # Errors
    /// [`Error::Key`] or [`Error::Algorithm`].
    pub fn write_request(&mut self) -> Result<Vec<u8>, Error> {
        let _ = (
            &self.ca,
            &self.csr,
            &self.signer,
            self.message_type,
            self.cipher,
            self.digest,
        );
        let _ = (self.key_transport, &self.sender_nonce);
        todo!()
    }

    /// Writes a CertPoll for the same transaction, with a fresh nonce.
    ///
    /// # Errors
    /// [`Error::Key`] or [`Error::Algorithm`].
    pub fn write_poll(&mut self) -> Result<Vec<u8>, Error> {
        todo!()
    }

    /// Reads the reply to the last message written: its signature must be the RA's or the CA's, its transactionID
    /// and recipientNonce the request's, the issued key the requested one.
    ///
    /// # Errors
    /// [`Error`]: the reply isn't to be trusted; nothing follows from it.
    pub fn read_reply(&self, message: &[u8]) -> Result<Outcome, Error> {
        let _ = message;
        todo!()
    }
}
