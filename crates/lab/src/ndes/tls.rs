//! HTTPS for the look-alike: an authority of its own, and a certificate for loopback made at each start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use aws_lc_rs::digest;
use ca::{GeneralName, IssuingKey, Order, Profile, Subject, serial};
use md5::{Digest as _, Md5};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::authority;
use super::folder::Folder;

pub(super) struct Tls {
    pub(super) acceptor: TlsAcceptor,
    /// What a client that binds NTLM to this channel sends (MS-NLMP 2.2.2.1).
    pub(super) channel_binding: [u8; 16],
}

impl Tls {
    /// The authority lies in the folder as `tls-ca.pem`. `now` in seconds since 1970.
    ///
    /// # Errors
    /// The folder can't be read or written.
    pub(super) fn open(folder: &Folder, now: i64) -> anyhow::Result<Self> {
        let authority = authority::root(folder, "tls-ca", "Laboratory TLS CA", now)?;
        let key = IssuingKey::generate(2048)?;
        let subject = Subject::common_name("localhost");
        let (begin, end) = (now - 86_400, now + 365 * 86_400);
        let mut order = Order::new(
            Profile::tls_server(),
            subject,
            key.spki(),
            serial::random()?,
            begin,
            end,
        );
        order.names = vec![
            GeneralName::Dns("localhost".to_owned()),
            GeneralName::Ip(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            GeneralName::Ip(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ];
        let issued = authority.prepare(order)?.lint()?.sign()?;
        let channel_binding = channel_binding(&issued.der);
        let chain = vec![CertificateDer::from(issued.der)];
        let secret = PrivatePkcs8KeyDer::from(key.to_pkcs8()?.to_vec());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        // No client certificate is ever asked for: Windows' SCEP client breaks on the question.
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, secret.into())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            channel_binding,
        })
    }
}

/// The MD5 of a `gss_channel_bindings_struct` (RFC 2744 §3.11) that holds only tls-server-end-point
/// (RFC 5929 §4), the hash of the server's certificate, here SHA-256.
fn channel_binding(certificate: &[u8]) -> [u8; 16] {
    let mut data = b"tls-server-end-point:".to_vec();
    data.extend(digest::digest(&digest::SHA256, certificate).as_ref());
    // Both addresses are absent: two empty types, two empty values.
    let mut bindings = vec![0; 16];
    bindings.extend(u32::try_from(data.len()).unwrap_or(0).to_le_bytes());
    bindings.extend(data);
    Md5::digest(&bindings).into()
}
