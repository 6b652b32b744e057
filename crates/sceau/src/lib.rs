//! Sceau's server: doors, use-cases, jobs and settings. The command line is in `main.rs`.

pub mod actions;
pub mod api;
pub mod app;
pub mod bells;
pub mod commands;
pub mod console;
pub mod errands;
pub mod jobs;
pub mod listen;
pub mod login;
pub mod mdm;
pub mod outbound;
pub mod pki;
pub mod routes;
pub mod scim;
pub mod secrets;
pub mod settings;
pub mod telemetry;
