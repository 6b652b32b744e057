//! Each fault of the look-alike, seen from outside with curl and openssl, so that it isn't believed by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::time::{Duration, Instant};

use lab::faults::Faults;
use ndes_world::client::{SUBJECT, ca_certificates, capabilities, enrolment, outcome, post, signer};
use ndes_world::{ACCOUNT, Fetched, World, bold, curl, from_utf16, openssl, program};
use scep::{CsrBuilder, Enrolment, FailInfo, KeyUsage, Outcome};

async fn world(faults: &str) -> World {
    let faults: Faults = faults.parse().unwrap();
    World::with(|options| options.faults = faults).await
}

async fn signed_in(url: &str) -> Fetched {
    curl(&["--ntlm", "-u", ACCOUNT, url]).await
}

fn refused(outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Failed {
            fail_info: Some(FailInfo::BadRequest),
            microsoft_hresult: Some(code),
            ..
        } => code.cast_unsigned(),
        other => panic!("{other:?}"),
    }
}

/// The certificates of GetCACert as openssl prints them, with their texts.
async fn chain(world: &World) -> String {
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACert&message=x")]).await;
    std::fs::write(world.file("chain.p7b"), &answer.body).unwrap();
    let print = [
        "pkcs7",
        "-inform",
        "DER",
        "-in",
        "chain.p7b",
        "-print_certs",
        "-out",
        "chain.pem",
    ];
    openssl(world.files.path(), &print).await;
    std::fs::read_to_string(world.file("chain.pem")).unwrap()
}

#[test]
fn names_and_values_that_are_none_are_refused() {
    for text in [
        "",
        "ordinary",
        "slow",
        "cache-full=10@20",
        "bursts=2/30,templates=80+20,truncated=1@0.5",
    ] {
        text.parse::<Faults>()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    for text in [
        "slowly",
        "slow=-1",
        "slow=1@2",
        "language=xx",
        "language",
        "templates=81",
        "no-crl=1",
        "policy-module=none",
        "restart=NaN",
    ] {
        assert!(text.parse::<Faults>().is_err(), "{text}");
    }
    let ordinary: Faults = "ordinary".parse().unwrap();
    assert_eq!(ordinary.vanish(), Some((0.01, 90.0)));
    assert!(ordinary.names().all(|name| name.parse::<Faults>().is_ok()));
}

#[tokio::test]
async fn without_faults_openssl_checks_the_chain_with_the_revocation_list() {
    let world = world("").await;
    let pem = chain(&world).await;
    assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 3);
    let issued = outcome(
        &world,
        enrolment(&world, signer(), Some(&world.challenge().await)).await,
    )
    .await;
    let Outcome::Issued(issued) = issued else {
        panic!("{issued:?}")
    };
    std::fs::write(world.file("issued.der"), &issued[0]).unwrap();
    let text = ["x509", "-inform", "DER", "-in", "issued.der", "-noout", "-text"];
    let text = openssl(world.files.path(), &text).await;
    let url = world.url("/ca.crl");
    assert!(text.contains(&format!("URI:{url}")), "{text}");

    let list = curl(&[&url]).await;
    assert_eq!(
        (list.status, list.content_type.as_str()),
        (200, "application/pkix-crl")
    );
    std::fs::write(world.file("ca.crl"), &list.body).unwrap();
    let ca = world.data.path().join("ca.pem");
    let ca = ca.to_str().unwrap();
    let said = openssl(
        world.files.path(),
        &[
            "crl",
            "-inform",
            "DER",
            "-in",
            "ca.crl",
            "-CAfile",
            ca,
            "-noout",
            "-out",
            "ca.crl.pem",
        ],
    )
    .await;
    assert!(said.contains("verify OK"), "{said}");
    openssl(
        world.files.path(),
        &["crl", "-inform", "DER", "-in", "ca.crl", "-out", "ca.crl.pem"],
    )
    .await;
    for ra in ["ra-signing.pem", "ra-encryption.pem"] {
        let ra = world.data.path().join(ra);
        let check = [
            "verify",
            "-crl_check",
            "-CRLfile",
            "ca.crl.pem",
            "-CAfile",
            ca,
            ra.to_str().unwrap(),
        ];
        assert!(openssl(world.files.path(), &check).await.contains("OK"));
    }
}

#[tokio::test]
async fn no_crl_is_a_list_that_is_named_and_missing() {
    let world = world("no-crl").await;
    assert_eq!(curl(&[&world.url("/ca.crl")]).await.status, 404);
    let ra = world.data.path().join("ra-signing.pem");
    let text = ["x509", "-in", ra.to_str().unwrap(), "-noout", "-text"];
    assert!(openssl(world.files.path(), &text).await.contains("/ca.crl"));
}

#[tokio::test]
async fn slow_answers_come_late() {
    // A laboratory minute lasts a second here: 60 laboratory seconds are one.
    let world = world("slow=60").await;
    let begin = Instant::now();
    curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=x")]).await;
    assert!(begin.elapsed() >= Duration::from_millis(500));
}

#[tokio::test]
async fn the_cache_is_full_for_its_minutes_and_then_not() {
    let world = world("cache-full=2").await;
    let page = world.page().await;
    assert!(page.contains("cache is full") && bold(&page).is_empty(), "{page}");
    let until = Instant::now() + Duration::from_secs(10);
    while bold(&world.page().await).is_empty() {
        assert!(Instant::now() < until, "full for ever");
    }
    let struck = world.running.struck();
    assert!(
        struck.get("cache-full").is_some_and(|times| *times >= 1),
        "{struck:?}"
    );
    assert_eq!(struck.len(), 1, "nothing else went wrong: {struck:?}");
}

/// Devices that make keys for a while ask for nothing meanwhile: the fault waits for them.
#[tokio::test]
async fn the_cache_is_full_for_whoever_asks_first_after_its_time() {
    let world = world("cache-full=1@0.1").await;
    assert!(!bold(&world.page().await).is_empty(), "not yet");
    let window = Instant::now() + Duration::from_secs(2);
    let url = world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=x");
    while Instant::now() < window {
        assert!(program(world.files.path(), "curl", &["-sS", &url]).await.0);
    }
    let page = world.page().await;
    assert!(page.contains("cache is full"), "{page}");
}

#[tokio::test]
async fn a_restart_forgets_challenges_and_drops_connections() {
    let world = world("restart=1").await;
    let challenge = world.challenge().await;
    // The request that finds the restart due is cut off itself.
    let until = Instant::now() + Duration::from_secs(10);
    let url = world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=x");
    while program(world.files.path(), "curl", &["-sS", &url]).await.0 {
        assert!(Instant::now() < until, "never restarted");
    }
    let forgotten = outcome(&world, enrolment(&world, signer(), Some(&challenge)).await).await;
    assert_eq!(refused(&forgotten), 0x8007_0057);
    for _ in 0..5 {
        world.challenge().await;
    }
    world.running.restart().unwrap();
    world.challenge().await;
}

#[tokio::test]
async fn a_wrong_thumbprint_is_that_of_no_certificate() {
    let world = world("wrong-thumbprint").await;
    let shown = bold(&world.page().await)[0].replace(' ', "");
    assert_eq!(shown.len(), 32);
    let ca = world.data.path().join("ca.pem");
    let print = [
        "x509",
        "-in",
        ca.to_str().unwrap(),
        "-noout",
        "-fingerprint",
        "-md5",
    ];
    let real = openssl(world.files.path(), &print).await.replace(':', "");
    assert!(!real.contains(&shown));
}

#[tokio::test]
async fn expired_ra_certificates_are_what_openssl_calls_expired() {
    let world = world("expired-ra").await;
    let pem = chain(&world).await;
    let ca = world.data.path().join("ca.pem");
    let mut expired = 0;
    for (number, part) in pem
        .split_inclusive("-----END CERTIFICATE-----")
        .take(3)
        .enumerate()
    {
        let name = format!("{number}.pem");
        std::fs::write(world.file(&name), part).unwrap();
        let check = ["verify", "-CAfile", ca.to_str().unwrap(), &name];
        let (_, said) = program(world.files.path(), "openssl", &check).await;
        expired += usize::from(said.contains("certificate has expired"));
    }
    assert_eq!(expired, 2, "{pem}");
}

#[tokio::test]
async fn a_renewed_ca_has_the_same_name_another_key_and_new_ra_certificates() {
    let world = world("").await;
    let before = chain(&world).await;
    world.running.switch("renewed-ca".parse().unwrap()).unwrap();
    let after = chain(&world).await;
    let subjects = |pem: &str| {
        let lines = pem.lines().filter(|line| line.starts_with("subject="));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(subjects(&before), subjects(&after));
    let blocks = |pem: &str| {
        let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
        blocks
            .map(|block| block.lines().take(20).collect::<String>())
            .collect::<Vec<_>>()
    };
    assert!(
        blocks(&after)
            .iter()
            .all(|block| !blocks(&before).contains(block))
    );
    let issued = outcome(
        &world,
        enrolment(&world, signer(), Some(&world.challenge().await)).await,
    )
    .await;
    let Outcome::Issued(issued) = issued else {
        panic!("{issued:?}")
    };
    std::fs::write(world.file("issued.der"), &issued[0]).unwrap();
    openssl(
        world.files.path(),
        &[
            "x509",
            "-inform",
            "DER",
            "-in",
            "issued.der",
            "-out",
            "issued.pem",
        ],
    )
    .await;
    for (ca, is_issuer) in [("ca-renewed.pem", true), ("ca.pem", false)] {
        let ca = world.data.path().join(ca);
        let check = ["verify", "-CAfile", ca.to_str().unwrap(), "issued.pem"];
        assert_eq!(program(world.files.path(), "openssl", &check).await.0, is_issuer);
    }
}

#[tokio::test]
async fn a_sign_in_is_refused_from_its_minute_on() {
    let world = world("sign-in-refused=1").await;
    assert_eq!(signed_in(&world.admin_url()).await.status, 200);
    let until = Instant::now() + Duration::from_secs(10);
    while signed_in(&world.admin_url()).await.status == 200 {
        assert!(Instant::now() < until, "never refused");
    }
    let refused = world.running.struck()["sign-in-refused"];
    assert_eq!(signed_in(&world.admin_url()).await.status, 401);
    assert_eq!(world.running.struck()["sign-in-refused"], refused + 1);
}

#[tokio::test]
async fn a_truncated_page_lacks_its_end_and_costs_a_challenge() {
    let world = world("truncated=1").await;
    for _ in 0..5 {
        let page = signed_in(&world.admin_url()).await;
        assert!(
            page.heads
                .contains(&format!("content-length: {}", page.body.len()))
        );
        let text = String::from_utf16_lossy(
            &page
                .body
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect::<Vec<_>>(),
        );
        assert!(text.starts_with("<HTML>") && !text.contains("</HTML>"), "{text}");
    }
    world.running.switch(Faults::default()).unwrap();
    assert!(world.page().await.contains("cache is full"));
}

#[tokio::test]
async fn pages_come_in_other_languages_and_encodings() {
    for (language, word) in [("fr", "inscription"), ("de", "Kennwort"), ("ja", "パスワード")] {
        let world = world(&format!("language={language}")).await;
        let page = world.page().await;
        assert!(page.contains(word) && !page.contains("password"), "{page}");
        assert_eq!(bold(&page).len(), 2);
        world
            .running
            .switch(format!("language={language},cache-full").parse().unwrap())
            .unwrap();
        assert!(bold(&world.page().await).is_empty());
    }
    let utf8 = world("encoding=utf8,language=ja").await;
    let page = signed_in(&utf8.admin_url()).await;
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("パスワード") && bold(&text).len() == 2);
    let marked = world("encoding=utf16le-bom").await;
    let page = signed_in(&marked.admin_url()).await;
    assert_eq!(&page.body[..4], b"\xff\xfe<\0");
    assert_eq!(bold(&from_utf16(&page.body)).len(), 2);
}

#[tokio::test]
async fn http_500_strikes_scep_and_the_page_and_not_the_sign_in() {
    let world = world("http-500=1").await;
    let caps = world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=x");
    assert_eq!(curl(&[&caps]).await.status, 500);
    assert_eq!(signed_in(&world.admin_url()).await.status, 500);
    assert_eq!(curl(&[&world.admin_url()]).await.status, 401);
    world.running.switch("http-500=0".parse().unwrap()).unwrap();
    assert_eq!(curl(&[&caps]).await.status, 200);
}

#[tokio::test]
async fn bursts_come_and_go() {
    let world = world("bursts=1/2").await;
    world.page().await;
    let caps = world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=x");
    for expected in [500, 200] {
        let until = Instant::now() + Duration::from_secs(10);
        while curl(&[&caps]).await.status != expected {
            assert!(Instant::now() < until, "never {expected}");
        }
    }
}

/// A request and its first answer, which is PENDING.
async fn kept(world: &World) -> Enrolment {
    let mut enrolment = enrolment(world, signer(), Some(&world.challenge().await)).await;
    let (status, body) = post(world, &enrolment.write_request().unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(enrolment.read_reply(&body).unwrap(), Outcome::Pending);
    enrolment
}

async fn poll(world: &World, enrolment: &mut Enrolment) -> Outcome {
    let (status, body) = post(world, &enrolment.write_poll().unwrap()).await;
    assert_eq!(status, 200);
    enrolment.read_reply(&body).unwrap()
}

async fn decided(world: &World) -> Outcome {
    let mut enrolment = kept(world).await;
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let outcome = poll(world, &mut enrolment).await;
        if outcome != Outcome::Pending {
            return outcome;
        }
        assert!(Instant::now() < until, "never decided");
    }
}

#[tokio::test]
async fn a_request_waits_and_is_approved_denied_or_forgotten_by_everyone() {
    let approved = world("pending-approved=1").await;
    assert!(matches!(decided(&approved).await, Outcome::Issued(_)));
    let denied = world("denied=1").await;
    assert_eq!(refused(&decided(&denied).await), 0x8009_4014);
    let forever = world("pending-forever").await;
    let mut enrolment = kept(&forever).await;
    for _ in 0..20 {
        assert_eq!(poll(&forever, &mut enrolment).await, Outcome::Pending);
    }
}

#[tokio::test]
async fn pages_without_permission_or_password_and_one_password_for_everyone() {
    let closed = world("no-permission").await;
    let page = closed.page().await;
    assert!(page.contains("permission") && bold(&page).is_empty(), "{page}");

    let open = world("no-password").await;
    assert_eq!(bold(&open.page().await).len(), 1, "the thumbprint alone");
    let issued = outcome(&open, enrolment(&open, signer(), None).await).await;
    assert!(matches!(issued, Outcome::Issued(_)));

    let single = world("single-password").await;
    let challenge = single.challenge().await;
    assert_eq!(challenge, single.challenge().await);
    for _ in 0..2 {
        let issued = outcome(&single, enrolment(&single, signer(), Some(&challenge)).await).await;
        assert!(matches!(issued, Outcome::Issued(_)));
    }
}

#[tokio::test]
async fn templates_are_chosen_by_the_key_usage_that_is_asked_for() {
    let world = world("templates=80").await;
    for (usage, is_published) in [(0x80, true), (0xa0, false), (0x20, false)] {
        let signer = signer();
        let challenge = world.challenge().await;
        let csr = CsrBuilder::new(SUBJECT)
            .challenge(&challenge)
            .key_usage(KeyUsage(usage))
            .build(&signer.key)
            .unwrap();
        let known = (ca_certificates(&world).await, capabilities(&world).await);
        let asked = Enrolment::new(known.0, &known.1, csr, signer).unwrap();
        let answer = outcome(&world, asked).await;
        if is_published {
            assert!(matches!(answer, Outcome::Issued(_)), "{answer:?}");
        } else {
            assert_eq!(refused(&answer), 0x8009_4800);
        }
    }
}

#[tokio::test]
async fn addresses_without_a_slash_redirect_early_or_give_the_page() {
    let front = world("front-end-redirect").await;
    let url = front.url("/certsrv/mscep_admin");
    let answer = curl(&[&url]).await;
    assert_eq!(answer.status, 301);
    assert!(answer.heads.contains(&front.admin_url()), "{}", answer.heads);

    let page = world("page-without-slash").await;
    let url = page.url("/certsrv/mscep_admin");
    assert_eq!(curl(&[&url]).await.status, 401);
    let answer = signed_in(&url).await;
    assert_eq!(answer.status, 200);
    assert_eq!(bold(&from_utf16(&answer.body)).len(), 2);
}
