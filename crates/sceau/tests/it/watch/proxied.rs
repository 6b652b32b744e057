//! What is told goes through the proxy of the settings, mail as well as webhooks.

use domain::Timestamp;
use sceau::{
    outbound::{Hook, Mail},
    settings::{MailSecurity, MailSettings},
};

use super::receiver::Receiver;
use crate::outbound::proxy::{Tinyproxy, through};

fn mail() -> Mail {
    Mail {
        id: "01a2".to_owned(),
        host: "mdm.example.org".to_owned(),
        to: "claire@example.com".to_owned(),
        subject: "À traiter".to_owned(),
        text: "Elle ne répond pas.".to_owned(),
    }
}

fn settings(receiver: &Receiver, security: MailSecurity) -> MailSettings {
    std::fs::write(receiver.path("password"), "s3cret of mail\n").unwrap();
    MailSettings {
        server: "localhost".to_owned(),
        port: receiver.port(),
        security,
        trust_file: Some(receiver.path("certificate.pem")),
        username: "sceau".to_owned(),
        password_file: Some(receiver.path("password")),
        from: "Sceau <sceau@example.com>".to_owned(),
        language: "en".to_owned(),
    }
}

fn tunnels(proxy: &Tinyproxy, port: u16) -> usize {
    let log = proxy.log();
    let to = format!("localhost:{port}");
    log.lines()
        .filter(|line| line.contains("CONNECT") && line.contains(&to))
        .count()
}

#[tokio::test]
async fn mail_goes_through_the_proxy_with_starttls_and_with_tls_from_the_start() {
    let proxy = Tinyproxy::start("").await;
    for security in [MailSecurity::StartTls, MailSecurity::Tls] {
        let receiver = match security {
            MailSecurity::Tls => Receiver::mail_in_tls("sceau", "s3cret of mail").await,
            _ => Receiver::mail("sceau", "s3cret of mail").await,
        };
        let sent = through(proxy.port, "")
            .mail(&settings(&receiver, security), &mail())
            .await;
        assert_eq!(sent, Ok(()));
        let mails = receiver.mails();
        assert_eq!(mails.len(), 1, "{security:?}");
        assert_eq!(mails[0]["subject"], "À traiter");
        assert_eq!(mails[0]["tls"], true);
        assert_eq!(tunnels(&proxy, receiver.port()), 1, "{}", proxy.log());
        let exempt = through(proxy.port, "localhost");
        let sent = exempt.mail(&settings(&receiver, security), &mail()).await;
        assert_eq!(sent, Ok(()));
        assert_eq!(receiver.mails().len(), 2);
        assert_eq!(
            tunnels(&proxy, receiver.port()),
            1,
            "an exempt host is reached straight"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_mail_is_named() {
    let proxy = Tinyproxy::start("ConnectPort 1").await;
    let receiver = Receiver::mail("sceau", "s3cret of mail").await;
    let settings = settings(&receiver, MailSecurity::StartTls);
    let problem = through(proxy.port, "")
        .mail(&settings, &mail())
        .await
        .unwrap_err();
    assert_eq!(problem.key, "unsent-mail-unreachable");
    let detail = &problem.values["detail"];
    assert!(
        detail.contains("the proxy 127.0.0.1:") && detail.contains("HTTP 403"),
        "{detail}"
    );
    assert!(receiver.mails().is_empty());
}

#[tokio::test]
async fn a_mail_server_without_starttls_gets_neither_password_nor_mail() {
    // It speaks TLS from the start alone: in clear nobody answers, and nothing is said to it.
    let receiver = Receiver::mail_in_tls("sceau", "s3cret of mail").await;
    let wrong = settings(&receiver, MailSecurity::StartTls);
    let proxy = Tinyproxy::start("").await;
    let sent = through(proxy.port, "").mail(&wrong, &mail()).await;
    assert!(sent.is_err(), "{sent:?}");
    assert!(receiver.mails().is_empty());
}

#[tokio::test]
async fn a_webhook_goes_through_the_proxy() {
    let proxy = Tinyproxy::start("").await;
    let receiver = Receiver::hooks(204).await;
    let trusted = receiver.read("certificate.pem");
    let url = format!("https://localhost:{}/sceau", receiver.port());
    let hook = || Hook {
        url: &url,
        trust_pem: Some(&trusted),
        secret: b"secret",
        event: "test",
        body: "{}".to_owned(),
        at: Timestamp::from_seconds(1_795_424_645),
    };
    assert_eq!(through(proxy.port, "").tell(&hook()).await, Ok(()));
    assert_eq!(receiver.requests(), 1);
    assert_eq!(tunnels(&proxy, receiver.port()), 1, "{}", proxy.log());

    let proxy = Tinyproxy::start("ConnectPort 1").await;
    let problem = through(proxy.port, "").tell(&hook()).await.unwrap_err();
    assert_eq!(problem.key, "unsent-unreachable");
    assert!(problem.values["detail"].contains("HTTP 403"), "{problem:?}");
    assert_eq!(receiver.requests(), 1);
}
