//! The only SQL of the product: SQLite and PostgreSQL behind one set of functions. The store decides
//! nothing: it keeps what it is told, whole or not at all.

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
pub mod checks;
pub mod configurations;
pub mod console_sessions;
mod database;
pub mod deliveries;
pub mod devices;
mod embedded;
mod error;
pub mod events;
pub mod identities;
pub mod issuances;
pub mod jobs;
pub mod keys;
pub mod login_attempts;
pub mod mdm_sessions;
pub mod notices;
pub mod one_time_challenges;
pub mod operators;
pub mod order_queue;
pub mod orders;
pub mod pending_chains;
pub mod people;
mod row;
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
pub use tx::Tx;
