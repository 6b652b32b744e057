//! Revocation lists (RFC 5280 §5).

use crate::create::CertificateAuthority;
use crate::serial::SerialNumber;
use crate::{Result, der, key, time};

/// One certificate that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    pub serial: SerialNumber,
    /// Seconds since 1970 (UTC).
    pub revoked_at: i64,
}

/// What a revocation list shall say. Times in seconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRevocationList {
    /// Grows with each list of the same authority.
    pub number: u64,
    pub this_update: i64,
    pub next_update: i64,
    pub revoked: Vec<RevokedCertificate>,
}

impl CertificateAuthority {
    /// The DER of a signed list, version 2, with its number and the authority's key identifier.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) when a time can't be written.
    pub fn sign_revocation_list(&self, list: &CertificateRevocationList) -> Result<Vec<u8>> {
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
    Ok(der::sequence(&[
        revoked.serial.to_der(),
        time::write(revoked.revoked_at)?,
    ]))
}

fn extension(arc: u8, value: &[u8]) -> Vec<u8> {
    der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, &[0x55, 0x1d, arc]),
        der::write(der::OCTET_STRING, value),
    ])
}
