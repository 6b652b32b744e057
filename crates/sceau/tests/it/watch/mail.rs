//! People who are told by mail, over a server that nobody here wrote.

use domain::{external_ca::Authority, notification::NoticeState, warning::WarningKind};
use sceau::{
    actions::{
        authorities::watch,
        notices::{self, ChannelForm},
    },
    jobs,
    settings::{MailSecurity, MailSettings},
};

use super::{
    ADMINISTRATOR, add, open,
    receiver::{Receiver, until},
};
use crate::{laboratory::Laboratory, site::Site};

pub(super) const USER: &str = "sceau";

pub(super) fn settings(receiver: &Receiver, password: &str) -> MailSettings {
    std::fs::write(receiver.path("password"), format!("{password}\n")).unwrap();
    MailSettings {
        server: "localhost".to_owned(),
        port: receiver.port(),
        security: MailSecurity::StartTls,
        trust_file: Some(receiver.path("certificate.pem")),
        username: USER.to_owned(),
        password_file: Some(receiver.path("password")),
        from: "Sceau <sceau@example.com>".to_owned(),
        language: "en".to_owned(),
    }
}

pub(super) async fn recipient(site: &Site, address: &str, language: &str) -> domain::notification::ChannelId {
    let form = ChannelForm::Email {
        address: address.to_owned(),
        language: language.to_owned(),
    };
    let (channel, secret) = notices::add_channel(&site.app, &ADMINISTRATOR, form)
        .await
        .unwrap();
    assert!(secret.is_none());
    channel.id
}

async fn silence(site: &Site, laboratory: Laboratory, authority: &Authority) {
    laboratory.stop().await;
    for _ in 0..2 {
        site.pass(1800);
        watch(&site.app, &authority.id).await.unwrap();
    }
    assert_eq!(open(&site.app).await, [(WarningKind::AuthorityDown, 0)]);
}

#[tokio::test]
async fn each_person_is_told_once_in_the_own_language() {
    let laboratory = Laboratory::start(false, 5).await;
    let receiver = Receiver::mail(USER, "s3cret of mail").await;
    let site = Site::with(|settings| settings.mail = self::settings(&receiver, "s3cret of mail")).await;
    recipient(&site, "claire@example.com", "fr").await;
    recipient(&site, "john@example.com", "en").await;
    let off = recipient(&site, "off@example.com", "en").await;
    notices::enable_channel(&site.app, &ADMINISTRATOR, &off, false)
        .await
        .unwrap();
    let authority = add(&site.app, &laboratory).await;
    silence(&site, laboratory, &authority).await;
    let running = jobs::start(&site.app).await.unwrap();
    let mails = until("both are told", || async {
        Some(receiver.mails()).filter(|mails| mails.len() >= 2)
    })
    .await;
    // What else is looked at meanwhile raises nothing new.
    watch(&site.app, &authority.id).await.unwrap();
    let all = notices::list_notices(&site.app, &ADMINISTRATOR, 50)
        .await
        .unwrap();
    assert_eq!(all.len(), 2, "{all:?}");
    running.stop().await;
    assert_eq!(receiver.mails().len(), 2);
    let to = |address: &str| {
        mails
            .iter()
            .find(|mail| mail["to"][0] == address)
            .unwrap_or_else(|| panic!("no mail to {address}: {mails:?}"))
    };
    let (french, english) = (to("claire@example.com"), to("john@example.com"));
    assert_eq!(
        french["subject"],
        "Sceau\u{a0}: à traiter\u{a0}: Laboratory\u{a0}: Elle ne répond pas."
    );
    assert_eq!(
        english["subject"],
        "Sceau: act now: Laboratory: It does not answer."
    );
    let text = english["text"].as_str().unwrap();
    let address = format!(
        "{}/admin/infrastructure/certificate-management/{}",
        crate::site::PUBLIC,
        authority.id
    );
    assert!(text.contains(&address), "{text}");
    assert!(text.contains("No certificate is issued meanwhile."), "{text}");
    for mail in [french, english] {
        assert_eq!(mail["from"], "sceau@example.com");
        assert_eq!(mail["auto"], "auto-generated");
        assert_eq!(mail["tls"], true);
        assert!(mail["id"].as_str().unwrap().ends_with("@mdm.example.org>"));
    }
}

#[tokio::test]
async fn what_the_mail_server_refuses_is_told_in_its_words() {
    let receiver = Receiver::mail(USER, "right").await;
    let site = Site::with(|settings| settings.mail = self::settings(&receiver, "right")).await;
    let running = jobs::start(&site.app).await.unwrap();
    let nobody = recipient(&site, "nobody@example.com", "en").await;
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &nobody)
        .await
        .unwrap();
    let problem = trial.last_error.unwrap();
    assert_eq!(problem.key, "unsent-mail-refused");
    assert!(
        problem.values["detail"].contains("no such mailbox"),
        "{problem:?}"
    );
    let john = recipient(&site, "john@example.com", "en").await;
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &john)
        .await
        .unwrap();
    assert_eq!((trial.state, trial.last_error), (NoticeState::Sent, None));

    std::fs::write(receiver.path("password"), "wrong").unwrap();
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &john)
        .await
        .unwrap();
    let problem = trial.last_error.unwrap();
    assert_eq!(problem.key, "unsent-mail-refused");
    assert!(problem.values["detail"].contains("535"), "{problem:?}");
    assert!(!format!("{problem:?}").contains("wrong"), "no password in it");

    std::fs::write(receiver.path("certificate.pem"), "").unwrap();
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &john)
        .await
        .unwrap();
    assert_eq!(trial.last_error.unwrap().key, "tls-unknown-issuer");
    running.stop().await;
    assert_eq!(receiver.mails().len(), 1);
}

#[tokio::test]
async fn without_a_mail_server_a_recipient_is_told_why_nothing_comes() {
    let site = Site::new().await;
    let running = jobs::start(&site.app).await.unwrap();
    let john = recipient(&site, "john@example.com", "en").await;
    let trial = notices::try_channel(&site.app, &ADMINISTRATOR, &john)
        .await
        .unwrap();
    assert_eq!(trial.last_error.unwrap().key, "unsent-mail-off");
    running.stop().await;
}
