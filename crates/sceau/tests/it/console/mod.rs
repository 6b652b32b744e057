//! The console as a browser without scripts meets it.

pub mod browser;
mod built_in;
mod doors;
mod people;
mod steps;
