//! Object identifiers, and the attributes of a distinguished name.

use std::fmt;

use crate::der;
use crate::{Error, Result};

/// An object identifier, held as the value octets of its DER.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectIdentifier(Vec<u8>);

impl ObjectIdentifier {
    /// Reads the dotted form (`1.3.6.1.5.5.7.3.2`).
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no object identifier.
    pub fn parse(dotted: &str) -> Result<Self> {
        let invalid = || Error::Invalid("the object identifier");
        let arcs: Vec<u64> = dotted
            .split('.')
            .map(|arc| arc.parse().map_err(|_| invalid()))
            .collect::<Result<_>>()?;
        let [first, second, rest @ ..] = arcs.as_slice() else {
            return Err(invalid());
        };
        // X.690 8.19.4: the first two arcs share one subidentifier.
        if *first > 2 || (*first < 2 && *second > 39) || *second > u64::MAX - 80 {
            return Err(invalid());
        }
        let mut value = Vec::new();
        push_base_128(&mut value, first * 40 + second);
        for arc in rest {
            push_base_128(&mut value, *arc);
        }
        Ok(Self(value))
    }

    pub(crate) fn of(value: &[u8]) -> Self {
        Self(value.to_vec())
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        der::write(der::OBJECT_IDENTIFIER, &self.0)
    }
}

impl fmt::Display for ObjectIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc: u64 = 0;
        let mut is_first = true;
        for octet in &self.0 {
            arc = arc.wrapping_shl(7) | u64::from(octet & 0x7f);
            if octet & 0x80 != 0 {
                continue;
            }
            if is_first {
                let first = (arc / 40).min(2);
                write!(formatter, "{first}.{}", arc - first * 40)?;
                is_first = false;
            } else {
                write!(formatter, ".{arc}")?;
            }
            arc = 0;
        }
        Ok(())
    }
}

impl fmt::Debug for ObjectIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// The attributes that a subject may be built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    CommonName,
    Surname,
    SerialNumber,
    Country,
    Locality,
    State,
    Organization,
    OrganizationalUnit,
    Title,
    GivenName,
    DomainComponent,
    EmailAddress,
    UserId,
}

impl Attribute {
    /// The value octets of its object identifier.
    pub(crate) fn object_identifier(self) -> &'static [u8] {
        match self {
            Self::CommonName => &[0x55, 4, 3],
            Self::Surname => &[0x55, 4, 4],
            Self::SerialNumber => &[0x55, 4, 5],
            Self::Country => &[0x55, 4, 6],
            Self::Locality => &[0x55, 4, 7],
            Self::State => &[0x55, 4, 8],
            Self::Organization => &[0x55, 4, 10],
            Self::OrganizationalUnit => &[0x55, 4, 11],
            Self::Title => &[0x55, 4, 12],
            Self::GivenName => &[0x55, 4, 42],
            Self::DomainComponent => &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25],
            Self::UserId => &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1],
            Self::EmailAddress => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1],
        }
    }

    /// The longest value, in characters (RFC 5280 appendix A.1, upper bounds).
    pub(crate) fn longest(self) -> usize {
        match self {
            Self::Country => 2,
            Self::CommonName
            | Self::SerialNumber
            | Self::Organization
            | Self::OrganizationalUnit
            | Self::Title => 64,
            Self::Locality | Self::State => 128,
            Self::EmailAddress | Self::UserId | Self::DomainComponent => 255,
            Self::Surname | Self::GivenName => 32_768,
        }
    }
}

fn push_base_128(value: &mut Vec<u8>, arc: u64) {
    let groups = (64 - arc.max(1).leading_zeros()).div_ceil(7);
    for group in (0..groups).rev() {
        let seven = u8::try_from((arc >> (group * 7)) & 0x7f).unwrap_or(0);
        value.push(if group == 0 { seven } else { seven | 0x80 });
    }
}
