//! The way to other systems.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The way to other systems.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// A proxy that takes CONNECT: `http://HOST:PORT`. Empty: none.
    pub proxy: String,
    /// Hosts that are reached without it, by commas: `ndes.example.com`, or `.example.com` for all below.
    pub no_proxy: String,
    /// Seconds for connecting, TLS and the proxy included.
    pub connect_seconds: u64,
    /// Seconds for one SCEP exchange, connecting included.
    pub exchange_seconds: u64,
    /// Seconds for fetching a challenge while a device waits for it.
    pub challenge_seconds: u64,
    /// Seconds for a sign-in, or a challenge, that a person waits for.
    pub sign_in_seconds: u64,
}

/// A sign-in that took longer would outlive its turn, and another node might begin one under the same password.
const LONGEST_SIGN_IN: u64 = 25;

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            proxy: String::new(),
            no_proxy: String::new(),
            connect_seconds: 10,
            exchange_seconds: 30,
            challenge_seconds: 5,
            sign_in_seconds: 15,
        }
    }
}

impl OutboundSettings {
    /// Host and port of the proxy, if there is one.
    pub fn proxy_address(&self) -> anyhow::Result<Option<(String, u16)>> {
        let text = self.proxy.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || format!("outbound.proxy is http://HOST:PORT, it is {text:?}");
        let url = url::Url::parse(text).with_context(wrong)?;
        anyhow::ensure!(
            url.username().is_empty() && url.password().is_none(),
            "outbound.proxy holds a user name or a password: a proxy that asks for them can't be used"
        );
        anyhow::ensure!(
            url.scheme() == "http" && url.path() == "/" && url.query().is_none() && url.fragment().is_none(),
            wrong()
        );
        let host = match url.host() {
            Some(url::Host::Domain(name)) => name.to_owned(),
            Some(url::Host::Ipv4(ip)) => ip.to_string(),
            Some(url::Host::Ipv6(ip)) => ip.to_string(),
            None => anyhow::bail!(wrong()),
        };
        Ok(Some((host, url.port().unwrap_or(80))))
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.proxy_address()?;
        for (name, seconds, longest) in [
            ("connect_seconds", self.connect_seconds, 300),
            ("exchange_seconds", self.exchange_seconds, 300),
            ("challenge_seconds", self.challenge_seconds, LONGEST_SIGN_IN),
            ("sign_in_seconds", self.sign_in_seconds, LONGEST_SIGN_IN),
        ] {
            anyhow::ensure!(
                (1..=longest).contains(&seconds),
                "outbound.{name} is 1 to {longest}, it is {seconds}"
            );
        }
        Ok(())
    }
}
