//! The little DER that is written here (X.690).

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const IA5_STRING: u8 = 0x16;

/// One element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length @ ..0x80) => out.push(length),
        _ => {
            let octets = content.len().to_be_bytes();
            let significant: Vec<u8> = octets.into_iter().skip_while(|octet| *octet == 0).collect();
            // A length has at most eight octets.
            out.push(0x80 | significant.len() as u8);
            out.extend(significant);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An object identifier from its dotted form; none where it is no such thing.
pub(super) fn object_identifier(dotted: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = dotted.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let (first, second, rest) = match arcs.as_slice() {
        [first, second, rest @ ..] => (*first, *second, rest),
        _ => return None,
    };
    let is_root = first <= 2 && (first == 2 || second < 40);
    let mut content = base_128(first.checked_mul(40)?.checked_add(second).filter(|_| is_root)?);
    content.extend(rest.iter().flat_map(|arc| base_128(*arc)));
    Some(element(OBJECT_IDENTIFIER, &content))
}

fn base_128(arc: u64) -> Vec<u8> {
    let mut octets = vec![(arc & 0x7f) as u8];
    let mut rest = arc >> 7;
    while rest > 0 {
        octets.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    octets.reverse();
    octets
}
