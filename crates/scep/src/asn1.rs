//! The ASN.1 that SCEP is made of: a reader of BER that copies nothing, and a writer of DER.
//!
//! Real peers send BER: BouncyCastle, Apple and NDES use indefinite lengths and constructed strings. What is read
//! stays the octets that came, which are compared, verified and copied as octets: odd ones (a PrintableString with
//! `!`, a serial number of 32 octets) do no harm.

mod oid;
mod oids;
mod reader;
mod text;
mod writer;

pub(crate) use oid::{Oid, dotted, encode_dotted};
pub(crate) use oids::*;
pub(crate) use reader::{Reader, Value};
pub(crate) use text::{is_printable, text};
pub(crate) use writer::{sequence, set_of, tlv};

use crate::Error;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const CONSTRUCTED: u8 = 0x20;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]` as an implicit tag of a string.
pub(crate) const CONTEXT_0: u8 = 0x80;
/// `[0]` to `[3]` around other values, or as implicit tags of sequences and sets.
pub(crate) const CONSTRUCTED_0: u8 = 0xa0;
pub(crate) const CONSTRUCTED_1: u8 = 0xa1;
pub(crate) const CONSTRUCTED_2: u8 = 0xa2;
pub(crate) const CONSTRUCTED_3: u8 = 0xa3;

/// The integers 0, 1 and 2, which versions are.
pub(crate) const ZERO: [u8; 3] = [INTEGER, 1, 0];
pub(crate) const ONE: [u8; 3] = [INTEGER, 1, 1];
pub(crate) const TWO: [u8; 3] = [INTEGER, 1, 2];

/// Reads one value. Line ends, blanks and NULs behind it are passed over, as some clients send them; anything else
/// behind it is an error.
pub(crate) fn read<'a>(octets: &'a [u8], what: &'static str) -> Result<Value<'a>, Error> {
    let (value, rest) = Value::take(octets).ok_or(Error::Malformed(what))?;
    if rest.iter().all(|octet| matches!(octet, b'\r' | b'\n' | b' ' | 0)) {
        Ok(value)
    } else {
        Err(Error::Malformed(what))
    }
}

/// Reads one SEQUENCE in the same way: what is in it.
pub(crate) fn read_sequence<'a>(octets: &'a [u8], what: &'static str) -> Result<Reader<'a>, Error> {
    read(octets, what)?.within(SEQUENCE, what)
}
