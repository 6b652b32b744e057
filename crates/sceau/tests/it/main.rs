//! The server's integration tests: one binary.

mod layout;
mod secrets;
mod settings;
