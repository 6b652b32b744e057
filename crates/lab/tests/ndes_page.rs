//! The page of challenges behind NTLM, looked at with curl.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ndes_world::{ACCOUNT, World, bold, curl, from_utf16, openssl, options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
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

/// One request on a connection that stays open: the status, the head and the body.
async fn exchange(stream: &mut TcpStream, authorization: Option<&[u8]>) -> (u16, String) {
    let header = authorization.map_or(String::new(), |token| {
        format!("Authorization: NTLM {}\r\n", STANDARD.encode(token))
    });
    let request = format!("GET /certsrv/mscep_admin/ HTTP/1.1\r\nHost: ndes\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let (head, length) = loop {
        stream.read_buf(&mut read).await.unwrap();
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap()
                .parse()
                .unwrap();
            break (head.to_owned(), head.len() + 4 + length);
        }
    };
    while read.len() < length {
        stream.read_buf(&mut read).await.unwrap();
    }
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head)
}

fn negotiate() -> Vec<u8> {
    let mut message = b"NTLMSSP\0\x01\0\0\0".to_vec();
    message.extend(0xa208_8207_u32.to_le_bytes());
    message.extend([0; 16]);
    message
}

#[tokio::test]
async fn hostile_ntlm_messages_are_refused_and_the_service_lives_on() {
    let world = World::new().await;
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    let mut hostile: Vec<Vec<u8>> = vec![
        b"NTLMSSP\0".to_vec(),
        b"NTLMSSP\0\x02\0\0\0".to_vec(),
        vec![0; 64],
        vec![],
    ];
    for (length, offset) in [(0xffff_u16, 64_u32), (16, u32::MAX), (16, 0x7fff_fff0), (1, 88)] {
        let mut message = b"NTLMSSP\0\x03\0\0\0".to_vec();
        for _ in 0..6 {
            message.extend(length.to_le_bytes());
            message.extend(length.to_le_bytes());
            message.extend(offset.to_le_bytes());
        }
        message.extend(u32::MAX.to_le_bytes());
        message.extend([0; 24]);
        for end in 12..message.len() {
            hostile.push(message[..end].to_vec());
        }
        hostile.push(message);
    }
    for token in hostile {
        let (status, head) = exchange(&mut stream, Some(&negotiate())).await;
        assert!(status == 401 && head.contains("NTLM TlRMTVNTUAACAAAA"), "{head}");
        let (status, head) = exchange(&mut stream, Some(&token)).await;
        assert!(
            status == 401 && head.contains("www-authenticate: NTLM\r\n"),
            "{head}"
        );
    }
    world.challenge().await;
}

#[tokio::test]
async fn what_one_connection_proved_counts_on_no_other() {
    let world = World::new().await;
    // curl reuses its connection for the second address: one sign-in, two pages.
    let url = world.admin_url();
    let twice = curl(&["--ntlm", "-u", ACCOUNT, &url, "-o", "/dev/null", &url]).await;
    assert_eq!(twice.status, 200);
    let mut stream = TcpStream::connect(world.running.address).await.unwrap();
    assert_eq!(exchange(&mut stream, None).await.0, 401);
}
