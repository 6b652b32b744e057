//! Requests written octet by octet, to ask for what no honest program asks for.

use ca::IssuingKey;

pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let head = match length {
        0..=0x7f => vec![tag, length as u8],
        0x80..=0xff => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, value.to_vec()].concat()
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// The value octets of an object identifier in dotted form.
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut octets = Vec::new();
    for arc in [&[arcs[0] * 40 + arcs[1]], &arcs[2..]].concat() {
        let groups = (32 - arc.max(1).leading_zeros()).div_ceil(7);
        for group in (0..groups).rev() {
            let seven = ((arc >> (7 * group)) & 0x7f) as u8;
            octets.push(if group == 0 { seven } else { seven | 0x80 });
        }
    }
    tlv(6, &octets)
}

/// One RDN of one attribute.
pub fn rdn(attribute: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x31, &sequence(&[&oid(attribute), &tlv(tag, value)]))
}

pub fn name(rdns: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &rdns.concat())
}

pub fn common_name(value: &str) -> Vec<u8> {
    name(&[rdn("2.5.4.3", 0x0c, value.as_bytes())])
}

pub fn extension(dotted: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), &tlv(4, value)])
}

/// An extensionRequest attribute.
pub fn extension_request(extensions: &[Vec<u8>]) -> Vec<u8> {
    let list = tlv(0x30, &extensions.concat());
    sequence(&[&oid("1.2.840.113549.1.9.14"), &tlv(0x31, &list)])
}

/// A request for this key (with its `SubjectPublicKeyInfo` as given), signed by it.
pub fn request(key: &IssuingKey, spki: &[u8], subject: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let info = sequence(&[&tlv(2, &[0]), subject, spki, &tlv(0xa0, &attributes.concat())]);
    let signature = key.sign(&info).unwrap();
    let algorithm = sequence(&[&oid("1.2.840.113549.1.1.11"), &[5, 0]]);
    sequence(&[&info, &algorithm, &tlv(3, &[&[0], &signature[..]].concat())])
}
