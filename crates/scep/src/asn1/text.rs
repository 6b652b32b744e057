use super::{BMP_STRING, IA5_STRING, PRINTABLE_STRING, T61_STRING, UTF8_STRING, Value};

/// A string of any of the types that were seen in challenges and attributes.
pub(crate) fn text(value: Value<'_>) -> Option<String> {
    let content = value.content;
    match value.tag {
        UTF8_STRING | PRINTABLE_STRING | IA5_STRING => std::str::from_utf8(content).ok().map(str::to_owned),
        T61_STRING => Some(content.iter().copied().map(char::from).collect()),
        BMP_STRING => {
            let (pairs, rest) = content.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().copied().map(u16::from_be_bytes).collect();
            if rest.is_empty() {
                String::from_utf16(&units).ok()
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether each character is one of ASN.1 PrintableString (X.680 §41.4).
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte))
}
