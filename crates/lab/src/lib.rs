//! A laboratory for Sceau: simulated Windows devices and a look-alike of Microsoft NDES.

pub(crate) mod chance;
pub mod device;
pub mod faults;
pub(crate) mod files;
pub mod http;
pub mod ndes;
pub mod network;
pub(crate) mod tally;
