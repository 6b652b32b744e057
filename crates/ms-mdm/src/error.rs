/// Why a message was refused, or could not be made. Holds names and positions, never values: a message may
/// carry passwords and challenges.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("the message has {actual} bytes, more than the {limit} that are accepted")]
    TooLarge { actual: usize, limit: usize },
    #[error("the message nests deeper than {limit} elements")]
    TooDeep { limit: usize },
    #[error("the message has too many {what}")]
    TooMany { what: &'static str },
    #[error("the message has a document type declaration, which is refused")]
    Doctype,
    #[error("the message is not UTF-8 text")]
    NotUtf8,
    #[error("the message is not well-formed XML (line {line}, column {column})")]
    Malformed { line: u32, column: u32 },
    #[error("the message is not a {expected}")]
    NotA { expected: &'static str },
    #[error("{what} is missing")]
    Missing { what: &'static str },
    #[error("{what} is not valid: {why}")]
    Invalid { what: &'static str, why: &'static str },
}

impl Error {
    pub(crate) fn missing(what: &'static str) -> Self {
        Self::Missing { what }
    }

    pub(crate) fn invalid(what: &'static str, why: &'static str) -> Self {
        Self::Invalid { what, why }
    }
}
