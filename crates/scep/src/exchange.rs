use std::fmt;

use zeroize::Zeroizing;

use crate::asn1::{self, IssuerAndSubject};
use crate::certificate::Certificate;
use crate::csr::Csr;
use crate::reply::summarise_reply;
use crate::signed::{self, SignedMessage};
use crate::{
    CaCertificates, Capabilities, Cipher, Digest, Error, FailInfo, Identity, KeyTransport, MessageType,
    Nonce, PkiStatus, TransactionId,
};
use crate::{attributes, envelope};

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
pub struct Enrolment {
    ca: CaCertificates,
    csr: Zeroizing<Vec<u8>>,
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
        csr: impl AsRef<[u8]>,
        signer: Identity,
    ) -> Result<Self, Error> {
        let csr = Zeroizing::new(Csr::read(csr.as_ref())?.into_der());
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
        self.write(self.message_type, &self.csr.clone())
    }

    /// Writes a CertPoll for the same transaction, with a fresh nonce.
    ///
    /// # Errors
    /// [`Error::Key`] or [`Error::Algorithm`].
    pub fn write_poll(&mut self) -> Result<Vec<u8>, Error> {
        let issuer = Certificate::read(self.ca.issuer().der())?;
        let names = IssuerAndSubject {
            issuer: rasn::types::Any::new(issuer.subject().to_vec()),
            subject: Csr::read(&self.csr)?.subject().clone(),
        };
        self.write(MessageType::CertPoll, &asn1::write(&names, "issuer and subject")?)
    }

    fn write(&mut self, message_type: MessageType, content: &[u8]) -> Result<Vec<u8>, Error> {
        let recipient = Certificate::read(self.ca.ra_encryption().der())?;
        let envelope = envelope::seal(content, &recipient, self.cipher, self.key_transport)?;
        let nonce = Nonce::random()?;
        let attributes = attributes::of_message(message_type, &self.transaction_id, &nonce)?;
        let message = signed::write_signed(envelope, attributes, &self.signer, self.digest, Some(&[]))?;
        self.sender_nonce = Some(nonce);
        Ok(message)
    }

    /// Reads the reply to the last message written: its signature must be the RA's or the CA's, its transactionID
    /// and recipientNonce the request's, the issued key the requested one.
    ///
    /// # Errors
    /// [`Error`]: the reply isn't to be trusted; nothing follows from it.
    pub fn read_reply(&self, message: &[u8]) -> Result<Outcome, Error> {
        let signed = SignedMessage::read(message)?;
        let known = self
            .ca
            .all()
            .iter()
            .map(|certificate| Certificate::read(certificate.der()));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        // By the certificates of GetCACert alone: NDES sends none with a failure, and what a reply brings along
        // proves nothing.
        signed.verify(signed.signer_among(&known).ok_or(Error::UnknownSigner)?)?;
        let summary = summarise_reply(&signed, true)?;
        if summary.transaction_id != self.transaction_id {
            return Err(Error::Mismatch("transactionID"));
        }
        if Some(signed.attributes.recipient_nonce()?) != self.sender_nonce {
            return Err(Error::Mismatch("recipientNonce"));
        }
        match summary.status {
            PkiStatus::Success => self.open_issued(signed.content()?).map(Outcome::Issued),
            PkiStatus::Pending => Ok(Outcome::Pending),
            PkiStatus::Failure => Ok(Outcome::Failed {
                fail_info: summary.fail_info,
                text: summary.fail_info_text,
                microsoft_hresult: summary.microsoft_hresult,
            }),
        }
    }

    fn open_issued(&self, content: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let opened = envelope::open(content, &self.signer, self.cipher == Cipher::Des)?;
        let mut certificates = signed::read_degenerate(&opened.content).map_err(|_| Error::Undecipherable)?;
        let csr = Csr::read(&self.csr)?;
        let holds_our_key = |der: &Vec<u8>| {
            Certificate::read(der).is_ok_and(|certificate| certificate.public_key() == csr.public_key())
        };
        let ours = certificates
            .iter()
            .position(holds_our_key)
            .ok_or(Error::OtherKey)?;
        if let Some(first) = certificates.get_mut(..=ours) {
            first.rotate_right(1);
        }
        Ok(certificates)
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("transaction_id", &self.transaction_id)
            .finish_non_exhaustive()
    }
}
