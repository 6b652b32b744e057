//! Requests that a person has to look at first.

use std::os::unix::fs::PermissionsExt as _;

use super::{
    Bench,
    authority::{Authority, Manner},
};

#[tokio::test]
async fn a_pending_request_goes_on_in_another_process() {
    let (authority, server) = Authority::new(Manner::Pend(1)).serve().await;
    let bench = Bench::new();
    std::fs::write(bench.path().join("ca.pem"), authority.pem()).unwrap();
    let url = server.url("/scep");
    let enroll = [
        "enroll",
        &url,
        "--subject",
        "CN=late",
        "--challenge",
        "canary",
        "--new-key",
        "k",
        "--out",
        "c.pem",
        "--state",
        "s",
        "--json",
    ];
    let pending = bench.scep(&enroll).await.expect(4).json();
    assert_eq!(pending["status"], "pending");
    let mode = std::fs::metadata(bench.path().join("s"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        !bench.read("s").contains("PRIVATE"),
        "the key stays in its own file"
    );

    let poll = ["poll", &url, "--state", "s"];
    let told = bench.scep(&poll).await.expect(4);
    assert!(
        told.err.contains("sceau scep poll"),
        "what to do next is said: {}",
        told.err
    );
    assert!(bench.has("s") && !bench.has("c.pem"));
    let told = bench.scep(&poll).await.expect(0);
    assert!(
        told.out.contains(pending["transaction_id"].as_str().unwrap()),
        "{}",
        told.out
    );
    bench.assert_verified("ca.pem", None, "c.pem").await;
    bench.assert_pair("c.pem", "k").await;
    assert!(!bench.has("s"), "what is done needs no state");
}

#[tokio::test]
async fn waiting_polls_until_the_certificate_is_there() {
    let (_authority, server) = Authority::new(Manner::Pend(0)).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    let enroll = [
        "enroll",
        &url,
        "--subject",
        "CN=late",
        "--new-key",
        "k",
        "--out",
        "c.pem",
        "--wait",
        "20",
    ];
    let told = bench.scep(&enroll).await.expect(0);
    assert!(told.err.contains("pending: asking again in 2 s"), "{}", told.err);
    assert!(bench.has("c.pem") && !bench.has("k.pending"));
}

#[tokio::test]
async fn without_a_name_the_state_lies_beside_the_key() {
    let (_authority, server) = Authority::new(Manner::Pend(9)).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    bench
        .scep(&[
            "enroll",
            &url,
            "--subject",
            "CN=late",
            "--new-key",
            "k",
            "--wait",
            "1",
        ])
        .await
        .expect(4);
    assert!(bench.has("k.pending") && bench.has("k"));
    std::fs::write(bench.path().join("torn"), "{").unwrap();
    let told = bench.scep(&["poll", &url, "--state", "torn"]).await.expect(1);
    assert!(told.err.contains("is no state file"), "{}", told.err);
}
