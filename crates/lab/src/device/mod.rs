//! Simulated Windows 10/11 devices: enrolment, management sessions and SCEP, written from the
//! facts about real ones and sharing no code with the server that they test.

pub mod alternative_names;
mod csr;
mod der;
mod hresult;
mod options;
mod poll;
mod report;
pub mod subject;
pub mod syncml;
pub mod tree;

pub use csr::device_request;
pub use hresult::Hresult;
pub use options::{DevicesOptions, Person, parse_people, read_people};
pub use poll::PollSchedule;
pub use report::{DeviceReport, DeviceState, DevicesReport, HeldCertificate};

/// Runs devices until a signal ends them or, without `linger`, until all hold what they were sent.
///
/// # Errors
/// Files that can't be read or written, too few people.
pub async fn run(options: DevicesOptions) -> anyhow::Result<DevicesReport> {
    let people = read_people(&options.people_file)?;
    anyhow::ensure!(people.len() >= options.devices, "fewer people than devices");
    anyhow::bail!("the devices are not built yet")
}

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
