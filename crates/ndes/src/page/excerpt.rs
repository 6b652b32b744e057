use super::markup;

const MAX_WORDS: usize = 30;
const MAX_WORD: usize = 20;
/// Words looked at, plain or not: the cost of a hostile page.
const MAX_SEEN: usize = 500;

/// Plain words of a page that wasn't understood, for a person to recognise it by. A word counts as plain when
/// it has letters only, none of them a capital after the first unless it is short, and isn't hexadecimal:
/// neither a challenge nor a password that could be one passes. What stands in bold is left out as well.
pub(super) fn of(page: &str) -> String {
    let bold = markup::bold(page);
    let text = markup::without_tags(page);
    let words: Vec<&str> = text
        .split_whitespace()
        .take(MAX_SEEN)
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| is_plain(word) && !bold.iter().any(|secret| secret.contains(word)))
        .take(MAX_WORDS)
        .collect();
    words.join(" ")
}

fn is_plain(word: &str) -> bool {
    let length = word.chars().count();
    let is_lower_after_first = word.chars().skip(1).all(|c| !c.is_uppercase());
    let is_hexadecimal = length >= 6 && word.chars().all(|c| c.is_ascii_hexdigit());
    (1..=MAX_WORD).contains(&length)
        && word.chars().all(char::is_alphabetic)
        && (is_lower_after_first || length <= 5)
        && !is_hexadecimal
}
