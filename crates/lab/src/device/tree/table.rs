//! The nodes that a device has, with their formats and what may be done to them.

/// The format of a node's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Node,
    Chr,
    Int,
    Bool,
    B64,
    Null,
}

impl Format {
    /// As `Meta/Format` says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Chr => "chr",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::B64 => "b64",
            Self::Null => "null",
        }
    }
}

/// A kind of node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Segments joined by `/`; `{}` stands for any one segment.
    pub path: &'static str,
    pub format: Format,
    /// Letters out of A(dd), G(et), D(elete), R(eplace), E(xec).
    pub access: &'static str,
    /// Must be there before an Exec on `Enroll`.
    pub is_required: bool,
}

const fn row(path: &'static str, format: Format, access: &'static str) -> Row {
    Row {
        path,
        format,
        access,
        is_required: false,
    }
}

const fn required(path: &'static str, format: Format) -> Row {
    Row {
        path,
        format,
        access: "AGDR",
        is_required: true,
    }
}

/// Where `{UniqueID}` nodes lie.
pub const SCEP: &str = "./Vendor/MSFT/ClientCertificateInstall/SCEP";

/// Below `…/SCEP`. Microsoft, ClientCertificateInstall CSP and its DDF (version 2 of 2024: it alone
/// has `AttestPrivateKey`).
pub const SCEP_ROWS: &[Row] = &[
    row("{}", Format::Node, "AGDR"),
    row("{}/Install", Format::Node, "AGDR"),
    required("{}/Install/ServerURL", Format::Chr),
    required("{}/Install/Challenge", Format::Chr),
    required("{}/Install/EKUMapping", Format::Chr),
    required("{}/Install/KeyUsage", Format::Int),
    required("{}/Install/SubjectName", Format::Chr),
    row("{}/Install/KeyProtection", Format::Int, "AGDR"),
    row("{}/Install/RetryDelay", Format::Int, "AGDR"),
    row("{}/Install/RetryCount", Format::Int, "AGDR"),
    row("{}/Install/TemplateName", Format::Chr, "AGDR"),
    required("{}/Install/KeyLength", Format::Int),
    required("{}/Install/HashAlgorithm", Format::Chr),
    required("{}/Install/CAThumbprint", Format::Chr),
    row("{}/Install/SubjectAlternativeNames", Format::Chr, "AGDR"),
    row("{}/Install/ValidPeriod", Format::Chr, "AGDR"),
    row("{}/Install/ValidPeriodUnits", Format::Int, "AGDR"),
    row("{}/Install/ContainerName", Format::Chr, "AGDR"),
    row("{}/Install/CustomTextToShowInPrompt", Format::Chr, "AGDR"),
    row("{}/Install/AADKeyIdentifierList", Format::Chr, "AGDR"),
    row("{}/Install/AttestPrivateKey", Format::Int, "AG"),
    row("{}/Install/Enroll", Format::Null, "E"),
    row("{}/CertThumbprint", Format::Chr, "G"),
    row("{}/Status", Format::Int, "G"),
    row("{}/ErrorCode", Format::Int, "G"),
    row("{}/RespondentServerUrl", Format::Chr, "G"),
];

/// Everything else that a server may touch.
const ROWS: &[Row] = &[
    row("./Vendor/MSFT/ClientCertificateInstall", Format::Node, "G"),
    row("./Vendor/MSFT/ClientCertificateInstall/SCEP", Format::Node, "G"),
    row(
        "./Vendor/MSFT/RootCATrustedCertificates/Root/{}",
        Format::Node,
        "GD",
    ),
    row(
        "./Vendor/MSFT/RootCATrustedCertificates/Root/{}/EncodedCertificate",
        Format::B64,
        "AGR",
    ),
    row(
        "./Vendor/MSFT/RootCATrustedCertificates/CA/{}",
        Format::Node,
        "GD",
    ),
    row(
        "./Vendor/MSFT/RootCATrustedCertificates/CA/{}/EncodedCertificate",
        Format::B64,
        "AGR",
    ),
    row("./Vendor/MSFT/CertificateStore/My/System/{}", Format::Node, "G"),
    row(
        "./Vendor/MSFT/CertificateStore/My/System/{}/EncodedCertificate",
        Format::B64,
        "G",
    ),
    row("./Vendor/MSFT/CertificateStore/My/User/{}", Format::Node, "G"),
    row(
        "./Vendor/MSFT/CertificateStore/My/User/{}/EncodedCertificate",
        Format::B64,
        "G",
    ),
    row(
        "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew/ServerURL",
        Format::Chr,
        "AGR",
    ),
    row(
        "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew/ROBOSupport",
        Format::Bool,
        "AGR",
    ),
    row(
        "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew/RenewPeriod",
        Format::Int,
        "AGR",
    ),
    row(
        "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew/RetryInterval",
        Format::Int,
        "AGR",
    ),
    row("./Vendor/MSFT/DMClient/Provider/{}/UPN", Format::Chr, "AGDR"),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/EntDeviceName",
        Format::Chr,
        "AGDR",
    ),
    row("./Vendor/MSFT/DMClient/Provider/{}/EntDMID", Format::Chr, "AGDR"),
    row("./Vendor/MSFT/DMClient/Provider/{}/Poll", Format::Node, "G"),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/NumberOfFirstRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/IntervalForFirstSetOfRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/NumberOfSecondRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/IntervalForSecondSetOfRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/NumberOfRemainingScheduledRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/IntervalForRemainingScheduledRetries",
        Format::Int,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/PollOnLogin",
        Format::Bool,
        "AGDR",
    ),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Poll/AllUsersPollOnFirstLogin",
        Format::Bool,
        "AGDR",
    ),
    // Microsoft, DMClient CSP: the server gives the PFN; the rest is the device's own.
    row("./Vendor/MSFT/DMClient/Provider/{}/Push", Format::Node, "AD"),
    row("./Vendor/MSFT/DMClient/Provider/{}/Push/PFN", Format::Chr, "AGR"),
    row(
        "./Vendor/MSFT/DMClient/Provider/{}/Push/ChannelURI",
        Format::Chr,
        "G",
    ),
    row("./Vendor/MSFT/DMClient/Provider/{}/Push/Status", Format::Int, "G"),
    row("./Vendor/MSFT/DMClient/Provider/{}/Unenroll", Format::Chr, "E"),
    row("./Vendor/MSFT/CertificateStore/My/System", Format::Node, "G"),
    row("./Vendor/MSFT/RootCATrustedCertificates/Root", Format::Node, "G"),
    row("./Vendor/MSFT/RootCATrustedCertificates/CA", Format::Node, "G"),
    row("./Vendor/MSFT/DeviceStatus/OS/Edition", Format::Chr, "G"),
    row(
        "./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion",
        Format::Chr,
        "G",
    ),
    row(
        "./Vendor/MSFT/DeviceStatus/TPM/ManufacturerIdTxt",
        Format::Chr,
        "G",
    ),
    row(
        "./Vendor/MSFT/DeviceStatus/TPM/ManufacturerVersion",
        Format::Chr,
        "G",
    ),
    row("./DevInfo", Format::Node, "G"),
    row("./DevInfo/{}", Format::Chr, "G"),
    row("./DevDetail", Format::Node, "G"),
    row("./DevDetail/LrgObj", Format::Bool, "G"),
    row("./DevDetail/{}", Format::Chr, "G"),
    row("./DevDetail/Ext/Microsoft/{}", Format::Chr, "G"),
];

/// The kind of a node by its path, which begins `./Vendor/…`, `./DevInfo` or `./DevDetail`.
#[must_use]
pub fn kind(path: &str) -> Option<&'static Row> {
    if let Some(below) = below_scep(path) {
        return SCEP_ROWS.iter().find(|row| fits(row.path, below));
    }
    ROWS.iter().find(|row| fits(row.path, path))
}

/// Nodes that are there though nothing lies below them.
pub(super) const PERMANENT: [&str; 4] = [
    SCEP,
    "./Vendor/MSFT/CertificateStore/My/System",
    "./Vendor/MSFT/RootCATrustedCertificates/Root",
    "./Vendor/MSFT/RootCATrustedCertificates/CA",
];

/// What follows `…/SCEP/`.
#[must_use]
pub(super) fn below_scep(path: &str) -> Option<&str> {
    path.strip_prefix(SCEP)?.strip_prefix('/')
}

fn fits(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("{}"), Some(segment)) if !segment.is_empty() => {}
            (Some(left), Some(right)) if left == right => {}
            _ => return false,
        }
    }
}
