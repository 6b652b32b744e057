//! What a proxy in front of the listeners says of its clients: what is believed, and of whom.

use std::{
    net::{IpAddr, SocketAddr},
    process::Stdio,
    sync::Arc,
};

use axum::{Extension, Router, extract::ConnectInfo, http::HeaderMap};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::http::CertificateRequests;
use rustls::{ClientConfig, version::TLS13};
use sceau::{
    commands::start,
    listen::{self, Forwarded, Listener, PeerCertificate, Running},
    routes,
    settings::{CertificateHeader, Listen, Proxy, Settings},
};
use tokio::net::TcpSocket;

use super::tls::{LOOPBACK, Shown, client, exchange_over, message};
use crate::{
    faults::parts::await_listening,
    outbound::apache::free_port,
    site::{Site, computer::Computer},
};

pub(super) const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn listed(entries: &str) -> Vec<Proxy> {
    #[derive(serde::Deserialize)]
    struct Listed {
        proxies: Vec<Proxy>,
    }
    let text = format!("proxies = [{entries}]");
    toml::from_str::<Listed>(&text).unwrap().proxies
}

pub(super) fn listed_as(certificate: &str) -> Forwarded {
    let entry = format!(r#"{{ address = "127.0.0.1", certificate = "{certificate}" }}"#);
    Forwarded::certificates(&listed(&entry))
}

pub(super) async fn serve(site: &Site, forwarded: Forwarded, router: Router) -> Running {
    let tls = listen::load(&site.app.settings, site.app.now()).unwrap();
    let listener = Listener::bind(LOOPBACK.parse().unwrap(), tls.management)
        .await
        .unwrap();
    listener.behind(forwarded).serve(router).unwrap()
}

pub(super) async fn management(site: &Site, forwarded: Forwarded) -> Running {
    serve(site, forwarded, routes::management(site.app.clone())).await
}

pub(super) async fn computer(site: &Site, number: u8) -> Computer {
    let name = format!("person{number}");
    site.person(&name, Some("secret")).await;
    let mut computer = Computer::new(number);
    computer.enrol(site, (&name, "secret")).await;
    computer
}

/// A client that shows no certificate.
pub(super) fn nobody(site: &Site) -> Arc<ClientConfig> {
    client(site, &TLS13, Arc::new(CertificateRequests::default()))
}

pub(super) fn holder(site: &Site, computer: &Computer) -> Arc<ClientConfig> {
    client(site, &TLS13, Shown::new(&computer.identity, &computer.key))
}

pub(super) async fn exchange_from(
    from: &str,
    to: SocketAddr,
    client: Arc<ClientConfig>,
    request: &str,
) -> std::io::Result<String> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0))?;
    let exchanged = exchange_over(socket.connect(to).await?, client, request).await;
    exchanged.map(|(_, answer)| answer)
}

/// A request with more headers.
pub(super) fn with(request: &str, headers: &[(&str, String)]) -> String {
    let (line, rest) = request.split_once("\r\n").unwrap();
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("{line}\r\n{headers}{rest}")
}

/// PEM as a URL takes it, but for the characters in `safe`.
fn escaped_pem(certificates: &[&[u8]], safe: &str) -> String {
    let pem: String = certificates
        .iter()
        .map(|der| {
            let lines = STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
        })
        .collect();
    pem.chars()
        .map(|c| match c {
            _ if c.is_ascii_alphanumeric() || "-._~".contains(c) || safe.contains(c) => c.to_string(),
            _ => format!("%{:02X}", u32::from(c)),
        })
        .collect()
}

/// The header of each kind of proxy that names this certificate.
pub(super) fn headers(der: &[u8], root: &[u8]) -> [(&'static str, &'static str, String); 4] {
    let encoded = STANDARD.encode(der);
    [
        ("rfc9440", "Client-Cert", format!(":{encoded}:")),
        ("nginx", "X-SSL-Client-Cert", escaped_pem(&[der], "")),
        ("haproxy", "X-SSL-Client-DER", encoded),
        (
            "aws-alb",
            "X-Amzn-Mtls-Clientcert",
            escaped_pem(&[der, root], "+=/"),
        ),
    ]
}

pub(super) async fn has_talked(site: &Site, computer: &Computer) -> bool {
    let device = site.device(&computer.device_id).await;
    let timeline = site.timeline(&device.id).await;
    timeline.contains(&domain::event::What::SessionStarted)
}

#[tokio::test]
async fn each_header_names_the_device_when_a_listed_proxy_sends_it_and_nobody_otherwise() {
    let site = Site::new().await;
    let computer = computer(&site, 1).await;
    let root = site.app.device_authority.certificate().to_vec();
    let all = headers(&computer.identity, &root);
    let direct = management(&site, Forwarded::default()).await;
    let public = management(&site, {
        let entry = r#"{ address = "127.0.0.1", certificate = "rfc9440" }"#;
        Forwarded::addresses(&listed(entry))
    })
    .await;
    for (session, (kind, name, value)) in (1..).zip(&all) {
        let running = management(&site, listed_as(kind)).await;
        let greeting = message(&computer.greeting(&session.to_string()));
        let request = with(&greeting, &[(*name, value.clone())]);
        for (from, to) in [
            ("127.0.0.2", running.address),
            ("127.0.0.1", direct.address),
            ("127.0.0.1", public.address),
        ] {
            let answer = exchange_from(from, to, nobody(&site), &request).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 403"), "{kind} from {from}: {answer}");
            assert!(answer.contains("a device certificate is needed"), "{answer}");
        }
        let answer = exchange_from("127.0.0.1", running.address, nobody(&site), &request)
            .await
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{kind}: {answer}");
        // Another proxy's header is not this one's.
        for (_, other, value) in all.iter().filter(|(other, ..)| other != kind) {
            let request = with(&greeting, &[(*other, value.clone())]);
            let answer = exchange_from("127.0.0.1", running.address, nobody(&site), &request)
                .await
                .unwrap();
            assert!(answer.starts_with("HTTP/1.1 403"), "{other} at {kind}: {answer}");
        }
    }
}

#[tokio::test]
async fn duplicates_conflicts_and_what_is_no_certificate_are_refused() {
    let site = Site::new().await;
    let computer = computer(&site, 1).await;
    let other = self::computer(&site, 2).await;
    let root = site.app.device_authority.certificate().to_vec();
    let greeting = message(&computer.greeting("1"));
    for ((kind, name, value), (.., other)) in headers(&computer.identity, &root)
        .into_iter()
        .zip(headers(&other.identity, &root))
    {
        let running = management(&site, listed_as(kind)).await;
        let refused = async |client, headers: &[(&str, String)], why: &str| {
            let request = with(&greeting, headers);
            let answer = exchange_from("127.0.0.1", running.address, client, &request)
                .await
                .unwrap();
            assert!(answer.starts_with("HTTP/1.1 400"), "{kind}: {answer}");
            assert!(answer.contains(why), "{kind}: {answer}");
        };
        let own = (name, value.clone());
        refused(nobody(&site), &[own.clone(), own.clone()], "came twice").await;
        refused(nobody(&site), &[own.clone(), (name, other)], "came twice").await;
        refused(holder(&site, &computer), &[own], "of its own").await;
        for spoiled in [
            value.get(..value.len() - 15).unwrap().to_owned(),
            format!("{value}, {value}"),
            "(null)".to_owned(),
            "::".to_owned(),
            "%".to_owned(),
            ":%%%:".to_owned(),
        ] {
            refused(nobody(&site), &[(name, spoiled)], "holds no certificate").await;
        }
    }
    assert!(!has_talked(&site, &computer).await);
}

#[tokio::test]
async fn nginx_tells_one_certificate_and_not_a_chain() {
    let site = Site::new().await;
    let computer = computer(&site, 1).await;
    let root = site.app.device_authority.certificate().to_vec();
    let running = management(&site, listed_as("nginx")).await;
    let chain = escaped_pem(&[&computer.identity, &root], "");
    let request = with(&message(&computer.greeting("1")), &[("X-SSL-Client-Cert", chain)]);
    let answer = exchange_from("127.0.0.1", running.address, nobody(&site), &request)
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

/// Answers with the client's address and certificate as a handler sees them, then the names of the headers.
pub(super) async fn reflect(
    Extension(ConnectInfo(from)): Extension<ConnectInfo<SocketAddr>>,
    certificate: Option<Extension<PeerCertificate>>,
    headers: HeaderMap,
) -> String {
    let mut names: Vec<_> = headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.sort();
    format!("{} {} {}", from.ip(), certificate.is_some(), names.join(","))
}

async fn reflected(site: &Site, from: &str, running: &Running, headers: &[(&str, String)]) -> String {
    let answer = exchange_from(from, running.address, nobody(site), &with(GET, headers))
        .await
        .unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_address_is_the_last_one_that_no_listed_proxy_has() {
    let site = Site::new().await;
    let proxies =
        listed(r#"{ address = "127.0.0.1" }, { address = "10.0.0.0/8" }, { address = "2001:db8:f::/48" }"#);
    let running = serve(
        &site,
        Forwarded::addresses(&proxies),
        Router::new().fallback(reflect),
    )
    .await;
    for (told, address) in [
        (&["198.51.100.7"][..], "198.51.100.7"),
        (&["203.0.113.9, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        (&["203.0.113.9", "198.51.100.7,10.1.2.3"], "198.51.100.7"),
        (&["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        (&["198.51.100.7:4711"], "198.51.100.7"),
        (&["[2001:db8::7]:4711, 2001:db8:f::1"], "2001:db8::7"),
        (&["2001:db8::7"], "2001:db8::7"),
        (&["::ffff:198.51.100.7, ::ffff:10.0.0.1"], "198.51.100.7"),
        (&["198.51.100.7, unknown"], "127.0.0.1"),
        (&["198.51.100.7, unknown, 10.0.0.1"], "10.0.0.1"),
        (&[""], "127.0.0.1"),
        (&[], "127.0.0.1"),
    ] {
        let headers: Vec<_> = told
            .iter()
            .map(|value| ("X-Forwarded-For", (*value).to_owned()))
            .collect();
        let seen = reflected(&site, "127.0.0.1", &running, &headers).await;
        assert_eq!(seen, format!("{address} false connection,host"), "{told:?}");
        let seen = reflected(&site, "127.0.0.2", &running, &headers).await;
        assert_eq!(seen, "127.0.0.2 false connection,host", "{told:?}");
    }
}

#[tokio::test]
async fn no_handler_sees_a_header_of_a_proxy() {
    let site = Site::new().await;
    let computer = computer(&site, 1).await;
    let mut told: Vec<_> = headers(&computer.identity, &computer.identity)
        .into_iter()
        .map(|(_, name, value)| (name, value))
        .collect();
    told.push(("Client-Cert-Chain", ":AAAA:".to_owned()));
    told.push(("X-Forwarded-For", "198.51.100.7".to_owned()));
    told.push(("X-Other", "stays".to_owned()));
    for (forwarded, from, address, is_told) in [
        (listed_as("nginx"), "127.0.0.1", "198.51.100.7", true),
        (listed_as("nginx"), "127.0.0.2", "127.0.0.2", false),
        (Forwarded::default(), "127.0.0.1", "127.0.0.1", false),
    ] {
        let running = serve(&site, forwarded, Router::new().fallback(reflect)).await;
        let seen = reflected(&site, from, &running, &told).await;
        assert_eq!(seen, format!("{address} {is_told} connection,host,x-other"));
    }
}

#[tokio::test]
async fn wrong_passwords_count_against_the_client_and_not_against_its_proxy() {
    let site = Site::new().await;
    site.person("ada", Some("secret")).await;
    let proxies = listed(r#"{ address = "127.0.0.1" }"#);
    let public = routes::public(site.app.clone());
    let running = serve(&site, Forwarded::addresses(&proxies), public).await;
    let enrolling = Computer::new(1);
    let sent = async |password: &str, client: &str| {
        let body = enrolling.request(("ada", password));
        let request = format!(
            "POST /EnrollmentServer/Enrollment.svc HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
             Connection: close\r\nX-Forwarded-For: {client}\r\n\r\n{body}",
            body.len()
        );
        exchange_from("127.0.0.1", running.address, nobody(&site), &request)
            .await
            .unwrap()
    };
    for _ in 0..8 {
        assert!(sent("guess", "192.0.2.7").await.contains("Authentication"));
        site.pass(2);
    }
    assert!(sent("secret", "192.0.2.7").await.contains("Try again in"));
    assert!(
        sent("secret", "192.0.2.7, 198.51.100.1")
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[test]
fn a_network_is_an_address_with_its_bits() {
    use sceau::settings::Network;
    let network = |text: &str| text.parse::<Network>();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    for (text, inside, outside) in [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("192.0.2.1", "::ffff:192.0.2.1", "::192.0.2.1"),
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
        ("192.0.2.128/25", "192.0.2.200", "192.0.2.127"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("::1", "::1", "127.0.0.1"),
        ("0.0.0.0/1", "127.0.0.1", "128.0.0.1"),
    ] {
        let network = network(text).unwrap();
        assert!(network.contains(address(inside)), "{text} {inside}");
        assert!(!network.contains(address(outside)), "{text} {outside}");
        assert_eq!(network.to_string().parse(), Ok(network));
    }
    for text in [
        "",
        "proxy.example.com",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/33",
        "10.0.0.0/x",
        "10.0.0.1:80",
    ] {
        assert!(network(text).is_err(), "{text}");
    }
    let names = ["rfc9440", "nginx", "haproxy", "aws-alb"];
    let kinds = names.map(|name| serde_json::from_value::<CertificateHeader>(name.into()).unwrap());
    assert!(kinds.contains(&CertificateHeader::AwsAlb));
}

#[tokio::test]
async fn the_program_believes_whom_its_settings_name() {
    let folder = tempfile::tempdir().unwrap();
    let [public, management] = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], free_port())));
    let settings = Settings {
        data_dir: folder.path().join("data"),
        listen: Listen {
            public,
            management,
            metrics: None,
            redirect: None,
            proxies: listed(r#"{ address = "127.0.0.1", certificate = "rfc9440" }"#),
        },
        ..Settings::default()
    };
    let site = Site::around(start::application(settings.clone()).await.unwrap());
    listen::load(&settings, site.app.now()).unwrap();
    site.app.store.close().await;
    let file = folder.path().join("sceau.toml");
    std::fs::write(&file, settings.to_toml().unwrap()).unwrap();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let _program = tokio::process::Command::new(env!("CARGO_BIN_EXE_sceau"))
        .arg("--config")
        .arg(&file)
        .arg("serve")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    await_listening(management).await;
    let probe = GET.replacen('/', "/EnrollmentServer/Discovery.svc", 1);
    let request = with(&probe, &[("Client-Cert", "nonsense".to_owned())]);
    for (from, to, status) in [
        ("127.0.0.1", management, "HTTP/1.1 400"),
        ("127.0.0.2", management, "HTTP/1.1 200"),
        ("127.0.0.1", public, "HTTP/1.1 200"),
    ] {
        let answer = exchange_from(from, to, nobody(&site), &request).await.unwrap();
        assert!(answer.starts_with(status), "{from} at {to}: {answer}");
    }
}
