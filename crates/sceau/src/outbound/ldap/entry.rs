//! One entry of a directory, and the two values in it that are no text.

use std::collections::BTreeMap;

use ldap3::asn1::{PL, StructureTag};

/// SearchResultEntry (RFC 4511 §4.5.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its distinguished name.
    pub dn: String,
    /// Its attributes, their names in lower case.
    values: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// An entry of these values.
    pub fn new(dn: &str, values: impl IntoIterator<Item = (String, Vec<Vec<u8>>)>) -> Self {
        let values = values.into_iter().map(|(name, all)| (name.to_lowercase(), all));
        Self {
            dn: dn.to_owned(),
            values: values.collect(),
        }
    }

    /// Reads what came over the network; none where it is something else.
    pub(super) fn read(tag: StructureTag) -> Option<Self> {
        let mut parts = constructed(tag)?.into_iter();
        let dn = text(parts.next()?)?;
        let mut values = BTreeMap::new();
        for attribute in constructed(parts.next()?)? {
            let mut parts = constructed(attribute)?.into_iter();
            let name = text(parts.next()?)?.to_lowercase();
            let all: Option<Vec<Vec<u8>>> = constructed(parts.next()?)?.into_iter().map(primitive).collect();
            values.insert(name, all?);
        }
        Some(Self { dn, values })
    }

    /// All values of an attribute, as octets.
    pub fn octets(&self, attribute: &str) -> &[Vec<u8>] {
        self.values
            .get(&attribute.to_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    /// The first value of an attribute as text, blanks taken off.
    pub fn text(&self, attribute: &str) -> Option<String> {
        let value = self.octets(attribute).first()?;
        let text = std::str::from_utf8(value).ok()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// All values of an attribute that are text.
    pub fn texts(&self, attribute: &str) -> Vec<String> {
        let all = self.octets(attribute).iter();
        all.filter_map(|value| String::from_utf8(value.clone()).ok())
            .collect()
    }

    /// The values that Active Directory gives piece by piece (MS-ADTS 3.1.1.3.1.3.3, `member;range=0-1499`), and
    /// where the next piece begins; none where these were the last ones.
    pub(super) fn range(&self, attribute: &str) -> Option<(Vec<Vec<u8>>, Option<u64>)> {
        let prefix = format!("{};range=", attribute.to_lowercase());
        let mut found = self.values.iter();
        let (name, values) = found.find(|(name, _)| name.starts_with(&prefix))?;
        let (_, last) = name.strip_prefix(&prefix)?.split_once('-')?;
        let next = last.parse::<u64>().ok().map(|last| last.saturating_add(1));
        Some((values.clone(), next))
    }

    /// Puts all values of an attribute together.
    pub(super) fn set(&mut self, attribute: &str, values: Vec<Vec<u8>>) {
        self.values.insert(attribute.to_lowercase(), values);
    }
}

pub(super) fn constructed(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

pub(super) fn primitive(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(octets) => Some(octets),
        PL::C(_) => None,
    }
}

fn text(tag: StructureTag) -> Option<String> {
    String::from_utf8(primitive(tag)?).ok()
}

/// A security identifier in its text form (MS-DTYP 2.4.2.1) from its octets (2.4.2.2): revision 1, the number of
/// subauthorities, six octets of authority, and each subauthority with its lowest octet first.
pub fn sid(octets: &[u8]) -> Option<String> {
    let (head, rest) = octets.split_at_checked(8)?;
    let (&[revision, count], authority) = head.split_first_chunk::<2>()?;
    if revision != 1 || count > 15 || rest.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority
        .iter()
        .fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
    // Beyond 32 bits it is written in hexadecimal.
    let mut text = if authority > u64::from(u32::MAX) {
        format!("S-1-0x{authority:012x}")
    } else {
        format!("S-1-{authority}")
    };
    for part in rest.chunks_exact(4) {
        let part: [u8; 4] = part.try_into().ok()?;
        text.push_str(&format!("-{}", u32::from_le_bytes(part)));
    }
    Some(text)
}

/// A GUID as text (MS-DTYP 2.3.4.3) from its octets, whose first three fields have their lowest octet first.
pub fn guid(octets: &[u8]) -> Option<String> {
    let octets: [u8; 16] = octets.try_into().ok()?;
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut text = String::with_capacity(36);
    for (position, index) in ORDER.into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{:02x}", octets.get(index)?));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_identifiers_are_read_octet_by_octet() {
        let mut octets = vec![1, 5, 0, 0, 0, 0, 0, 5];
        for part in [21_u32, 1_004_336_348, 1_177_238_915, 682_003_330, 512] {
            octets.extend_from_slice(&part.to_le_bytes());
        }
        assert_eq!(
            sid(&octets).as_deref(),
            Some("S-1-5-21-1004336348-1177238915-682003330-512"),
            "MS-DTYP 2.4.2.1"
        );
        assert_eq!(
            sid(&[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]).as_deref(),
            Some("S-1-1-0")
        );
        octets.pop();
        assert_eq!(sid(&octets), None);
        assert_eq!(sid(&[2, 0, 0, 0, 0, 0, 0, 5]), None);
        assert_eq!(sid(b""), None);
    }

    #[test]
    fn guids_have_their_first_three_fields_turned_round() {
        let octets: Vec<u8> = (0..16).collect();
        assert_eq!(
            guid(&octets).as_deref(),
            Some("03020100-0504-0706-0809-0a0b0c0d0e0f")
        );
        assert_eq!(guid(&octets[1..]), None);
    }

    #[test]
    fn attributes_are_found_without_regard_to_case_and_blanks_are_nothing() {
        let entry = Entry::new(
            "cn=a",
            [
                ("givenName".to_owned(), vec![b" Anna ".to_vec()]),
                ("sn".to_owned(), vec![b"  ".to_vec()]),
                ("Member;range=0-1".to_owned(), vec![b"x".to_vec(), b"y".to_vec()]),
            ],
        );
        assert_eq!(entry.text("GIVENNAME").as_deref(), Some("Anna"));
        assert_eq!(entry.text("sn"), None);
        let (values, next) = entry.range("member").unwrap();
        assert_eq!((values.len(), next), (2, Some(2)));
        let last = Entry::new("cn=a", [("member;range=2-*".to_owned(), vec![b"z".to_vec()])]);
        assert_eq!(last.range("member").unwrap().1, None);
    }
}
