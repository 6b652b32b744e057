//! The console as a browser without scripts meets it.

mod activity;
mod admission;
mod authorities;
pub mod browser;
mod built_in;
mod device_removal;
mod doors;
mod groups;
mod large;
mod people;
mod removal;
mod steps;
