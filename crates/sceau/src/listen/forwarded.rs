//! What proxies in front of the listeners tell of their clients: where they are, and whose certificate they
//! proved. Believed from the proxies of the settings, dropped from anybody else.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use super::PeerCertificate;
use crate::settings::{CertificateHeader, Proxy};

/// What is never handed on to a handler. RFC 9440, 4: both of its headers are dropped where they aren't believed.
const DROPPED: [&str; 6] = [
    CertificateHeader::Rfc9440.name(),
    "client-cert-chain",
    CertificateHeader::Nginx.name(),
    CertificateHeader::Haproxy.name(),
    CertificateHeader::AwsAlb.name(),
    FORWARDED_FOR,
];
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who is believed, at one listener.
#[derive(Clone, Debug, Default)]
pub struct Forwarded {
    proxies: Arc<[Proxy]>,
    takes_certificates: bool,
}

/// The client of one request.
pub(super) struct Client {
    /// Port 0 where a proxy told the address.
    pub address: SocketAddr,
    pub certificate: Option<PeerCertificate>,
}

/// A listed proxy tells something that can't be so: its configuration lets through what a client says.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("the header {0} came twice")]
    Twice(&'static str),
    #[error("the header {0} holds no certificate")]
    Unreadable(&'static str),
    #[error("the header {0} came over a connection with a client certificate of its own")]
    Conflict(&'static str),
}

impl Forwarded {
    /// Believes where the proxies' clients are, and nothing else: for listeners without client certificates.
    pub fn addresses(proxies: &[Proxy]) -> Self {
        Self {
            proxies: proxies.into(),
            takes_certificates: false,
        }
    }

    /// Believes their certificates as well.
    pub fn certificates(proxies: &[Proxy]) -> Self {
        Self {
            proxies: proxies.into(),
            takes_certificates: true,
        }
    }

    /// The client of a request that came over this connection. Takes the headers that say so off the request.
    pub(super) fn client(
        &self,
        from: SocketAddr,
        tls: Option<&PeerCertificate>,
        headers: &mut HeaderMap,
    ) -> Result<Client, Refused> {
        let client = match self.proxy(from.ip()) {
            Some(proxy) => self.told_by(proxy, from, tls, headers),
            None => Ok(Client {
                address: from,
                certificate: tls.cloned(),
            }),
        };
        for name in DROPPED {
            headers.remove(name);
        }
        client
    }

    /// The first entry counts.
    fn proxy(&self, address: IpAddr) -> Option<&Proxy> {
        self.proxies.iter().find(|proxy| proxy.address.contains(address))
    }

    fn told_by(
        &self,
        proxy: &Proxy,
        from: SocketAddr,
        tls: Option<&PeerCertificate>,
        headers: &HeaderMap,
    ) -> Result<Client, Refused> {
        let told = match proxy.certificate {
            Some(header) if self.takes_certificates => header.read(headers)?,
            _ => None,
        };
        if let (Some(header), Some(_), Some(_)) = (proxy.certificate, &told, tls) {
            return Err(Refused::Conflict(header.name()));
        }
        Ok(Client {
            address: self.origin(from, headers),
            certificate: told.or_else(|| tls.cloned()),
        })
    }

    /// The last address of `X-Forwarded-For` that is no proxy of ours: what stands before it is the client's own
    /// word.
    fn origin(&self, from: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        let hops: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .collect();
        let mut origin = from;
        for hop in hops.into_iter().rev() {
            let Some(address) = hop_address(hop.trim()) else {
                break;
            };
            origin = SocketAddr::new(address, 0);
            if self.proxy(address).is_none() {
                break;
            }
        }
        origin
    }
}

/// An address, with or without a port.
fn hop_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    let address = address.or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))?;
    Some(address.to_canonical())
}

impl CertificateHeader {
    const fn name(self) -> &'static str {
        match self {
            Self::Rfc9440 => "client-cert",
            Self::Nginx => "x-ssl-client-cert",
            Self::Haproxy => "x-ssl-client-der",
            Self::AwsAlb => "x-amzn-mtls-clientcert",
        }
    }

    /// `None` where the client showed none.
    fn read(self, headers: &HeaderMap) -> Result<Option<PeerCertificate>, Refused> {
        let mut values = headers.get_all(self.name()).iter();
        let value = values.next();
        if values.next().is_some() {
            return Err(Refused::Twice(self.name()));
        }
        match value {
            Some(value) if !value.is_empty() => match self.certificate(value) {
                Some(der) => Ok(Some(PeerCertificate(der.into()))),
                None => Err(Refused::Unreadable(self.name())),
            },
            _ => Ok(None),
        }
    }

    fn certificate(self, value: &HeaderValue) -> Option<Vec<u8>> {
        let text = value.to_str().ok()?.trim();
        let der = match self {
            Self::Rfc9440 => {
                let encoded = text.strip_prefix(':')?.strip_suffix(':')?;
                STANDARD.decode(encoded).ok()?
            }
            Self::Haproxy => STANDARD.decode(text).ok()?,
            Self::Nginx => {
                let mut certificates = certificates(text)?.into_iter();
                let only = certificates.next();
                only.filter(|_| certificates.next().is_none())?
            }
            // The client's own comes first (RFC 8446, 4.4.2).
            Self::AwsAlb => certificates(text)?.into_iter().next()?,
        };
        (!der.is_empty()).then_some(der)
    }
}

/// The certificates of percent-encoded PEM.
fn certificates(text: &str) -> Option<Vec<Vec<u8>>> {
    let pem = percent_decoded(text)?;
    CertificateDer::pem_slice_iter(&pem)
        .map(|certificate| certificate.ok().map(|der| der.to_vec()))
        .collect()
}

/// RFC 3986, 2.1. A `+` is a plus sign: AWS leaves those of base64 as they are. What both must escape is refused: a
/// comma joins two headers that became one.
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut octets = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(octet) = octets.next() {
        decoded.push(match octet {
            b'%' => (hex_digit(octets.next()?)? << 4) | hex_digit(octets.next()?)?,
            plain if plain.is_ascii_alphanumeric() || b"-._~+=/".contains(&plain) => plain,
            _ => return None,
        });
    }
    Some(decoded)
}

fn hex_digit(octet: u8) -> Option<u8> {
    char::from(octet)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
