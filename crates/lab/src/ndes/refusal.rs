//! Why a certificate is refused, and how that is told: every time as badRequest, with an HRESULT
//! beside it, as the real NDES does. Its event log alone says more.

use ca::Finding;
use scep::FailInfo;

#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("no challenge, or one that is unknown, used or expired")]
    Challenge,
    #[error("the message is signed by another key than the request")]
    OtherKey,
    #[error("the request isn't signed by its own key")]
    NoPossession,
    #[error("no such request waits here, and no certificate is handed out by its serial number")]
    NotKept,
    #[error("the CA publishes no template for this key usage")]
    NoTemplate,
    #[error("a person denied it")]
    DeniedByPerson,
    #[error("the message isn't taken: {0}")]
    Message(#[from] scep::Error),
    #[error("the CA denied it: {0}")]
    Denied(#[from] ca::Error),
}

impl Refusal {
    pub(super) fn fail_info(&self) -> FailInfo {
        match self {
            Self::Message(error) => error.fail_info(),
            Self::NotKept => FailInfo::BadCertId,
            _ => FailInfo::BadRequest,
        }
    }

    pub(super) fn hresult(&self) -> i32 {
        let code: u32 = match self {
            // CERTSRV_E_KEY_LENGTH and CERTSRV_E_BAD_REQUESTSUBJECT: the CA's own words.
            Self::Denied(ca::Error::Lint(Finding::KeyTooSmall { .. })) => 0x8009_4811,
            Self::Denied(ca::Error::Lint(Finding::AttributeTooLong { .. })) => 0x8009_4001,
            // CERTSRV_E_UNSUPPORTED_CERT_TYPE.
            Self::NoTemplate => 0x8009_4800,
            // CERTSRV_E_ADMIN_DENIED_REQUEST.
            Self::DeniedByPerson => 0x8009_4014,
            // E_INVALIDARG, the one that was seen from a real NDES. Which one a challenge gets isn't known.
            _ => 0x8007_0057,
        };
        code.cast_signed()
    }
}
