//! The way to other systems: straight, or through a proxy by CONNECT (RFC 9110 §9.3.6). Plain http goes through a
//! tunnel as well: NTLM signs in one connection, which a proxy that passes single requests on doesn't keep.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Unreachable, address::Origin};
use crate::settings::OutboundSettings;

/// Time for one of a name's addresses, so that a dead one leaves time for the next.
const ADDRESS_LIMIT: Duration = Duration::from_secs(4);
/// The longest head of a proxy's answer.
const MAX_HEAD: usize = 8192;

/// How other systems are reached.
#[derive(Clone, Debug)]
pub(super) struct Way {
    proxy: Option<Origin>,
    straight: Vec<String>,
    /// Time for connecting as a whole, TLS included.
    pub(super) limit: Duration,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            proxy: None,
            straight: Vec::new(),
            limit: Duration::from_secs(OutboundSettings::default().connect_seconds),
        }
    }
}

impl Way {
    /// The way that the settings describe.
    pub(super) fn new(settings: &OutboundSettings) -> anyhow::Result<Self> {
        let proxy = settings.proxy_address()?.map(|(host, port)| Origin {
            is_tls: false,
            host,
            port,
        });
        let straight = settings
            .no_proxy
            .split(',')
            .map(|host| host.trim().to_ascii_lowercase())
            .filter(|host| !host.is_empty())
            .collect();
        Ok(Self {
            proxy,
            straight,
            limit: Duration::from_secs(settings.connect_seconds),
        })
    }

    /// Connects to an origin, without its TLS.
    pub(super) async fn connect(&self, origin: &Origin) -> Result<TcpStream, Unreachable> {
        match self.proxy_to(origin) {
            Some(proxy) => tunnel(proxy, origin).await,
            None => straight(origin).await,
        }
    }

    /// The proxy between, if there is one.
    pub(super) fn proxy_to(&self, origin: &Origin) -> Option<&Origin> {
        self.proxy.as_ref().filter(|_| !self.is_straight(&origin.host))
    }

    fn is_straight(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.straight.iter().any(|known| match known.strip_prefix('.') {
            Some(domain) => {
                host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            }
            None => host == *known,
        })
    }
}

async fn tunnel(proxy: &Origin, origin: &Origin) -> Result<TcpStream, Unreachable> {
    let failed = |detail: String| Unreachable::Proxy {
        proxy: proxy.to_string(),
        detail,
    };
    let mut stream = straight(proxy).await.map_err(|error| failed(error.to_string()))?;
    // An IPv6 address stands in brackets.
    let target = if origin.host.contains(':') {
        format!("[{}]:{}", origin.host, origin.port)
    } else {
        origin.to_string()
    };
    let ask = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    stream
        .write_all(ask.as_bytes())
        .await
        .map_err(|error| failed(error.to_string()))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // One at a time: what follows the head belongs to the other side of the tunnel.
        let octet = stream
            .read_u8()
            .await
            .map_err(|error| failed(format!("it ended the connection: {error}")))?;
        head.push(octet);
        if head.len() > MAX_HEAD {
            return Err(failed("its answer is too long".to_owned()));
        }
    }
    match status(&head) {
        Some(200..=299) => Ok(stream),
        Some(407) => Err(failed(
            "it asks for a sign-in (HTTP 407): let this server through without one".to_owned(),
        )),
        Some(status) => Err(failed(format!(
            "it refused to connect to {target} (HTTP {status})"
        ))),
        None => Err(failed("it doesn't answer as an HTTP proxy".to_owned())),
    }
}

/// The status in the first line, `HTTP/1.1 200 …`.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|octet| *octet == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let (version, rest) = line.split_once(' ')?;
    if !version.starts_with("HTTP/1.") {
        return None;
    }
    rest.get(..3)?.parse().ok()
}

async fn straight(origin: &Origin) -> Result<TcpStream, Unreachable> {
    connect_to(origin, resolve(origin).await?).await
}

/// The addresses of a name.
pub(super) async fn resolve(origin: &Origin) -> Result<Vec<SocketAddr>, Unreachable> {
    let unresolved = || Unreachable::Name(origin.host.clone());
    let addresses: Vec<_> = tokio::net::lookup_host((origin.host.as_str(), origin.port))
        .await
        .map_err(|_| unresolved())?
        .take(8)
        .collect();
    if addresses.is_empty() {
        return Err(unresolved());
    }
    Ok(addresses)
}

/// A connection to the first of the addresses that takes one.
pub(super) async fn connect_to(
    origin: &Origin,
    addresses: Vec<SocketAddr>,
) -> Result<TcpStream, Unreachable> {
    let mut problem = Unreachable::Name(origin.host.clone());
    for address in addresses {
        match tokio::time::timeout(ADDRESS_LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                problem = Unreachable::Refused(origin.to_string());
            }
            Ok(Err(error)) => {
                problem = Unreachable::Network {
                    host: origin.to_string(),
                    detail: error.to_string(),
                };
            }
            Err(_) => problem = Unreachable::TimedOut(origin.to_string()),
        }
    }
    Err(problem)
}
