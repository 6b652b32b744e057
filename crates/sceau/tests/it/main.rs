//! Everything of the server that is tested from outside, in one binary.

mod api;
mod certmonger;
mod console;
mod laboratory;
mod layout;
mod mdm;
mod outbound;
mod pki;
mod secrets;
mod settings;
mod site;
mod world;
