//! `sceau scep`: SCEP from the command line, for those who look for a fault. No settings, no database.

mod algorithms;
mod answer;
mod cacert;
mod caps;
mod certificate;
mod challenge;
mod der;
mod enroll;
mod exchange;
mod failure;
mod files;
mod held;
mod issued;
mod key;
mod peer;
mod pin;
mod poll;
mod refusal;
mod renew;
mod request;
mod retrieve;
mod revocation_list;
mod roles;
mod state;
mod subject;
mod trace;

use std::{
    io::Write as _,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{Args, Subcommand};

use self::{
    answer::Answer,
    failure::{EXIT_CODES, Exit, Failure},
};

/// Flags of `sceau scep`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// What the server says that it can do (GetCACaps), and what is missing or weak.
    #[command(after_help = EXIT_CODES)]
    Caps(caps::Arguments),
    /// The certificates of the CA (GetCACert), each with its role and thumbprints.
    #[command(after_help = EXIT_CODES)]
    Cacert(cacert::Arguments),
    /// Enrol: ask for a certificate (PKCSReq).
    #[command(after_help = EXIT_CODES)]
    Enroll(Box<enroll::Arguments>),
    /// Renew a certificate (RenewalReq, or a PKCSReq signed by the old certificate).
    #[command(after_help = EXIT_CODES)]
    Renew(Box<renew::Arguments>),
    /// Ask again for a certificate that is pending (CertPoll).
    #[command(after_help = EXIT_CODES)]
    Poll(poll::Arguments),
    /// The CRL of the CA (GetCRL).
    #[command(after_help = EXIT_CODES)]
    Crl(retrieve::Arguments),
    /// A certificate that the CA issued, by its serial number (GetCert).
    #[command(after_help = EXIT_CODES)]
    Cert(retrieve::Arguments),
}

/// Runs one of them; what went wrong is said on standard error, and in the JSON where that was asked for.
pub async fn run(arguments: Arguments) -> ExitCode {
    let (is_json, result) = match arguments.part {
        Part::Caps(arguments) => (arguments.server.json, caps::run(arguments).await),
        Part::Cacert(arguments) => (arguments.server.json, cacert::run(arguments).await),
        Part::Enroll(arguments) => (arguments.server.json, Box::pin(enroll::run(*arguments)).await),
        Part::Renew(arguments) => (arguments.server.json, Box::pin(renew::run(*arguments)).await),
        Part::Poll(arguments) => (arguments.server.json, poll::run(arguments).await),
        Part::Crl(arguments) => (arguments.server.json, retrieve::crl(arguments).await),
        Part::Cert(arguments) => (arguments.server.json, retrieve::cert(arguments).await),
    };
    let answer = result.unwrap_or_else(|failure| Answer::of_failure(&failure));
    answer.say(is_json)
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}

/// Says something on standard error.
fn note(text: &str) {
    // Nobody reads it any more: that is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
