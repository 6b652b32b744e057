use super::ScepNode;
use crate::csp::certificates::sha1_from_hex;
use crate::syncml::Item;

/// `Status`: where an enrolment stands. None of these is reached by the acknowledgement of Exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstallStatus {
    /// 1: the certificate is installed.
    Installed,
    /// 2: the CA said PENDING.
    Pending,
    /// 16: failed, see the error code.
    Failed,
    /// 32, "unknown": running still.
    Running,
    /// Anything else.
    Other(i64),
}

impl InstallStatus {
    /// The number in decimal, as the node gives it; `None` when it is none.
    pub fn from_data(data: &str) -> Option<Self> {
        Some(match data.trim().parse().ok()? {
            1 => Self::Installed,
            2 => Self::Pending,
            16 => Self::Failed,
            32 => Self::Running,
            other => Self::Other(other),
        })
    }
}

/// What a device's answer tells of one node; what it doesn't tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub status: Option<InstallStatus>,
    /// The HRESULT of the last error, 0 for none.
    pub error_code: Option<u32>,
    /// SHA-1 of the certificate.
    pub cert_thumbprint: Option<[u8; 20]>,
    pub respondent_server_url: Option<String>,
}

impl Outcome {
    /// Picks a node's values out of the items of Results; items of other nodes are left out.
    pub fn of<'a>(node: &ScepNode, items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut outcome = Self::default();
        for item in items {
            let (Some(uri), Some(data)) = (item.uri(), item.text()) else {
                continue;
            };
            if uri.eq_ignore_ascii_case(&node.status_uri()) {
                outcome.status = InstallStatus::from_data(data);
            } else if uri.eq_ignore_ascii_case(&node.error_code_uri()) {
                outcome.error_code = hresult_from_data(data);
            } else if uri.eq_ignore_ascii_case(&node.cert_thumbprint_uri()) {
                outcome.cert_thumbprint = sha1_from_hex(data);
            } else if uri.eq_ignore_ascii_case(&node.respondent_server_url_uri()) {
                outcome.respondent_server_url = Some(data.trim().to_owned()).filter(|url| !url.is_empty());
            }
        }
        outcome
    }
}

/// An HRESULT in decimal. Windows writes it signed (`-2145844748` is 0x801901F4); unsigned is taken, too.
fn hresult_from_data(data: &str) -> Option<u32> {
    let number: i64 = data.trim().parse().ok()?;
    match i32::try_from(number) {
        Ok(signed) => Some(signed.cast_unsigned()),
        Err(_) => u32::try_from(number).ok(),
    }
}
