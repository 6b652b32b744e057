//! Whether the certificates of GetCACert are those of the CA that is meant.

use clap::Args;
use domain::thumbprint;
use scep::CaCertificates;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Exit, Failure, answer::Answer};

/// More certificates than any chain has.
const LONGEST_CHAIN: usize = 10;

/// The flag.
#[derive(Debug, Args)]
pub(super) struct Pin {
    /// Thumbprint of the issuing CA or its root (SHA-1, SHA-256 or MD5): refuse other certificates
    #[arg(long, value_name = "HEX", visible_alias = "ca-thumbprint")]
    ca_sha1: Option<String>,
}

impl Pin {
    /// Whether the certificates were checked. GetCACert itself is signed by nobody (RFC 8894 §4.2.1): over http,
    /// whoever stands between could put an encryption certificate of their own beside a real CA's, so each
    /// certificate that is used must come from the pinned one.
    pub(super) fn check(&self, certificates: &CaCertificates) -> Result<bool, Failure> {
        let Some(wanted) = &self.ca_sha1 else {
            return Ok(false);
        };
        let chain: Vec<Vec<u8>> = certificates
            .chain()
            .iter()
            .map(|one| one.der().to_vec())
            .collect();
        let sha1 = thumbprint::match_pasted(wanted, &chain).map_err(|error| match is_thumbprint(wanted) {
            true => Failure::new(
                Exit::Untrusted,
                format!("the CA isn't the one that is pinned: {}", error.detail),
                "If the CA was renewed, ask its owner for the new thumbprint. If not, somebody stands between.",
            ),
            false => Failure::usage(format!("--ca-sha1: {}", error.detail)),
        })?;
        let all: Vec<&[u8]> = certificates.all().iter().map(scep::CaCertificate::der).collect();
        let pinned = all.iter().find(|der| thumbprint::Sha1::of(der) == sha1);
        for (what, used) in [
            ("signs answers", certificates.ra_signing()),
            ("takes requests", certificates.ra_encryption()),
        ] {
            if !pinned.is_some_and(|pinned| descends_from(used.der(), pinned, &all)) {
                return Err(Failure::new(
                    Exit::Untrusted,
                    format!("the certificate that {what} was not issued by the pinned CA"),
                    "Look at `sceau scep cacert`: somebody may stand between.",
                ));
            }
        }
        Ok(true)
    }
}

fn is_thumbprint(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let others = text
        .chars()
        .filter(|c| !c.is_ascii_hexdigit() && !matches!(c, ' ' | ':' | '-'));
    matches!(digits, 32 | 40 | 64) && others.count() == 0
}

/// Whether `certificate` is `ancestor`, or was issued below it through the certificates of `all`.
fn descends_from(certificate: &[u8], ancestor: &[u8], all: &[&[u8]]) -> bool {
    let mut current = certificate;
    for _ in 0..LONGEST_CHAIN {
        if current == ancestor {
            return true;
        }
        let mut above = all
            .iter()
            .filter(|other| **other != current && issued(other, current));
        match above.next() {
            Some(next) => current = next,
            None => return false,
        }
    }
    false
}

/// Whether the first certificate is a CA's, and its key signed the second.
pub(super) fn issued(issuer: &[u8], certificate: &[u8]) -> bool {
    let (Ok((_, issuer)), Ok((_, certificate))) = (
        X509Certificate::from_der(issuer),
        X509Certificate::from_der(certificate),
    ) else {
        return false;
    };
    let may_issue = match issuer.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        Ok(None) => issuer.issuer().as_raw() == issuer.subject().as_raw(),
        Err(_) => false,
    };
    may_issue
        && certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// Says what wasn't checked, and how it could be.
pub(super) fn remark(answer: Answer, is_pinned: bool, certificates: &CaCertificates) -> Answer {
    if is_pinned {
        return answer;
    }
    let sha1 = thumbprint::Sha1::of(certificates.issuer().der());
    answer.with_note(format!(
        "! the CA was not checked: compare its SHA-1 with what its owner says, then pin it: --ca-sha1 {sha1}"
    ))
}
