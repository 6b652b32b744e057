//! The page of challenges behind NTLM, looked at with curl.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::time::Duration;

use ndes_world::{ACCOUNT, World, bold, curl, from_utf16, openssl, options};
use zeroize::Zeroizing;

#[tokio::test]
async fn curl_gets_a_page_with_the_right_password() {
    let world = World::new().await;
    let page = curl(&["--ntlm", "-u", ACCOUNT, &world.admin_url()]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.heads
            .contains(&format!("content-length: {}", page.body.len())),
        "{}",
        page.heads
    );

    // UTF-16LE without a byte order mark, a NUL at the end, under a meta tag that says UTF-8.
    assert_eq!(&page.body[..4], b"<\0H\0");
    assert_eq!(&page.body[page.body.len() - 2..], b"\0\0");
    let text = from_utf16(&page.body);
    assert!(text.contains("charset=UTF-8"), "{text}");

    let bold = bold(&text);
    let [thumbprint, challenge] = bold.as_slice() else {
        panic!("{text}")
    };
    let print = ["x509", "-in", "ca.pem", "-noout", "-fingerprint", "-md5"];
    let fingerprint = openssl(world.data.path(), &print).await;
    let (_, md5) = fingerprint.trim().split_once('=').unwrap();
    assert_eq!(thumbprint.replace(' ', ""), md5.replace(':', ""));
    assert_eq!(
        thumbprint.split(' ').map(str::len).collect::<Vec<_>>(),
        [8, 8, 8, 8]
    );
    assert!(
        challenge.len() == 16
            && challenge
                .bytes()
                .all(|octet| b"0123456789ABCDEF".contains(&octet))
    );
}

#[tokio::test]
async fn curl_is_refused_with_a_wrong_password_user_or_domain() {
    let world = World::new().await;
    for account in [
        "LAB\\ndes:wrong",
        "LAB\\other:Correct-Horse-7",
        "OTHER\\ndes:Correct-Horse-7",
        "LAB\\ndes:",
        ":",
    ] {
        let page = curl(&["--ntlm", "-u", account, &world.admin_url()]).await;
        assert_eq!(page.status, 401, "{account}");
        assert!(!page.text().contains("<B>"));
    }
    let basic = curl(&["--basic", "-u", ACCOUNT, &world.admin_url()]).await;
    assert_eq!(basic.status, 401);
}

#[tokio::test]
async fn names_count_in_any_letter_case_and_as_a_principal() {
    let world = World::new().await;
    for account in ["lab\\NDES:Correct-Horse-7", "ndes@LAB:Correct-Horse-7"] {
        let page = curl(&["--ntlm", "-u", account, &world.admin_url()]).await;
        assert_eq!(page.status, 200, "{account}");
    }
}

#[tokio::test]
async fn nothing_is_shown_before_signing_in_and_both_schemes_are_offered() {
    let world = World::new().await;
    for path in [
        "/certsrv/mscep_admin",
        "/certsrv/mscep_admin/",
        "/CertSrv/MSCEP_Admin/",
    ] {
        let answer = curl(&[&world.url(path)]).await;
        assert_eq!(answer.status, 401);
        assert!(
            answer.heads.contains("www-authenticate: Negotiate\r\n"),
            "{}",
            answer.heads
        );
        assert!(
            answer.heads.contains("www-authenticate: NTLM\r\n"),
            "{}",
            answer.heads
        );
    }
}

#[tokio::test]
async fn without_its_slash_the_address_redirects_only_after_signing_in() {
    let world = World::new().await;
    let url = world.url("/certsrv/mscep_admin");
    let answer = curl(&["--ntlm", "-u", ACCOUNT, &url]).await;
    assert_eq!(answer.status, 301);
    assert!(
        answer
            .heads
            .contains(&format!("location: {}\r\n", world.admin_url())),
        "{}",
        answer.heads
    );
    let page = curl(&["--ntlm", "-u", ACCOUNT, "-L", &url]).await;
    assert_eq!((page.status, bold(&from_utf16(&page.body)).len()), (200, 2));
}

#[tokio::test]
async fn five_unused_challenges_fill_the_cache_and_one_that_expires_makes_room() {
    // A laboratory minute of 50 ms: the sixty of a challenge are three seconds.
    let world = World::with(|options| options.minute_seconds = 0.05).await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        seen.insert(world.challenge().await);
    }
    assert_eq!(seen.len(), 5);
    let full = world.page().await;
    assert!(
        full.contains("The password cache is full") && bold(&full).is_empty(),
        "{full}"
    );

    let room = async {
        loop {
            let page = world.page().await;
            if !bold(&page).is_empty() {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), room).await.unwrap();
}

#[tokio::test]
async fn a_single_challenge_is_the_same_for_everyone() {
    let world = World::with(|options| {
        options.single_challenge = Some(Zeroizing::new("0123456789ABCDEF".into()));
    })
    .await;
    for _ in 0..7 {
        assert_eq!(world.challenge().await, "0123456789ABCDEF");
    }
}

#[tokio::test]
async fn a_restart_keeps_the_ca_and_forgets_the_challenges() {
    let World { running, data, .. } = World::new().await;
    let before = std::fs::read(data.path().join("ca.pem")).unwrap();
    running.shutdown().await;
    let running = lab::ndes::start(options(data.path())).await.unwrap();
    assert_eq!(std::fs::read(data.path().join("ca.pem")).unwrap(), before);
    let url = format!("http://{}/certsrv/mscep_admin/", running.address);
    let page = curl(&["--ntlm", "-u", ACCOUNT, &url]).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn over_https_curl_trusts_the_certificate_of_the_data_folder() {
    let world = World::with(|options| options.tls = true).await;
    let authority = world.data.path().join("tls-ca.pem");
    let authority = authority.to_str().unwrap();
    for version in ["1.2", "1.3"] {
        let page = curl(&[
            "--cacert",
            authority,
            "--tls-max",
            version,
            "--ntlm",
            "-u",
            ACCOUNT,
            &world.admin_url(),
        ])
        .await;
        assert_eq!(page.status, 200);
    }
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let data = tempfile::tempdir().unwrap();
    let mut options = options(data.path());
    options.listen = "0.0.0.0:0".parse().unwrap();
    let refused = lab::ndes::start(options).await.err().unwrap();
    assert!(refused.to_string().contains("loopback"), "{refused}");
}

#[tokio::test]
async fn options_print_no_secret() {
    let data = tempfile::tempdir().unwrap();
    let mut options = options(data.path());
    options.single_challenge = Some(Zeroizing::new("CANARY-CHALLENGE".into()));
    options.password = Zeroizing::new("CANARY-PASSWORD".into());
    assert!(!format!("{options:?}").contains("CANARY"));
}
