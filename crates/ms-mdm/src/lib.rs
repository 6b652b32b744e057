//! Windows device enrolment (MS-MDE2) and device management (OMA-DM 1.2), without I/O: bytes come in and
//! typed values go out, typed values come in and bytes go out.
//!
//! * Enrolment: [`discovery`], [`policy`] (MS-XCEP), [`enroll`] (MS-WSTEP), [`provisioning`] (the document that
//!   tells the device its certificate and its server), [`soap`] (message ids and faults).
//! * Management: [`syncml`] (messages and commands), [`csp`] (the nodes that Windows offers), [`digest`]
//!   (OMA-DM's MD5 authentication).
//!
//! Every reader bounds size (512 KiB), depth (64) and counts before it allocates, refuses a DTD, and never
//! panics on what it is given.

pub mod csp;
pub mod digest;
pub mod discovery;
pub mod enroll;
mod error;
pub mod federated;
pub mod policy;
pub mod provisioning;
pub mod soap;
pub mod syncml;
mod xml;

pub use error::Error;
pub use xml::{MAX_DEPTH, MAX_MESSAGE_BYTES};
