//! Answers that must not be believed, and servers that fail.

use super::{
    Bench,
    authority::{Authority, Manner},
    words,
};

async fn enroll(bench: &Bench, manner: Manner) -> super::Ran {
    let (_authority, server) = Authority::new(manner).serve().await;
    let url = server.url("/scep");
    bench
        .scep(&[
            "enroll",
            &url,
            "--subject",
            "CN=x",
            "--new-key",
            "k",
            "--out",
            "c.pem",
        ])
        .await
}

#[tokio::test]
async fn an_answer_that_another_key_signed_is_not_believed() {
    let bench = Bench::new();
    let told = enroll(&bench, Manner::SignAsAnother).await.expect(6);
    assert!(
        told.err.contains("the answer isn't to be trusted"),
        "{}",
        told.err
    );
    assert!(!bench.has("c.pem"));
    assert!(bench.has("k"), "the CA may have issued for it: the key stays");
}

#[tokio::test]
async fn a_certificate_for_another_key_is_not_taken() {
    let bench = Bench::new();
    let told = enroll(&bench, Manner::CertifyAnother).await.expect(6);
    assert!(
        told.err
            .contains("no certificate in the reply holds the requested key"),
        "{}",
        told.err
    );
    assert!(!bench.has("c.pem"));
}

#[tokio::test]
async fn an_old_answer_played_again_is_not_believed() {
    let (_authority, server) = Authority::new(Manner::Replay).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    bench
        .scep(&[
            "enroll",
            &url,
            "--subject",
            "CN=x",
            "--new-key",
            "k",
            "--out",
            "c.pem",
        ])
        .await
        .expect(0);
    // The same key, so the same transactionID: only the nonce differs.
    let told = bench
        .scep(&[
            "enroll",
            &url,
            "--subject",
            "CN=x",
            "--key",
            "k",
            "--out",
            "d.pem",
        ])
        .await
        .expect(6);
    assert!(
        told.err
            .contains("the reply's recipientNonce isn't the request's"),
        "{}",
        told.err
    );
    assert!(!bench.has("d.pem"));
}

#[tokio::test]
async fn a_page_is_no_answer_and_a_failing_server_is_said_to_fail() {
    let bench = Bench::new();
    enroll(&bench, Manner::Page).await.expect(6);
    std::fs::remove_file(bench.path().join("k")).unwrap();
    let told = enroll(&bench, Manner::Fail).await.expect(5);
    assert!(
        told.err.contains("HTTP status 500: “the CA is away”"),
        "{}",
        told.err
    );
}

#[tokio::test]
async fn the_words_of_a_refusal_are_shown() {
    let bench = Bench::new();
    let told = enroll(&bench, Manner::Refuse).await.expect(3);
    assert!(told.err.contains("It says: “not on a Thursday”"), "{}", told.err);
}

#[tokio::test]
async fn nothing_is_sent_to_a_ca_that_is_not_the_pinned_one() {
    let (authority, server) = Authority::new(Manner::Issue).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    let common = [
        "enroll",
        &url,
        "--subject",
        "CN=x",
        "--new-key",
        "k",
        "--out",
        "c.pem",
        "--ca-sha1",
    ];
    bench
        .scep(&[&common[..], &["00112233445566778899AABBCCDDEEFF00112233"]].concat())
        .await
        .expect(6);
    assert!(!bench.has("k"), "no key is made for nothing");
    assert!(server.seen().iter().all(|seen| !seen.head.starts_with("POST")));
    let sha1 = authority.sha1();
    let told = bench.scep(&[&common[..], &[&sha1]].concat()).await.expect(0);
    assert!(!told.err.contains("was not checked"), "{}", told.err);
}

#[tokio::test]
async fn an_encryption_certificate_that_the_pinned_ca_did_not_issue_gets_no_challenge() {
    let (authority, server) = Authority::new(Manner::InviteAnother).serve().await;
    let bench = Bench::new();
    let line = format!(
        "enroll {} --subject CN=x --new-key k --challenge canary --ca-sha1 {}",
        server.url("/scep"),
        authority.sha1()
    );
    let told = bench.scep(&words(&line)).await.expect(6);
    let cause = "the certificate that takes requests was not issued by the pinned CA";
    assert!(told.err.contains(cause), "{}", told.err);
    assert!(server.seen().iter().all(|seen| !seen.head.starts_with("POST")));
}
