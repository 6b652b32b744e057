//! `crl` and `cert`: what a CA keeps.

use serde_json::json;

use super::{
    Bench,
    authority::{Authority, Manner},
};

#[tokio::test]
async fn the_crl_says_whether_a_certificate_is_revoked_and_openssl_takes_it() {
    let (authority, server) = Authority::new(Manner::Issue).serve().await;
    let bench = Bench::new();
    std::fs::write(bench.path().join("ca.pem"), authority.pem()).unwrap();
    let url = server.url("/scep");
    let enroll = [
        "enroll",
        &url,
        "--subject",
        "CN=x",
        "--new-key",
        "k",
        "--out",
        "c.pem",
    ];
    bench.scep(&enroll).await.expect(0);
    let json = bench
        .scep(&["crl", &url, "--certificate", "c.pem", "--json"])
        .await
        .expect(0)
        .json();
    let crl = &json["crl"];
    assert_eq!(
        (&crl["number"], &crl["revoked"], &crl["lists_the_certificate"]),
        (&json!("9"), &json!(1), &json!(false))
    );
    let out = [
        "--out",
        "crl.der",
        "--der",
        "--signer-certificate",
        "c.pem",
        "--signer-key",
        "k",
    ];
    bench
        .scep(&[&["crl", &url, "--certificate", "c.pem"], &out[..]].concat())
        .await
        .expect(0);
    let verify = [
        "crl", "-inform", "DER", "-in", "crl.der", "-CAfile", "ca.pem", "-noout",
    ];
    let told = bench.run("openssl", &verify, "").await.expect(0);
    assert!(told.err.contains("verify OK"), "{}", told.err);
    // PEM, on standard output.
    let told = bench
        .scep(&["crl", &url, "--certificate", "c.pem"])
        .await
        .expect(0);
    assert!(told.out.starts_with("-----BEGIN X509 CRL-----"), "{}", told.out);
}

#[tokio::test]
async fn a_certificate_comes_again_by_its_serial_number_and_an_unknown_one_is_said_to_be_so() {
    let (_authority, server) = Authority::new(Manner::Issue).serve().await;
    let bench = Bench::new();
    let url = server.url("/scep");
    let enroll = [
        "enroll",
        &url,
        "--subject",
        "CN=x",
        "--new-key",
        "k",
        "--out",
        "c.pem",
        "--json",
    ];
    let json = bench.scep(&enroll).await.expect(0).json();
    let serial = json["certificate"]["serial"].as_str().unwrap();
    bench
        .scep(&["cert", &url, "--serial", serial, "--out", "again.pem"])
        .await
        .expect(0);
    assert_eq!(bench.read("again.pem"), bench.read("c.pem"));
    let told = bench.scep(&["cert", &url, "--serial", "0A:BC"]).await.expect(3);
    assert!(told.err.contains("failInfo badCertId (4)"), "{}", told.err);
    bench.scep(&["cert", &url, "--serial", "xyz"]).await.expect(2);
    bench.scep(&["cert", &url]).await.expect(2);
}
