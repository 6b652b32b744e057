//! The only SQL of the product: SQLite and PostgreSQL behind one set of functions. The store decides
//! nothing: it keeps what it is told, whole or not at all.

pub mod admission;
pub mod api_tokens;
pub mod assignments;
pub mod attempts;
pub mod audit;
pub mod authorities;
pub mod built_in;
pub mod capacity;
pub mod certificates;
pub mod challenge_queue;
pub mod challenges;
pub mod check_ins;
pub mod checks;
pub mod configurations;
pub mod console_sessions;
pub mod contents;
mod database;
pub mod deliveries;
pub mod device_stores;
pub mod devices;
pub mod directories;
pub mod dm_accounts;
mod embedded;
pub mod enrolment_codes;
pub mod enrolment_tokens;
pub mod erasing;
mod error;
pub mod events;
pub mod federation;
pub mod groups;
pub mod identities;
pub mod issuances;
pub mod jobs;
pub mod keys;
pub mod login_attempts;
pub mod mdm_sessions;
mod meter;
pub mod notices;
pub mod one_time_challenges;
pub mod operators;
pub mod order_queue;
pub mod orders;
pub mod pending_chains;
pub mod people;
pub mod push;
pub mod reissue_turns;
mod row;
pub mod scim;
pub mod sent_commands;
mod serializable;
pub mod sign_in_turns;
pub mod transactions;
pub mod trust;
mod tx;
mod value;
pub mod warnings;
mod writer;

pub use database::{BoxFuture, DatabaseSettings, Store};
pub use error::Error;
pub use meter::Statements;
pub use tx::Tx;

/// What of this crate's driver is worth a line in the log. PostgreSQL answers the rollback after a commit that lost a race
/// with a notice: nothing is wrong then.
pub const LOG_FILTER: &str = "sqlx=warn,sqlx::postgres::notice=error";
