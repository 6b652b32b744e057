use crate::certificate::Certificate;
use crate::signed::SignedMessage;
use crate::transport::{CONTENT_TYPE_CA_CERTIFICATE, CONTENT_TYPE_CA_RA_CERTIFICATES};
use crate::{Digest, Error, MAX_CERTIFICATES, MAX_MESSAGE, crypto, signed};

const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_ENCIPHERMENT: u8 = 0x20;

/// One certificate of a CA or RA, as DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificate {
    der: Vec<u8>,
}

impl CaCertificate {
    /// The certificate as received.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its SHA-1, which Windows calls its thumbprint.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        crypto::sha1(&self.der)
    }
}

/// The certificates of a CA: the body of GetCACert (RFC 8894 §4.2.1), with the role of each.
///
/// Roles come from basicConstraints, keyUsage and signatures, never from the order, which servers choose freely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificates {
    all: Vec<CaCertificate>,
    signing: CaCertificate,
    encryption: CaCertificate,
    chain: Vec<CaCertificate>,
    issuer: CaCertificate,
}

impl CaCertificates {
    /// Reads a body in either shape: one bare certificate, or a degenerate SignedData. Not by content type:
    /// servers mislabel it.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Missing`] (none in it) or [`Error::TooLarge`].
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        const WHAT: &str = "answer to GetCACert";
        if body.len() > MAX_MESSAGE {
            return Err(Error::TooLarge(WHAT));
        }
        match Certificate::read(body) {
            Ok(certificate) => Self::from_certificates([certificate.der.to_vec()]),
            Err(_) => match signed::read_degenerate(body) {
                Ok(content) => Self::from_certificates(content.certificates),
                Err(Error::Malformed(_)) => Err(Error::Malformed(WHAT)),
                Err(other) => Err(other),
            },
        }
    }

    /// Reads the answer to GetNextCACert (RFC 8894 §4.7.1): the certificates that will be valid after the CA's next
    /// change of key. The signature must be by a certificate of the current ones.
    ///
    /// # Errors
    /// [`Error::UnknownSigner`] or [`Error::Signature`] when it isn't to be trusted; else as [`Self::parse`].
    pub fn parse_next(body: &[u8], current: &Self) -> Result<Self, Error> {
        let signed = SignedMessage::read_unattributed(body)?;
        if signed.digest == Digest::Md5 {
            return Err(Error::Algorithm("digest"));
        }
        let known = current.all.iter();
        let known = known.filter_map(|certificate| Certificate::read(&certificate.der).ok());
        signed.verify(&signed.signer_among(known).ok_or(Error::UnknownSigner)?)?;
        Self::from_certificates(signed::read_degenerate(signed.content()?)?.certificates)
    }

    /// Takes certificates (DER) in the order in which they shall be sent.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_certificates(certificates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Error> {
        let owned: Vec<_> = certificates.into_iter().take(MAX_CERTIFICATES + 1).collect();
        let all = owned.iter().map(|der| Certificate::read(der));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if all.len() > MAX_CERTIFICATES {
            return Err(Error::TooLarge("set of certificates"));
        }
        let roles = Roles::find(&all).ok_or(Error::Missing("CA certificate"))?;
        Ok(Self {
            signing: as_given(roles.signing),
            encryption: as_given(roles.encryption),
            issuer: as_given(roles.issuer),
            chain: roles.chain.into_iter().map(as_given).collect(),
            all: all.iter().map(as_given).collect(),
        })
    }

    /// The body and its content type: bare DER for one certificate, degenerate SignedData for several.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it can't be written.
    pub fn to_body(&self) -> Result<(Vec<u8>, &'static str), Error> {
        match self.all.as_slice() {
            [only] => Ok((only.der.clone(), CONTENT_TYPE_CA_CERTIFICATE)),
            _ => self.to_degenerate_body(),
        }
    }

    /// The body as degenerate SignedData, even for one certificate, and its content type.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it can't be written.
    pub fn to_degenerate_body(&self) -> Result<(Vec<u8>, &'static str), Error> {
        let certificates: Vec<_> = self
            .all
            .iter()
            .map(|certificate| certificate.der.clone())
            .collect();
        Ok((
            signed::write_degenerate(&certificates, &[]),
            CONTENT_TYPE_CA_RA_CERTIFICATES,
        ))
    }

    /// All of them, as received.
    #[must_use]
    pub fn all(&self) -> &[CaCertificate] {
        &self.all
    }

    /// The certificate that signs replies: the RA's for signing, or the CA's own where there is no RA.
    #[must_use]
    pub fn ra_signing(&self) -> &CaCertificate {
        &self.signing
    }

    /// The certificate to encrypt requests to: the RA's for encryption, or the CA's own where there is no RA.
    #[must_use]
    pub fn ra_encryption(&self) -> &CaCertificate {
        &self.encryption
    }

    /// The CA certificate that issued the RA's (by signature), or the CA's own. Windows wants its SHA-1.
    #[must_use]
    pub fn issuer(&self) -> &CaCertificate {
        &self.issuer
    }

    /// The issuer and those above it, as far as they are here; the root last.
    #[must_use]
    pub fn chain(&self) -> Vec<&CaCertificate> {
        self.chain.iter().collect()
    }
}

fn as_given(certificate: &Certificate<'_>) -> CaCertificate {
    CaCertificate {
        der: certificate.der.to_vec(),
    }
}

struct Roles<'a> {
    signing: &'a Certificate<'a>,
    encryption: &'a Certificate<'a>,
    issuer: &'a Certificate<'a>,
    chain: Vec<&'a Certificate<'a>>,
}

impl<'a> Roles<'a> {
    fn find(all: &'a [Certificate<'a>]) -> Option<Self> {
        let registration = |usage: u8| {
            all.iter()
                .find(|certificate| !certificate.is_ca() && certificate.key_usage() & usage != 0)
        };
        let (signing, encryption) = (registration(DIGITAL_SIGNATURE), registration(KEY_ENCIPHERMENT));
        let above = signing
            .or(encryption)
            .and_then(|certificate| issuer_of(certificate, all));
        let issuer = above.or_else(|| lowest(all)).or(all.first())?;
        Some(Self {
            signing: signing.unwrap_or(issuer),
            encryption: encryption.unwrap_or(issuer),
            issuer,
            chain: chain(issuer, all),
        })
    }
}

fn issuer_of<'a>(certificate: &Certificate<'_>, all: &'a [Certificate<'a>]) -> Option<&'a Certificate<'a>> {
    let mut others = all
        .iter()
        .filter(|other| other.der != certificate.der && other.is_ca());
    others.find(|other| certificate.is_issued_by(other))
}

/// The CA that no other CA stands under: the one that issues, where a chain was sent without an RA.
fn lowest<'a>(all: &'a [Certificate<'a>]) -> Option<&'a Certificate<'a>> {
    let authorities = || all.iter().filter(|certificate| certificate.is_ca());
    let issues_a_ca = |one: &Certificate<'_>| {
        authorities().any(|other| other.der != one.der && !other.is_self_issued() && other.is_issued_by(one))
    };
    authorities()
        .find(|one| !issues_a_ca(one))
        .or_else(|| authorities().next())
}

fn chain<'a>(issuer: &'a Certificate<'a>, all: &'a [Certificate<'a>]) -> Vec<&'a Certificate<'a>> {
    let mut chain = vec![issuer];
    let mut last = issuer;
    // Each certificate at most once: cross-certificates may go round in a ring.
    while !last.is_self_issued() {
        match issuer_of(last, all) {
            Some(next) if chain.iter().all(|seen| seen.der != next.der) => {
                chain.push(next);
                last = next;
            }
            _ => break,
        }
    }
    chain
}
