//! The four messages of an enrolment: written by hand like captured ones, read strictly.

mod read;
mod write;

pub use read::{Discovered, Policy, Problem, discovered, issued, policies};
pub use write::{Device, OS_VERSION, discover, get_policies, renew_token, request_token};

/// The media type of all of them.
pub const MEDIA_TYPE: &str = "application/soap+xml";
