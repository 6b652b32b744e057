//! Every test here runs on SQLite and on PostgreSQL, with the same text.

mod audit;
mod challenges;
mod deliveries;
mod jobs;
mod lists;
mod login;
mod nouns;
mod postgres;
mod samples;
mod transactions;
mod upgrades;
mod world;
