//! Addresses of other systems, taken apart once.

use std::fmt;

use url::{Host, Url};

use super::Unreachable;

/// Where a connection goes, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// An address: the origin, the Host header and the path with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) origin: Origin,
    pub(super) authority: String,
    pub(super) path: String,
}

impl Address {
    /// Takes an `http` or `https` address apart.
    pub(super) fn parse(text: &str) -> Result<Self, Unreachable> {
        let refuse = |why: &str| Unreachable::Address(format!("{text:?} {why}"));
        let url = Url::parse(text).map_err(|error| refuse(&format!("is no URL ({error})")))?;
        let is_tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(refuse("is neither http nor https")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Unreachable::Address(
                "the address holds a user name or a password: they have fields of their own".to_owned(),
            ));
        }
        let host = match url.host().ok_or_else(|| refuse("has no host"))? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let authority = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let port = url
            .port_or_known_default()
            .unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Self {
            origin: Origin { is_tls, host, port },
            authority,
            path,
        })
    }

    /// The same with `query` put behind what is there.
    pub(super) fn with_query(mut self, query: &str) -> Self {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(query);
        self
    }
}
