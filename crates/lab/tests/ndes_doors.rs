//! Faults at the door of the page of challenges, seen from outside with curl: other ways to sign in, and a policy module
//! that answers in place of the page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use ndes_world::client::{enrolment, outcome, signer};
use ndes_world::{ACCOUNT, Fetched, World, bold, curl, from_utf16, openssl};
use scep::Outcome;

async fn world(faults: &str) -> World {
    World::with(|options| options.faults = faults.parse().unwrap()).await
}

async fn signed_in(url: &str) -> Fetched {
    curl(&["--ntlm", "-u", ACCOUNT, url]).await
}

/// The ways to sign in that the last answer offers.
fn offers(answer: &Fetched) -> Vec<&str> {
    let (_, last) = answer.heads.trim_end().rsplit_once("HTTP/1.1 ").unwrap();
    last.lines()
        .filter_map(|line| line.strip_prefix("www-authenticate: "))
        .collect()
}

fn is_challenge(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|octet| b"0123456789ABCDEF".contains(&octet))
}

#[tokio::test]
async fn basic_alone_is_offered_and_takes_the_right_password() {
    let world = world("basic-only").await;
    let refused = signed_in(&world.admin_url()).await;
    assert_eq!(refused.status, 401);
    assert_eq!(offers(&refused), ["Basic realm=\"laboratory\""]);
    let page = curl(&["--basic", "-u", ACCOUNT, &world.admin_url()]).await;
    assert_eq!(page.status, 200);
    assert_eq!(bold(&from_utf16(&page.body)).len(), 2);
    for account in ["LAB\\ndes:wrong", "OTHER\\ndes:Correct-Horse-7", "LAB\\ndes:"] {
        let refused = curl(&["--basic", "-u", account, &world.admin_url()]).await;
        assert_eq!(refused.status, 401, "{account}");
    }
    let principal = curl(&["--basic", "-u", "ndes@LAB:Correct-Horse-7", &world.admin_url()]).await;
    assert_eq!(principal.status, 200);
}

#[tokio::test]
async fn kerberos_alone_refuses_ntlm_under_both_names() {
    let world = world("kerberos-only").await;
    // The head of NTLM's first message.
    let ntlm = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=";
    for scheme in ["NTLM", "Negotiate"] {
        let header = format!("Authorization: {scheme} {ntlm}");
        let refused = curl(&["-H", &header, &world.admin_url()]).await;
        assert_eq!(refused.status, 401);
        assert_eq!(offers(&refused), ["Negotiate"], "no token: NTLM ends there");
    }
}

#[tokio::test]
async fn curl_sends_no_binding_and_is_refused_where_one_is_required() {
    for (faults, status) in [("", 200), ("require-binding", 401)] {
        let world = World::with(|options| {
            options.tls = true;
            options.faults = faults.parse().unwrap();
        })
        .await;
        let ca = world.data.path().join("tls-ca.pem");
        let (ca, url) = (ca.to_str().unwrap(), world.admin_url());
        let answer = curl(&["--cacert", ca, "--ntlm", "-u", ACCOUNT, &url]).await;
        assert_eq!(answer.status, status, "{faults}");
    }
    // Without TLS there is nothing to be bound to.
    let plain = world("require-binding").await;
    assert_eq!(signed_in(&plain.admin_url()).await.status, 401);
}

#[tokio::test]
async fn a_policy_module_answers_its_own_operations_and_forbids_the_page() {
    let world = world("policy-module").await;
    assert_eq!(
        curl(&[&world.scep_url()]).await.status,
        403,
        "as a browser sees it"
    );
    let caps = format!("{}?operation=GetCACaps&message=x", world.scep_url());
    assert_eq!(curl(&[&caps]).await.status, 200);
    assert_eq!(curl(&[&world.admin_url()]).await.status, 401);
    assert_eq!(signed_in(&world.admin_url()).await.status, 403);
    let without_slash = world.url("/certsrv/mscep_admin");
    assert_eq!(signed_in(&without_slash).await.status, 301);

    let asked = format!("{without_slash}?operation=NDESGenerateChallenge&keyUsage=0xa0");
    let challenge = signed_in(&asked).await;
    assert_eq!(challenge.status, 200);
    let challenge = challenge.text().trim().to_owned();
    assert!(is_challenge(&challenge), "{challenge}");
    let issued = outcome(&world, enrolment(&world, signer(), Some(&challenge)).await).await;
    assert!(matches!(issued, Outcome::Issued(_)), "{issued:?}");

    let asked = format!("{}?operation=NDESGetCACertThumbprint", world.admin_url());
    let shown = signed_in(&asked).await.text();
    let print = ["x509", "-in", "ca.pem", "-noout", "-fingerprint", "-md5"];
    let md5 = openssl(world.data.path(), &print).await.replace(':', "");
    assert!(md5.contains(shown.trim()) && shown.trim().len() == 32, "{shown}");
}

#[tokio::test]
async fn a_policy_module_may_answer_in_words_or_with_a_bare_value() {
    let words = world("policy-module=words").await;
    let said = signed_in(&words.admin_url()).await;
    assert_eq!(said.status, 200);
    assert!(said.text().contains("denies") && !said.text().contains('<'));

    let value = world("policy-module=value").await;
    for _ in 0..5 {
        let given = signed_in(&value.admin_url()).await.text();
        assert!(is_challenge(given.trim()), "{given}");
    }
    let given = signed_in(&value.admin_url()).await.text();
    assert!(given.contains("gives no challenge"), "each counted: {given}");
}

#[tokio::test]
async fn without_a_policy_module_an_operation_is_passed_over() {
    let world = world("").await;
    let asked = format!("{}?operation=NDESGenerateChallenge", world.admin_url());
    let page = signed_in(&asked).await;
    assert_eq!(bold(&from_utf16(&page.body)).len(), 2);
}

#[tokio::test]
async fn a_page_is_cut_where_it_is_said() {
    let whole = {
        let world = world("").await;
        signed_in(&world.admin_url()).await.body.len()
    };
    for (part, percent) in [("0.3", 30), ("0.75", 75)] {
        let world = world(&format!("truncated=1@{part}")).await;
        let page = signed_in(&world.admin_url()).await;
        assert_eq!(page.body.len(), whole * percent / 100);
    }
    // Where the tests of deliveries cut it: ten of the challenge's sixteen digits are there.
    let world = world("truncated=1@0.73").await;
    let page = signed_in(&world.admin_url()).await;
    let page = from_utf16(&page.body[..page.body.len() & !1]);
    let (_, digits) = page.rsplit_once("<B> ").unwrap();
    assert!(
        digits.len() == 10 && is_challenge(&format!("{digits}012345")),
        "{page}"
    );
}
