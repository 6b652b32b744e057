//! The only HTTP client.

/// Calls to other systems.
#[derive(Debug, Default)]
pub struct Outbound {}
