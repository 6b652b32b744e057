//! The server, NDES and devices as single processes, where `sceau demo` would be too kind.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use lab::{
    http::{HttpClient, public},
    network::Network,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sceau::{
    commands::demo::administrator::{Administrator, Ndes},
    settings::{Listen, Settings},
};
use serde_json::Value;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{processes::free_ports, relay::Relay};

/// The account that the server is given.
pub const USER: &str = r"LAB\ndes";
/// The password that the server is given.
pub const PASSWORD: &str = "right";
/// The password of the operator.
const OPERATOR_PASSWORD: &str = "a long enough password";
/// Seconds of a laboratory minute.
const MINUTE: f64 = 0.2;

/// A server with an authority behind a relay, a configuration for all devices, and people.
pub struct Parts {
    pub administrator: Administrator,
    pub configuration: String,
    pub relay: Relay,
    pub folder: TempDir,
    people: Vec<(String, Zeroizing<String>)>,
    ports: SocketAddr,
    minute: f64,
    ndes: Option<Killed>,
    devices: Option<Killed>,
    others: Option<Killed>,
    _server: Killed,
}

/// A process that is killed when it is dropped.
pub struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Parts {
    /// Starts NDES with so many slots and the server, which believes in `believed` slots.
    pub async fn start(people: usize, slots: usize, believed: usize) -> Self {
        Self::start_on(people, slots, believed, "proxy").await
    }

    /// As [`Self::start`], with devices that reach NDES through the proxy or directly.
    pub async fn start_on(people: usize, slots: usize, believed: usize, route: &str) -> Self {
        Self::start_at(people, slots, believed, route, MINUTE).await
    }

    /// As [`Self::start_on`], with laboratory minutes of so many seconds.
    pub async fn start_at(people: usize, slots: usize, believed: usize, route: &str, minute: f64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ports = free_ports();
        let ndes = start_ndes_at(folder.path(), ports, slots, PASSWORD, "", minute);
        let config = write_settings(folder.path(), ports);
        sceau(
            &config,
            &["operator", "add", "admin", "--role", "owner", "--password-stdin"],
        );
        let token = sceau(&config, &["operator", "token", "admin"]);
        let server = spawn(folder.path(), "server", &["--config", &config, "serve"]);
        await_file(&folder.path().join("server/tls-ca.pem")).await;
        await_file(&folder.path().join("ndes/ca.pem")).await;
        let ca =
            CertificateDer::from_pem_file(folder.path().join("server/tls-ca.pem")).expect("a certificate");
        let url = format!("https://{ports}").parse().expect("an address");
        let mut administrator = Administrator::new(url, ca, Zeroizing::new(token)).expect("a client");
        administrator.wait_until_ready().await.expect("the server");
        let people: Vec<_> = (1..=people)
            .map(|number| {
                (
                    format!("person{number}"),
                    Zeroizing::new(format!("password {number} of them")),
                )
            })
            .collect();
        administrator.add_people(&people).await.expect("people");
        let relay = Relay::to(beside(ports, 2));
        let ndes_of_administrator = Ndes {
            address: &format!("http://{}", relay.address),
            user: USER,
            password: PASSWORD,
            challenges_max: believed,
            minute,
            route,
        };
        let configuration = administrator
            .set_up(&ndes_of_administrator)
            .await
            .expect("an authority");
        let mut parts = Self {
            administrator,
            configuration,
            relay,
            folder,
            people,
            ports,
            minute,
            ndes: Some(ndes),
            devices: None,
            others: None,
            _server: server,
        };
        parts.await_first_look().await;
        parts
    }

    /// Where the API has the authority.
    pub async fn authority(&mut self) -> String {
        let authorities = self.administrator.read_all("/authorities").await;
        let id = authorities.expect("authorities")[0]["id"].clone();
        format!("/authorities/{}", id.as_str().expect("an id"))
    }

    /// The server looks at the authority now: its next look may be minutes away.
    pub async fn look(&mut self) -> anyhow::Result<Value> {
        let path = format!("{}/refresh", self.authority().await);
        self.administrator.call(http::Method::POST, &path, None).await
    }

    /// A person enters the right password anew.
    pub async fn enter_password(&mut self) {
        let path = self.authority().await;
        let mut form = self.administrator.read(&path).await.expect("the authority");
        assert_eq!(form["health"]["is_sign_in_stopped"], true, "{form}");
        let kept = [
            "name",
            "kind",
            "scep_url",
            "username",
            "challenge_url",
            "is_plain_http_accepted",
            "limits",
        ];
        form.as_object_mut()
            .expect("an object")
            .retain(|name, _| kept.contains(&name.as_str()));
        form["password"] = PASSWORD.into();
        self.administrator
            .call(http::Method::PUT, &path, Some(&form))
            .await
            .expect("the password is changed");
    }

    /// The timelines of all devices, one after the other.
    pub async fn timelines(&mut self) -> Vec<Value> {
        let mut steps = Vec::new();
        for device in self.administrator.read_all("/devices").await.expect("devices") {
            let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
            steps.extend(self.administrator.read_all(&path).await.expect("a timeline"));
        }
        steps
    }

    /// How often each fault has struck NDES, or the devices.
    pub fn strikes(&self, part: &str) -> Value {
        let counts = fs::read(self.folder.path().join(part).join("faults.json")).expect("the counts");
        serde_json::from_slice(&counts).expect("JSON")
    }

    /// The server looks at a new authority by itself, once. The tests count what is asked after that.
    async fn await_first_look(&mut self) {
        let path = format!("{}/watch", self.authority().await);
        let deadline = Instant::now() + Duration::from_mins(1);
        while self
            .administrator
            .read_all(&path)
            .await
            .expect("checks")
            .is_empty()
        {
            assert!(Instant::now() < deadline, "nobody looked at the authority");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// NDES dies.
    pub fn stop_ndes(&mut self) {
        self.ndes = None;
    }

    /// NDES dies and comes back with another password.
    pub async fn change_password(&mut self, slots: usize, password: &str) {
        self.stop_ndes();
        let (folder, minute) = (self.folder.path(), self.minute);
        self.ndes = Some(start_ndes_at(folder, self.ports, slots, password, "", minute));
        await_listening(beside(self.ports, 2)).await;
    }

    /// NDES begins anew, with faults.
    pub async fn break_ndes(&mut self, slots: usize, faults: &str) {
        self.stop_ndes();
        self.ndes = Some(start_ndes_at(
            self.folder.path(),
            self.ports,
            slots,
            PASSWORD,
            faults,
            self.minute,
        ));
        await_listening(beside(self.ports, 2)).await;
    }

    /// The first so many devices arrive.
    pub fn start_devices(&mut self, devices: usize) {
        self.start_faulty_devices(devices, "");
    }

    /// They arrive with faults of their own.
    pub fn start_faulty_devices(&mut self, devices: usize, faults: &str) {
        self.devices = None;
        self.devices = Some(self.spawn_devices("devices", 0, devices, faults));
    }

    /// Others arrive, those of the people after the first so many. The first ones stay as they are.
    pub fn start_others(&mut self, first: usize, devices: usize) {
        self.others = Some(self.spawn_devices(&format!("others{first}"), first, devices, ""));
    }

    /// The devices of so many people from a place in their list on, in a folder of this name.
    fn spawn_devices(&self, name: &str, skipped: usize, devices: usize, faults: &str) -> Killed {
        let folder = self.folder.path();
        let list: String = self
            .people
            .iter()
            .skip(skipped)
            .map(|(name, password)| format!("{name} {}\n", password.as_str()))
            .collect();
        let people = folder.join(format!("{name}.people"));
        fs::write(&people, list).expect("the list");
        let flags = [
            "lab".to_owned(),
            "devices".to_owned(),
            format!("--server=https://{}", self.ports),
            format!("--ca-file={}", folder.join("server/tls-ca.pem").display()),
            format!("--people={}", people.display()),
            format!("--devices={devices}"),
            format!("--data-dir={}", folder.join(name).display()),
            format!("--minute={}", self.minute),
            format!("--faults={faults}"),
            "--seed=1".to_owned(),
        ];
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        spawn(folder, name, &flags)
    }

    /// The console's page at this address in a language, as its administrator reads it.
    pub async fn page(&self, path: &str, language: &str) -> String {
        let ca = CertificateDer::from_pem_file(self.folder.path().join("server/tls-ca.pem"));
        let trusted = public(&[ca.expect("a certificate")]).expect("a client");
        let mut client = HttpClient::new(trusted, Arc::new(Network::quiet(None)), Duration::from_secs(30));
        let at = |path: &str| url::Url::parse(&format!("https://{}{path}", self.ports)).expect("an address");
        let form = format!("name=admin&password={}", OPERATOR_PASSWORD.replace(' ', "+"));
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let signed_in = client
            .send(http::Method::POST, &at("/login"), &headers, form.into_bytes())
            .await
            .expect("an answer");
        let cookie = signed_in
            .headers
            .get_all(http::header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .collect::<Vec<_>>()
            .join("; ");
        let headers = [("cookie", cookie.as_str()), ("accept-language", language)];
        let page = client
            .send(http::Method::GET, &at(path), &headers, Vec::new())
            .await
            .expect("an answer");
        assert_eq!(page.status, 200, "{path}: signing in gave {}", signed_in.status);
        String::from_utf8_lossy(&page.body).into_owned()
    }

    /// Waits until so many devices stand in a state.
    pub async fn await_state(&mut self, state: &str, count: usize) {
        let deadline = Instant::now() + Duration::from_mins(4);
        let path = format!("/configurations/{}/progress", self.configuration);
        loop {
            let progress = self.administrator.read(&path).await.expect("the progress");
            if progress["states"][state] == count {
                return;
            }
            assert!(Instant::now() < deadline, "not {count} {state}: {progress}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The current delivery of each device.
    pub async fn deliveries(&mut self) -> Vec<Value> {
        let mut deliveries = Vec::new();
        for device in self.administrator.read_all("/devices").await.expect("devices") {
            let id = device["id"].as_str().expect("an id");
            let story = self
                .administrator
                .read(&format!("/devices/{id}"))
                .await
                .expect("a device");
            let own = story["deliveries"].as_array().expect("deliveries");
            deliveries.extend(own.iter().filter(|one| one["is_current"] == true).cloned());
        }
        deliveries
    }
}

pub fn beside(address: SocketAddr, more: u16) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port() + more)
}

pub fn start_ndes(folder: &Path, ports: SocketAddr, slots: usize, password: &str, faults: &str) -> Killed {
    start_ndes_at(folder, ports, slots, password, faults, MINUTE)
}

fn start_ndes_at(
    folder: &Path,
    ports: SocketAddr,
    slots: usize,
    password: &str,
    faults: &str,
    minute: f64,
) -> Killed {
    let flags = [
        "lab".to_owned(),
        "ndes".to_owned(),
        format!("--listen={}", beside(ports, 2)),
        format!("--user={USER}"),
        format!("--password={password}"),
        format!("--data-dir={}", folder.join("ndes").display()),
        format!("--challenges-max={slots}"),
        format!("--minute={minute}"),
        format!("--faults={faults}"),
    ];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    spawn(folder, "ndes", &flags)
}

pub fn write_settings(folder: &Path, ports: SocketAddr) -> String {
    let settings = Settings {
        public_url: format!("https://{ports}"),
        management_url: format!("https://{}", beside(ports, 1)),
        data_dir: folder.join("server"),
        listen: Listen {
            public: ports,
            management: beside(ports, 1),
            metrics: None,
            redirect: None,
            proxies: Vec::new(),
        },
        ..Settings::default()
    };
    let file = folder.join("sceau.toml");
    fs::write(&file, settings.to_toml().expect("TOML")).expect("settings");
    file.display().to_string()
}

fn sceau(config: &str, arguments: &[&str]) -> String {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_sceau"))
        .args(["--config", config])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sceau starts");
    let mut stdin = child.stdin.take().expect("its input");
    // Commands that ask for nothing may have closed it.
    let _ = stdin.write_all(format!("{OPERATOR_PASSWORD}\n").as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("its end");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub fn spawn(folder: &Path, name: &str, arguments: &[&str]) -> Killed {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join(format!("{name}.log")))
        .expect("a log");
    let child = Command::new(env!("CARGO_BIN_EXE_sceau"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn()
        .expect("sceau starts");
    Killed(child)
}

/// Waits until somebody listens there.
pub async fn await_listening(address: SocketAddr) {
    for _ in 0..300 {
        if std::net::TcpStream::connect(address).is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens at {address}");
}

pub async fn await_file(path: &Path) {
    for _ in 0..600 {
        if path.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} was not written", path.display());
}
