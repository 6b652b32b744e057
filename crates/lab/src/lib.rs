//! A laboratory for Sceau: simulated Windows devices and a look-alike of Microsoft NDES.

pub mod device;
pub mod http;
pub mod ndes;
pub mod network;
