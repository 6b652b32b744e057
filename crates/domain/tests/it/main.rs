//! The product's decisions, each rule as a sentence.

// Clippy lets tests unwrap, not the functions beside them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod alternative_names;
mod authority;
mod broker;
mod certificate;
mod configuration;
mod delivery;
mod delivery_check;
mod desired;
mod diagnosis;
mod diagnosis_rows;
mod group;
mod inventory;
mod quoting;
mod retry;
mod roles;
mod samples;
mod scim;
mod subject;
mod thumbprint;
mod time;
