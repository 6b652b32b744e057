//! The console as a browser without scripts meets it.

mod browser;
mod doors;
mod people;
mod steps;
