//! Programs that are told: signed, sent again, never by a redirection, and never silently lost.

use std::{io::Write as _, process::Command};

use domain::{
    notification::{Notice, NoticeState},
    warning::WarningKind,
};
use sceau::{
    actions::{
        authorities::watch,
        notices::{self, ChannelForm, ListedChannel},
    },
    app::Shared,
    jobs,
};
use serde_json::Value;

use super::{
    ADMINISTRATOR, add, another_at, open,
    receiver::{Receiver, until},
};
use crate::{laboratory::Laboratory, site::Site};

/// Adds the receiver, and gives the secret that is shown once.
async fn tell(app: &Shared, receiver: &Receiver) -> String {
    let form = ChannelForm::Webhook {
        name: "Pager".to_owned(),
        url: format!("https://localhost:{}/sceau?team=pki", receiver.port()),
        trust_pem: receiver.read("certificate.pem"),
    };
    let (channel, secret) = notices::add_channel(app, &ADMINISTRATOR, form).await.unwrap();
    let secret = secret.expect("a webhook has a secret").to_string();
    let sealed = channel.secret.expect("it is kept");
    assert!(!String::from_utf8_lossy(&sealed.0).contains(&secret), "sealed");
    secret
}

async fn channel(app: &Shared) -> ListedChannel {
    let mut all = notices::list_channels(app, &ADMINISTRATOR).await.unwrap();
    all.pop().unwrap()
}

/// The newest notice, once it was tried so often.
async fn tried(app: &Shared, attempts: i64) -> Notice {
    until("it is tried", || async {
        let newest = channel(app).await.newest;
        newest
            .into_iter()
            .next()
            .filter(|notice| notice.attempts >= attempts)
    })
    .await
}

/// HMAC-SHA256 as OpenSSL computes it.
fn openssl_hmac(secret: &str, text: &[u8]) -> String {
    let mut child = Command::new("openssl")
        .args([
            "dgst",
            "-sha256",
            "-mac",
            "HMAC",
            "-macopt",
            &format!("key:{secret}"),
            "-r",
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    let told = child.wait_with_output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.split_whitespace().next().unwrap().to_owned()
}

/// The authority is silent for two looks.
async fn silence(site: &Site, laboratory: Laboratory, authority: &domain::external_ca::Authority) -> u16 {
    let port = laboratory.port();
    laboratory.stop().await;
    for _ in 0..2 {
        site.pass(1800);
        watch(&site.app, &authority.id).await.unwrap();
    }
    assert_eq!(open(&site.app).await, [(WarningKind::AuthorityDown, 0)]);
    port
}

#[tokio::test]
async fn a_program_is_told_with_a_signature_that_openssl_confirms_and_again_after_a_500() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let receiver = Receiver::hooks(500).await;
    let secret = tell(&site.app, &receiver).await;
    let authority = add(&site.app, &laboratory).await;
    let port = silence(&site, laboratory, &authority).await;
    let running = jobs::start(&site.app).await.unwrap();
    let first = tried(&site.app, 1).await;
    assert_eq!(first.state, NoticeState::Waiting);
    let problem = first.last_error.expect("why it is tried again");
    assert_eq!(problem.key, "unsent-status");
    assert_eq!(problem.values["status"], "500");
    assert!(channel(&site.app).await.is_in_trouble(), "a person is told");

    receiver.answer(204);
    site.pass(60);
    let second = tried(&site.app, 2).await;
    assert_eq!((second.state, &second.last_error), (NoticeState::Sent, &None));
    assert!(!channel(&site.app).await.is_in_trouble());
    assert_eq!(receiver.requests(), 2);
    for number in 1..=2 {
        let head: Value = serde_json::from_str(&receiver.read(&format!("{number}.head"))).unwrap();
        let body = std::fs::read(receiver.path(&format!("{number}.body"))).unwrap();
        let signature = head["sceau-signature"].as_str().unwrap();
        let (at, mac) = signature.split_once(",v1=").unwrap();
        let at = at.strip_prefix("t=").unwrap();
        let signed = [at.as_bytes(), b".", &body].concat();
        assert_eq!(mac, openssl_hmac(&secret, &signed));
        assert_eq!(head["path"], "/sceau?team=pki");
        assert_eq!(head["sceau-event"], "warning.raised");
        assert_eq!(head["content-type"], "application/json");
        let told: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(told["id"], second.id.as_str(), "the same one is sent again");
        assert_eq!(told["kind"], "authority_down");
        assert_eq!(told["authority"]["name"], "Laboratory");
        assert_eq!(told["text"]["fr"], "Elle ne répond pas.");
    }

    let _back = another_at(port).await;
    site.pass(300);
    watch(&site.app, &authority.id).await.unwrap();
    let told = until("it is told that it is back", || async {
        (3..=receiver.requests())
            .map(|number| serde_json::from_str::<Value>(&receiver.read(&format!("{number}.body"))).unwrap())
            .find(|told| told["event"] == "ended")
    })
    .await;
    assert_eq!(told["kind"], "authority_down");
    running.stop().await;
}

#[tokio::test]
async fn a_receiver_that_stays_down_is_given_up_and_shown() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let receiver = Receiver::hooks(204).await;
    tell(&site.app, &receiver).await;
    drop(receiver);
    let authority = add(&site.app, &laboratory).await;
    silence(&site, laboratory, &authority).await;
    let running = jobs::start(&site.app).await.unwrap();
    for (tries, wait) in [(1, 60), (2, 300), (3, 1800), (4, 7200), (5, 43_200)] {
        let notice = tried(&site.app, tries).await;
        assert_eq!((notice.state, notice.attempts), (NoticeState::Waiting, tries));
        site.pass(wait);
    }
    let given_up = tried(&site.app, 6).await;
    assert_eq!(given_up.state, NoticeState::Failed);
    assert_eq!(given_up.last_error.unwrap().key, "unsent-unreachable");
    assert!(channel(&site.app).await.is_in_trouble());
    running.stop().await;
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let site = Site::new().await;
    let receiver = Receiver::hooks(307).await;
    tell(&site.app, &receiver).await;
    let running = jobs::start(&site.app).await.unwrap();
    let id = channel(&site.app).await.channel.id;
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &id)
        .await
        .unwrap();
    assert_eq!(trial.state, NoticeState::Failed, "a trial is made once");
    assert_eq!(trial.last_error.unwrap().key, "unsent-redirected");
    assert_eq!(receiver.requests(), 1);
    receiver.answer(200);
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &id)
        .await
        .unwrap();
    assert_eq!(trial.state, NoticeState::Sent);
    running.stop().await;
}

#[tokio::test]
async fn a_receiver_whose_certificate_nobody_vouches_for_is_told_nothing() {
    let site = Site::new().await;
    let receiver = Receiver::hooks(200).await;
    let form = ChannelForm::Webhook {
        name: "Pager".to_owned(),
        url: format!("https://localhost:{}/", receiver.port()),
        trust_pem: String::new(),
    };
    notices::add_channel(&site.app, &ADMINISTRATOR, form)
        .await
        .unwrap();
    let running = jobs::start(&site.app).await.unwrap();
    let id = channel(&site.app).await.channel.id;
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &id)
        .await
        .unwrap();
    assert_eq!(trial.last_error.unwrap().key, "tls-unknown-issuer");
    assert_eq!(receiver.requests(), 0);
    running.stop().await;
}
