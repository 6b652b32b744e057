//! Serial numbers of certificates.

use std::fmt;

use aws_lc_rs::rand;

use crate::{Error, Result, der};

/// A serial number: positive, at most 20 octets (RFC 5280 §4.1.2.2).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SerialNumber(Vec<u8>);

/// A fresh serial number of 16 octets, 126 of its bits random.
///
/// # Errors
/// [`Error::Crypto`] when the system gives no randomness.
pub fn random() -> Result<SerialNumber> {
    let mut octets = [0_u8; 16];
    rand::fill(&mut octets).map_err(|_| Error::Crypto)?;
    if let Some(first) = octets.first_mut() {
        // Positive, and always of the same length: the top bit clear, the next one set.
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber(octets.to_vec()))
}

/// A fresh serial number of 16 octets that begins with the moment (Unix time in milliseconds) and has 80 random bits,
/// more than the 64 that the CA/Browser Forum's Baseline Requirements (§7.1) ask for. Numbers made one after the other
/// lie beside each other in an index, which a busy authority's database pays for.
///
/// # Errors
/// [`Error::Crypto`] when the system gives no randomness.
pub fn at(milliseconds: i64) -> Result<SerialNumber> {
    let SerialNumber(mut octets) = random()?;
    let [_, _, moment @ ..] = milliseconds.to_be_bytes();
    octets
        .iter_mut()
        .zip(moment)
        .for_each(|(octet, of_moment)| *octet = of_moment);
    if let Some(first) = octets.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber(octets))
}

impl SerialNumber {
    /// A serial number from its big-endian octets; leading zeros don't count.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is zero or needs more than 20 octets as a positive INTEGER.
    pub fn from_octets(octets: &[u8]) -> Result<Self> {
        let significant: Vec<u8> = octets.iter().skip_while(|octet| **octet == 0).copied().collect();
        let is_padded = significant.first().is_some_and(|first| *first >= 0x80);
        if significant.is_empty() || significant.len() + usize::from(is_padded) > 20 {
            return Err(Error::Invalid("the serial number"));
        }
        Ok(Self(significant))
    }

    /// Big-endian, without leading zeros.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        der::unsigned(&self.0)
    }
}

/// Upper-case hexadecimal, two digits an octet, as OpenSSL prints serial numbers.
impl fmt::Display for SerialNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|octet| write!(formatter, "{octet:02X}"))
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SerialNumber({self})")
    }
}
