//! The signed attributes of a SCEP message (RFC 8894 §3.2.1).

use rasn::prelude::{Any, ObjectIdentifier, Oid, SetOf};

use crate::asn1::{self, Attribute, oid};
use crate::{Error, FailInfo, MessageType, Nonce, PkiStatus, TransactionId};

/// More than any client sends; Microsoft's send ten.
const MOST: usize = 32;
/// The longest failInfoText that is handed on, in characters.
const MAX_TEXT: usize = 1024;

pub(crate) struct Attributes(Vec<Attribute>);

impl Attributes {
    /// Reads them. An attribute that stands twice is an error: which one counts would be a matter of taste.
    pub(crate) fn read(set: &SetOf<Any>) -> Result<Self, Error> {
        if set.len() > MOST {
            return Err(Error::TooLarge("set of signed attributes"));
        }
        let read = set
            .iter()
            .map(|octets| asn1::read::<Attribute>(octets.as_bytes(), "signed attribute"));
        let all = read.collect::<Result<Vec<_>, _>>()?;
        let types = all.iter().map(|attribute| &attribute.attribute_type);
        let distinct: std::collections::BTreeSet<&ObjectIdentifier> = types.collect();
        if distinct.len() == all.len() {
            Ok(Self(all))
        } else {
            Err(Error::Invalid("set of signed attributes"))
        }
    }

    /// The octets of an attribute's single value.
    fn value(&self, kind: &Oid) -> Option<&[u8]> {
        let attribute = self
            .0
            .iter()
            .find(|attribute| *attribute.attribute_type == *kind)?;
        let mut values = attribute.values.iter();
        values.next().filter(|_| values.len() == 0).map(Any::as_bytes)
    }

    fn text(&self, kind: &Oid) -> Option<String> {
        asn1::text(self.value(kind)?)
    }

    fn number(&self, kind: &Oid) -> Option<u32> {
        let text = self.text(kind)?;
        let is_plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_plain { text.parse().ok() } else { None }
    }

    pub(crate) fn content_type(&self) -> Option<ObjectIdentifier> {
        asn1::read(self.value(asn1::CONTENT_TYPE)?, "contentType").ok()
    }

    pub(crate) fn message_digest(&self) -> Option<&[u8]> {
        octets(self.value(asn1::MESSAGE_DIGEST)?)
    }

    /// The allow-list: a number that isn't one of RFC 8894's goes no further than here.
    pub(crate) fn message_type(&self) -> Result<MessageType, Error> {
        self.value(asn1::MESSAGE_TYPE)
            .ok_or(Error::Missing("messageType"))?;
        MessageType::from_number(
            self.number(asn1::MESSAGE_TYPE)
                .ok_or(Error::UndefinedMessageType)?,
        )
    }

    pub(crate) fn transaction_id(&self) -> Result<TransactionId, Error> {
        let value = self
            .value(asn1::TRANSACTION_ID)
            .ok_or(Error::Missing("transactionID"))?;
        TransactionId::new(asn1::text(value).ok_or(Error::Invalid("transactionID"))?)
    }

    pub(crate) fn sender_nonce(&self) -> Result<Nonce, Error> {
        self.nonce(asn1::SENDER_NONCE, "senderNonce")
    }

    pub(crate) fn recipient_nonce(&self) -> Result<Nonce, Error> {
        self.nonce(asn1::RECIPIENT_NONCE, "recipientNonce")
    }

    fn nonce(&self, kind: &Oid, name: &'static str) -> Result<Nonce, Error> {
        let value = self.value(kind).ok_or(Error::Missing(name))?;
        Nonce::new(octets(value).ok_or(Error::Invalid(name))?)
    }

    pub(crate) fn status(&self) -> Result<PkiStatus, Error> {
        self.value(asn1::PKI_STATUS).ok_or(Error::Missing("pkiStatus"))?;
        let number = self.number(asn1::PKI_STATUS).and_then(PkiStatus::from_number);
        number.ok_or(Error::Invalid("pkiStatus"))
    }

    pub(crate) fn fail_info(&self) -> Option<FailInfo> {
        self.number(asn1::FAIL_INFO).and_then(FailInfo::from_number)
    }

    pub(crate) fn fail_info_text(&self) -> Option<String> {
        let text = self.text(asn1::FAIL_INFO_TEXT)?;
        Some(
            text.chars()
                .filter(|character| !character.is_control())
                .take(MAX_TEXT)
                .collect(),
        )
    }

    /// NDES writes the HRESULT as decimal text, signed; an unsigned one is read as the same 32 bits.
    pub(crate) fn microsoft_hresult(&self) -> Option<i32> {
        let number: i64 = self.text(asn1::MICROSOFT_HRESULT)?.trim().parse().ok()?;
        let unsigned = u32::try_from(number).map(u32::cast_signed);
        i32::try_from(number).or(unsigned).ok()
    }
}

fn octets(value: &[u8]) -> Option<&[u8]> {
    asn1::primitive(value)
        .filter(|(tag, _)| *tag == asn1::OCTET_STRING)
        .map(|(_, content)| content)
}

/// One attribute with one value, to be signed.
pub(crate) fn attribute(kind: &Oid, value: Vec<u8>) -> Result<Any, Error> {
    let values = SetOf::from_vec(vec![Any::new(value)]);
    asn1::any(
        &Attribute {
            attribute_type: oid(kind),
            values,
        },
        "attribute",
    )
}

/// The attributes that every message carries (RFC 8894 §3.2.1).
pub(crate) fn of_message(
    message_type: MessageType,
    transaction_id: &TransactionId,
    sender_nonce: &Nonce,
) -> Result<Vec<Any>, Error> {
    Ok(vec![
        number(asn1::MESSAGE_TYPE, message_type.number())?,
        attribute(
            asn1::TRANSACTION_ID,
            asn1::tlv(asn1::PRINTABLE_STRING, transaction_id.as_str().as_bytes()),
        )?,
        attribute(
            asn1::SENDER_NONCE,
            asn1::tlv(asn1::OCTET_STRING, sender_nonce.as_bytes()),
        )?,
    ])
}

/// The attributes that a reply carries besides.
pub(crate) fn of_reply(status: PkiStatus, recipient_nonce: &Nonce) -> Result<Vec<Any>, Error> {
    Ok(vec![
        number(asn1::PKI_STATUS, status.number())?,
        attribute(
            asn1::RECIPIENT_NONCE,
            asn1::tlv(asn1::OCTET_STRING, recipient_nonce.as_bytes()),
        )?,
    ])
}

/// The attributes that a failure carries besides (RFC 8894 §3.2.1.4).
pub(crate) fn of_failure(fail_info: FailInfo, text: Option<&str>) -> Result<Vec<Any>, Error> {
    let text = text.map(|text| {
        attribute(
            asn1::FAIL_INFO_TEXT,
            asn1::tlv(asn1::UTF8_STRING, text.as_bytes()),
        )
    });
    let mut all = vec![number(asn1::FAIL_INFO, fail_info.number())?];
    all.extend(text.transpose()?);
    Ok(all)
}

/// What NDES adds to a failure.
pub(crate) fn of_hresult(hresult: i32) -> Result<Any, Error> {
    attribute(
        asn1::MICROSOFT_HRESULT,
        asn1::tlv(asn1::PRINTABLE_STRING, hresult.to_string().as_bytes()),
    )
}

fn number(kind: &Oid, number: u32) -> Result<Any, Error> {
    attribute(
        kind,
        asn1::tlv(asn1::PRINTABLE_STRING, number.to_string().as_bytes()),
    )
}
