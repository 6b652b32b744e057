//! What a configuration needs of a device, against what the device told. What it didn't tell holds nothing back.

use super::{Device, inventory::NO_TPM};
use crate::{
    diagnosis::Cause,
    group::version,
    scep_configuration::{HashFamily, KeyStorage, ScepSettings},
};

/// Windows 10, version 1511: the first with the CSP. Microsoft, ClientCertificateInstall CSP.
const CSP: [u32; 4] = [10, 0, 10586, 0];
/// Windows 11, version 24H2: the first with SHA-3. Microsoft, CNG algorithm identifiers.
const SHA3: [u32; 4] = [10, 0, 26100, 0];
/// The editions that Microsoft's DDFs allow these CSPs in (`EditionAllowList`). Their pages leave out Home, which the
/// lists hold: where they contradict each other, nothing is held back.
const EDITIONS: [u32; 33] = [
    0x04, 0x1B, 0x30, 0x31, 0x48, 0x54, 0x62, 0x63, 0x64, 0x65, 0x79, 0x7A, 0x7D, 0x7E, 0x81, 0x82, 0x88,
    0x8A, 0x8B, 0xA1, 0xA2, 0xA4, 0xA5, 0xAB, 0xAC, 0xAF, 0xBC, 0xBF, 0xCA, 0xCB, 0xCD, 0xCF, 0xD2,
];
/// Surface Hub: not in the lists, and managed all the same.
const TEAM: u32 = 0x77;
/// The lists know no later edition.
const LATEST: u32 = 0xD2;

/// Why a device can't get a certificate by a configuration, by what it told of itself.
pub fn missing(device: &Device, settings: &ScepSettings) -> Option<Cause> {
    let inventory = &device.inventory;
    if let Some(needed) = too_old(device, settings) {
        return Some(Cause::WindowsTooOld {
            version: device.os_version.clone().unwrap_or_default(),
            needed: written(needed),
        });
    }
    let edition = inventory.edition_number().filter(|number| is_left_out(*number));
    if edition.is_some() {
        return Some(Cause::EditionUnsupported {
            edition: inventory.edition_name().unwrap_or_default().to_owned(),
        });
    }
    let lacks_tpm = settings.key_storage == KeyStorage::TpmRequired && inventory.tpm() == Some(NO_TPM);
    lacks_tpm.then_some(Cause::TpmMissing)
}

/// The version that is needed, where the device's is lower.
fn too_old(device: &Device, settings: &ScepSettings) -> Option<[u32; 4]> {
    // An empty version would be read as 0.
    let told = device.os_version.as_deref().filter(|text| text.contains('.'))?;
    let told = version(told)?;
    let is_sha3_alone = settings.hashes.iter().all(|family| *family == HashFamily::Sha3);
    let needed = if is_sha3_alone { SHA3 } else { CSP };
    (told < needed).then_some(needed)
}

fn written([major, minor, build, _]: [u32; 4]) -> String {
    format!("{major}.{minor}.{build}")
}

fn is_left_out(edition: u32) -> bool {
    (1..=LATEST).contains(&edition) && edition != TEAM && !EDITIONS.contains(&edition)
}
