use crate::certificate::Certificate;
use crate::signed::SignedMessage;
use crate::{Digest, Error};

/// A CMS SignedData around content of any kind, with one signer (RFC 5652 §5): what SCEP is made of, and what others
/// send, too, such as Windows when it renews a device's identity.
///
/// It may be BER, and have signed attributes or none. Reading it proves nothing: [`Self::verify`] does.
pub struct SignedContent<'a>(SignedMessage<'a>);

impl<'a> SignedContent<'a> {
    /// Reads one of at most [`MAX_MESSAGE`](crate::MAX_MESSAGE) octets.
    ///
    /// # Errors
    /// What can't be read, has no signer or several, or is signed with MD5.
    pub fn read(octets: &'a [u8]) -> Result<Self, Error> {
        let message = SignedMessage::read_unattributed(octets)?;
        match message.digest {
            Digest::Md5 => Err(Error::Algorithm("digest")),
            _ => Ok(Self(message)),
        }
    }

    /// The signed content: the octets of its OCTET STRING.
    ///
    /// # Errors
    /// [`Error::Missing`] where the signature is over something that lies elsewhere.
    pub fn content(&self) -> Result<&[u8], Error> {
        self.0.content().map_err(|_| Error::Missing("signed content"))
    }

    /// The signer's certificate (DER as received), if it lies in the message.
    pub fn signer_certificate(&self) -> Option<&'a [u8]> {
        self.0.signer_certificate().map(|certificate| certificate.der)
    }

    /// Verifies the signature under the key of this certificate (DER), which must be the one that the message names
    /// as its signer's.
    ///
    /// # Errors
    /// [`Error::UnknownSigner`] where the message names another, [`Error::Signature`] where the signature isn't over
    /// this content or isn't by this key.
    pub fn verify(&self, certificate: &[u8]) -> Result<(), Error> {
        let named = self.0.signer_among([Certificate::read(certificate)?]);
        self.0.verify(&named.ok_or(Error::UnknownSigner)?)
    }
}
