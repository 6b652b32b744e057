//! The ASN.1 that SCEP is made of: CMS (RFC 5652), PKCS#10 (RFC 2986) and certificates (RFC 5280).
//!
//! Names, serial numbers, certificates and attributes stay the octets that came ([`Any`]): they are compared,
//! verified and copied as octets, and odd ones (a PrintableString with `!`, a serial of 32 octets) do no harm.

mod cms;
mod oids;
mod x509;

use rasn::prelude::{Any, ObjectIdentifier, Oid};
use rasn::{Decode, Encode};

pub(crate) use cms::*;
pub(crate) use oids::*;
pub(crate) use x509::*;

use crate::Error;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Reads one value as BER. Line ends, blanks and NULs behind it are passed over, as some clients send them;
/// anything else behind it is an error.
pub(crate) fn read<T: Decode>(octets: &[u8], what: &'static str) -> Result<T, Error> {
    let (value, rest) = rasn::ber::decode_with_remainder(octets).map_err(|_| Error::Malformed(what))?;
    if rest.iter().all(|octet| matches!(octet, b'\r' | b'\n' | b' ' | 0)) {
        Ok(value)
    } else {
        Err(Error::Malformed(what))
    }
}

/// Writes a value as DER.
pub(crate) fn write<T: Encode>(value: &T, what: &'static str) -> Result<Vec<u8>, Error> {
    rasn::der::encode(value).map_err(|_| Error::Malformed(what))
}

/// The same, as an open value.
pub(crate) fn any<T: Encode>(value: &T, what: &'static str) -> Result<Any, Error> {
    write(value, what).map(Any::new)
}

/// One DER value of a one-octet tag.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let significant: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
            // At most eight octets of length: the count fits.
            out.push(0x80 | significant.len() as u8);
            out.extend(significant);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A constructed DER value of these parts.
pub(crate) fn constructed(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag, &parts.concat())
}

/// Tag octet and contents of a primitive value with a one-octet tag and a definite length.
pub(crate) fn primitive(octets: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = octets.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        return (rest.len() == usize::from(first)).then_some((tag, rest));
    }
    let (length, content) = rest.split_at_checked(usize::from(first & 0x7f))?;
    let wanted = length.iter().try_fold(0usize, |sum, octet| {
        sum.checked_mul(256)?.checked_add(usize::from(*octet))
    })?;
    (!length.is_empty() && wanted == content.len()).then_some((tag, content))
}

/// A string of any of the types that were seen in challenges and attributes.
pub(crate) fn text(octets: &[u8]) -> Option<String> {
    match primitive(octets)? {
        (UTF8_STRING | PRINTABLE_STRING | IA5_STRING, content) => String::from_utf8(content.to_vec()).ok(),
        (T61_STRING, content) => Some(content.iter().copied().map(char::from).collect()),
        (BMP_STRING, content) => {
            let (pairs, rest) = content.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().copied().map(u16::from_be_bytes).collect();
            if rest.is_empty() {
                String::from_utf16(&units).ok()
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether each character is one of ASN.1 PrintableString (X.680 §41.4).
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte))
}

/// An owned object identifier of a constant one.
pub(crate) fn oid(oid: &Oid) -> ObjectIdentifier {
    ObjectIdentifier::from(oid)
}
