//! OMA-DM messages: the server's are read strictly, the device's own are written by hand.

mod proof;
mod read;
mod write;

pub use proof::proved;
pub use read::{BadMessage, Command, Item, ServerMessage, ServerStatus, Verb, read};
pub use write::{Header, Outcome, Package, Value, escape};

/// The largest message that the device takes, in octets; it says so in package 1.
pub const MAX_MESSAGE: usize = 524_288;
/// The one media type of the messages that the device speaks.
pub const MEDIA_TYPE: &str = "application/vnd.syncml.dm+xml";
