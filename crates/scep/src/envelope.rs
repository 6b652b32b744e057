//! EnvelopedData (RFC 5652 §6): a content key for one RSA recipient, and the content under that key.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::algorithm::AlgorithmIdentifier;
use crate::asn1::{self, Value};
use crate::certificate::{Certificate, CertificateName};
use crate::signed::{content_info, content_of};
use crate::{Cipher, Error, Identity, KeyTransport, crypto};

/// A message has one recipient; more than a few is someone's mistake.
const MAX_RECIPIENTS: usize = 16;

/// What lay in an envelope, and how it was closed.
pub(crate) struct Opened {
    pub(crate) content: Zeroizing<Vec<u8>>,
    pub(crate) cipher: Cipher,
    pub(crate) key_transport: KeyTransport,
}

/// Encrypts to a certificate's RSA key. Issuer and serial number are copied from it as octets.
pub(crate) fn seal(
    content: &[u8],
    recipient: &Certificate<'_>,
    cipher: Cipher,
    key_transport: KeyTransport,
) -> Result<Vec<u8>, Error> {
    let key = crypto::content_key(cipher)?;
    let mut room = [0; 16];
    let vector = room.get_mut(..cipher.block_length()).unwrap_or_default();
    crypto::fill_random(vector)?;
    let encrypted = crypto::encrypt(cipher, &key, vector, content)?;
    let transported = crypto::transport_key(key_transport, recipient.rsa_public_key()?, &key)?;
    let recipient = asn1::sequence(&[
        &asn1::ZERO,
        &recipient.issuer_and_serial(),
        &key_transport.write(),
        &asn1::tlv(asn1::OCTET_STRING, &transported),
    ]);
    Ok(write(&[&recipient], &cipher.write(vector), &encrypted))
}

/// The message of these recipients, algorithm and content; the content primitive, as not everyone reads BER.
pub(crate) fn write(recipients: &[&[u8]], algorithm: &[u8], encrypted: &[u8]) -> Vec<u8> {
    let encrypted = asn1::tlv(asn1::CONTEXT_0, encrypted);
    content_info(
        &asn1::ENVELOPED_DATA,
        &[
            &asn1::ZERO,
            &asn1::set_of(asn1::SET, recipients.to_vec()),
            &asn1::sequence(&[&asn1::DATA.der(), algorithm, &encrypted]),
        ],
    )
}

/// Opens an envelope with the recipient's key.
///
/// What stands in clear (recipient, algorithms) fails with its own error. From the private key's use on there is one
/// error, [`Error::Undecipherable`], and the same work: a key transport that fails is followed by a decryption with
/// a random key (RFC 3218 §2.3.2), so that nobody can use this as an oracle on PKCS#1 v1.5 padding.
pub(crate) fn open(envelope: &[u8], recipient: &Identity, permits_single_des: bool) -> Result<Opened, Error> {
    let envelope = Envelope::read(envelope)?;
    let transport = envelope.key_for(&Certificate::read(&recipient.certificate)?)?;
    let key_transport = KeyTransport::read(&transport.algorithm)?;
    let (cipher, vector) = Cipher::read(&envelope.algorithm)?;
    if cipher == Cipher::Des && !permits_single_des {
        return Err(Error::Algorithm("content encryption"));
    }
    let octets = envelope.encrypted.ok_or(Error::Missing("encrypted content"))?;
    if octets.is_empty() || octets.len() % cipher.block_length() != 0 {
        return Err(Error::Invalid("length of the encrypted content"));
    }
    let random = crypto::content_key(cipher)?;
    let received = recipient.key.receive_key(key_transport, &transport.encrypted_key);
    let key = received
        .filter(|key| key.len() == cipher.key_length())
        .unwrap_or(random);
    let content = crypto::decrypt(cipher, &key, vector, &octets).ok_or(Error::Undecipherable)?;
    Ok(Opened {
        content,
        cipher,
        key_transport,
    })
}

/// RFC 5652 §6.1. Originator and unprotected attributes are passed over.
pub(crate) struct Envelope<'a> {
    recipients: Vec<Value<'a>>,
    pub(crate) algorithm: AlgorithmIdentifier<'a>,
    pub(crate) encrypted: Option<Cow<'a, [u8]>>,
}

/// KeyTransRecipientInfo (RFC 5652 §6.2.1).
#[derive(Clone)]
pub(crate) struct TransportedKey<'a> {
    pub(crate) name: CertificateName<'a>,
    pub(crate) algorithm: AlgorithmIdentifier<'a>,
    pub(crate) encrypted_key: Cow<'a, [u8]>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn read(octets: &'a [u8]) -> Result<Self, Error> {
        let mut parts = content_of(octets, &asn1::ENVELOPED_DATA, "EnvelopedData")?;
        parts.expect(asn1::INTEGER)?;
        parts.optional(asn1::CONSTRUCTED_0)?;
        let recipients = parts.expect(asn1::SET)?.within(asn1::SET, "recipients")?;
        let recipients = recipients.all(MAX_RECIPIENTS, Error::TooLarge("set of recipients"))?;
        let mut content = parts.sequence()?;
        content.object_identifier()?;
        let algorithm = AlgorithmIdentifier::read(&mut content)?;
        let encrypted = match content.optional(asn1::CONTEXT_0)? {
            Some(primitive) => Some(primitive),
            None => content.optional(asn1::CONSTRUCTED_0)?,
        };
        let encrypted = encrypted.map(|value| value.octets().ok_or(content.malformed()));
        content.end()?;
        parts.optional(asn1::CONSTRUCTED_1)?;
        parts.end()?;
        Ok(Self {
            recipients,
            algorithm,
            encrypted: encrypted.transpose()?,
        })
    }

    /// The keys in it. Other kinds of recipient than key transport are passed over.
    pub(crate) fn keys(&self) -> impl Iterator<Item = TransportedKey<'a>> + '_ {
        self.recipients
            .iter()
            .filter_map(|value| TransportedKey::read(*value).ok())
    }

    fn key_for(&self, certificate: &Certificate<'_>) -> Result<TransportedKey<'a>, Error> {
        let loosely = || self.keys().find(|key| certificate.is_named_loosely(&key.name));
        let exactly = self.keys().find(|key| certificate.is_named_exactly(&key.name));
        exactly.or_else(loosely).ok_or(Error::UnknownRecipient)
    }
}

impl<'a> TransportedKey<'a> {
    fn read(value: Value<'a>) -> Result<Self, Error> {
        let mut parts = value.within(asn1::SEQUENCE, "recipient")?;
        parts.expect(asn1::INTEGER)?;
        let name = CertificateName::read(&mut parts)?;
        let algorithm = AlgorithmIdentifier::read(&mut parts)?;
        let encrypted_key = parts.octet_string()?;
        parts.end()?;
        Ok(Self {
            name,
            algorithm,
            encrypted_key,
        })
    }
}

#[cfg(test)]
mod tests;
