//! What a run of devices says at its end, and while it runs.

use serde::{Deserialize, Serialize};

/// All devices of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DevicesReport {
    pub devices: Vec<DeviceReport>,
    /// OMA-DM sessions begun by all devices together.
    pub sessions: u64,
}

/// One device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceReport {
    pub name: String,
    pub person: String,
    pub state: DeviceState,
    pub certificates: Vec<HeldCertificate>,
    pub errors: Vec<String>,
    pub sessions: u64,
}

/// How far a device came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    /// Not yet enrolled.
    #[default]
    Waiting,
    /// The server refused the enrolment for good.
    Refused,
    /// Enrolled, holding no certificate of an installed node.
    Enrolled,
    /// Holds at least one certificate whose node says installed.
    Certified,
    /// The server ended the management.
    Unenrolled,
}

/// A certificate in a device's `my` folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCertificate {
    /// Upper-case hex.
    pub sha1: String,
    pub subject: String,
    /// Upper-case hex.
    pub serial: String,
    /// The `{UniqueID}` under `ClientCertificateInstall/SCEP` that brought it.
    pub node: String,
}
