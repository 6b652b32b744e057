//! Simulated Windows 10/11 devices: enrolment, management sessions and SCEP, written from the
//! facts about real ones and sharing no code with the server that they test.

mod options;
mod report;

pub use options::{DevicesOptions, Person, parse_people, read_people};
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
