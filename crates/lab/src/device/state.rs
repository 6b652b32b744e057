//! What a device remembers across restarts.

use serde::{Deserialize, Serialize};

use super::provisioning::Account;
use super::report::{DeviceReport, DeviceState, HeldCertificate};
use super::tree::{Format, Tree};

/// The newest errors that are kept.
const ERRORS: usize = 50;

/// Everything but keys and certificates, which are files of their own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// 32 hex digits.
    pub(crate) device_id: String,
    /// 36 characters; the first part of the request's CN.
    pub(crate) key_id: String,
    /// 64 hex digits.
    pub(crate) hardware_id: String,
    pub(crate) person: String,
    pub(crate) stage: DeviceState,
    /// An enrolment request that may have been answered: it is sent again as it was.
    pub(crate) request: Option<SentRequest>,
    /// A renewal of the identity, likewise.
    #[serde(default)]
    pub(crate) renewal: Option<SentRequest>,
    pub(crate) account: Option<Account>,
    pub(crate) tree: Tree,
    /// The last session's number.
    pub(crate) sessions: u64,
    /// The server had nothing to do in the last session, or knows that the device left.
    pub(crate) is_idle: bool,
    pub(crate) certificates: Vec<HeldCertificate>,
    pub(crate) errors: Vec<String>,
}

/// An enrolment request as it was first sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SentRequest {
    pub(crate) message_id: String,
    /// PKCS#10, or PKCS#7 around it, in base64.
    pub(crate) csr: String,
}

impl State {
    /// A device nobody has seen yet.
    pub(crate) fn new(person: &str, name: &str, has_tpm: bool) -> anyhow::Result<Self> {
        let mut state = Self {
            device_id: random_hex(16)?,
            key_id: uuid()?.to_ascii_uppercase(),
            hardware_id: random_hex(32)?,
            person: person.to_owned(),
            ..Self::default()
        };
        let device_id = state.device_id.clone();
        for (path, value) in [
            ("./DevInfo/DevId", device_id.as_str()),
            ("./DevInfo/Man", "Sceau Laboratory"),
            ("./DevInfo/Mod", "Laboratory PC"),
            ("./DevInfo/DmV", "1.3"),
            ("./DevInfo/Lang", "en-US"),
            ("./DevDetail/SwV", super::soap::OS_VERSION),
            ("./DevDetail/HwV", "Laboratory 1.0"),
            ("./DevDetail/FwV", "Laboratory 1.0"),
            ("./DevDetail/OEM", "Sceau Laboratory"),
            ("./DevDetail/DevTyp", "Laboratory PC"),
            ("./DevDetail/Ext/Microsoft/DeviceName", name),
            ("./DevDetail/Ext/Microsoft/DNSComputerName", name),
            ("./DevDetail/Ext/Microsoft/OSPlatform", "Windows 11 Pro"),
            ("./DevDetail/Ext/Microsoft/ProcessorType", "9"),
            // As Windows writes it: seven digits of a second, and the distance from UTC. This clock stands still.
            (
                "./DevDetail/Ext/Microsoft/LocalTime",
                "2026-01-15T09:30:00.0000000+01:00",
            ),
            (
                "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber",
                &format!("LAB{}", &state.key_id.replace('-', "")),
            ),
        ] {
            state.tree.set(path, Format::Chr, value);
        }
        state.tree.set_hardware(has_tpm);
        state.tree.set("./DevDetail/LrgObj", Format::Bool, "false");
        Ok(state)
    }

    /// Notes an error; the oldest go.
    pub(crate) fn complain(&mut self, error: String) {
        self.errors.push(error);
        let surplus = self.errors.len().saturating_sub(ERRORS);
        self.errors.drain(..surplus);
    }

    /// Certificates whose node says installed.
    pub(crate) fn installed(&self) -> impl Iterator<Item = &HeldCertificate> {
        self.certificates
            .iter()
            .filter(|held| self.tree.scep(&held.node, "Status") == Some("1"))
    }

    pub(crate) fn report(&self, name: &str) -> DeviceReport {
        let state = match self.stage {
            DeviceState::Enrolled if self.installed().next().is_some() => DeviceState::Certified,
            other => other,
        };
        DeviceReport {
            name: name.to_owned(),
            person: self.person.clone(),
            state,
            certificates: self.certificates.clone(),
            errors: self.errors.clone(),
            sessions: self.sessions,
        }
    }

    /// Nothing more is to be expected of this device.
    pub(crate) fn is_settled(&self) -> bool {
        match self.stage {
            DeviceState::Refused => true,
            // It says that it leaves after it has left.
            DeviceState::Unenrolled => self.is_idle,
            _ => self.is_idle && self.installed().next().is_some(),
        }
    }
}

fn random_hex(octets: usize) -> anyhow::Result<String> {
    let mut random = vec![0; octets];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| anyhow::anyhow!("no random octets"))?;
    Ok(super::hex(&random))
}

/// A random UUID (RFC 9562, version 4), lower-case.
pub(crate) fn uuid() -> anyhow::Result<String> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| anyhow::anyhow!("no random octets"))?;
    let number = (u128::from_be_bytes(random) & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let text = format!("{number:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    Ok(format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    ))
}
