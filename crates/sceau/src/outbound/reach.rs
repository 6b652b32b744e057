//! Whether a server can be reached at all, step by step: its name, a connection, TLS.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::net::TcpStream;

use super::{
    Trust, Unreachable,
    address::{Address, Origin},
    connection,
    way::{self, Way},
};

/// Time for each of the three.
const LIMIT: Duration = Duration::from_secs(10);

/// A step and the milliseconds that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed<T> {
    /// What came of it.
    pub outcome: Result<T, Unreachable>,
    /// How long it took.
    pub milliseconds: i64,
}

/// How far one gets towards a server. What comes after a failure isn't there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// `host:port`.
    pub place: String,
    /// The proxy between, which then knows the name's addresses, and no one here does.
    pub proxy: Option<String>,
    /// The addresses of its name.
    pub name: Timed<Vec<IpAddr>>,
    /// The address that took a connection.
    pub connection: Option<Timed<SocketAddr>>,
    /// What TLS showed, where the address begins with https.
    pub tls: Option<Timed<TlsSeen>>,
}

impl Reached {
    /// Whether a request could be sent.
    pub fn is_good(&self) -> bool {
        let is_connected = self
            .connection
            .as_ref()
            .is_some_and(|connection| connection.outcome.is_ok());
        is_connected && self.tls.as_ref().is_none_or(|tls| tls.outcome.is_ok())
    }
}

/// What a server showed over TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSeen {
    /// Its certificates (DER), its own first.
    pub chain: Vec<Vec<u8>>,
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: String,
    /// The cipher suite.
    pub suite: String,
}

/// `host:port` of an address, by which two of them are the same server.
pub(super) fn place(url: &str) -> Option<String> {
    let origin = Address::parse(url).ok()?.origin;
    Some(format!("{origin}{}", if origin.is_tls { "+tls" } else { "" }))
}

pub(super) async fn reach(way: &Way, url: &str, trust: &Trust) -> Reached {
    let origin = match Address::parse(url) {
        Ok(address) => address.origin,
        Err(problem) => {
            return Reached {
                place: url.to_owned(),
                proxy: None,
                name: Timed {
                    outcome: Err(problem),
                    milliseconds: 0,
                },
                connection: None,
                tls: None,
            };
        }
    };
    let proxy = way.proxy_to(&origin);
    let name = match proxy {
        Some(_) => timed(&origin, std::future::ready(Ok(Vec::new()))).await,
        None => timed(&origin, way::resolve(&origin)).await,
    };
    let mut reached = Reached {
        place: origin.to_string(),
        proxy: proxy.map(ToString::to_string),
        name: Timed {
            outcome: name
                .outcome
                .clone()
                .map(|addresses| addresses.iter().map(SocketAddr::ip).collect()),
            milliseconds: name.milliseconds,
        },
        connection: None,
        tls: None,
    };
    let Ok(addresses) = name.outcome else {
        return reached;
    };
    let connected = match proxy {
        Some(_) => timed(&origin, way.connect(&origin)).await,
        None => timed(&origin, way::connect_to(&origin, addresses)).await,
    };
    let (stream, outcome) = match connected.outcome {
        Ok(stream) => (Some(stream), Ok(())),
        Err(problem) => (None, Err(problem)),
    };
    let at = |stream: Option<&TcpStream>| {
        stream
            .and_then(|stream| stream.peer_addr().ok())
            .ok_or_else(|| Unreachable::Refused(origin.to_string()))
    };
    reached.connection = Some(Timed {
        outcome: outcome.and_then(|()| at(stream.as_ref())),
        milliseconds: connected.milliseconds,
    });
    if let Some(stream) = stream.filter(|_| origin.is_tls) {
        reached.tls = Some(timed(&origin, handshake(&origin, stream, trust)).await);
    }
    reached
}

async fn handshake(origin: &Origin, stream: TcpStream, trust: &Trust) -> Result<TlsSeen, Unreachable> {
    let stream = connection::secure(origin, stream, trust).await?;
    let (_, session) = stream.get_ref();
    Ok(TlsSeen {
        chain: session
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|certificate| certificate.as_ref().to_vec())
            .collect(),
        version: session
            .protocol_version()
            .and_then(|version| version.as_str())
            .unwrap_or_default()
            .replace('_', "."),
        suite: session
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str())
            .unwrap_or_default()
            .to_owned(),
    })
}

async fn timed<T>(origin: &Origin, step: impl Future<Output = Result<T, Unreachable>>) -> Timed<T> {
    let begun = Instant::now();
    let outcome = tokio::time::timeout(LIMIT, step)
        .await
        .unwrap_or_else(|_| Err(Unreachable::TimedOut(origin.to_string())));
    Timed {
        outcome,
        milliseconds: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
    }
}
