//! Distinguished names as a directory writes them (RFC 4514), for `${userDN}`.

use super::{attributes, x500::Rdn};

/// Longest name that is read, in characters.
const MAX_CHARACTERS: usize = 1024;

/// Reads a directory's name into RDNs. Here a backslash does escape, unlike in a subject of Windows.
pub fn read(text: &str) -> Result<Vec<Rdn>, String> {
    if text.chars().count() > MAX_CHARACTERS {
        return Err("the distinguished name is longer than 1024 characters".to_owned());
    }
    let mut rdns = vec![vec![(String::new(), Vec::new())]];
    let mut in_value = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let Some((name, value)) = rdns.last_mut().and_then(|rdn| rdn.last_mut()) else {
            break;
        };
        match character {
            ',' | ';' => {
                in_value = false;
                rdns.push(vec![(String::new(), Vec::new())]);
            }
            '+' => {
                in_value = false;
                rdns.last_mut()
                    .into_iter()
                    .for_each(|rdn| rdn.push((String::new(), Vec::new())));
            }
            '=' if !in_value => in_value = true,
            '\\' => value.push(Symbol {
                octets: escaped(&mut characters)?,
                is_escaped: true,
            }),
            _ if in_value => value.push(Symbol {
                octets: character.to_string().into_bytes(),
                is_escaped: false,
            }),
            _ => name.push(character),
        }
    }
    rdns.into_iter()
        .map(|rdn| rdn.into_iter().map(attribute).collect())
        .collect()
}

/// A character as octets, since RFC 4514 §2.4 escapes each octet of UTF-8 by itself.
struct Symbol {
    octets: Vec<u8>,
    is_escaped: bool,
}

impl Symbol {
    fn is_blank(&self) -> bool {
        !self.is_escaped && self.octets == b" "
    }
}

fn escaped(characters: &mut std::str::Chars<'_>) -> Result<Vec<u8>, String> {
    let unfinished = || "the distinguished name ends in a backslash".to_owned();
    let first = characters.next().ok_or_else(unfinished)?;
    let mut ahead = characters.clone();
    let pair = first.to_digit(16).zip(ahead.next().and_then(|c| c.to_digit(16)));
    match pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
        Some(octet) => {
            *characters = ahead;
            Ok(vec![octet])
        }
        None => Ok(first.to_string().into_bytes()),
    }
}

fn attribute((name, value): (String, Vec<Symbol>)) -> Result<(String, String), String> {
    let name = attributes::check_name(name.trim()).map_err(|problem| problem.detail)?;
    let start = value.iter().take_while(|symbol| symbol.is_blank()).count();
    let end = value.iter().rev().take_while(|symbol| symbol.is_blank()).count();
    let kept = value.len().saturating_sub(start + end);
    let octets = value
        .into_iter()
        .skip(start)
        .take(kept)
        .flat_map(|symbol| symbol.octets)
        .collect();
    let value = String::from_utf8(octets).map_err(|_| format!("the value of {name} is not UTF-8"))?;
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(format!(
            "the value of {name} is empty or holds control characters"
        ));
    }
    Ok((name, value))
}
