//! The product's own error: what is refused and why, without words for people (those are in the locales).

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

/// What sort of refusal it is; each door maps it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was given can't be taken.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// Another thing, or a newer version of it, stands in the way.
    Conflict,
    /// The actor may not.
    Forbidden,
    /// The thing's state doesn't allow it now.
    State,
    /// An outside system refused or didn't answer.
    Outside,
}

/// A refusal. `field` names the input that is wrong where there is one; `detail` is English, for logs and
/// the API; `key` finds the words of the locales.
#[derive(Clone, Debug, PartialEq, Eq, ThisError, Serialize, Deserialize)]
#[error("{detail}")]
pub struct Error {
    /// What sort of refusal it is.
    pub kind: Kind,
    /// The input it speaks of.
    pub field: Option<String>,
    /// Key of the sentence in the locales.
    pub key: String,
    /// Values of the sentence.
    pub values: Vec<(String, String)>,
    /// The same in English.
    pub detail: String,
}

impl Error {
    /// A refusal of any kind. `key` is the message's key in the locales.
    pub fn new(kind: Kind, key: &str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            field: None,
            key: key.to_owned(),
            values: Vec::new(),
            detail: detail.into(),
        }
    }
    /// Input that can't be taken; the locale key is `error-FIELD-invalid` unless [`Error::keyed`] says other.
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        let mut error = Self::new(Kind::Invalid, &format!("error-{field}-invalid"), detail);
        error.field = Some(field.to_owned());
        error
    }
    /// Gives the sentence another key.
    #[must_use]
    pub fn keyed(mut self, key: &str) -> Self {
        self.key = key.to_owned();
        self
    }
    /// Adds a value that the sentence shows.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }
    /// Names the input it speaks of.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

/// Longest name of a thing.
const MAX_NAME: usize = 100;

/// Checks the name of a thing that a person makes, and takes blanks off its ends.
pub fn named(field: &str, name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 {
        return Err(Error::invalid(field, "a name is needed").keyed("error-name-empty"));
    }
    if length > MAX_NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "a name has at most 100 characters and no control characters",
        ));
    }
    Ok(name.to_owned())
}
