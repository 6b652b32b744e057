//! A device that enrolled: its identity, its management tree, and what it says.

use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::device::{
    syncml::{self, Header, Package},
    tree::{Effect, Format, Tree, answer},
};
use rustls::ClientConfig;

use super::{connection::Connection, fleet::Settling};

/// A session of more messages goes in circles.
const MESSAGES: u32 = 60;

/// One device.
pub struct Device {
    /// DeviceID: 32 hex digits.
    pub device_id: String,
    /// The management address, as it stands in its messages.
    pub server: String,
    /// TLS with its identity.
    pub tls: Arc<ClientConfig>,
    /// Whether it was given one.
    pub has_certificate: bool,
    tree: Tree,
    sessions: u32,
}

impl Device {
    pub fn new(number: usize, device_id: String, server: String, tls: Arc<ClientConfig>) -> Self {
        let mut tree = Tree::default();
        tree.set_hardware(true);
        for (path, value) in [
            ("./DevDetail/SwV", "10.0.19045.1".to_owned()),
            (
                "./DevDetail/Ext/Microsoft/DeviceName",
                format!("BENCH-{number:05}"),
            ),
            ("./DevDetail/Ext/Microsoft/OSPlatform", "Windows 10".to_owned()),
            (
                "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber",
                format!("SERIAL-{number:05}"),
            ),
        ] {
            tree.set(path, Format::Chr, value);
        }
        Self {
            device_id,
            server,
            tls,
            has_certificate: false,
            tree,
            sessions: 0,
        }
    }

    /// Its first message of a new session.
    pub fn greeting(&mut self) -> String {
        self.sessions += 1;
        let information = [
            ("DevId", self.device_id.as_str()),
            ("Man", "Contoso"),
            ("Mod", "Model 1"),
            ("DmV", "1.3"),
            ("Lang", "en-US"),
        ];
        Package::first(self.header(), &information)
    }

    /// A whole session, in which each certificate is got that is ordered. Gives how many messages the device sent.
    pub async fn session(&mut self, connection: &mut Connection, settling: &Settling) -> anyhow::Result<u32> {
        let mut package = self.greeting();
        for number in 1..=MESSAGES {
            let body = connection.say(package).await?;
            let message = syncml::read(&body)?;
            let header = self.header();
            let answered = answer(&mut self.tree, &message, header, number + 1);
            for effect in answered.effects {
                match effect {
                    Effect::Enrol(order) => {
                        let certificate = settling.obtain(&order).await?;
                        self.install(&order.unique_id, &certificate);
                        self.has_certificate = true;
                    }
                    Effect::Unenrol => bail!("the device was sent away"),
                    _ => {}
                }
            }
            match answered.package {
                Some(next) => package = next,
                None => return Ok(number),
            }
        }
        bail!("the session doesn't end")
    }

    /// The one message of a session that has nothing to do. Gives whether that is so: what each device is asked about each
    /// week may be due.
    pub async fn idle_session(&mut self, connection: &mut Connection) -> anyhow::Result<bool> {
        let greeting = self.greeting();
        let body = connection.say(greeting).await?;
        let message = syncml::read(&body)?;
        ensure!(message.is_final, "the answer isn't final");
        Ok(message.commands.is_empty())
    }

    /// What Windows does with the certificate of an enrolment.
    fn install(&mut self, unique_id: &str, certificate: &[u8]) {
        let sha1 = fingerprint(certificate);
        self.tree.set_scep_state(unique_id, 1, 0);
        self.tree.set_scep_text(unique_id, "CertThumbprint", &sha1);
        let path = format!("./Vendor/MSFT/CertificateStore/My/System/{sha1}/EncodedCertificate");
        self.tree.set(path, Format::B64, STANDARD.encode(certificate));
    }

    fn header(&self) -> Header {
        Header {
            session_id: self.sessions.to_string(),
            server: self.server.clone(),
            device_id: self.device_id.clone(),
        }
    }
}

fn fingerprint(certificate: &[u8]) -> String {
    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
    lab::device::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref())
}

/// TLS with an identity; without resumption each connection shakes hands in full.
pub fn tls(
    roots: &Arc<rustls::RootCertStore>,
    identity: Vec<u8>,
    pkcs8: &[u8],
) -> anyhow::Result<Arc<ClientConfig>> {
    use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8.to_vec()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots.clone())
        .with_client_auth_cert(vec![CertificateDer::from(identity)], key)
        .context("the identity can't be used for TLS")?;
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

impl Device {
    /// From now on its connections resume the last one's TLS session.
    pub fn resumes(&mut self) {
        let mut config = ClientConfig::clone(&self.tls);
        config.resumption = rustls::client::Resumption::in_memory_sessions(4);
        self.tls = Arc::new(config);
    }

    /// From now on each of its connections shakes hands in full.
    pub fn forgets(&mut self) {
        let mut config = ClientConfig::clone(&self.tls);
        config.resumption = rustls::client::Resumption::disabled();
        self.tls = Arc::new(config);
    }
}
