//! Every test here runs on SQLite and on PostgreSQL, with the same text.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where its world isn't as it should be"
)]

mod audit;
mod capacity;
mod challenge_queue;
mod challenges;
mod check_ins;
mod deliveries;
mod device_stores;
mod directories;
mod groups;
mod issuances;
mod jobs;
mod lists;
mod login;
mod migrations;
mod notices;
mod nouns;
mod order_queue;
mod postgres;
mod samples;
mod scim;
mod sign_in_turns;
mod speaking;
mod transactions;
mod upgrades;
mod users;
mod ways_out;
mod world;
