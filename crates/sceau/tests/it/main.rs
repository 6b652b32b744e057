//! Everything of the server that is tested from outside, in one binary.

mod api;
mod console;
mod laboratory;
mod layout;
mod mdm;
mod outbound;
mod pki;
mod site;
mod world;
