//! What a device is asked of itself now and then. Nodes that an edition or a version lacks are answered with 404, 405,
//! 406 or 500, so each is asked in a Get of its own.

use super::{
    certificates::{PersonalStore, TrustStore, sha1_from_hex},
    device::{DEVICE_NAME, OS_PLATFORM, SOFTWARE_VERSION},
};
use crate::syncml::{CmdId, Command};

/// The machine's serial number. Microsoft, DevDetail CSP.
pub const SERIAL_NUMBER: &str = "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber";
/// The name in DNS. Microsoft, DevDetail CSP: Windows 10, version 2004.
pub const DNS_NAME: &str = "./DevDetail/Ext/Microsoft/DNSComputerName";
/// The clock on the device's wall, ISO 8601. Microsoft, DevDetail CSP.
pub const LOCAL_TIME: &str = "./DevDetail/Ext/Microsoft/LocalTime";
/// The edition as a number of GetProductInfo. Microsoft, DeviceStatus CSP: Windows 10, version 1703.
pub const EDITION: &str = "./Vendor/MSFT/DeviceStatus/OS/Edition";
/// Microsoft, DeviceStatus CSP: Windows 10, version 1703.
pub const TPM_VERSION: &str = "./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion";
/// Microsoft, DeviceStatus CSP: Windows 10, version 2004 with KB5007253.
pub const TPM_MANUFACTURER: &str = "./Vendor/MSFT/DeviceStatus/TPM/ManufacturerIdTxt";
/// As [`TPM_MANUFACTURER`].
pub const TPM_FIRMWARE: &str = "./Vendor/MSFT/DeviceStatus/TPM/ManufacturerVersion";

/// The single values, in the order they are asked for.
pub const VALUES: [&str; 10] = [
    SOFTWARE_VERSION,
    DEVICE_NAME,
    OS_PLATFORM,
    SERIAL_NUMBER,
    DNS_NAME,
    LOCAL_TIME,
    EDITION,
    TPM_VERSION,
    TPM_MANUFACTURER,
    TPM_FIRMWARE,
];

/// The node whose children are the certificates of a personal store. Microsoft, CertificateStore CSP.
pub fn personal_store_uri(store: PersonalStore) -> String {
    format!("./Device/Vendor/MSFT/CertificateStore/My/{}", store.name())
}

/// The node whose children are the certificates of a trust store. Microsoft, RootCATrustedCertificates CSP.
pub fn trust_store_uri(store: TrustStore) -> String {
    format!("./Device/Vendor/MSFT/RootCATrustedCertificates/{}", store.name())
}

/// Asks for one node.
pub fn ask(cmd_id: CmdId, uri: &str) -> Command {
    Command::get(cmd_id, [uri])
}

/// The certificates in the value of such a node: the names of its children, with `/` between them (OMA-DM tree and description).
/// What is no thumbprint is left out.
pub fn listed(data: &str) -> impl Iterator<Item = [u8; 20]> {
    data.split('/').filter_map(sha1_from_hex)
}
