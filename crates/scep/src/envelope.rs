//! EnvelopedData (RFC 5652 §6): a content key for one RSA recipient, and the content under that key.

use rasn::prelude::{Any, Integer, OctetString, SetOf};
use zeroize::Zeroizing;

use crate::asn1::{
    self, CertificateIdentifier, ContentInfo, EncryptedContentInfo, EnvelopedData, KeyTransRecipientInfo, oid,
};
use crate::certificate::Certificate;
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
    recipient: &Certificate,
    cipher: Cipher,
    key_transport: KeyTransport,
) -> Result<Vec<u8>, Error> {
    let key = crypto::content_key(cipher)?;
    let mut vector = vec![0; cipher.block_length()];
    crypto::fill_random(&mut vector)?;
    let encrypted = crypto::encrypt(cipher, &key, &vector, content)?;
    let recipient_info = KeyTransRecipientInfo {
        version: Integer::from(0),
        rid: CertificateIdentifier::IssuerAndSerial(recipient.issuer_and_serial()),
        key_encryption_algorithm: key_transport.write()?,
        encrypted_key: OctetString::from(crypto::transport_key(
            key_transport,
            &recipient.rsa_key_info()?,
            &key,
        )?),
    };
    let data = EnvelopedData {
        version: Integer::from(0),
        originator_info: None,
        recipient_infos: SetOf::from_vec(vec![asn1::any(&recipient_info, "recipient")?]),
        encrypted_content_info: EncryptedContentInfo {
            content_type: oid(asn1::DATA),
            content_encryption_algorithm: cipher.write(&vector),
            encrypted_content: Some(OctetString::from(encrypted)),
        },
        unprotected_attrs: None,
    };
    let content = asn1::any(&data, "EnvelopedData")?;
    asn1::write(
        &ContentInfo {
            content_type: oid(asn1::ENVELOPED_DATA),
            content,
        },
        "EnvelopedData",
    )
}

/// Opens an envelope with the recipient's key.
///
/// What stands in clear (recipient, algorithms) fails with its own error. From the private key's use on there is one
/// error, [`Error::Undecipherable`], and the same work: a key transport that fails is followed by a decryption with
/// a random key (RFC 3218 §2.3.2), so that nobody can use this as an oracle on PKCS#1 v1.5 padding.
pub(crate) fn open(envelope: &[u8], recipient: &Identity, permits_single_des: bool) -> Result<Opened, Error> {
    let data = read(envelope)?;
    let info = recipient_info(&data, &Certificate::read(&recipient.certificate)?)?;
    let key_transport = KeyTransport::read(&info.key_encryption_algorithm)?;
    let encrypted = data.encrypted_content_info;
    let (cipher, vector) = Cipher::read(&encrypted.content_encryption_algorithm)?;
    if cipher == Cipher::Des && !permits_single_des {
        return Err(Error::Algorithm("content encryption"));
    }
    let octets = encrypted
        .encrypted_content
        .ok_or(Error::Missing("encrypted content"))?;
    if octets.is_empty() || octets.len() % cipher.block_length() != 0 {
        return Err(Error::Invalid("length of the encrypted content"));
    }
    let random = crypto::content_key(cipher)?;
    let received = recipient.key.receive_key(key_transport, &info.encrypted_key);
    let key = received
        .filter(|key| key.len() == cipher.key_length())
        .unwrap_or(random);
    let content = crypto::decrypt(cipher, &key, &vector, &octets).ok_or(Error::Undecipherable)?;
    Ok(Opened {
        content,
        cipher,
        key_transport,
    })
}

fn read(envelope: &[u8]) -> Result<EnvelopedData, Error> {
    const WHAT: &str = "EnvelopedData";
    let info: ContentInfo = asn1::read(envelope, WHAT)?;
    if *info.content_type != *asn1::ENVELOPED_DATA {
        return Err(Error::Malformed(WHAT));
    }
    asn1::read(info.content.as_bytes(), WHAT)
}

/// The part for this certificate. Other kinds of recipient than key transport are passed over.
fn recipient_info(data: &EnvelopedData, certificate: &Certificate) -> Result<KeyTransRecipientInfo, Error> {
    if data.recipient_infos.len() > MAX_RECIPIENTS {
        return Err(Error::TooLarge("set of recipients"));
    }
    let all = data.recipient_infos.iter().map(Any::as_bytes);
    let read = all.filter_map(|octets| asn1::read::<KeyTransRecipientInfo>(octets, "recipient").ok());
    let ours: Vec<_> = read
        .filter(|info| certificate.is_named_loosely(&info.rid))
        .collect();
    let exact = ours
        .iter()
        .position(|info| certificate.is_named_exactly(&info.rid))
        .unwrap_or(0);
    ours.into_iter().nth(exact).ok_or(Error::UnknownRecipient)
}

#[cfg(test)]
mod tests;
