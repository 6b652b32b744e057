//! Revocation lists (RFC 5280 §5).

use crate::create::CertificateAuthority;
use crate::serial::SerialNumber;
use crate::{Error, Result, der, key, time};

/// One certificate that no longer counts. Revocation is final: there is no hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Its serial number.
    pub serial: SerialNumber,
    /// Seconds since 1970 (UTC).
    pub revoked_at: i64,
    /// Why; left out of the list when it is not said.
    pub reason: Option<RevocationReason>,
}

/// Why a certificate was revoked, by its number in a list (RFC 5280 §5.3.1). `unspecified` is
/// said by saying nothing, as the RFC wants; hold and removal from a list don't exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// The private key is known to others, or may be.
    KeyCompromise = 1,
    /// The private key of an authority is.
    CaCompromise = 2,
    /// The subject's name or other data changed.
    AffiliationChanged = 3,
    /// Another certificate took its place.
    Superseded = 4,
    /// What it was for no longer exists.
    CessationOfOperation = 5,
    /// The subject may no longer do what it says.
    PrivilegeWithdrawn = 9,
    /// The private key of an attribute authority is known to others.
    AaCompromise = 10,
}

impl RevocationReason {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// Its number (CRLReason).
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The reason of a number; `None` for those that don't exist here.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.number() == number)
    }
}

/// What a revocation list shall say. Times in seconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRevocationList {
    /// Grows with each list of the same authority.
    pub number: u64,
    /// When it was made.
    pub this_update: i64,
    /// When the next one comes at the latest; after `this_update`.
    pub next_update: i64,
    /// What is revoked, each serial number once. The whole of it: there are no delta lists.
    pub revoked: Vec<RevokedCertificate>,
}

impl CertificateAuthority {
    /// The DER of a signed list, version 2, with its number and the authority's key identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the next update is not after this one, a time can't be written,
    /// or the authority's certificate doesn't let it sign lists; [`Error::Crypto`] or
    /// [`Error::Token`] when the key doesn't sign.
    pub fn sign_revocation_list(&self, list: &CertificateRevocationList) -> Result<Vec<u8>> {
        if !self.signs_revocation_lists() {
            return Err(Error::Invalid(
                "a revocation list of an authority without cRLSign",
            ));
        }
        if list.next_update <= list.this_update {
            return Err(Error::Invalid("the next update of the revocation list"));
        }
        let issuer = self.issuer();
        let mut fields = vec![
            der::unsigned(&[1]),
            key::signature_algorithm(),
            issuer.name.to_vec(),
            time::write(list.this_update)?,
            time::write(list.next_update)?,
        ];
        // RFC 5280 §5.1.2.6: the list of none is left out, not empty.
        if !list.revoked.is_empty() {
            let entries: Vec<Vec<u8>> = list.revoked.iter().map(entry).collect::<Result<_>>()?;
            fields.push(der::sequence(&entries));
        }
        let mut extensions = Vec::new();
        if let Some(identifier) = issuer.key_identifier {
            let identifier = der::sequence(&[der::primitive(0, identifier)]);
            extensions.push(extension(35, &identifier));
        }
        extensions.push(extension(20, &der::unsigned(&list.number.to_be_bytes())));
        fields.push(der::constructed(0, &der::sequence(&extensions)));
        key::signed(&der::sequence(&fields), issuer.key)
    }
}

fn entry(revoked: &RevokedCertificate) -> Result<Vec<u8>> {
    let mut fields = vec![revoked.serial.to_der(), time::write(revoked.revoked_at)?];
    if let Some(reason) = revoked.reason {
        let reason = der::write(der::ENUMERATED, &[reason.number()]);
        fields.push(der::sequence(&[extension(21, &reason)]));
    }
    Ok(der::sequence(&fields))
}

fn extension(arc: u8, value: &[u8]) -> Vec<u8> {
    der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, &[0x55, 0x1d, arc]),
        der::write(der::OCTET_STRING, value),
    ])
}
