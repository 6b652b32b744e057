//! What can be done, one file per noun. Each action begins by asking whether the actor may. With `jobs/` the
//! only place that writes.

pub mod activity;
pub mod admission;
pub mod apply;
pub mod assignments;
pub mod attempts;
pub mod authorities;
pub mod bearer;
pub mod broker;
pub mod built_in;
pub mod certificates;
pub mod configurations;
pub mod delivery;
pub mod device_authority;
pub mod device_check;
pub mod device_name;
pub mod device_removal;
pub mod device_revocation;
pub mod device_trust;
pub mod device_twins;
pub mod device_user;
pub mod devices;
pub mod directories;
pub mod dm_account;
pub mod enrolment;
pub mod enrolment_codes;
pub mod enrolment_tokens;
mod error;
pub mod figures;
pub mod groups;
mod identity;
pub mod identity_renewal;
pub mod ledger;
pub mod notices;
pub mod operators;
pub mod orders;
pub mod people;
pub mod proxy;
pub mod push;
pub mod sessions;
pub mod sign_in;
pub mod waking;
pub mod warnings;

pub use error::{Error, Later, Result};
