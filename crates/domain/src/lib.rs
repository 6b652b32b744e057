//! The product's nouns, their states and its decisions. It performs nothing: no I/O, no clock; the moment
//! and random octets are arguments.

pub mod actor;
pub mod admission;
pub mod assignment;
pub mod attempt;
pub mod broker;
pub mod built_in;
pub mod certificate;
pub mod challenge;
pub mod delivery;
pub mod desired;
pub mod device;
pub mod diagnosis;
pub mod directory;
pub mod enrolment_token;
pub mod error;
pub mod event;
pub mod external_ca;
pub mod federation;
pub mod group;
pub mod id;
pub mod issuance;
pub mod notification;
pub mod operator;
pub mod order;
pub mod person;
pub mod push;
pub mod reissue;
pub mod renewal;
pub mod scep_configuration;
pub mod scim;
pub mod sealed;
pub mod subject;
pub mod thumbprint;
pub mod time;
pub mod transaction;
pub mod warning;

pub use error::{Error, Kind};
pub use id::Id;
pub use sealed::Sealed;
pub use time::Timestamp;
