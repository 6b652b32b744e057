//! Devices behind real proxies that end their TLS, each set up as docs/operations.md says: an identity counts there
//! exactly as it does without one.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use rustls::{
    ClientConfig, HandshakeKind,
    version::{TLS12, TLS13},
};
use sceau::listen::Running;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::{
    forwarded::{
        GET, computer, exchange_from, has_talked, headers, holder, listed_as, management, nobody, reflect,
        serve, with,
    },
    tls::{Shown, client, exchange_over, message},
};
use crate::{
    outbound::apache::{free_port, run},
    site::{Site, computer::Computer},
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Nginx,
    Haproxy,
    Apache,
}

const KINDS: [Kind; 3] = [Kind::Nginx, Kind::Haproxy, Kind::Apache];

impl Kind {
    /// Its name in `listen.proxies`.
    fn certificate(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "rfc9440",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Nginx => "### nginx\n",
            Self::Haproxy => "### HAProxy\n",
            Self::Apache => "### Apache\n",
        }
    }

    fn command(self, file: &Path) -> Command {
        let mut command = match self {
            Self::Nginx => {
                let mut command = Command::new("/usr/sbin/nginx");
                command.arg("-p").arg(file.parent().unwrap());
                command.arg("-c").arg(file);
                command
            }
            Self::Haproxy => {
                let mut command = Command::new("/usr/sbin/haproxy");
                command.arg("-f").arg(file);
                command
            }
            Self::Apache => {
                let mut command = Command::new("/usr/sbin/apache2");
                command.args(["-DFOREGROUND", "-f"]).arg(file);
                command
            }
        };
        command.stdout(Stdio::null());
        command
    }

    /// What the documentation leaves to the installation.
    fn around(self, documented: &str, here: &Path) -> String {
        let here = here.display();
        match self {
            Self::Nginx => {
                let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                    .map(|name| format!("{name}_temp_path {here}/{name};\n"))
                    .concat();
                format!(
                    "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log {here}/said info;\n\
                     events {{ worker_connections 64; }}\nhttp {{\naccess_log off;\n{folders}{documented}}}\n"
                )
            }
            Self::Haproxy => format!(
                "global\n    log stderr format raw local0 info\n    tune.ssl.default-dh-param 2048\n\
                 defaults\n    mode http\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n\
                 {documented}"
            ),
            Self::Apache => {
                let modules: String = ["mpm_event", "authz_core", "ssl", "headers", "proxy", "proxy_http"]
                    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
                    .concat();
                let user = match run(Command::new("id").arg("-u")).trim() {
                    "0" => "User www-data\nGroup www-data\n",
                    _ => "",
                };
                format!(
                    "{modules}{user}ServerRoot {here}\nDefaultRuntimeDir {here}\nPidFile {here}/pid\n\
                     ServerName localhost\nErrorLog {here}/said\nLogLevel info\nStartServers 1\nServerLimit 1\n\
                     ThreadsPerChild 8\nMaxRequestWorkers 8\n{documented}"
                )
            }
        }
    }
}

/// Stopped when the test ends, however it ends.
struct Proxy {
    address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Asked to end, it ends its children as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// One in front of `behind`, with the certificate that the site's own listeners have.
    async fn start(kind: Kind, site: &Site, behind: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        // Started by root, its children are another user's.
        fs::set_permissions(here, PermissionsExt::from_mode(0o755)).unwrap();
        let data = &site.app.settings.data_dir;
        let read = |name: &str| fs::read_to_string(data.join(name)).unwrap();
        fs::write(here.join("mdm.pem"), read("tls.pem") + &read("tls.key")).unwrap();
        fs::write(here.join("mdm.key"), read("tls.key")).unwrap();
        fs::write(here.join("sceau-ca.pem"), read("tls-ca.pem")).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        // Apache compares names alone, the others may take another address of that name.
        let host = match kind {
            Kind::Apache => "localhost",
            _ => "127.0.0.1",
        };
        let documented = documented(kind)
            .replace("/etc/sceau-proxy", &here.display().to_string())
            .replace("sceau.internal:8444", &format!("{host}:{}", behind.port()))
            .replace("sceau.internal", "localhost")
            .replace("mdm.example.com", "localhost")
            .replace("*:8444", &address.to_string())
            .replace("Listen 8444", &format!("Listen {address}"));
        assert!(documented.contains(&address.to_string()), "{documented}");
        let file = here.join("conf");
        fs::write(&file, kind.around(&documented, here)).unwrap();
        let mut child = kind
            .command(&file)
            .stderr(fs::File::create(here.join("errors")).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{kind:?} is needed, see tests/packages.sh: {error}"));
        for _ in 0..200 {
            if TcpStream::connect(address).await.is_ok() {
                return Self {
                    address,
                    child,
                    folder,
                };
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let _ = child.kill();
        panic!("{kind:?} didn't start: {}", said(here));
    }

    /// What it logged.
    fn said(&self) -> String {
        said(self.folder.path())
    }
}

fn said(folder: &Path) -> String {
    ["errors", "said"]
        .map(|name| fs::read_to_string(folder.join(name)).unwrap_or_default())
        .concat()
}

/// The first block of code under its heading.
fn documented(kind: Kind) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, after) = page.split_once(kind.heading()).unwrap();
    let mut lines = after.lines().skip_while(|line| !line.starts_with("    "));
    let mut block = String::new();
    for line in lines.by_ref() {
        match line.strip_prefix("    ") {
            Some(code) => block.push_str(code),
            None if line.is_empty() => {}
            None => break,
        }
        block.push('\n');
    }
    block
}

struct Proxied {
    site: Site,
    computer: Computer,
    other: Computer,
    proxy: Proxy,
    _management: Running,
}

impl Proxied {
    /// Two computers that enrolled so many days ago, and a proxy before the listener that they reach.
    async fn new(kind: Kind, days_ago: i64) -> Self {
        let site = Site::begun(days_ago).await;
        let computer = computer(&site, 1).await;
        let other = self::computer(&site, 2).await;
        site.pass(days_ago * 86_400);
        let management = management(&site, listed_as(kind.certificate())).await;
        let proxy = Proxy::start(kind, &site, management.address).await;
        Self {
            site,
            computer,
            other,
            proxy,
            _management: management,
        }
    }

    async fn sent(&self, client: Arc<ClientConfig>, request: &str) -> std::io::Result<String> {
        exchange_from("127.0.0.1", self.proxy.address, client, request).await
    }

    async fn answered(&self, client: Arc<ClientConfig>, request: &str, beginning: &str) -> String {
        let answer = self.sent(client, request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{error}: {}", self.proxy.said()));
        assert!(answer.starts_with(beginning), "{answer}\n{}", self.proxy.said());
        answer
    }
}

async fn a_device_is_itself_behind(kind: Kind) {
    let proxied = Proxied::new(kind, 0).await;
    let (site, computer) = (&proxied.site, &proxied.computer);
    for (version, sessions) in [(&TLS12, ["1", "2"]), (&TLS13, ["3", "4"])] {
        let shown = Shown::new(&computer.identity, &computer.key);
        let client = client(site, version, shown);
        for (session, handshake) in sessions
            .into_iter()
            .zip([HandshakeKind::Full, HandshakeKind::Resumed])
        {
            let stream = TcpStream::connect(proxied.proxy.address).await.unwrap();
            let request = message(&computer.greeting(session));
            let (kind_of_handshake, answer) = exchange_over(stream, client.clone(), &request).await.unwrap();
            assert_eq!(kind_of_handshake, handshake, "{kind:?} {version:?}");
            assert!(
                answer.starts_with("HTTP/1.1 200"),
                "{answer}\n{}",
                proxied.proxy.said()
            );
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let head = head.to_lowercase();
            assert!(
                head.contains(&format!("content-length: {}", body.len())),
                "{head}"
            );
            assert!(!head.contains("transfer-encoding"), "{head}");
        }
    }
    assert!(has_talked(site, computer).await);
    assert!(!has_talked(site, &proxied.other).await);
}

async fn a_forged_header_is_worth_nothing_behind(kind: Kind) {
    let proxied = Proxied::new(kind, 0).await;
    let (site, computer, other) = (&proxied.site, &proxied.computer, &proxied.other);
    let root = site.app.device_authority.certificate().to_vec();
    let forged: Vec<_> = headers(&other.identity, &root)
        .into_iter()
        .map(|(_, name, value)| (name, value))
        .collect();
    let request = with(&message(&computer.greeting("1")), &forged);
    let answer = proxied.answered(nobody(site), &request, "HTTP/1.1 403").await;
    assert!(answer.contains("a device certificate is needed"), "{answer}");
    proxied
        .answered(holder(site, computer), &request, "HTTP/1.1 200")
        .await;
    assert!(has_talked(site, computer).await);
    assert!(!has_talked(site, other).await);
}

async fn a_copied_certificate_without_its_key_is_refused_by(kind: Kind) {
    let proxied = Proxied::new(kind, 0).await;
    let (site, computer) = (&proxied.site, &proxied.computer);
    let thief = ca::IssuingKey::generate(2048).unwrap().to_pkcs8().unwrap();
    let request = message(&computer.greeting("1"));
    for version in [&TLS12, &TLS13] {
        let shown = |key: &[u8]| client(site, version, Shown::new(&computer.identity, key));
        let sent = proxied.sent(shown(&thief), &request).await;
        assert!(sent.is_err(), "{kind:?} {version:?}: {sent:?}");
    }
    assert!(!has_talked(site, computer).await);
    // It was for the key alone.
    for version in [&TLS12, &TLS13] {
        let shown = Shown::new(&computer.identity, &computer.key);
        proxied
            .answered(client(site, version, shown), &request, "HTTP/1.1 200")
            .await;
    }
}

async fn a_removed_device_is_refused_behind(kind: Kind) {
    let proxied = Proxied::new(kind, 0).await;
    let (site, computer) = (&proxied.site, &proxied.computer);
    let client = holder(site, computer);
    let request = message(&computer.greeting("1"));
    proxied.answered(client.clone(), &request, "HTTP/1.1 200").await;
    let device = site.device(&computer.device_id).await.id;
    let now = site.app.now();
    site.app
        .store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move {
                let all = store::identities::of_device(tx, &device).await?;
                store::identities::revoke(tx, &all[0].id, now).await
            })
        })
        .await
        .unwrap();
    let request = message(&computer.greeting("2"));
    let answer = proxied.answered(client, &request, "HTTP/1.1 403").await;
    assert!(answer.contains("must enrol again"), "{answer}");
}

#[tokio::test]
async fn a_device_is_itself_behind_each_proxy() {
    for kind in KINDS {
        a_device_is_itself_behind(kind).await;
    }
}

#[tokio::test]
async fn a_forged_header_is_worth_nothing_behind_each_proxy() {
    for kind in KINDS {
        a_forged_header_is_worth_nothing_behind(kind).await;
    }
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_is_refused_by_each_proxy() {
    for kind in KINDS {
        a_copied_certificate_without_its_key_is_refused_by(kind).await;
    }
}

#[tokio::test]
async fn a_removed_device_is_refused_behind_each_proxy() {
    for kind in KINDS {
        a_removed_device_is_refused_behind(kind).await;
    }
}

#[tokio::test]
async fn each_proxy_tells_where_its_client_is_and_not_where_it_says_to_be() {
    let site = Site::new().await;
    let computer = computer(&site, 1).await;
    for kind in KINDS {
        let forwarded = listed_as(kind.certificate());
        let running = serve(&site, forwarded, Router::new().fallback(reflect)).await;
        let proxy = Proxy::start(kind, &site, running.address).await;
        let said = [("X-Forwarded-For", "198.51.100.7".to_owned())];
        for (client, seen) in [
            (nobody(&site), "127.0.0.5 false "),
            (holder(&site, &computer), "127.0.0.5 true "),
        ] {
            let answer = exchange_from("127.0.0.5", proxy.address, client, &with(GET, &said)).await;
            let answer = answer.unwrap_or_else(|error| panic!("{error}: {}", proxy.said()));
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(body.starts_with(seen), "{kind:?}: {answer}");
        }
    }
}

#[tokio::test]
async fn an_expired_identity_is_answered_in_words_behind_nginx_and_haproxy_and_refused_by_apache() {
    for kind in KINDS {
        let proxied = Proxied::new(kind, 400).await;
        let (site, computer) = (&proxied.site, &proxied.computer);
        let request = message(&computer.greeting("1"));
        if kind == Kind::Apache {
            // mod_ssl lets an unknown authority pass, and no other fault.
            let refused = proxied.sent(holder(site, computer), &request).await;
            assert!(refused.is_err(), "{refused:?}");
            continue;
        }
        let answer = proxied
            .answered(holder(site, computer), &request, "HTTP/1.1 403")
            .await;
        assert!(answer.contains("has expired"), "{kind:?}: {answer}");
    }
}
