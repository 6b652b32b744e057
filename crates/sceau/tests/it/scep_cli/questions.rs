//! `caps` and `cacert`: what a server is and can do.

use serde_json::json;

use super::{
    Bench,
    authority::{Authority, Manner},
};
use crate::{
    laboratory::Laboratory,
    outbound::script::{Reply, Server, answer},
};

#[tokio::test]
async fn caps_says_what_ndes_can_do_and_what_is_weak() {
    let laboratory = Laboratory::start(false, 5).await;
    let bench = Bench::new();
    let url = laboratory.scep_url();
    let words = bench.scep(&["caps", &url]).await.expect(0).out;
    assert!(
        words.contains("Renewal           certificates can be renewed"),
        "{words}"
    );
    assert!(
        words.contains("SHA-1             SHA-1 for signatures: broken"),
        "{words}"
    );
    assert!(
        words.contains("! No AES: messages are encrypted with triple DES"),
        "{words}"
    );

    let json = bench.scep(&["caps", &url, "--json"]).await.expect(0).json();
    assert_eq!(
        (&json["post"], &json["renewal"], &json["cipher"], &json["digest"]),
        (&json!(true), &json!(true), &json!("des3"), &json!("sha256"))
    );
    assert_eq!(json["capabilities"][0]["keyword"], "POSTPKIOperation");
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    laboratory.stop().await;
}

#[tokio::test]
async fn a_page_instead_of_keywords_and_an_http_error_are_told_apart() {
    let page = Server::start(|_| {
        Reply::Keep(answer(
            "200 OK",
            &["Content-Type: text/html"],
            b"<html>AES</html>",
        ))
    })
    .await;
    let bench = Bench::new();
    let told = bench.scep(&["caps", &page.url("/scep")]).await.expect(0).out;
    assert!(
        told.contains("No keyword came (text/html): is this a SCEP address?"),
        "{told}"
    );
    bench.scep(&["cacert", &page.url("/scep")]).await.expect(6);

    let absent = Server::start(|_| Reply::Keep(answer("404 Not Found", &[], b"nothing here"))).await;
    let told = bench.scep(&["caps", &absent.url("/"), "--json"]).await.expect(5);
    assert_eq!(told.json()["status"], "error");
    assert!(
        told.err.contains("HTTP status 404: “nothing here”"),
        "{}",
        told.err
    );
    assert!(
        told.err.contains("There is no SCEP server at this address"),
        "{}",
        told.err
    );
}

#[tokio::test]
async fn an_address_that_nobody_answers_at_ends_with_5_and_an_unusable_one_too() {
    let bench = Bench::new();
    // Bound and let go of: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let told = bench
        .scep(&["cacert", &format!("http://127.0.0.1:{port}/scep")])
        .await
        .expect(5);
    assert!(told.err.contains("refuses connections"), "{}", told.err);
    let silent = Server::start(|_| Reply::Silence).await;
    let told = bench
        .scep(&["cacert", &silent.url("/"), "--timeout", "1"])
        .await
        .expect(5);
    assert!(told.err.contains("did not answer in time"), "{}", told.err);
    bench.scep(&["cacert", "ftp://127.0.0.1/"]).await.expect(5);
    bench.scep(&["cacert"]).await.expect(2);
}

#[tokio::test]
async fn cacert_shows_the_role_of_each_certificate_and_writes_them() {
    let laboratory = Laboratory::start(false, 5).await;
    let bench = Bench::new();
    let url = laboratory.scep_url();
    let json = bench.scep(&["cacert", &url, "--json"]).await.expect(0).json();
    let roles: Vec<_> = json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["roles"].clone())
        .collect();
    assert_eq!(
        roles,
        [json!(["issuer"]), json!(["ra-signing"]), json!(["ra-encryption"])]
    );

    // OpenSSL's word on the thumbprints.
    let ca = laboratory.folder().join("ca.pem").display().to_string();
    for (algorithm, name) in [("-sha1", "sha1"), ("-md5", "md5"), ("-sha256", "sha256")] {
        let arguments = ["x509", "-in", &ca, "-noout", "-fingerprint", algorithm];
        let told = bench.run("openssl", &arguments, "").await.expect(0).out;
        let digits = told.trim().split_once('=').unwrap().1.replace(':', "");
        assert_eq!(json["certificates"][0][name], digits);
    }

    let words = bench
        .scep(&["cacert", &url, "--out", "all.pem"])
        .await
        .expect(0)
        .out;
    assert!(
        words.contains("RA encryption\n  subject   CN=NDES-MSCEP-RA"),
        "{words}"
    );
    assert_eq!(bench.read("all.pem").matches("BEGIN CERTIFICATE").count(), 3);
    bench.scep(&["cacert", &url, "--out", "."]).await.expect(0);
    bench
        .assert_verified("1-issuer.pem", None, "2-ra-signing.pem")
        .await;
    bench
        .assert_verified("1-issuer.pem", None, "3-ra-encryption.pem")
        .await;
    laboratory.stop().await;
}

#[tokio::test]
async fn a_pinned_ca_is_taken_by_any_thumbprint_and_another_is_refused() {
    let (authority, server) = Authority::new(Manner::Issue).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    let sha1 = authority.sha1();
    let lower = sha1.to_lowercase();
    let pairs: Vec<&str> = (0..20).map(|place| &lower[2 * place..2 * place + 2]).collect();
    let spaced = pairs.join(":");
    for pin in [&sha1, &spaced] {
        let json = bench
            .scep(&["cacert", &url, "--json", "--ca-sha1", pin])
            .await
            .expect(0)
            .json();
        assert_eq!(
            (&json["is_pinned"], &json["issuer_sha1"]),
            (&json!(true), &json!(sha1))
        );
    }
    let other = "0".repeat(40);
    let told = bench.scep(&["cacert", &url, "--ca-sha1", &other]).await.expect(6);
    assert!(
        told.err.contains("the CA isn't the one that is pinned"),
        "{}",
        told.err
    );
    bench.scep(&["cacert", &url, "--ca-sha1", "12"]).await.expect(2);
}
