//! Revocation lists, made by OpenSSL and served by a script.

use std::{path::Path, process::Command};

use domain::external_ca::AuthorityForm;
use sceau::actions::authorities::StepResult;
use tempfile::TempDir;

use super::{ACTOR, form, keys, tested};
use crate::{
    laboratory::Laboratory,
    outbound::script::{Reply, Seen, Server, answer},
    site::Site,
};

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {error}");
}

/// A CA that names its list at `url` and in a directory, and that list, good for 30 days.
fn authority(folder: &Path, url: &str) {
    let points = format!("crlDistributionPoints=URI:{url},URI:ldap:///CN=Issuing");
    openssl(
        folder,
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "3650",
            "-subj",
            "/CN=Issuing",
            "-addext",
            &points,
            "-addext",
            "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign,cRLSign",
        ],
    );
    openssl(
        folder,
        &["x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der"],
    );
    std::fs::write(folder.join("index.txt"), "").unwrap();
    std::fs::write(folder.join("crlnumber"), "01\n").unwrap();
    std::fs::write(
        folder.join("ca.cnf"),
        "[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n",
    )
    .unwrap();
    openssl(
        folder,
        &[
            "ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-crldays", "30",
            "-out", "crl.pem",
        ],
    );
    openssl(
        folder,
        &["crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der"],
    );
}

/// A SCEP server that has one certificate, with its list at `/crl`.
async fn server(folder: &TempDir) -> Server {
    let place = folder.path().to_owned();
    Server::start(move |seen: &Seen| {
        let read = |name: &str| std::fs::read(place.join(name));
        let (kind, body) = match seen.path() {
            path if path.contains("GetCACaps") => ("text/plain", Ok(b"POSTPKIOperation\nSHA-1\n".to_vec())),
            path if path.contains("GetCACert") => ("application/x-x509-ca-cert", read("ca.der")),
            _ => ("application/pkix-crl", read("crl.der")),
        };
        let header = format!("Content-Type: {kind}");
        Reply::Keep(match body {
            Ok(body) => answer("200 OK", &[&header], &body),
            Err(_) => answer("404 Not Found", &[], b""),
        })
    })
    .await
}

#[tokio::test]
async fn a_revocation_list_is_read_and_checked() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder).await;
    authority(folder.path(), &server.url("/crl"));
    let form = AuthorityForm {
        scep_url: server.url("/scep"),
        ..form(&laboratory)
    };
    let authority = sceau::actions::authorities::add_authority(&site.app, &ACTOR, &form)
        .await
        .unwrap();

    let test = tested(&site, &authority).await;
    assert!(
        keys(&test, StepResult::Good).contains(&"test-revocation-good"),
        "{test:?}"
    );
    assert!(keys(&test, StepResult::Good).contains(&"test-chain-no-ra"));
    assert!(keys(&test, StepResult::Skipped).contains(&"test-revocation-not-http"));
    assert!(keys(&test, StepResult::Warning).contains(&"test-capabilities-weak-hash"));
    assert!(keys(&test, StepResult::Note).contains(&"test-capabilities-no-aes"));

    let list = std::fs::read(folder.path().join("crl.der")).unwrap();
    let cases: [(&str, Option<Vec<u8>>); 3] = [
        ("test-revocation-unreadable", Some(b"<html>".to_vec())),
        ("test-revocation-foreign", {
            let mut forged = list.clone();
            *forged.last_mut().unwrap() ^= 1;
            Some(forged)
        }),
        ("test-revocation-status", None),
    ];
    for (key, body) in cases {
        match body {
            Some(body) => std::fs::write(folder.path().join("crl.der"), body).unwrap(),
            None => std::fs::remove_file(folder.path().join("crl.der")).unwrap(),
        }
        let test = tested(&site, &authority).await;
        assert!(keys(&test, StepResult::Failed).contains(&key), "{key}: {test:?}");
    }

    std::fs::write(folder.path().join("crl.der"), list).unwrap();
    site.pass(31 * 86_400);
    let test = tested(&site, &authority).await;
    assert!(keys(&test, StepResult::Failed).contains(&"test-revocation-stale"));
}
