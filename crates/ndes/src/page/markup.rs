//! As much of HTML as the page needs: what is in bold, whether there is a list, and the text without tags.

use zeroize::Zeroizing;

const MAX_BOLD: usize = 64;
/// Of a number of minutes.
const MAX_DIGITS: usize = 7;

/// A piece of a page: a tag's name in lower case (`b`, `/b`, `font`), or the text up to the next tag.
enum Piece<'a> {
    Tag(String),
    Text(&'a str),
}

/// The texts in bold, blanks at their ends taken off, the first 64 of them.
pub(super) fn bold(page: &str) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    let mut open: Option<Zeroizing<String>> = None;
    for piece in pieces(page) {
        match (piece, &mut open) {
            (Piece::Tag(name), _) if is_bold(&name) => open = Some(Zeroizing::new(String::new())),
            (Piece::Tag(name), Some(_)) if name.strip_prefix('/').is_some_and(is_bold) => {
                let text = open.take().unwrap_or_default();
                found.push(Zeroizing::new(text.replace("&nbsp;", " ").trim().to_owned()));
            }
            (Piece::Text(text), Some(collected)) => collected.push_str(text),
            _ => {}
        }
        if found.len() >= MAX_BOLD {
            break;
        }
    }
    found
}

/// Whether the page advises by a list of two items and more.
pub(super) fn has_list(page: &str) -> bool {
    pieces(page)
        .filter(|piece| matches!(piece, Piece::Tag(name) if name == "li"))
        .count()
        >= 2
}

/// The marks of NDES's own frame, the same in every language: the localisation ids of its title, and the link
/// at its foot.
const MARKS: [&str; 3] = ["locmscertsrv", "locpagetitle", "linkid=67852"];
/// An id that stands before those.
const FIRST_MARK: &str = "locpagefont";
/// The id of the paragraph at its foot.
const FOOT: &str = "locpagedesc";

/// Whether the page has NDES's own frame.
pub(super) fn is_framed_by_ndes(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    MARKS.iter().filter(|mark| page.contains(*mark)).count() >= 2
}

/// Whether NDES's own frame begins.
pub(super) fn is_begun_by_ndes(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    page.contains(FIRST_MARK) || MARKS.iter().any(|mark| page.contains(mark))
}

/// Whether the page has its end.
pub(super) fn has_end(page: &str) -> bool {
    page.to_ascii_lowercase().contains("</html")
}

/// The first number between `text` and the page's foot, in the digits of ASCII or of full width.
pub(super) fn number_after(page: &str, text: &str) -> Option<u32> {
    let (_, after) = page.split_once(text)?;
    // Lower case in ASCII alone: the places of the bytes stay.
    let end = after.to_ascii_lowercase().find(FOOT).unwrap_or(after.len());
    let words = without_tags(after.get(..end)?);
    let digits: String = words
        .chars()
        .map(digit)
        .skip_while(Option::is_none)
        .map_while(|digit| digit)
        .take(MAX_DIGITS)
        .collect();
    digits.parse().ok()
}

/// The text between the tags, a blank for each tag.
pub(super) fn without_tags(page: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(page.len()));
    for piece in pieces(page) {
        match piece {
            Piece::Tag(_) => text.push(' '),
            Piece::Text(words) => text.push_str(words),
        }
    }
    text
}

fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        // Full width, as East Asian text may have them.
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => None,
    }
}

fn is_bold(name: &str) -> bool {
    name == "b" || name == "strong"
}

fn pieces(page: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = page;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('<') {
            let (tag, after) = inside.split_once('>').unwrap_or((inside, ""));
            rest = after;
            let name = tag
                .split(|c: char| c.is_whitespace() || c == '=')
                .next()
                .unwrap_or_default();
            return Some(Piece::Tag(name.trim_end_matches('/').to_ascii_lowercase()));
        }
        let (text, after) = rest.split_at_checked(rest.find('<').unwrap_or(rest.len()))?;
        rest = after;
        Some(Piece::Text(text))
    })
}
