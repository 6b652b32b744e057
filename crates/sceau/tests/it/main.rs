//! Everything of the server that is tested from outside, in one binary.

mod api;
mod laboratory;
mod layout;
mod outbound;
mod world;
