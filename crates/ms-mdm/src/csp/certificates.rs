//! The certificate stores: RootCATrustedCertificates for trust, CertificateStore to see what is there.

use crate::syncml::{CmdId, Command, Format};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

/// A store of RootCATrustedCertificates. Both belong to the device: `Root` has no `./User` form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrustStore {
    Root,
    /// Intermediates.
    Ca,
}

impl TrustStore {
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "Root",
            Self::Ca => "CA",
        }
    }
}

/// Whose personal store a certificate lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonalStore {
    User,
    System,
}

impl PersonalStore {
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::System => "System",
        }
    }
}

/// A SHA-1 as Windows names certificates: 40 upper-case hexadecimal digits.
pub fn hex(sha1: &[u8; 20]) -> String {
    sha1.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// 40 hexadecimal digits in either case, blanks between them allowed; `None` for anything else, an empty
/// `CertThumbprint` among it.
pub fn sha1_from_hex(text: &str) -> Option<[u8; 20]> {
    let mut digits = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16));
    let mut sha1 = [0_u8; 20];
    for byte in &mut sha1 {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(sha1)
}

/// The node of a trusted certificate. Microsoft, RootCATrustedCertificates CSP.
pub fn trusted_uri(store: TrustStore, sha1: &[u8; 20]) -> String {
    format!(
        "./Device/Vendor/MSFT/RootCATrustedCertificates/{}/{}",
        store.name(),
        hex(sha1)
    )
}

/// Its content, which creates the node above it when added.
pub fn trusted_certificate_uri(store: TrustStore, sha1: &[u8; 20]) -> String {
    format!("{}/EncodedCertificate", trusted_uri(store, sha1))
}

/// Asks whether a certificate is trusted already: 404 says no.
pub fn ask_trusted(cmd_id: CmdId, store: TrustStore, sha1: &[u8; 20]) -> Command {
    Command::get(cmd_id, [trusted_certificate_uri(store, sha1)])
}

/// Makes the device trust a certificate: base64 in one line, as the CSP wants it.
pub fn add_trusted(cmd_id: CmdId, store: TrustStore, sha1: &[u8; 20], der: &[u8]) -> Command {
    Command::add(
        cmd_id,
        &trusted_certificate_uri(store, sha1),
        Format::B64,
        &STANDARD.encode(der),
    )
}

/// Ends that trust.
pub fn delete_trusted(cmd_id: CmdId, store: TrustStore, sha1: &[u8; 20]) -> Command {
    Command::delete(cmd_id, &trusted_uri(store, sha1))
}

/// The content of a certificate in a personal store. Microsoft, CertificateStore CSP.
pub fn personal_certificate_uri(store: PersonalStore, sha1: &[u8; 20]) -> String {
    format!(
        "./Device/Vendor/MSFT/CertificateStore/My/{}/{}/EncodedCertificate",
        store.name(),
        hex(sha1)
    )
}

/// Asks a device for a certificate that it says it holds.
pub fn ask_personal(cmd_id: CmdId, store: PersonalStore, sha1: &[u8; 20]) -> Command {
    Command::get(cmd_id, [personal_certificate_uri(store, sha1)])
}

/// The certificate in an `EncodedCertificate`'s data: base64, wrapped or not. `None` when it isn't that.
pub fn certificate_from_data(data: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let encoded: String = data.split_whitespace().collect();
    LENIENT.decode(encoded).ok().filter(|der| !der.is_empty())
}
