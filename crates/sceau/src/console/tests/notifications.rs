//! The page of those who are told, and what they are told, in both languages.

use std::{collections::BTreeSet, fs, path::Path};

use domain::{
    notification::{Channel, ChannelId, Event, Notice, NoticeState, SendProblem, Target, Told},
    warning::WarningKind,
};

use super::{
    super::{language::Language, notifications::NotificationsPage, notified, page::Page, posted::Fields},
    samples::{now, refused},
    words::without_words,
};
use crate::actions::notices::ListedChannel;

fn told(event: Event, kind: WarningKind) -> Told {
    Told {
        event,
        kind: Some(kind),
        authority_id: Some(domain::Id::new(now(), [3; 10])),
        authority: "Contoso <Issuing> CA".to_owned(),
        threshold: 30,
        values: [("subject", "CN=RA"), ("days", "30")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        at: now(),
    }
}

fn notice(channel: &ChannelId, told: Told, state: NoticeState) -> Notice {
    let mut notice = Notice::new(
        domain::Id::new(now(), [9; 10]),
        channel.clone(),
        "warning".to_owned(),
        told,
        now(),
    );
    notice.state = state;
    if state != NoticeState::Sent {
        notice.attempts = 2;
        notice.last_error = Some(
            SendProblem::new("unsent-status")
                .with("place", "hooks.example.com:443")
                .with("status", "500"),
        );
    }
    notice
}

/// The page with every state on it.
pub(super) fn page(page: &Page) -> NotificationsPage {
    let channel = |octet, target: Target, is_enabled| Channel {
        id: domain::Id::new(now(), [octet; 10]),
        name: target.address().to_owned(),
        target,
        secret: None,
        is_enabled,
        created_at: now(),
        updated_at: now(),
    };
    let email = |language: &str| Target::Email {
        address: "claire@example.com".to_owned(),
        language: language.to_owned(),
    };
    let hook = Target::Webhook {
        url: "https://hooks.example.com/sceau".to_owned(),
        trust_pem: None,
    };
    let states = [NoticeState::Waiting, NoticeState::Sent, NoticeState::Failed];
    let channels: Vec<ListedChannel> = [
        channel(1, email("fr"), true),
        channel(2, email("en"), false),
        channel(3, hook, true),
    ]
    .into_iter()
    .zip(states)
    .map(|(channel, state)| ListedChannel {
        newest: vec![notice(
            &channel.id,
            told(Event::Raised, WarningKind::AuthorityDown),
            state,
        )],
        channel,
    })
    .collect();
    let newest: Vec<Notice> = channels.iter().flat_map(|listed| listed.newest.clone()).collect();
    let typed = Fields::new(vec![("url".to_owned(), "http://hooks".to_owned())]);
    let mut shown = NotificationsPage::new(
        refused(page.clone()),
        &channels,
        &newest,
        (typed, "fr".to_owned()),
        false,
    );
    shown.secret = Some(("Pager".to_owned(), "00".repeat(16)));
    shown.trial = Some((
        "alert-danger",
        page.with("trial-failed", "name", "Pager"),
        Some("status 500".to_owned()),
    ));
    shown
}

#[test]
fn a_mail_is_written_in_its_reader_s_language() {
    let expiring = told(Event::Raised, WarningKind::CertificateExpiring);
    let (subject, text) = notified::mail(&expiring, "en", "https://mdm.example.com");
    assert_eq!(
        subject,
        "Sceau: soon: Contoso <Issuing> CA: The certificate CN=RA ends in 30 days or less."
    );
    assert!(text.contains("Renew it at the authority."), "{text}");
    assert!(
        text.contains("https://mdm.example.com/admin/infrastructure/certificate-management/"),
        "{text}"
    );
    let back = told(Event::Ended, WarningKind::AuthorityDown);
    let (subject, text) = notified::mail(&back, "fr", "https://mdm.example.com");
    assert_eq!(
        subject,
        "Sceau\u{a0}: terminé\u{a0}: Contoso <Issuing> CA\u{a0}: Terminé\u{a0}: Elle ne répond pas."
    );
    assert!(text.contains("Il n'y a rien à faire."), "{text}");
}

#[test]
fn a_program_is_told_in_values_and_in_both_languages() {
    let told = told(Event::Raised, WarningKind::AuthorityDown);
    let notice = notice(&domain::Id::new(now(), [1; 10]), told, NoticeState::Waiting);
    let body: serde_json::Value =
        serde_json::from_str(&notified::payload(&notice, "https://mdm.example.com")).unwrap();
    assert_eq!(body["event"], "raised");
    assert_eq!(body["kind"], "authority_down");
    assert_eq!(body["authority"]["name"], "Contoso <Issuing> CA");
    assert_eq!(body["text"]["en"], "It does not answer.");
    assert_eq!(body["text"]["fr"], "Elle ne répond pas.");
    assert_eq!(body["id"], notice.id.as_str());
}

#[test]
fn every_reason_why_nothing_arrived_has_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut named = BTreeSet::new();
    for file in ["outbound/mail.rs", "outbound/webhook.rs", "jobs/send_notice.rs"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let keys = text.split("\"unsent-").skip(1);
        named.extend(
            keys.filter_map(|rest| rest.split('"').next())
                .map(|rest| format!("unsent-{rest}")),
        );
    }
    assert!(named.len() >= 14, "{named:?}");
    let missing = without_words(named);
    assert!(missing.is_empty(), "{missing:?}");
    for language in Language::ALL {
        let words = language.sentence("unsent-status", &[("place", "host:1"), ("status", "500")]);
        assert!(words.unwrap().contains("500"));
    }
}
