use std::borrow::Cow;

use super::{BIT_STRING, CONSTRUCTED, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use crate::Error;

/// How deep values of indefinite length, or segments of a string, lie in each other. Real peers need ten.
const MAX_DEPTH: usize = 32;

/// One value: its first tag octet, what is in it, and all of it as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

struct Header {
    tag: u8,
    size: usize,
    /// None where it is indefinite.
    length: Option<usize>,
}

impl Header {
    /// X.690 §8.1.2 and §8.1.3, with at most four octets of tag number and eight of length.
    fn read(octets: &[u8]) -> Option<Self> {
        let (&tag, mut rest) = octets.split_first()?;
        let mut size = 2;
        if tag & 0x1f == 0x1f {
            let end = rest.iter().take(4).position(|octet| octet & 0x80 == 0)?;
            rest = rest.get(end + 1..)?;
            size += end + 1;
        }
        let (&first, rest) = rest.split_first()?;
        let length = match first {
            0..=0x7f => Some(usize::from(first)),
            0x80 if tag & CONSTRUCTED != 0 => None,
            0x81..=0x88 => {
                let count = usize::from(first & 0x7f);
                size += count;
                Some(number(rest.get(..count)?)?)
            }
            _ => return None,
        };
        Some(Self { tag, size, length })
    }
}

fn number(octets: &[u8]) -> Option<usize> {
    octets.iter().try_fold(0_usize, |sum, octet| {
        sum.checked_mul(256)?.checked_add(usize::from(*octet))
    })
}

impl<'a> Value<'a> {
    /// The first value, and what follows it.
    pub(crate) fn take(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let header = Header::read(octets)?;
        let (_, body) = octets.split_at_checked(header.size)?;
        let (length, end) = match header.length {
            Some(length) => (length, 0),
            None => (length_to_end(body)?, 2),
        };
        let content = body.get(..length)?;
        let size = header.size.checked_add(length)?.checked_add(end)?;
        let (whole, rest) = octets.split_at_checked(size)?;
        let tag = header.tag;
        Some((Self { tag, content, whole }, rest))
    }

    /// What is in it, if it has this tag.
    pub(crate) fn within(&self, tag: u8, what: &'static str) -> Result<Reader<'a>, Error> {
        if self.tag == tag {
            Ok(Reader::new(self.content, what))
        } else {
            Err(Error::Malformed(what))
        }
    }

    /// The octets of an OCTET STRING in one piece or several (X.690 §8.7). The tag is the caller's to check, as it
    /// may be an implicit one.
    pub(crate) fn octets(&self) -> Option<Cow<'a, [u8]>> {
        if self.tag & CONSTRUCTED == 0 {
            return Some(Cow::Borrowed(self.content));
        }
        let mut all = Vec::with_capacity(self.content.len());
        append_segments(self.content, &mut all, MAX_DEPTH)?;
        Some(Cow::Owned(all))
    }

    /// The octets of an OCTET STRING.
    pub(crate) fn octet_string(&self) -> Option<Cow<'a, [u8]>> {
        match self.tag {
            OCTET_STRING => Some(Cow::Borrowed(self.content)),
            tag if tag == OCTET_STRING | CONSTRUCTED => self.octets(),
            _ => None,
        }
    }

    /// The octets of a BIT STRING without unused bits.
    pub(crate) fn bit_string(&self) -> Option<&'a [u8]> {
        match (self.tag, self.content) {
            (BIT_STRING, [0, octets @ ..]) => Some(octets),
            _ => None,
        }
    }

    /// The content octets of an OBJECT IDENTIFIER.
    pub(crate) fn object_identifier(&self) -> Option<&'a [u8]> {
        (self.tag == OBJECT_IDENTIFIER && !self.content.is_empty()).then_some(self.content)
    }
}

/// How long a content of indefinite length is: up to the end-of-contents octets that belong to it.
fn length_to_end(octets: &[u8]) -> Option<usize> {
    let mut depth = 1;
    let mut position = 0_usize;
    loop {
        let rest = octets.get(position..)?;
        let header = Header::read(rest)?;
        if rest.starts_with(&[0, 0]) {
            depth -= 1;
            if depth == 0 {
                return Some(position);
            }
        } else if header.length.is_none() {
            depth += 1;
        }
        if depth > MAX_DEPTH {
            return None;
        }
        position = position
            .checked_add(header.size)?
            .checked_add(header.length.unwrap_or(0))?;
    }
}

fn append_segments(octets: &[u8], all: &mut Vec<u8>, depth: usize) -> Option<()> {
    let mut rest = octets;
    while !rest.is_empty() {
        let (segment, after) = Value::take(rest)?;
        match segment.tag {
            OCTET_STRING => all.extend_from_slice(segment.content),
            tag if tag == OCTET_STRING | CONSTRUCTED => {
                append_segments(segment.content, all, depth.checked_sub(1)?)?;
            }
            _ => return None,
        }
        rest = after;
    }
    Some(())
}

/// Reads values one after the other. What it reads is named in its errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8], what: &'static str) -> Self {
        Self { rest: octets, what }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn malformed(&self) -> Error {
        Error::Malformed(self.what)
    }

    /// The next value, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Value<'a>, Error> {
        let (value, rest) = Value::take(self.rest).ok_or(self.malformed())?;
        self.rest = rest;
        Ok(value)
    }

    /// The next value, if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Value<'a>>, Error> {
        if self.rest.first() == Some(&tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The next value, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Value<'a>, Error> {
        self.optional(tag)?.ok_or(self.malformed())
    }

    /// What is in the next value, which must be a SEQUENCE.
    pub(crate) fn sequence(&mut self) -> Result<Self, Error> {
        let value = self.expect(SEQUENCE)?;
        Ok(Self::new(value.content, self.what))
    }

    /// The content octets of the next value, which must be an OBJECT IDENTIFIER.
    pub(crate) fn object_identifier(&mut self) -> Result<&'a [u8], Error> {
        self.any()?.object_identifier().ok_or(self.malformed())
    }

    /// The octets of the next value, which must be an OCTET STRING.
    pub(crate) fn octet_string(&mut self) -> Result<Cow<'a, [u8]>, Error> {
        self.any()?.octet_string().ok_or(self.malformed())
    }

    /// The octets of the next value, which must be a BIT STRING.
    pub(crate) fn bit_string(&mut self) -> Result<&'a [u8], Error> {
        self.any()?.bit_string().ok_or(self.malformed())
    }

    /// All that follow, of which there may be this many.
    pub(crate) fn all(mut self, most: usize, too_many: Error) -> Result<Vec<Value<'a>>, Error> {
        let mut all = Vec::new();
        while !self.is_empty() {
            if all.len() == most {
                return Err(too_many);
            }
            all.push(self.any()?);
        }
        Ok(all)
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), Error> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.malformed())
        }
    }
}

#[cfg(test)]
mod tests;
