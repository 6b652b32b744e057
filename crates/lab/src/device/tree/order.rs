//! What an `Exec …/Install/Enroll` orders.

use super::{SCEP, SCEP_ROWS, Tree};
use zeroize::Zeroizing;

/// The values of `Install/*` as they stood when the Exec was accepted; later changes don't count.
#[derive(Clone)]
pub struct EnrolOrder {
    pub unique_id: String,
    /// One or more addresses.
    pub server_urls: Vec<String>,
    pub challenge: Zeroizing<String>,
    /// Dotted object identifiers.
    pub extended_key_usages: Vec<String>,
    /// Bits as in Windows: 0x20 key encipherment, 0x80 digital signature.
    pub key_usage: u32,
    pub subject: String,
    pub key_length: u32,
    /// Families: `SHA-1`, `SHA-2`, `SHA-3`.
    pub hashes: Vec<String>,
    pub ca_thumbprint: String,
    /// Object identifier of the template, or nothing.
    pub template: String,
    /// `type+value` joined with `;`.
    pub alternative_names: String,
    /// Minutes between polls of a pending request.
    pub retry_delay: u32,
    /// Polls of a pending request, 30 at most.
    pub retry_count: u32,
    /// `KeyProtection` 1: in a TPM or not at all.
    pub needs_tpm: bool,
}

impl std::fmt::Debug for EnrolOrder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("EnrolOrder")
            .field("unique_id", &self.unique_id)
            .finish_non_exhaustive()
    }
}

impl EnrolOrder {
    /// Reads the order of a node.
    ///
    /// # Errors
    /// 500 when a required node is missing or a value isn't allowed. Microsoft,
    /// ClientCertificateInstall CSP: required nodes, `KeyUsage` with 0x20 or 0x80, ranges.
    pub fn of(tree: &Tree, unique_id: &str) -> Result<Self, u16> {
        let is_there = |name: &str| tree.scep(unique_id, name).is_some();
        let wanted = SCEP_ROWS.iter().filter(|row| row.is_required);
        if !wanted
            .filter_map(|row| row.path.strip_prefix("{}/"))
            .all(is_there)
        {
            return Err(500);
        }
        let text = |name: &str| {
            tree.scep(unique_id, &format!("Install/{name}"))
                .unwrap_or_default()
                .to_owned()
        };
        let number = |name: &str, default: i64| match tree.scep(unique_id, &format!("Install/{name}")) {
            Some(value) => value.parse::<i64>().map_err(|_| 500_u16),
            None => Ok(default),
        };
        let key_protection = number("KeyProtection", 3)?;
        let key_usage = number("KeyUsage", 0)?;
        let key_length = number("KeyLength", 0)?;
        let retry_delay = number("RetryDelay", 5)?;
        let retry_count = number("RetryCount", 3)?;
        let has_container = !text("ContainerName").is_empty();
        let is_allowed = matches!(key_protection, 1..=4)
            && (key_protection != 4 || (has_container && key_length == 2048))
            && key_usage & 0xA0 != 0
            && matches!(key_length, 1024 | 2048 | 4096)
            && matches!(text("ValidPeriod").as_str(), "" | "Days" | "Months" | "Years")
            && number("ValidPeriodUnits", 0)? >= 0
            && retry_delay >= 1
            && retry_count >= 0;
        if !is_allowed {
            return Err(500);
        }
        let list = |name: &str, separator: char| -> Vec<String> {
            text(name)
                .split(separator)
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Ok(Self {
            unique_id: unique_id.to_owned(),
            server_urls: list("ServerURL", ';'),
            challenge: Zeroizing::new(text("Challenge")),
            extended_key_usages: list("EKUMapping", '+'),
            key_usage: u32::try_from(key_usage).map_err(|_| 500_u16)?,
            subject: text("SubjectName"),
            key_length: u32::try_from(key_length).map_err(|_| 500_u16)?,
            hashes: list("HashAlgorithm", '+'),
            ca_thumbprint: text("CAThumbprint"),
            template: text("TemplateName"),
            alternative_names: text("SubjectAlternativeNames"),
            retry_delay: u32::try_from(retry_delay).unwrap_or(u32::MAX),
            retry_count: u32::try_from(retry_count.min(30)).unwrap_or(30),
            needs_tpm: key_protection == 1,
        })
    }
}

/// Takes the order, shows the node as running and forgets the challenge, as Windows does.
pub(super) fn accept(tree: &mut Tree, unique_id: &str) -> Result<EnrolOrder, u16> {
    // Values are frozen while an enrolment runs or waits; a second one isn't begun.
    if matches!(tree.scep(unique_id, "Status"), Some("32" | "2")) {
        return Err(500);
    }
    let order = EnrolOrder::of(tree, unique_id)?;
    tree.set_scep_state(unique_id, 32, 0);
    tree.set_scep_text(unique_id, "CertThumbprint", "");
    tree.remove(&format!("{SCEP}/{unique_id}/Install/Challenge"));
    Ok(order)
}
