//! Text with variables: `${name}` and `${custom.NAME}`.

use super::{Facts, variables::Variable};
use crate::{diagnosis::Cause, error::Error};

/// Longest text that a person may write into one field.
const MAX_CHARACTERS: usize = 1024;
/// While a subject is split, each variable is one character of Unicode's private use area.
const MASK: u32 = 0xE000;
const MAX_VARIABLES: usize = 64;

/// Text with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(Variable),
}

impl Template {
    /// Reads a text with variables. An unknown variable is an error that offers the nearest known one; the
    /// misprint `$\{…}` is an error that carries the right spelling as the value `suggestion`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        check_characters(text)?;
        check_misprint(text)?;
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}').ok_or_else(|| {
                Error::invalid("template", "a variable that begins with ${ has no closing brace")
                    .keyed("error-variable-unclosed")
            })?;
            push_text(&mut pieces, before);
            pieces.push(Piece::Variable(Variable::parse(name)?));
            rest = behind;
        }
        push_text(&mut pieces, rest);
        Ok(Self(pieces))
    }

    /// The text for one device. A variable that can't be filled is named.
    pub fn fill(&self, facts: &Facts<'_>) -> Result<String, Cause> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Variable(variable) => filled.push_str(&variable.value(facts)?),
            }
        }
        Ok(filled)
    }

    /// Its variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Text(_) => None,
        })
    }

    /// The text itself when it holds no variable.
    pub fn literal(&self) -> Option<String> {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Variable(_) => None,
            })
            .collect()
    }

    /// The text with one private-use character for each variable, so that a value's characters are never
    /// taken for separators.
    pub(super) fn masked(&self) -> Result<(String, Vec<Variable>), Error> {
        let variables: Vec<_> = self.variables().cloned().collect();
        if variables.len() > MAX_VARIABLES {
            return Err(Error::invalid("template", "more than 64 variables").keyed("error-template-too-long"));
        }
        let mut marks = (MASK..).filter_map(char::from_u32);
        let masked = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(_) => marks.next().map(String::from).unwrap_or_default(),
        });
        Ok((masked.collect(), variables))
    }

    /// The reverse of [`Template::masked`], for a part of the text.
    pub(super) fn unmasked(text: &str, variables: &[Variable]) -> Self {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        for character in text.chars() {
            match variable_of(character, variables) {
                Some(variable) => {
                    push_text(&mut pieces, &plain);
                    plain.clear();
                    pieces.push(Piece::Variable(variable.clone()));
                }
                None => plain.push(character),
            }
        }
        push_text(&mut pieces, &plain);
        Self(pieces)
    }
}

/// The variable that a masked text consists of, when it is one alone.
pub(super) fn lone_variable(text: &str, variables: &[Variable]) -> Option<Variable> {
    let mut characters = text.trim().chars();
    let variable = variable_of(characters.next()?, variables)?;
    characters.next().is_none().then(|| variable.clone())
}

fn variable_of(character: char, variables: &[Variable]) -> Option<&Variable> {
    let position = u32::from(character).checked_sub(MASK)?;
    variables.get(usize::try_from(position).ok()?)
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

fn check_characters(text: &str) -> Result<(), Error> {
    if text.chars().count() > MAX_CHARACTERS {
        return Err(
            Error::invalid("template", "longer than 1024 characters").keyed("error-template-too-long")
        );
    }
    let is_private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
    if text.chars().any(|c| c.is_control() || is_private(c)) {
        let detail = "control characters and private-use characters can't stand in a certificate";
        return Err(Error::invalid("template", detail).keyed("error-template-characters"));
    }
    Ok(())
}

/// `$\{name}` and `$\\{name}` are how a help page once printed `${name}`.
fn check_misprint(text: &str) -> Result<(), Error> {
    if !text.contains("$\\{") && !text.contains("$\\\\{") {
        return Ok(());
    }
    let right = text
        .replace("$\\\\{", "${")
        .replace("$\\{", "${")
        .replace("\\}", "}");
    Err(Error::invalid(
        "template",
        format!("a variable is written without a backslash: {right}"),
    )
    .keyed("error-variable-backslash")
    .with("suggestion", right))
}
