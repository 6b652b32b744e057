//! What Prometheus reads, judged by its own `promtool`.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use sceau::{
    actions::authorities::watch,
    app::Shared,
    listen::{Plain, metrics_router},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::add;
use crate::{laboratory::Laboratory, site::Site};

/// The answer's head and body.
async fn scrape(app: &Shared, path: &str) -> (String, String) {
    let metrics = Plain::serve("127.0.0.1:0".parse().unwrap(), metrics_router(app.clone()))
        .await
        .unwrap();
    assert!(metrics.address.ip().is_loopback());
    let mut stream = TcpStream::connect(metrics.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    metrics.stop().await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// What promtool thinks of it: nothing, if it is as it should be.
fn judged(text: &str) -> String {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test needs Debian's prometheus");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told = child.wait_with_output().unwrap();
    let words = [told.stdout, told.stderr].concat();
    format!("{} {}", told.status, String::from_utf8_lossy(&words))
}

#[tokio::test]
async fn promtool_finds_nothing_to_say_and_the_figures_follow_the_authority() {
    assert!(
        judged("# TYPE x counter\nx 1\n").contains("should"),
        "it would say something"
    );
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let (head, empty) = scrape(&site.app, "/metrics").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    assert_eq!(judged(&empty), "exit status: 0 ");
    let authority = add(&site.app, &laboratory).await;
    watch(&site.app, &authority.id).await.unwrap();
    let (_, text) = scrape(&site.app, "/metrics").await;
    assert_eq!(judged(&text), "exit status: 0 ", "{text}");
    for line in [
        "sceau_authority_up{authority=\"Laboratory\"} 1",
        "sceau_authority_sign_in_stopped{authority=\"Laboratory\"} 0",
        "sceau_challenge_slots{authority=\"Laboratory\",state=\"held\"} 0",
        "sceau_challenge_slots{authority=\"Laboratory\",state=\"free\"} 5",
        "sceau_challenge_slots_silent{authority=\"Laboratory\"} 0",
        "sceau_challenge_waiting{authority=\"Laboratory\"} 0",
        "sceau_challenges_taken_total{authority=\"Laboratory\"} 0",
        "sceau_authority_asked{authority=\"Laboratory\",asked=\"look\",outcome=\"good\"} 1",
        "sceau_warnings_open{kind=\"authority_down\"} 0",
        "sceau_jobs{kind=\"watch_authority\"} 1",
        "sceau_devices_not_renewed 0",
    ] {
        assert!(
            text.lines().any(|known| known == line),
            "{line} is missing:\n{text}"
        );
    }
    let ends = format!("sha1=\"{}\"}}", authority.issuer_sha1);
    assert!(text.contains(&ends), "{text}");

    laboratory.stop().await;
    for _ in 0..2 {
        site.pass(1800);
        watch(&site.app, &authority.id).await.unwrap();
    }
    let (_, text) = scrape(&site.app, "/metrics").await;
    for line in [
        "sceau_authority_up{authority=\"Laboratory\"} 0",
        "sceau_warnings_open{kind=\"authority_down\"} 1",
    ] {
        assert!(
            text.lines().any(|known| known == line),
            "{line} is missing:\n{text}"
        );
    }
    let (head, _) = scrape(&site.app, "/").await;
    assert!(head.starts_with("HTTP/1.1 404"), "nothing else is served: {head}");
}

/// The value of a sample without labels or with these.
fn value(text: &str, sample: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(sample)?.strip_prefix(' ')?.parse().ok())
        .unwrap_or_else(|| panic!("{sample} is missing:\n{text}"))
}

#[tokio::test]
async fn what_this_node_asked_of_the_database_is_counted() {
    let site = Site::new().await;
    let (_, before) = scrape(&site.app, "/metrics").await;
    site.person("ada", None).await;
    let (_, after) = scrape(&site.app, "/metrics").await;
    for sample in [
        "sceau_database_statements_total{kind=\"read\"}",
        "sceau_database_statements_total{kind=\"write\"}",
        "sceau_database_transactions_total{kind=\"read\"}",
        "sceau_database_transactions_total{kind=\"write\"}",
        "sceau_database_commits_total",
    ] {
        assert!(value(&after, sample) > value(&before, sample), "{sample}");
    }
    let transactions = "sceau_database_transactions_total{kind=\"write\"}";
    assert_eq!(
        value(&after, transactions),
        value(&before, transactions) + 1,
        "a person is added in one transaction, and looking writes nothing"
    );
}
