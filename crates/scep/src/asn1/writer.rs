use super::{CONSTRUCTED, SEQUENCE};

/// One DER value of a one-octet tag.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    parts(tag, &[content])
}

/// A SEQUENCE of these parts.
pub(crate) fn sequence(all: &[&[u8]]) -> Vec<u8> {
    parts(SEQUENCE, all)
}

/// A SET OF, or one under an implicit tag: its elements sorted as DER wants it (X.690 §11.6).
pub(crate) fn set_of(tag: u8, mut elements: Vec<&[u8]>) -> Vec<u8> {
    elements.sort_unstable();
    parts(tag | CONSTRUCTED, &elements)
}

fn parts(tag: u8, all: &[&[u8]]) -> Vec<u8> {
    let length: usize = all.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let leading = octets.iter().take_while(|octet| **octet == 0).count();
            let significant = octets.get(leading..).unwrap_or_default();
            // At most eight octets of length: the count fits.
            out.push(0x80 | significant.len() as u8);
            out.extend_from_slice(significant);
        }
    }
    for part in all {
        out.extend_from_slice(part);
    }
    out
}
