//! Passwords, challenges and addresses' tokens stand in no log and in no file of the server, at its most talkative.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use lab::{
    device::{DeviceState, DevicesOptions},
    http::HttpClient,
    network::Network,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sceau::{
    commands::start,
    settings::{Listen, Settings},
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::distribute;
use crate::{
    laboratory::Laboratory,
    site::{SOAP, Site, computer::Computer},
};

const PERSON: (&str, &str) = ("ada", "canary-enrolment-4f1c");
const GUESS: &str = "canary-guess-51aa";
/// What the laboratory's NDES gives everyone who asks.
const CHALLENGE: &str = "CA9A12EDC0FFEE5EC2E7CA9A12ED0001";
/// Tries to reach a server that has just been started, 100 ms apart.
const TRIES: u32 = 200;

/// A server in a process of its own.
struct Server {
    process: Child,
    folder: TempDir,
    address: SocketAddr,
}

impl Server {
    /// Prepared as an administrator would, then started with everything in its log that there is.
    async fn start(laboratory: &Laboratory) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (public, management) = free_addresses();
        let settings = Settings {
            public_url: format!("https://{public}"),
            management_url: format!("https://{management}"),
            data_dir: folder.path().join("data"),
            listen: Listen {
                public,
                management,
                metrics: None,
                redirect: None,
                proxies: Vec::new(),
            },
            ..Settings::default()
        };
        let site = Site::around(start::application(settings.clone()).await.unwrap());
        distribute(&site.app, laboratory).await;
        site.person(PERSON.0, Some(PERSON.1)).await;
        site.app.store.close().await;
        let file = folder.path().join("sceau.toml");
        std::fs::write(&file, settings.to_toml().unwrap()).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_sceau"))
            .arg("--config")
            .arg(&file)
            .arg("serve")
            .env("SCEAU_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let server = Self {
            process,
            folder,
            address: public,
        };
        server.answers().await;
        server
    }

    async fn answers(&self) {
        for _ in 0..TRIES {
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server doesn't start: {}", self.log());
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.folder.path().join("log")).unwrap()).into_owned()
    }

    fn url(&self) -> url::Url {
        format!("https://{}", self.address).parse().unwrap()
    }

    /// Sends something; the status and the body.
    async fn post(&self, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> (u16, String) {
        let root = CertificateDer::from_pem_file(self.data().join("tls-ca.pem")).unwrap();
        let network = std::sync::Arc::new(Network::quiet(Some(1)));
        let tls = lab::http::public(&[root]).unwrap();
        let mut client = HttpClient::new(tls, network, Duration::from_secs(30));
        let url = self.url().join(path).unwrap();
        let answer = client
            .send(Method::POST, &url, &[("Content-Type", kind)], body.into())
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status.as_u16(), text)
    }

    /// Asks it to end, and waits.
    async fn stop(&mut self) {
        let id = self.process.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.unwrap().success());
        assert!(self.process.wait().await.unwrap().success());
    }
}

/// Two addresses on loopback that nobody listened at a moment ago.
fn free_addresses() -> (SocketAddr, SocketAddr) {
    let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (one, other) = (bind(), bind());
    (one.local_addr().unwrap(), other.local_addr().unwrap())
}

/// One simulated device from nothing to its certificate; the token of the address that it was given.
async fn device(server: &Server) -> String {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    std::fs::write(&people, format!("{} {}\n", PERSON.0, PERSON.1)).unwrap();
    let report = lab::device::run(DevicesOptions {
        server: server.url(),
        ca_file: server.data().join("tls-ca.pem"),
        people_file: people,
        devices: 1,
        data_dir: folder.path().join("devices"),
        minute_seconds: 1.0,
        faults: lab::faults::Faults::default(),
        seed: Some(1),
        report: None,
        linger: false,
    })
    .await
    .unwrap();
    assert_eq!(report.devices[0].state, DeviceState::Certified, "{report:?}");
    let state = files(&folder.path().join("devices"))
        .into_iter()
        .map(|(_, text)| text)
        .find(|text| text.contains("/scep/"))
        .expect("the device remembers its address");
    let (_, rest) = state.split_once("/scep/").unwrap();
    rest[..32].to_owned()
}

/// Every file of a folder and of those in it, as text: octets that are none are replaced, and NULs left out, so that
/// UTF-16 is found as well.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let octets = std::fs::read(&path).unwrap();
            let name = path.display().to_string();
            found.push((name.clone(), String::from_utf8_lossy(&octets).into_owned()));
            let narrow: Vec<u8> = octets.into_iter().filter(|octet| *octet != 0).collect();
            found.push((name, String::from_utf8_lossy(&narrow).into_owned()));
        }
    }
    found
}

/// The forms in which a secret may slip out.
fn forms(secret: &str) -> [String; 5] {
    let hex = sceau::secrets::hex(secret.as_bytes());
    [
        secret.to_owned(),
        secret.to_lowercase(),
        STANDARD.encode(secret),
        hex.to_uppercase(),
        hex,
    ]
}

/// Where one of the secrets stands in one of the texts, and what stands before it.
fn found(texts: &[(String, String)], secrets: &[(&str, &str)]) -> Option<String> {
    for (what, secret) in secrets {
        assert!(secret.len() >= 9, "{what}");
        for form in forms(secret) {
            for (name, text) in texts {
                if let Some(at) = text.find(&form) {
                    let before: String = text[..at].chars().rev().take(300).collect();
                    let before: String = before.chars().rev().collect();
                    return Some(format!("{what} stands in {name}, after: {before}"));
                }
            }
        }
    }
    None
}

#[test]
fn a_secret_is_found_in_each_form() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let wide: Vec<u8> = GUESS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain = forms(GUESS).map(String::into_bytes);
    for form in plain.into_iter().chain([wide]) {
        std::fs::write(
            inner.join("file"),
            [b"\xff\0\x01", form.as_slice(), b"\0"].concat(),
        )
        .unwrap();
        assert!(found(&files(folder.path()), &[("it", GUESS)]).is_some());
    }
    std::fs::write(inner.join("file"), "nothing").unwrap();
    assert_eq!(found(&files(folder.path()), &[("it", GUESS)]), None);
}

#[tokio::test]
async fn a_challenge_at_rest_is_sealed_and_its_address_hashed() {
    let ordered = super::Ordered::new().await;
    let texts = files(&ordered.site.app.settings.data_dir);
    let token = ordered.path().strip_prefix("/scep/").unwrap();
    let secrets = [
        ("the challenge", ordered.order.challenge.as_str()),
        ("the address", token),
        ("the password for NDES", Laboratory::PASSWORD),
        ("the password of enrolment", super::PERSON.1),
    ];
    assert_eq!(found(&texts, &secrets), None);
    let hash = sceau::secrets::token_sha256(token);
    assert!(
        found(&texts, &[("the hash", &hash)]).is_some(),
        "the database was read"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_stands_in_a_log_or_in_a_file_of_the_server() {
    let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
    let mut server = Server::start(&laboratory).await;
    let token = device(&server).await;
    let issued = laboratory.issued();
    assert_eq!(issued.len(), 1, "the device used the challenge: {issued:?}");
    // What is refused is logged most readily.
    let wrong = Computer::new(3).request((PERSON.0, GUESS));
    let (status, text) = server.post("/EnrollmentServer/Enrollment.svc", SOAP, wrong).await;
    assert_eq!(status, 500, "{text}");
    let address = format!("/scep/{token}/pkiclient.exe?operation=PKIOperation");
    let (status, _) = server
        .post(&address, "application/x-pki-message", "garbage")
        .await;
    assert_eq!(status, 400);

    let mut texts = files(server.folder.path());
    server.stop().await;
    texts.extend(files(server.folder.path()));
    let log = server.log();
    assert!(
        log.contains("TRACE") && log.contains("DEBUG"),
        "the log is at its finest level: {log}"
    );
    assert!(log.contains("SELECT"), "the database's threads log as well");
    let is_in_database = |what: &str| {
        texts
            .iter()
            .any(|(name, text)| name.ends_with(".db") && text.contains(what))
    };
    assert!(is_in_database(PERSON.0), "the database was read");
    assert!(is_in_database("LAB\\ndes"), "the authority's account is known");
    let found = found(
        &texts,
        &[
            ("the password of enrolment", PERSON.1),
            ("a wrong password", GUESS),
            ("the password for NDES", Laboratory::PASSWORD),
            ("the password for NDES in part, as in UTF-16", "canary: p"),
            ("the challenge", CHALLENGE),
            ("the address of a delivery", &token),
        ],
    );
    assert_eq!(found, None);
}
