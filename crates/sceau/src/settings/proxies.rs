//! Proxies in front of the listeners that end TLS, and how each tells whose it was.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};

/// One proxy, or a network of them. What it says of its clients is believed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Where it connects from: `ADDRESS`, or `ADDRESS/BITS` for a network.
    pub address: Network,
    /// How it tells the certificate of a device; absent: it tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateHeader>,
}

/// The header in which a proxy tells the client's certificate, and how it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateHeader {
    /// `Client-Cert`: a byte sequence of structured fields (RFC 9440, 2.2).
    Rfc9440,
    /// `X-SSL-Client-Cert`: nginx's `$ssl_client_escaped_cert`, PEM with percent-encoding.
    Nginx,
    /// `X-SSL-Client-DER`: HAProxy's `%[ssl_c_der,base64]`.
    Haproxy,
    /// `X-Amzn-Mtls-Clientcert`: AWS' Application Load Balancer with mutual TLS in passthrough, the chain in PEM
    /// with percent-encoding.
    AwsAlb,
}

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether the address belongs to it. An IPv4 address inside IPv6 (`::ffff:…`) counts as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                (first.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                (first.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address
            .parse()
            .map_err(|_| format!("{text:?} is neither ADDRESS nor ADDRESS/BITS"))?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok());
        match bits {
            // A network of everybody would let anybody name any certificate.
            Some(bits) if (1..=most).contains(&bits) => Ok(Self { first, bits }),
            _ => Err(format!("{text:?}: the bits of its network are 1 to {most}")),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.bits)
    }
}
