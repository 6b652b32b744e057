//! A self-made certificate for the listeners: for a demonstration and the first minutes, no longer.

use std::time::Duration;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ca::{CertificateAuthority, GeneralName, IssuingKey, Order, Profile, Subject, serial};
use domain::Timestamp;
use zeroize::Zeroizing;

use crate::settings::Settings;

const DAY: u64 = 86_400;

pub struct SelfMade {
    pub root_pem: String,
    pub chain_pem: String,
    pub key_pem: Zeroizing<String>,
}

/// Makes a root of its own and one server certificate for the hosts of both public addresses.
pub fn make(settings: &Settings, now: Timestamp) -> anyhow::Result<SelfMade> {
    let root = CertificateAuthority::create_root(
        "Sceau self-made TLS root",
        IssuingKey::generate(2048)?,
        now.seconds(),
        Duration::from_secs(3650 * DAY),
        serial::random()?,
    )?;
    let key = IssuingKey::generate(2048)?;
    let mut names = vec![
        GeneralName::Dns("localhost".to_owned()),
        GeneralName::Ip([127, 0, 0, 1].into()),
    ];
    for address in [&settings.public_url, &settings.management_url] {
        let url = url::Url::parse(address)?;
        let name = match url.host().context("a public address without a host")? {
            url::Host::Domain(domain) => GeneralName::Dns(domain.to_owned()),
            url::Host::Ipv4(ip) => GeneralName::Ip(ip.into()),
            url::Host::Ipv6(ip) => GeneralName::Ip(ip.into()),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let issued = root
        .prepare(Order {
            profile: Profile::tls_server(),
            subject: Subject::common_name("Sceau"),
            public_key: key.spki().to_vec(),
            names,
            serial: serial::random()?,
            not_before: now.seconds() - 3600,
            not_after: now.plus_seconds(397 * 86_400).seconds(),
            revocation_list_url: None,
            issuer_certificate_url: None,
        })?
        .lint()?
        .sign()?;
    let root_pem = pem("CERTIFICATE", root.certificate());
    Ok(SelfMade {
        chain_pem: format!("{}{root_pem}", pem("CERTIFICATE", &issued.der)),
        root_pem,
        key_pem: Zeroizing::new(pem("PRIVATE KEY", &key.to_pkcs8()?)),
    })
}

/// PEM with lines of 64 characters (RFC 7468).
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        lines.push_str(rest);
        lines.push('\n');
    }
    lines.push_str(&format!("-----END {label}-----\n"));
    lines
}
