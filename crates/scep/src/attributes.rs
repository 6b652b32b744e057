//! The signed attributes of a SCEP message (RFC 8894 §3.2.1).

use std::borrow::Cow;

use crate::asn1::{self, Oid, Reader, Value};
use crate::{Error, FailInfo, MessageType, Nonce, PkiStatus, TransactionId};

/// More than any client sends; Microsoft's send ten.
const MOST: usize = 32;
/// The longest failInfoText that is handed on, in characters.
const MAX_TEXT: usize = 1024;

/// An attribute (RFC 5652 §5.3): the content octets of its type, and its values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute<'a> {
    pub(crate) kind: &'a [u8],
    values: Reader<'a>,
}

impl<'a> Attribute<'a> {
    pub(crate) fn read(value: Value<'a>) -> Result<Self, Error> {
        const WHAT: &str = "attribute";
        let mut parts = value.within(asn1::SEQUENCE, WHAT)?;
        let kind = parts.object_identifier()?;
        let values = parts.expect(asn1::SET)?.within(asn1::SET, WHAT)?;
        parts.end()?;
        Ok(Self { kind, values })
    }

    /// The first of its values.
    pub(crate) fn first(&self) -> Option<Value<'a>> {
        let mut values = self.values;
        values.any().ok()
    }

    /// Its single value.
    fn single(&self) -> Option<Value<'a>> {
        let mut values = self.values;
        let value = values.any().ok()?;
        values.is_empty().then_some(value)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Attributes<'a>(Vec<Attribute<'a>>);

impl<'a> Attributes<'a> {
    /// Reads what is in the set. An attribute that stands twice is an error: which one counts would be a matter of
    /// taste.
    pub(crate) fn read(set: &[Value<'a>]) -> Result<Self, Error> {
        let read = set.iter().copied().map(Attribute::read);
        let all = read.collect::<Result<Vec<_>, _>>()?;
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|attribute| attribute.kind).collect();
        if distinct.len() == all.len() {
            Ok(Self(all))
        } else {
            Err(Error::Invalid("set of signed attributes"))
        }
    }

    /// The values in the content of a set.
    pub(crate) fn split(set: &'a [u8]) -> Result<Vec<Value<'a>>, Error> {
        Reader::new(set, "set of signed attributes").all(MOST, Error::TooLarge("set of signed attributes"))
    }

    /// The content octets of each attribute's type.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.0.iter().map(|attribute| attribute.kind)
    }

    fn value(&self, kind: &Oid) -> Option<Value<'a>> {
        let mut all = self.0.iter();
        all.find(|attribute| kind.is(attribute.kind))?.single()
    }

    fn text(&self, kind: &Oid) -> Option<String> {
        asn1::text(self.value(kind)?)
    }

    /// A number of SCEP's: a decimal one in a PrintableString.
    pub(crate) fn number(&self, kind: &Oid) -> Option<u32> {
        let text = self.text(kind)?;
        let is_plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_plain { text.parse().ok() } else { None }
    }

    /// The content octets of the contentType.
    pub(crate) fn content_type(&self) -> Option<&'a [u8]> {
        self.value(&asn1::CONTENT_TYPE)?.object_identifier()
    }

    pub(crate) fn message_digest(&self) -> Option<Cow<'a, [u8]>> {
        self.value(&asn1::MESSAGE_DIGEST)?.octet_string()
    }

    /// The allow-list: a number that isn't one of RFC 8894's goes no further than here.
    pub(crate) fn message_type(&self) -> Result<MessageType, Error> {
        self.value(&asn1::MESSAGE_TYPE)
            .ok_or(Error::Missing("messageType"))?;
        MessageType::from_number(
            self.number(&asn1::MESSAGE_TYPE)
                .ok_or(Error::UndefinedMessageType)?,
        )
    }

    pub(crate) fn transaction_id(&self) -> Result<TransactionId, Error> {
        let value = self
            .value(&asn1::TRANSACTION_ID)
            .ok_or(Error::Missing("transactionID"))?;
        TransactionId::new(asn1::text(value).ok_or(Error::Invalid("transactionID"))?)
    }

    pub(crate) fn sender_nonce(&self) -> Result<Nonce, Error> {
        self.nonce(&asn1::SENDER_NONCE, "senderNonce")
    }

    pub(crate) fn recipient_nonce(&self) -> Result<Nonce, Error> {
        self.nonce(&asn1::RECIPIENT_NONCE, "recipientNonce")
    }

    fn nonce(&self, kind: &Oid, name: &'static str) -> Result<Nonce, Error> {
        let value = self.value(kind).ok_or(Error::Missing(name))?;
        Nonce::new(value.octet_string().ok_or(Error::Invalid(name))?)
    }

    pub(crate) fn status(&self) -> Result<PkiStatus, Error> {
        self.value(&asn1::PKI_STATUS).ok_or(Error::Missing("pkiStatus"))?;
        let number = self.number(&asn1::PKI_STATUS).and_then(PkiStatus::from_number);
        number.ok_or(Error::Invalid("pkiStatus"))
    }

    pub(crate) fn fail_info(&self) -> Option<FailInfo> {
        self.number(&asn1::FAIL_INFO).and_then(FailInfo::from_number)
    }

    pub(crate) fn fail_info_text(&self) -> Option<String> {
        let text = self.text(&asn1::FAIL_INFO_TEXT)?;
        Some(
            text.chars()
                .filter(|character| !character.is_control())
                .take(MAX_TEXT)
                .collect(),
        )
    }

    /// NDES writes the HRESULT as decimal text, signed; an unsigned one is read as the same 32 bits.
    pub(crate) fn microsoft_hresult(&self) -> Option<i32> {
        let number: i64 = self.text(&asn1::MICROSOFT_HRESULT)?.trim().parse().ok()?;
        let unsigned = u32::try_from(number).map(u32::cast_signed);
        i32::try_from(number).or(unsigned).ok()
    }
}

/// One attribute with one value (DER).
pub(crate) fn attribute(kind: &Oid, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&kind.der(), &asn1::tlv(asn1::SET, value)])
}

/// The attributes that every message carries (RFC 8894 §3.2.1).
pub(crate) fn of_message(
    message_type: MessageType,
    transaction_id: &TransactionId,
    sender_nonce: &Nonce,
) -> Vec<Vec<u8>> {
    vec![
        number(&asn1::MESSAGE_TYPE, message_type.number()),
        text(&asn1::TRANSACTION_ID, transaction_id.as_str()),
        octets(&asn1::SENDER_NONCE, sender_nonce.as_bytes()),
    ]
}

/// The attributes that a reply carries besides.
pub(crate) fn of_reply(status: PkiStatus, recipient_nonce: &Nonce) -> [Vec<u8>; 2] {
    [
        number(&asn1::PKI_STATUS, status.number()),
        octets(&asn1::RECIPIENT_NONCE, recipient_nonce.as_bytes()),
    ]
}

/// The attributes that a failure carries besides (RFC 8894 §3.2.1.4).
pub(crate) fn of_failure(fail_info: FailInfo, text: Option<&str>) -> Vec<Vec<u8>> {
    let text = text.map(|text| {
        let value = asn1::tlv(asn1::UTF8_STRING, text.as_bytes());
        attribute(&asn1::FAIL_INFO_TEXT, &value)
    });
    let number = number(&asn1::FAIL_INFO, fail_info.number());
    std::iter::once(number).chain(text).collect()
}

/// What NDES adds to a failure.
pub(crate) fn of_hresult(hresult: i32) -> Vec<u8> {
    text(&asn1::MICROSOFT_HRESULT, &hresult.to_string())
}

/// What RFC 5652 §5.3 wants wherever attributes are signed.
pub(crate) fn of_content(content_type: &Oid, digest: &[u8]) -> [Vec<u8>; 2] {
    [
        attribute(&asn1::CONTENT_TYPE, &content_type.der()),
        octets(&asn1::MESSAGE_DIGEST, digest),
    ]
}

fn number(kind: &Oid, number: u32) -> Vec<u8> {
    text(kind, &number.to_string())
}

fn text(kind: &Oid, text: &str) -> Vec<u8> {
    attribute(kind, &asn1::tlv(asn1::PRINTABLE_STRING, text.as_bytes()))
}

fn octets(kind: &Oid, octets: &[u8]) -> Vec<u8> {
    attribute(kind, &asn1::tlv(asn1::OCTET_STRING, octets))
}
