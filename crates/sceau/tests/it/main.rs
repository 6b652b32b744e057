//! Everything of the server that is tested from outside, in one binary.

// A test ends where something isn't as it should be: its own functions unwrap, as its tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::print_stdout
)]

mod api;
mod apply;
mod built_in;
mod ca_test;
mod console;
mod directories;
mod faults;
mod federated;
mod groups;
mod interop;
mod laboratory;
mod layout;
mod mdm;
mod outbound;
mod pki;
mod scep_cli;
mod scim;
mod secrets;
mod settings;
mod site;
mod waking;
mod watch;
mod world;
