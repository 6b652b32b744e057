//! The little DER that certificates need. Reading is lenient (non-minimal lengths pass, values
//! are not judged); writing is strict.

use crate::{Error, Result};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// One tag, length and value.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// All of it, with tag and length.
    pub(crate) raw: &'a [u8],
    pub(crate) value: &'a [u8],
}

impl<'a> Element<'a> {
    pub(crate) fn reader(self) -> Reader<'a> {
        Reader(self.value)
    }

    /// The octets of a BIT STRING without unused bits.
    pub(crate) fn bits(self) -> Option<&'a [u8]> {
        match self.value.split_first() {
            Some((0, bits)) if self.tag == BIT_STRING => Some(bits),
            _ => None,
        }
    }
}

/// Walks the elements of a buffer, never beyond its end.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element, or `None` at the end or where the bytes make no sense.
    pub(crate) fn element(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags of several octets and indefinite lengths have no place in X.509.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = octets
                    .iter()
                    .fold(0_usize, |sum, octet| (sum << 8) | usize::from(*octet));
                (length, rest)
            }
            _ => return None,
        };
        let (value, after) = rest.split_at_checked(length)?;
        let raw = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Element { tag, raw, value })
    }

    /// The next element, which must have this tag; `what` names it in the error.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>> {
        self.element()
            .filter(|element| element.tag == tag)
            .ok_or(Error::Malformed(what))
    }

    /// The next element if it has this tag; otherwise nothing is consumed.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.element().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element)
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        self.element()
    }
}

pub(crate) fn write(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant = length.iter().skip_while(|octet| **octet == 0);
    let mut out = Vec::with_capacity(value.len() + 6);
    out.push(tag);
    if let Ok(short @ 0..=0x7f) = u8::try_from(value.len()) {
        out.push(short);
    } else {
        let count = u8::try_from(significant.clone().count()).unwrap_or(8);
        out.push(0x80 | count);
        out.extend(significant);
    }
    out.extend_from_slice(value);
    out
}

pub(crate) fn sequence<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    write(SEQUENCE, &concatenated(parts))
}

pub(crate) fn set<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    write(SET, &concatenated(parts))
}

/// `[number]` around other elements (EXPLICIT, or IMPLICIT of something constructed).
pub(crate) fn constructed(number: u8, value: &[u8]) -> Vec<u8> {
    write(0xa0 | number, value)
}

/// `[number]` IMPLICIT of something primitive.
pub(crate) fn primitive(number: u8, value: &[u8]) -> Vec<u8> {
    write(0x80 | number, value)
}

/// A non-negative INTEGER from its big-endian octets.
pub(crate) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let mut value: Vec<u8> = octets.iter().skip_while(|octet| **octet == 0).copied().collect();
    if value.first().is_none_or(|first| *first >= 0x80) {
        value.insert(0, 0);
    }
    write(INTEGER, &value)
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    write(BOOLEAN, &[if value { 0xff } else { 0 }])
}

/// A BIT STRING of whole octets.
pub(crate) fn bit_string(octets: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(octets.len() + 1);
    value.push(0);
    value.extend_from_slice(octets);
    write(BIT_STRING, &value)
}

fn concatenated<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.as_ref().len()).sum());
    for part in parts {
        all.extend_from_slice(part.as_ref());
    }
    all
}
