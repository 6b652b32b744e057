//! How an authority is signed in to and looked at.

use serde::{Deserialize, Serialize};

/// How an authority is signed in to and looked at. What another version of Sceau wrote is read too: fields that are
/// missing have their defaults, fields that are unknown are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// Basic may be used where the page offers it over https.
    pub allows_basic: bool,
    /// Kerberos is tried before NTLM.
    pub prefers_kerberos: bool,
    /// The key distribution centre, `host` or `host:port`; none is the realm's own name.
    pub kdc: Option<String>,
    /// The message of GetCACert: which of a server's authorities is meant.
    pub ca_name: Option<String>,
    /// Minutes between two looks at it.
    pub watch_minutes: u32,
    /// Where certificates are given for its https, public authorities are trusted too, as earlier versions did.
    #[serde(default = "yes")]
    pub trusts_public: bool,
}

fn yes() -> bool {
    true
}

impl Default for Access {
    fn default() -> Self {
        Self {
            allows_basic: false,
            prefers_kerberos: false,
            kdc: None,
            ca_name: None,
            watch_minutes: 30,
            trusts_public: yes(),
        }
    }
}

/// The parts of a key distribution centre's address, `host` or `host:port`, an IPv6 address in brackets; none if it is
/// neither.
pub fn kdc_address(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let port = port.parse().ok().filter(|port| *port > 0)?;
            (host, Some(port))
        }
        _ => (text, None),
    };
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = inside.parse().ok()?;
        return Some((address.to_string(), port));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
    };
    let is_name = host.len() <= 253 && host.split('.').all(is_label);
    is_name.then(|| (host.to_owned(), port))
}
