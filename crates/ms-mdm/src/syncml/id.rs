use std::fmt;

/// A session's id as the device chose it: opaque text, decimal or hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(crate) String);

impl SessionId {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A message's number within a session; the server's own begin at 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MsgId(pub(crate) String);

impl MsgId {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<u32> {
        self.0.parse().ok()
    }
}

impl From<u32> for MsgId {
    fn from(number: u32) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for MsgId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A command's id within a message: a number as a rule, a UUID where answers must not be mistaken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CmdId(pub(crate) String);

impl CmdId {
    /// What a Status for the header refers to.
    pub const HEADER: &'static str = "0";

    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id of the header itself, as statuses refer to it.
    pub fn header() -> Self {
        Self(Self::HEADER.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the sender gave none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<u32> for CmdId {
    fn from(number: u32) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for CmdId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
