//! The text of ASN.1 strings as they really come.

use crate::der::{self, Element};

/// The text of a string of any type: BMPString is UTF-16, UniversalString UTF-32, the others are
/// read as UTF-8 when they are, and as Latin-1 when they aren't (T61String in practice).
pub(crate) fn text(value: Element<'_>) -> String {
    match value.tag {
        der::BMP_STRING => {
            let units = value.value.chunks_exact(2).map(|pair| {
                pair.iter()
                    .fold(0_u16, |unit, octet| (unit << 8) | u16::from(*octet))
            });
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        der::UNIVERSAL_STRING => value
            .value
            .chunks_exact(4)
            .map(|four| {
                four.iter()
                    .fold(0_u32, |unit, octet| (unit << 8) | u32::from(*octet))
            })
            .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        _ => match std::str::from_utf8(value.value) {
            Ok(text) => text.to_owned(),
            Err(_) => value.value.iter().copied().map(char::from).collect(),
        },
    }
}

/// Text from outside, fit for a log or an answer: control characters and what is longer than
/// 64 characters are replaced.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(64)
        .map(|character| {
            if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .collect();
    if text.chars().nth(64).is_some() {
        shown.push('…');
    }
    shown
}
