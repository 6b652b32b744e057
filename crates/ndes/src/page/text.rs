use zeroize::Zeroizing;

/// The page as text without NULs. NDES sends UTF-16LE, usually without a byte order mark and with a NUL at its
/// end, under a meta tag that says UTF-8; some front ends turn it into UTF-8 indeed. The bytes decide: markup
/// begins with ASCII, whose second byte is 0 in UTF-16LE and whose first in UTF-16BE.
pub(super) fn decode(bytes: &[u8]) -> Zeroizing<String> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    };
    Zeroizing::new(text)
}

/// What is no UTF-8 (a page in Windows-1252, say) loses its accents, not its structure.
fn utf8(bytes: &[u8]) -> String {
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
    text.chars().filter(|character| *character != '\0').collect()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok().map(unit));
    char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|character| *character != '\0')
        .collect()
}
