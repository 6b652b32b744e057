//! Subject alternative names in a form that can be compared.

use std::fmt;

use crate::der::{self, Element, Reader};
use crate::issuance::GeneralName;
use crate::text::{shown, text};
use crate::{Result, subject};

/// 1.3.6.1.4.1.311.20.2.3, Microsoft's user principal name.
const USER_PRINCIPAL_NAME: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3];

/// A name of which two mean the same exactly when they are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ComparableName {
    Email(String),
    /// In lower case: DNS knows no case (RFC 4343).
    Dns(String),
    Uri(String),
    Ip(Vec<u8>),
    UserPrincipalName(String),
    /// Any other kind, with its tag.
    Other(u8, Vec<u8>),
}

impl ComparableName {
    /// Reads one `GeneralName`; a kind whose content makes no sense stays as it came.
    pub(crate) fn read(element: Element<'_>) -> Self {
        let as_text = || text(element);
        match element.tag {
            0x81 => Self::Email(as_text()),
            0x82 => Self::Dns(as_text().to_ascii_lowercase()),
            0x86 => Self::Uri(as_text()),
            0x87 => Self::Ip(element.value.to_vec()),
            0xa0 => {
                user_principal_name(element).map_or_else(|| Self::other(element), Self::UserPrincipalName)
            }
            _ => Self::other(element),
        }
    }

    /// The names of an order, sorted.
    ///
    /// # Errors
    /// As [`subject::general_names`].
    pub(crate) fn of_order(names: &[GeneralName]) -> Result<Vec<Self>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let der = subject::general_names(names)?;
        let list = Reader::new(&der).expect(der::SEQUENCE, "a subject alternative name")?;
        let mut read: Vec<Self> = list.reader().map(Self::read).collect();
        read.sort();
        Ok(read)
    }

    fn other(element: Element<'_>) -> Self {
        Self::Other(element.tag, element.value.to_vec())
    }
}

impl fmt::Display for ComparableName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(address) => write!(to, "email:{}", shown(address)),
            Self::Dns(host) => write!(to, "DNS:{}", shown(host)),
            Self::Uri(uri) => write!(to, "URI:{}", shown(uri)),
            Self::Ip(octets) => match ip(octets) {
                Some(address) => write!(to, "IP:{address}"),
                None => to.write_str("IP"),
            },
            Self::UserPrincipalName(name) => write!(to, "UPN:{}", shown(name)),
            Self::Other(tag, _) => write!(to, "of kind {}", tag & 0x1f),
        }
    }
}

/// `[0] { OID, [0] EXPLICIT string }` and nothing behind it.
fn user_principal_name(element: Element<'_>) -> Option<String> {
    let mut fields = element.reader();
    let oid = fields.optional(der::OBJECT_IDENTIFIER)?;
    let mut value = fields.optional(0xa0)?.reader();
    let name = value.element()?;
    let is_whole = oid.value == USER_PRINCIPAL_NAME && fields.is_empty() && value.is_empty();
    is_whole.then(|| text(name))
}

fn ip(octets: &[u8]) -> Option<std::net::IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(Into::into)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(Into::into))
        .ok()
}
