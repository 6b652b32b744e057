//! A world for one test: a small management server of the test's own, and the laboratory's NDES.

#![allow(dead_code, reason = "each test uses its part")]

mod messages;
mod server;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ca::{CertificateAuthority, GeneralName, IssuingKey, Order, Profile, Subject, serial};
use lab::device::DevicesOptions;
use lab::ndes::{self, NdesOptions};
use tempfile::TempDir;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// What NDES takes from everyone in these tests.
pub(crate) const CHALLENGE: &str = "0123456789ABCDEF";
/// Real seconds of a laboratory minute.
pub(crate) const MINUTE: f64 = 0.05;

/// What the management server orders; the rest is right.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) challenge: String,
    pub(crate) thumbprint: Option<String>,
    pub(crate) scep_url: Option<String>,
    pub(crate) subject: String,
    pub(crate) sends_root: bool,
    /// The CA's certificate, where it isn't the laboratory's.
    pub(crate) root: Option<Vec<u8>>,
    /// So many answers to enrolment requests are lost after the certificate was issued.
    pub(crate) lost_enrolments: usize,
    /// So many answers in management sessions are lost.
    pub(crate) lost_answers: usize,
    /// Ends by ending the management.
    pub(crate) unenrols: bool,
    /// Ends by deleting what was installed.
    pub(crate) deletes: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            challenge: CHALLENGE.into(),
            thumbprint: None,
            scep_url: None,
            subject: "CN=alice@example.test,O=\"Contoso, Ltd\"".into(),
            sends_root: true,
            root: None,
            lost_enrolments: 0,
            lost_answers: 0,
            deletes: false,
            unenrols: false,
        }
    }
}

/// What the server saw.
#[derive(Clone, Default, Debug)]
pub(crate) struct Seen {
    /// (MessageID, request in base64) of each enrolment request.
    pub(crate) enrolments: Vec<(String, String)>,
    /// Every status of the SCEP node, in order, with the error code.
    pub(crate) states: Vec<(String, String)>,
    /// Thumbprints as the devices gave them.
    pub(crate) thumbprints: Vec<String>,
    /// Certificates (base64) that devices showed; 404 where they don't.
    pub(crate) shown: Vec<Result<String, String>>,
    /// What was wrong with a device's message.
    pub(crate) faults: Vec<String>,
    /// Devices that said that they left.
    pub(crate) left: usize,
    /// The node was deleted.
    pub(crate) deleted: usize,
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) seen: watch::Receiver<Seen>,
    pub(crate) public: SocketAddr,
    _ndes: ndes::Running,
}

impl World {
    pub(crate) async fn start(script: Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ndes = ndes::start(NdesOptions {
            user: "LAB\\ndes".into(),
            password: Zeroizing::new("secret".into()),
            single_challenge: Some(Zeroizing::new(CHALLENGE.into())),
            minute_seconds: MINUTE,
            seed: Some(1),
            ..NdesOptions::on("127.0.0.1:0".parse().unwrap(), folder.path().join("ndes"))
        })
        .await
        .unwrap();
        let authority = authority();
        std::fs::write(
            folder.path().join("tls.pem"),
            ca::pem::certificate(authority.certificate()),
        )
        .unwrap();
        let issuer = script.root.clone();
        let issuer = issuer.unwrap_or_else(|| certificate(&folder.path().join("ndes/ca.pem")));
        let (sender, seen) = watch::channel(Seen::default());
        let mdm = server::Mdm {
            scep_url: format!("http://{}/certsrv/mscep/mscep.dll", ndes.address),
            issuer,
            authority,
            script,
            seen: sender,
            management: Mutex::new(None),
            sessions: Mutex::default(),
        };
        let public = server::listen(Arc::new(mdm)).await;
        Self {
            folder,
            seen,
            public,
            _ndes: ndes,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn options(&self, people: &[&str]) -> DevicesOptions {
        let lines: String = people
            .iter()
            .map(|person| format!("{person}\tits password\n"))
            .collect();
        std::fs::write(self.path("people"), lines).unwrap();
        DevicesOptions {
            server: format!("https://{}", self.public).parse().unwrap(),
            ca_file: self.path("tls.pem"),
            people_file: self.path("people"),
            devices: people.len(),
            data_dir: self.path("devices"),
            minute_seconds: MINUTE,
            faults: lab::faults::Faults::default(),
            seed: Some(7),
            report: Some(self.path("report.json")),
            linger: false,
        }
    }

    /// Runs one device until the server saw what the test waits for.
    pub(crate) async fn run_until(&self, options: DevicesOptions, has_seen: impl Fn(&Seen) -> bool) -> Seen {
        let mut seen = self.seen.clone();
        let waited = async {
            tokio::select! {
                report = lab::device::run(options) => panic!("the run ended: {report:?}"),
                seen = seen.wait_for(has_seen) => seen.unwrap().clone(),
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waited)
            .await
            .expect("it takes too long")
    }

    /// The `my` folder of a device.
    pub(crate) fn held(&self, device: &str) -> Vec<PathBuf> {
        files(&self.path("devices").join(device).join("my"))
    }

    /// Certificates that the laboratory's CA issued.
    pub(crate) fn issued(&self) -> Vec<PathBuf> {
        files(&self.path("ndes/issued"))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect()
}

pub(crate) fn certificate(file: &Path) -> Vec<u8> {
    use rustls_pki_types::pem::PemObject as _;
    rustls_pki_types::CertificateDer::from_pem_file(file)
        .unwrap()
        .to_vec()
}

pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

pub(crate) fn authority() -> CertificateAuthority {
    authority_of(IssuingKey::generate(2048).unwrap())
}

pub(crate) fn authority_of(key: IssuingKey) -> CertificateAuthority {
    let year = Duration::from_secs(365 * 86_400);
    CertificateAuthority::create_root("Device authority", key, now(), year, serial::random().unwrap())
        .unwrap()
}

/// A certificate of the authority for a key.
pub(crate) fn issue(
    authority: &CertificateAuthority,
    profile: Profile,
    name: &str,
    public_key: &[u8],
) -> Vec<u8> {
    let subject = Subject::common_name(name);
    let serial = serial::random().unwrap();
    let mut order = Order::new(profile, subject, public_key, serial, now() - 3600, now() + 86_400);
    if let Ok(address) = name.parse() {
        order.names = vec![GeneralName::Ip(address)];
    }
    authority
        .prepare(order)
        .unwrap()
        .lint()
        .unwrap()
        .sign()
        .unwrap()
        .der
}
