//! The certificates of GetCACert with what each is for.

use scep::CaCertificates;

/// What a certificate is for, as the CA's own certificate or its registration authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    /// It issues. Windows wants its SHA-1.
    Issuer,
    /// It stands above the issuer.
    Chain,
    /// Answers are signed by it.
    RaSigning,
    /// Requests are encrypted to it.
    RaEncryption,
}

impl Role {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Chain => "chain",
            Self::RaSigning => "RA signing",
            Self::RaEncryption => "RA encryption",
        }
    }

    /// For the name of a file.
    pub(super) fn file_part(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Chain => "chain",
            Self::RaSigning => "ra-signing",
            Self::RaEncryption => "ra-encryption",
        }
    }
}

/// The roles of one of the certificates; none for one that nothing uses.
pub(super) fn of(der: &[u8], all: &CaCertificates) -> Vec<Role> {
    let is_above = all.chain().into_iter().skip(1).any(|one| one.der() == der);
    let claims = [
        (Role::Issuer, all.issuer().der() == der),
        (Role::Chain, is_above),
        (Role::RaSigning, all.ra_signing().der() == der),
        (Role::RaEncryption, all.ra_encryption().der() == der),
    ];
    claims
        .into_iter()
        .filter_map(|(role, is_so)| is_so.then_some(role))
        .collect()
}
