//! What every exchange of a client has in common: writing a request under a fresh nonce, and believing a reply.

use crate::certificate::Certificate;
use crate::reply::summarise_reply;
use crate::signed::{self, Degenerate, Outgoing, SignedMessage};
use crate::{
    CaCertificates, Capabilities, Cipher, Digest, Error, Identity, KeyTransport, MessageType, Nonce,
    PkiStatus, ReplySummary, TransactionId,
};
use crate::{attributes, envelope};

pub(crate) struct Client {
    pub(crate) ca: CaCertificates,
    pub(crate) signer: Identity,
    pub(crate) transaction_id: TransactionId,
    pub(crate) cipher: Cipher,
    pub(crate) digest: Digest,
    pub(crate) key_transport: KeyTransport,
    sender_nonce: Option<Nonce>,
}

/// A reply that is to be believed.
pub(crate) enum Reply {
    Success(Degenerate),
    Pending,
    Failed(ReplySummary),
}

impl Client {
    pub(crate) fn new(
        ca: CaCertificates,
        capabilities: &Capabilities,
        signer: Identity,
        transaction_id: TransactionId,
    ) -> Self {
        Self {
            ca,
            signer,
            transaction_id,
            cipher: capabilities.cipher(),
            digest: capabilities.digest(),
            key_transport: KeyTransport::Pkcs1,
            sender_nonce: None,
        }
    }

    pub(crate) fn write(&mut self, message_type: MessageType, content: &[u8]) -> Result<Vec<u8>, Error> {
        let recipient = Certificate::read(self.ca.ra_encryption().der())?;
        let envelope = envelope::seal(content, &recipient, self.cipher, self.key_transport)?;
        let nonce = Nonce::random()?;
        let message = Outgoing {
            content: &envelope,
            attributes: attributes::of_message(message_type, &self.transaction_id, &nonce),
            digest: self.digest,
            certificates: Some(&[]),
        };
        let message = message.write(&self.signer)?;
        self.sender_nonce = Some(nonce);
        Ok(message)
    }

    /// The reply to the last message written (RFC 8894 §3.2.1.5).
    pub(crate) fn read(&self, message: &[u8]) -> Result<Reply, Error> {
        let signed = SignedMessage::read(message)?;
        // Servers answer in kind; MD5 is believed by those alone who sign with it.
        if signed.digest == Digest::Md5 && self.digest != Digest::Md5 {
            return Err(Error::Algorithm("digest"));
        }
        let known = self.ca.all().iter();
        let known = known.map(|certificate| Certificate::read(certificate.der()));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        // By the certificates of GetCACert alone: NDES sends none with a failure, and what a reply brings along
        // proves nothing.
        signed.verify(&signed.signer_among(known).ok_or(Error::UnknownSigner)?)?;
        let summary = summarise_reply(&signed, true)?;
        if summary.transaction_id != self.transaction_id {
            return Err(Error::Mismatch("transactionID"));
        }
        if Some(signed.attributes.recipient_nonce()?) != self.sender_nonce {
            return Err(Error::Mismatch("recipientNonce"));
        }
        match summary.status {
            PkiStatus::Success => self.open(signed.content()?).map(Reply::Success),
            PkiStatus::Pending => Ok(Reply::Pending),
            PkiStatus::Failure => Ok(Reply::Failed(summary)),
        }
    }

    fn open(&self, content: &[u8]) -> Result<Degenerate, Error> {
        let opened = envelope::open(content, &self.signer, self.cipher == Cipher::Des)?;
        signed::read_degenerate(&opened.content).map_err(|_| Error::Undecipherable)
    }
}
