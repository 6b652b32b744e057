//! What is warned about, once, and until its reason is gone.

use domain::{
    Timestamp,
    external_ca::{AuthorityForm, AuthorityId, Password},
    warning::{EXPIRY_DAYS, WarningKind},
};
use sceau::{
    actions::authorities::{WATCH_JOB, add_authority, chain, last_look, test_authority, watch},
    app::Shared,
};
use zeroize::Zeroizing;

use super::{ADMINISTRATOR, add, another_at, open, warnings};
use crate::{laboratory::Laboratory, site::Site};

const DAY: i64 = 86_400;

/// When the authority is looked at next.
async fn next_look(site: &Site) -> Timestamp {
    let next = site
        .app
        .store
        .read(|tx| Box::pin(async move { store::jobs::next_run_at(tx, &[WATCH_JOB]).await }))
        .await
        .unwrap();
    next.expect("a look is due")
}

/// Makes the job that is queued the work of this test.
async fn look(site: &Site, id: &AuthorityId) {
    let claimed = {
        let now = site.app.now().plus_seconds(7 * DAY);
        store::jobs::claim(&site.app.store, &[WATCH_JOB], now, 60)
            .await
            .unwrap()
    };
    watch(&site.app, id).await.unwrap();
    if let Some(claimed) = claimed {
        site.app
            .store
            .write(move |tx| {
                let claimed = claimed.clone();
                Box::pin(async move { store::jobs::complete(tx, &claimed).await })
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_end_of_a_certificate_is_warned_about_once_at_each_threshold() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let authority = add(&site.app, &laboratory).await;
    let certificates = chain(&authority);
    let ends = certificates.iter().map(|one| one.not_after).min().unwrap();
    let concerned = certificates.iter().filter(|one| one.not_after == ends).count();
    let pass_to = |days: i64| {
        let wanted = ends.plus_seconds(-days * DAY + 60);
        site.pass(wanted.since(site.app.now()) / 1000);
    };
    pass_to(61);
    look(&site, &authority.id).await;
    assert_eq!(of_certificates(&site.app).await, []);
    for days in EXPIRY_DAYS {
        pass_to(days);
        let (one, two) = tokio::join!(watch(&site.app, &authority.id), watch(&site.app, &authority.id));
        one.unwrap();
        two.unwrap();
        let expected = vec![(WarningKind::CertificateExpiring, days); concerned];
        assert_eq!(of_certificates(&site.app).await, expected);
        let raised: Vec<_> = warnings(&site.app).await.into_iter().map(|one| one.id).collect();
        look(&site, &authority.id).await;
        let again: Vec<_> = warnings(&site.app).await.into_iter().map(|one| one.id).collect();
        assert_eq!(again, raised, "the same warning isn't raised again");
    }
    pass_to(0);
    look(&site, &authority.id).await;
    let expected = vec![(WarningKind::CertificateExpired, 0); concerned];
    assert_eq!(of_certificates(&site.app).await, expected);
}

/// Those of the authority's own certificates: its revocation list doesn't last as long as they do.
async fn of_certificates(app: &Shared) -> Vec<(WarningKind, i64)> {
    let mut those = open(app).await;
    those.retain(|(kind, _)| *kind != WarningKind::RevocationStale);
    those
}

#[tokio::test]
async fn the_certificate_of_the_web_server_and_the_list_are_warned_about_once() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(true, 5).await);
    let form = AuthorityForm {
        name: "Laboratory".to_owned(),
        scep_url: laboratory.scep_url(),
        username: Laboratory::USER.to_owned(),
        password: Some(Password::new(Laboratory::PASSWORD.to_owned())),
        challenge_url: laboratory.challenge_url(),
        trust_pem: laboratory.trust_pem(),
        ..AuthorityForm::default()
    };
    let authority = add_authority(&site.app, &ADMINISTRATOR, &form).await.unwrap();
    look(&site, &authority.id).await;
    let checks = last_look(&site.app, &ADMINISTRATOR, &authority.id).await.unwrap();
    let shown = checks.iter().find(|check| check.key == "test-tls-good");
    let ends = &shown.expect("TLS was looked at").values["ends"];
    let ends = Timestamp::from_milliseconds(ends.parse().unwrap());
    let those = || async {
        let mut open = open(&site.app).await;
        open.retain(|(kind, _)| {
            matches!(
                kind,
                WarningKind::TlsExpiring | WarningKind::TlsExpired | WarningKind::RevocationStale
            )
        });
        open
    };
    assert_eq!(those().await, []);
    site.pass(ends.plus_seconds(-30 * DAY + 60).since(site.app.now()) / 1000);
    let (one, two) = tokio::join!(watch(&site.app, &authority.id), watch(&site.app, &authority.id));
    one.unwrap();
    two.unwrap();
    let expected = [(WarningKind::TlsExpiring, 30), (WarningKind::RevocationStale, 0)];
    assert_eq!(those().await, expected);
    let raised: Vec<_> = warnings(&site.app).await.into_iter().map(|one| one.id).collect();
    // One that nobody answers says nothing of the certificate, and the next raises nothing again.
    laboratory.stop().await;
    look(&site, &authority.id).await;
    assert_eq!(those().await, expected);
    let again: Vec<_> = warnings(&site.app).await.into_iter().map(|one| one.id).collect();
    assert!(raised.iter().all(|id| again.contains(id)), "they are the same");
}

#[tokio::test]
async fn an_authority_is_down_when_two_looks_were_in_vain_and_back_when_it_answers() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let authority = add(&site.app, &laboratory).await;
    look(&site, &authority.id).await;
    let wait = next_look(&site).await.since(site.app.now()) / 1000;
    assert!(
        (27 * 60 - 5..=33 * 60).contains(&wait),
        "half an hour, a tenth off at most: {wait}"
    );
    let port = laboratory.port();
    laboratory.stop().await;
    site.pass(1800);
    look(&site, &authority.id).await;
    assert_eq!(open(&site.app).await, [], "one silence may be chance");
    let wait = next_look(&site).await.since(site.app.now()) / 1000;
    assert!(
        (265..=330).contains(&wait),
        "five minutes, a tenth off at most: {wait}"
    );
    site.pass(300);
    look(&site, &authority.id).await;
    assert_eq!(open(&site.app).await, [(WarningKind::AuthorityDown, 0)]);
    let _back = another_at(port).await;
    site.pass(300);
    look(&site, &authority.id).await;
    let all = warnings(&site.app).await;
    let down = all
        .iter()
        .find(|one| one.matter.kind == WarningKind::AuthorityDown);
    assert!(down.unwrap().ended_at.is_some(), "it is told that it is back");
}

#[tokio::test]
async fn a_refused_sign_in_is_the_watch_s_last_until_a_person_acts() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let authority = add(&site.app, &laboratory).await;
    let port = laboratory.port();
    laboratory.stop().await;
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let changed = Laboratory::start_with(move |options| {
        options.listen = address;
        options.password = Zeroizing::new("changed at the domain".to_owned());
    })
    .await;
    let keys = || async {
        let checks = last_look(&site.app, &ADMINISTRATOR, &authority.id).await.unwrap();
        checks.into_iter().map(|check| check.key).collect::<Vec<_>>()
    };
    look(&site, &authority.id).await;
    assert!(
        keys().await.contains(&"test-sign-in-refused".to_owned()),
        "{:?}",
        keys().await
    );
    assert!(open(&site.app).await.contains(&(WarningKind::SignInStopped, 0)));
    for _ in 0..3 {
        site.pass(1800);
        look(&site, &authority.id).await;
        assert!(
            !keys().await.iter().any(|key| key.starts_with("test-sign-in")),
            "none is tried"
        );
        assert!(keys().await.contains(&"watch-sign-in-stopped".to_owned()));
    }
    changed.stop().await;
    let _restored = another_at(port).await;
    test_authority(&site.app, &ADMINISTRATOR, &authority.id)
        .await
        .unwrap();
    assert!(
        !open(&site.app).await.contains(&(WarningKind::SignInStopped, 0)),
        "a person acted"
    );
}
