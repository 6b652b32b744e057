//! The few DER forms that a device writes itself.

/// Tag, length and content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let octets: Vec<u8> = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0)
        .collect();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            out.push(0x80 | u8::try_from(octets.len()).unwrap_or(0x7f));
            out.extend_from_slice(&octets);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// The members in DER's order.
pub(crate) fn set_of(mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort();
    tlv(0x31, &members.concat())
}

pub(crate) fn octet_string(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// A bit string without unused bits.
pub(crate) fn bit_string(content: &[u8]) -> Vec<u8> {
    let mut octets = vec![0];
    octets.extend_from_slice(content);
    tlv(0x03, &octets)
}

pub(crate) fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// An object identifier from its dotted form; nothing when it isn't one.
pub(crate) fn object_identifier(dotted: &str) -> Option<Vec<u8>> {
    let mut arcs = Vec::new();
    for arc in dotted.split('.') {
        arcs.push(arc.parse::<u64>().ok()?);
    }
    let mut arcs = arcs.into_iter();
    let (root, second) = (arcs.next()?, arcs.next()?);
    if root > 2 || (root < 2 && second > 39) {
        return None;
    }
    let mut content = base_128((root * 40).checked_add(second)?);
    arcs.for_each(|arc| content.extend(base_128(arc)));
    Some(tlv(0x06, &content))
}

fn base_128(mut arc: u64) -> Vec<u8> {
    let mut octets = vec![u8::try_from(arc & 0x7f).unwrap_or_default()];
    arc >>= 7;
    while arc > 0 {
        octets.push(0x80 | u8::try_from(arc & 0x7f).unwrap_or_default());
        arc >>= 7;
    }
    octets.reverse();
    octets
}
