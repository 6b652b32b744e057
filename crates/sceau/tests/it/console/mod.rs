//! The console as a browser without scripts meets it.

mod authorities;
pub mod browser;
mod built_in;
mod doors;
mod people;
mod removal;
mod steps;
