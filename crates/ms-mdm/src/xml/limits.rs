//! One pass over the text before any tree is built: depth, attributes and namespace declarations are bounded,
//! so that 100,000 nested elements or a tag with 100,000 attributes cost one scan and nothing else.

use super::MAX_DEPTH;
use crate::Error;

const MAX_ATTRIBUTES_OF_A_TAG: usize = 64;
/// Declarations of prefixes in the whole document: each costs every element below it.
const MAX_PREFIXES: usize = 64;

/// Checks the limits. Anything malformed is left to the parser, which stops at the same place.
pub(super) fn check(text: &str) -> Result<(), Error> {
    let mut rest = text;
    let mut depth = 0_usize;
    let mut prefixes = 0_usize;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(skipped) = skip_unparsed(after)? {
            rest = skipped;
            continue;
        }
        if let Some(closing) = after.strip_prefix('/') {
            depth = depth.saturating_sub(1);
            rest = closing;
            continue;
        }
        let tag = scan_tag(after)?;
        prefixes += tag.prefixes;
        if prefixes > MAX_PREFIXES {
            return Err(Error::TooMany {
                what: "namespace prefixes",
            });
        }
        depth += usize::from(!tag.is_empty_element);
        if depth + usize::from(tag.is_empty_element) > MAX_DEPTH {
            return Err(Error::TooDeep { limit: MAX_DEPTH });
        }
        rest = tag.rest;
    }
    Ok(())
}

/// Comments, CDATA sections and processing instructions hold no elements; a DTD is refused here already.
fn skip_unparsed(after: &str) -> Result<Option<&str>, Error> {
    for (opening, closing) in [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")] {
        if let Some(inside) = after.strip_prefix(opening) {
            return Ok(Some(inside.split_once(closing).map_or("", |(_, rest)| rest)));
        }
    }
    if after.starts_with('!') {
        Err(Error::Doctype)
    } else {
        Ok(None)
    }
}

struct Tag<'a> {
    rest: &'a str,
    is_empty_element: bool,
    prefixes: usize,
}

/// Reads on to the `>` that ends a start tag; a `>` inside a quoted value doesn't.
fn scan_tag(after: &str) -> Result<Tag<'_>, Error> {
    let mut quote = None;
    let mut previous = '<';
    let mut attributes = 0_usize;
    for (at, character) in after.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => {
                quote = Some(character);
                attributes += 1;
                if attributes > MAX_ATTRIBUTES_OF_A_TAG {
                    return Err(Error::TooMany { what: "attributes" });
                }
            }
            (None, '>') => {
                let (tag, rest) = after.split_at(at);
                let prefixes = tag.matches("xmlns:").count();
                return Ok(Tag {
                    rest: rest.strip_prefix('>').unwrap_or(rest),
                    is_empty_element: previous == '/',
                    prefixes,
                });
            }
            (None, _) => {}
        }
        previous = character;
    }
    Ok(Tag {
        rest: "",
        is_empty_element: false,
        prefixes: 0,
    })
}
