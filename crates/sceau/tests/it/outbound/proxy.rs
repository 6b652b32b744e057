//! Through a proxy that nobody here wrote: tinyproxy.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use sceau::{
    outbound::{ChallengeProblem, Outbound, ProbeOutcome, Trust, Upstream},
    settings::{OutboundSettings, Settings},
};
use scep::Operation;
use tempfile::TempDir;

use crate::laboratory::Laboratory;

const LIMIT: Duration = Duration::from_secs(10);

/// Stopped when the test ends, however it ends.
pub struct Tinyproxy {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Tinyproxy {
    pub async fn start(rules: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let here = folder.path().display();
        let configuration = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\n\
             LogFile \"{here}/log\"\nPidFile \"{here}/pid\"\n{rules}\n"
        );
        let file = folder.path().join("tinyproxy.conf");
        std::fs::write(&file, configuration).unwrap();
        let child = Command::new("/usr/bin/tinyproxy")
            .args(["-d", "-c"])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs Debian's tinyproxy-bin: {error}"));
        let proxy = Self { child, folder, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return proxy;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("tinyproxy didn't start");
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

pub fn through(port: u16, no_proxy: &str) -> Outbound {
    Outbound::from_settings(&OutboundSettings {
        proxy: format!("http://127.0.0.1:{port}"),
        no_proxy: no_proxy.to_owned(),
        ..OutboundSettings::default()
    })
    .unwrap()
}

fn upstream(laboratory: &Laboratory) -> Upstream {
    Upstream {
        scep_url: laboratory.scep_url(),
        trust: Trust::beside_public(laboratory.trust_pem()),
        capabilities: String::new(),
    }
}

#[tokio::test]
async fn scep_and_the_sign_in_go_through_a_tunnel_over_http_and_https() {
    let proxy = Tinyproxy::start("").await;
    for is_tls in [false, true] {
        let laboratory = Laboratory::start(is_tls, 5).await;
        let outbound = through(proxy.port, "elsewhere.example.test");
        let answer = outbound
            .scep_get(&upstream(&laboratory), Operation::GetCaCaps)
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        let probed = outbound.probe_sign_in(&laboratory.source(), LIMIT).await;
        assert_eq!(probed, Ok(ProbeOutcome::Proved), "NTLM stays on its connection");
        outbound
            .fetch_challenge(&laboratory.source(), LIMIT)
            .await
            .unwrap();
        let tunnels = proxy
            .log()
            .lines()
            .filter(|line| line.contains("CONNECT") && line.contains(&format!(":{}", laboratory.port())))
            .count();
        assert_eq!(tunnels, 3, "{}", proxy.log());
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_or_wants_a_sign_in_is_named() {
    for (rules, words) in [("ConnectPort 1", "HTTP 403"), ("BasicAuth a b", "HTTP 407")] {
        let proxy = Tinyproxy::start(rules).await;
        let laboratory = Laboratory::start(true, 5).await;
        let outbound = through(proxy.port, "");
        let error = outbound
            .scep_get(&upstream(&laboratory), Operation::GetCaCaps)
            .await
            .unwrap_err();
        assert!(!error.was_sent());
        let said = error.to_string();
        assert!(
            said.contains("the proxy 127.0.0.1:") && said.contains(words),
            "{said}"
        );
        let problem = outbound
            .fetch_challenge(&laboratory.source(), LIMIT)
            .await
            .unwrap_err();
        assert!(
            matches!(problem, ChallengeProblem::Unreachable(_)),
            "a proxy's refusal is none of the account: {problem}"
        );
    }
}

#[tokio::test]
async fn hosts_that_are_exempt_are_reached_without_the_proxy() {
    let laboratory = Laboratory::start(true, 5).await;
    let host = url::Url::parse(&laboratory.scep_url())
        .unwrap()
        .host_str()
        .unwrap()
        .to_owned();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    for (no_proxy, is_reached) in [
        (host.to_uppercase(), true),
        (format!("a.example.test, .{host}"), true),
        (format!("x{host}"), false),
        (String::new(), false),
    ] {
        let answer = through(port, &no_proxy)
            .scep_get(&upstream(&laboratory), Operation::GetCaCaps)
            .await;
        assert_eq!(answer.is_ok(), is_reached, "{no_proxy}: {answer:?}");
    }
}

#[test]
fn settings_that_cannot_serve_are_refused() {
    let load = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sceau.toml");
        std::fs::write(&file, text).unwrap();
        Settings::load(Some(&file))
    };
    for (text, words) in [
        ("proxy = \"https://proxy.example.test:3128\"", "outbound.proxy"),
        ("proxy = \"proxy.example.test\"", "outbound.proxy"),
        ("proxy = \"http://user:secret@proxy.example.test\"", "user name"),
        ("connect_seconds = 0", "outbound.connect_seconds"),
        ("exchange_seconds = 301", "outbound.exchange_seconds"),
        ("challenge_seconds = 0", "outbound.challenge_seconds is 1 to 25"),
        ("sign_in_seconds = 26", "outbound.sign_in_seconds is 1 to 25"),
    ] {
        let error = load(&format!("[outbound]\n{text}\n")).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("secret"), "{error}");
    }
    let good = "[outbound]\nproxy = \"http://proxy.example.test:3128\"\nno_proxy = \".example.test\"\n";
    let settings = load(good).unwrap();
    assert_eq!(
        settings.outbound.proxy_address().unwrap(),
        Some(("proxy.example.test".to_owned(), 3128))
    );
}
