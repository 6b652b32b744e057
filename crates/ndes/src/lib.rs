//! Microsoft NDES (Network Device Enrollment Service), as seen by who fetches its challenges: the addresses, the
//! admin page, and the exchange that gets it. No I/O: the caller sends what [`exchange`] says and makes the
//! NTLM or Kerberos tokens.

pub mod address;
mod error;
pub mod exchange;
pub mod page;

pub use address::{ChallengeUrl, ScepUrl};
pub use error::Error;
pub use page::{AdminPage, Lifetime, Operation};
