//! Simulated Windows 10/11 devices: enrolment, management sessions and SCEP, written from the
//! facts about real ones and sharing no code with the server that they test.

pub mod alternative_names;
mod attempt;
mod csr;
mod der;
mod effect;
mod enrolment;
mod folder;
mod hresult;
mod machine;
mod options;
mod poll;
pub mod provisioning;
mod report;
mod run;
mod session;
pub mod soap;
mod state;
pub mod subject;
pub mod syncml;
pub mod tree;

pub use csr::device_request;
pub use hresult::Hresult;
pub use options::{DevicesOptions, Person, parse_people, read_people};
pub use poll::PollSchedule;
pub use report::{DeviceReport, DeviceState, DevicesReport, HeldCertificate};
pub use run::{run, run_on};

/// Upper-case hex, as Windows writes it.
#[must_use]
pub fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets
        .iter()
        .fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
            let _ = write!(text, "{octet:02X}");
            text
        })
}
