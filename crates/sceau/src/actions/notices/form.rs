//! What makes a channel, checked.

use domain::{Error, error::named, notification::Target};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use url::Url;

/// Octets of an address at most (RFC 5321 §4.5.3.1.3 allows 254 in a mailbox; a webhook's may be longer).
const LONGEST: usize = 2000;

/// A new channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelForm {
    /// A person.
    Email {
        /// The address.
        address: String,
        /// `en` or `fr`.
        language: String,
    },
    /// A program.
    Webhook {
        /// A name to know it by.
        name: String,
        /// `https://…`.
        url: String,
        /// Certificates (PEM) trusted there; empty for the public ones alone.
        trust_pem: String,
    },
}

impl ChannelForm {
    /// Name and target, or what is wrong.
    pub(super) fn checked(self) -> Result<(String, Target), Error> {
        match self {
            Self::Email { address, language } => {
                let address = address.trim().to_owned();
                if address.parse::<lettre::Address>().is_err() {
                    return Err(Error::invalid("address", "this is no mail address"));
                }
                if !matches!(language.as_str(), "en" | "fr") {
                    return Err(Error::invalid("language", "the language is en or fr"));
                }
                let name = named("address", &address)?;
                Ok((name, Target::Email { address, language }))
            }
            Self::Webhook { name, url, trust_pem } => Ok((
                named("name", &name)?,
                Target::Webhook {
                    url: checked_url(url.trim())?,
                    trust_pem: checked_trust(trust_pem.trim())?,
                },
            )),
        }
    }
}

fn checked_url(text: &str) -> Result<String, Error> {
    let refuse = |detail: &str| Error::invalid("url", detail);
    let url = Url::parse(text).map_err(|_| refuse("this is no URL"))?;
    if url.scheme() != "https" {
        return Err(refuse("a webhook's address begins with https://").keyed("error-url-https"));
    }
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !is_plain || url.host().is_none() || text.len() > LONGEST {
        return Err(refuse("the address has a host, and neither account nor fragment"));
    }
    Ok(text.to_owned())
}

/// Whether a text is certificates in PEM.
pub(in crate::actions) fn are_certificates(pem: &str) -> bool {
    matches!(checked_trust(pem), Ok(Some(_)))
}

fn checked_trust(pem: &str) -> Result<Option<String>, Error> {
    if pem.is_empty() {
        return Ok(None);
    }
    let refuse = || Error::invalid("trust_pem", "these are no certificates in PEM");
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots
            .add(certificate.map_err(|_| refuse())?)
            .map_err(|_| refuse())?;
    }
    if roots.is_empty() {
        return Err(refuse());
    }
    Ok(Some(pem.to_owned()))
}
