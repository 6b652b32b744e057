//! `enroll` and `renew` at the laboratory's NDES.

use std::{os::unix::fs::PermissionsExt as _, time::Duration};

use sceau::outbound::Outbound;

use super::{Bench, words};
use crate::laboratory::Laboratory;

async fn challenge(laboratory: &Laboratory) -> String {
    let page = Outbound::new()
        .fetch_challenge(&laboratory.source(), Duration::from_secs(30))
        .await;
    page.unwrap().challenge.to_string()
}

#[tokio::test]
async fn a_certificate_is_issued_for_a_new_key_with_the_names_that_were_asked_for() {
    let laboratory = Laboratory::start(false, 5).await;
    let bench = Bench::new();
    let (url, ca) = (
        laboratory.scep_url(),
        laboratory.folder().join("ca.pem").display().to_string(),
    );
    let challenge = challenge(&laboratory).await;
    let line = format!(
        "enroll {url} --challenge-stdin --dns a.contoso.test --dns b.contoso.test --email anna@contoso.test \
         --uri tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500 --upn anna@contoso.test --ip 10.1.2.3 \
         --ip 2001:db8::1 --usage digital-signature --eku client-auth,1.3.6.1.5.5.7.3.17 --new-key new.key \
         --out cert.pem --chain chain.pem --verbose --subject"
    );
    let mut arguments = words(&line);
    arguments.push("CN=\"Müller, Anna\",OU=IT+L=Lyon,O=Contoso");
    let told = bench
        .scep_with(&format!("{challenge}\n"), &arguments)
        .await
        .expect(0);
    assert!(told.out.starts_with("issued (transaction "), "{}", told.out);
    bench.assert_verified(&ca, None, "cert.pem").await;
    bench.assert_pair("cert.pem", "new.key").await;
    assert_eq!(bench.read("chain.pem"), std::fs::read_to_string(&ca).unwrap());

    let text = bench
        .run(
            "openssl",
            &words("x509 -in cert.pem -noout -text -nameopt utf8,sep_comma_plus"),
            "",
        )
        .await
        .expect(0)
        .out;
    for part in [
        "Subject: CN=Müller, Anna,OU=IT+L=Lyon,O=Contoso",
        "DNS:a.contoso.test, DNS:b.contoso.test, email:anna@contoso.test",
        "URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500",
        "UPN::anna@contoso.test",
        "IP Address:10.1.2.3",
        "IP Address:2001:DB8:0:0:0:0:0:1",
        "TLS Web Client Authentication, ipsec Internet Key Exchange",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }

    // For its owner alone, and shown to nobody.
    let mode = std::fs::metadata(bench.path().join("new.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        !told.err.contains(&challenge) && !told.out.contains(&challenge),
        "{}",
        told.err
    );
    assert!(!told.err.contains("PRIVATE") && !told.out.contains("PRIVATE"));
    assert!(
        told.err.contains("--ca-sha1"),
        "what was not checked is said: {}",
        told.err
    );
    laboratory.stop().await;
}

#[tokio::test]
async fn a_wrong_challenge_is_refused_with_words_and_leaves_no_key() {
    let laboratory = Laboratory::start(false, 5).await;
    let bench = Bench::new();
    let url = laboratory.scep_url();
    let arguments = [
        "enroll",
        &url,
        "--subject",
        "CN=x",
        "--challenge",
        "0123456789ABCDEF",
        "--new-key",
        "k",
    ];
    let told = bench.scep(&arguments).await.expect(3);
    assert!(
        told.err
            .contains("failInfo badRequest (2): the request isn't permitted"),
        "{}",
        told.err
    );
    assert!(
        told.err.contains("HRESULT 0x80070057 E_INVALIDARG"),
        "{}",
        told.err
    );
    assert!(!bench.has("k"), "a key that nothing was issued for is taken away");

    let json = bench
        .scep(&[&arguments[..], &["--json"]].concat())
        .await
        .expect(3)
        .json();
    assert_eq!(json["status"], "refused");
    assert_eq!(json["fail_info"]["number"], 2);
    assert_eq!(json["hresult"]["code"], "0x80070057");
    assert!(laboratory.issued().is_empty());
    laboratory.stop().await;
}

#[tokio::test]
async fn a_given_key_is_used_in_either_form_and_no_file_is_ever_overwritten() {
    let laboratory = Laboratory::start_with_one_challenge("0123456789ABCDEF").await;
    let bench = Bench::new();
    let (url, ca) = (
        laboratory.scep_url(),
        laboratory.folder().join("ca.pem").display().to_string(),
    );
    std::fs::write(bench.path().join("challenge"), "0123456789ABCDEF\r\n").unwrap();
    bench
        .run("openssl", &["genrsa", "-out", "pkcs8.key", "2048"], "")
        .await
        .expect(0);
    bench
        .run(
            "openssl",
            &["rsa", "-in", "pkcs8.key", "-traditional", "-out", "pkcs1.key"],
            "",
        )
        .await
        .expect(0);
    for key in ["pkcs8.key", "pkcs1.key"] {
        let before = bench.read(key);
        let arguments = [
            "enroll",
            &url,
            "--subject",
            "CN=x",
            "--challenge-file",
            "challenge",
            "--key",
            key,
        ];
        // Without --out the certificate alone is on standard output.
        let told = bench.scep(&arguments).await.expect(0);
        assert!(
            told.out.starts_with("-----BEGIN CERTIFICATE-----\n"),
            "{}",
            told.out
        );
        std::fs::write(bench.path().join("cert.pem"), &told.out).unwrap();
        bench.assert_verified(&ca, None, "cert.pem").await;
        bench.assert_pair("cert.pem", key).await;
        assert_eq!(bench.read(key), before);
        let over = ["enroll", &url, "--subject", "CN=x", "--new-key", key];
        let told = bench.scep(&over).await.expect(2);
        assert!(told.err.contains("a key is never overwritten"), "{}", told.err);
        assert_eq!(bench.read(key), before);
    }
    bench
        .run(
            "openssl",
            &[
                "rsa",
                "-in",
                "pkcs8.key",
                "-aes128",
                "-passout",
                "pass:x",
                "-out",
                "enc.key",
            ],
            "",
        )
        .await
        .expect(0);
    let told = bench
        .scep(&["enroll", &url, "--subject", "CN=x", "--key", "enc.key"])
        .await
        .expect(1);
    assert!(told.err.contains("is encrypted"), "{}", told.err);
    laboratory.stop().await;
}

#[tokio::test]
async fn a_renewal_takes_subject_and_names_from_the_old_certificate_and_may_change_the_key() {
    let laboratory = Laboratory::start_with_one_challenge("0123456789ABCDEF").await;
    let bench = Bench::new();
    let (url, ca) = (
        laboratory.scep_url(),
        laboratory.folder().join("ca.pem").display().to_string(),
    );
    let arguments = format!(
        "enroll {url} --subject CN=printer,O=Contoso --dns printer.contoso.test --upn p@contoso.test --ip 10.1.2.3 \
         --eku client-auth --challenge 0123456789ABCDEF --new-key old.key --out old.pem"
    );
    bench.scep(&words(&arguments)).await.expect(0);
    let same = format!("renew {url} --certificate old.pem --key old.key --out same.pem --json");
    let json = bench.scep(&words(&same)).await.expect(0).json();
    assert_eq!(json["message_type"], "RenewalReq (17)");
    bench.assert_pair("same.pem", "old.key").await;
    let rekeyed = format!("renew {url} --certificate same.pem --key old.key --new-key new.key --out new.pem");
    let told = bench.scep(&words(&rekeyed)).await.expect(0);
    assert!(told.err.contains("a RenewalReq went out"), "{}", told.err);
    bench.assert_pair("new.pem", "new.key").await;
    for file in ["same.pem", "new.pem"] {
        bench.assert_verified(&ca, None, file).await;
        let text = bench
            .run(
                "openssl",
                &words(&format!(
                    "x509 -in {file} -noout -subject -ext subjectAltName,keyUsage,extendedKeyUsage"
                )),
                "",
            )
            .await;
        let text = text.expect(0).out;
        for part in [
            "CN = printer, O = Contoso",
            "DNS:printer.contoso.test",
            "UPN::p@contoso.test",
            "IP Address:10.1.2.3",
            "TLS Web Client Authentication",
            "Digital Signature, Key Encipherment",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }
    let wrong = format!("renew {url} --certificate old.pem --key new.key");
    let told = bench.scep(&words(&wrong)).await.expect(2);
    assert!(told.err.contains("isn't that of the certificate"), "{}", told.err);
    laboratory.stop().await;
}

#[tokio::test]
async fn https_is_trusted_by_a_file_of_its_own() {
    let laboratory = Laboratory::start(true, 5).await;
    let bench = Bench::new();
    let url = laboratory.scep_url();
    let told = bench.scep(&["caps", &url]).await.expect(5);
    assert!(
        told.err.contains("an authority that isn't trusted"),
        "{}",
        told.err
    );
    std::fs::write(bench.path().join("tls.pem"), laboratory.trust_pem().unwrap()).unwrap();
    bench.scep(&["caps", &url, "--tls-ca", "tls.pem"]).await.expect(0);
    laboratory.stop().await;
}

#[tokio::test]
async fn each_algorithm_that_ndes_knows_and_both_methods_bring_a_certificate() {
    let laboratory = Laboratory::start_with_one_challenge("0123456789ABCDEF").await;
    let bench = Bench::new();
    let (url, ca) = (
        laboratory.scep_url(),
        laboratory.folder().join("ca.pem").display().to_string(),
    );
    bench
        .run("openssl", &["genrsa", "-out", "k", "2048"], "")
        .await
        .expect(0);
    let ways: [&[&str]; 7] = [
        &["--cipher", "aes256"],
        &["--cipher", "aes192"],
        &["--cipher", "aes128", "--digest", "sha512"],
        &["--cipher", "des3", "--digest", "sha256"],
        &["--key-transport", "oaep-sha1"],
        &["--key-transport", "oaep-sha256"],
        &["--method", "get"],
    ];
    for way in ways {
        let arguments = [
            "enroll",
            &url,
            "--subject",
            "CN=x",
            "--challenge",
            "0123456789ABCDEF",
            "--key",
            "k",
            "--out",
            "c.pem",
        ];
        bench.scep(&[&arguments[..], way].concat()).await.expect(0);
        bench.assert_verified(&ca, None, "c.pem").await;
    }
    assert_eq!(laboratory.issued().len(), ways.len());
    laboratory.stop().await;
}

#[tokio::test]
async fn verbose_shows_both_messages_of_a_refusal_and_no_secret() {
    let laboratory = Laboratory::start(false, 5).await;
    let bench = Bench::new();
    let url = laboratory.scep_url();
    let arguments = [
        "enroll",
        &url,
        "--subject",
        "CN=x",
        "--challenge",
        "CA4A7100CA4A7100",
        "--new-key",
        "k",
        "--verbose",
    ];
    let told = bench.scep(&arguments).await.expect(3).err;
    for part in [
        "< GetCACaps: HTTP 200, text/plain, ",
        "RA encryption: CN=NDES-MSCEP-RA (serial ",
        "messageType    PKCSReq (19)",
        "signature      SHA-256, 1.2.840.113549.1.1.1; signed by CN=x (serial ",
        "envelope       triple DES, ",
        " of CN=Laboratory Issuing CA",
        "RSAES-PKCS1-v1_5, RSA 2048",
        "messageType    CertRep (3)",
        "pkiStatus      FAILURE (2)",
        "failInfo       badRequest (2): the request isn't permitted",
        "HRESULT        0x80070057 E_INVALIDARG: ",
        "signed by a certificate that isn't in the message",
    ] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    let nonces: Vec<&str> = told.lines().filter(|line| line.contains("Nonce")).collect();
    let digits = |line: &str| line.split_whitespace().last().unwrap().to_owned();
    assert_eq!(
        (nonces.len(), digits(nonces[0])),
        (3, digits(nonces[2])),
        "{told}"
    );
    assert!(!told.contains("CA4A7100CA4A7100"), "{told}");
    laboratory.stop().await;
}
