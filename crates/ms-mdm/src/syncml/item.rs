use std::fmt;
use zeroize::Zeroizing;

/// A node's data. It may be a challenge or a password: Debug prints its length only, and it is wiped when
/// dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Data(Zeroizing<String>);

impl Data {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Data({} bytes)", self.0.len())
    }
}

/// A node's format (`syncml:metinf` Format).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Format {
    Node,
    Chr,
    Int,
    Bool,
    B64,
    Null,
    Other(String),
}

impl Format {
    pub fn name(&self) -> &str {
        match self {
            Self::Node => "node",
            Self::Chr => "chr",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::B64 => "b64",
            Self::Null => "null",
            Self::Other(name) => name,
        }
    }

    /// The format of this name.
    pub fn named(name: String) -> Self {
        match name.as_str() {
            "node" => Self::Node,
            "chr" => Self::Chr,
            "int" => Self::Int,
            "bool" => Self::Bool,
            "b64" => Self::B64,
            "null" => Self::Null,
            _ => Self::Other(name),
        }
    }
}

/// One item of a command: which node, and what is or shall be in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// The node that a command is for.
    pub target: Option<String>,
    /// The node that data comes from: in Results, in alerts and in the device's Replace.
    pub source: Option<String>,
    pub format: Option<Format>,
    /// `syncml:metinf` Type: a MIME type, or the kind of an alert.
    pub kind: Option<String>,
    pub data: Option<Data>,
    /// `syncml:metinf` Size: the bytes of the whole value, where it comes in pieces.
    pub size: Option<usize>,
    /// Whether more of this data follows in the next message.
    pub has_more_data: bool,
}

impl Item {
    /// An item that names a node and nothing more.
    pub fn at(uri: impl Into<String>) -> Self {
        Self {
            target: Some(uri.into()),
            ..Self::default()
        }
    }

    /// The data as it stands; `None` when there is none, `Some("")` when it is empty.
    pub fn text(&self) -> Option<&str> {
        self.data.as_ref().map(Data::as_str)
    }

    /// The node that the item is about, whichever way it was named.
    pub fn uri(&self) -> Option<&str> {
        self.source.as_deref().or(self.target.as_deref())
    }
}
