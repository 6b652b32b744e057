//! A healthy authority and five sick ones, as `docs/test-connection.md` shows them: written with `WRITE_DOCS=1`,
//! compared without.

use std::{
    fmt::Write as _,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::external_ca::AuthorityForm;
use sceau::{
    actions::{
        authorities::{self, AuthorityTest, StepResult},
        orders,
    },
    console::{examined, language::Language},
};
use serde_json::json;
use zeroize::Zeroizing;

use super::{ACTOR, form, keys, known, tested};
use crate::{
    laboratory::Laboratory,
    outbound::script::{Reply, Server, answer},
    site::Site,
};

/// What changes from run to run is replaced by what doesn't.
fn steady(mut test: AuthorityTest, ports: &[u16]) -> AuthorityTest {
    for step in &mut test.steps {
        step.milliseconds = step.milliseconds.map(|_| 4);
        for (name, value) in &mut step.values {
            match *name {
                "from" | "until" | "at" => *value = "2028-11-26T09:14:05Z".to_owned(),
                "sha1" | "now" => *value = "15201FF6DBC2DDDCF1CA48A3D4E82378723581B3".to_owned(),
                "ordered" if step.key == "test-thumbprint-fits" => {}
                "ordered" | "before" => *value = "8C0D5C4A77E5F8B6B7A2F5D1C3E9A6048B1D2F37".to_owned(),
                "sha256" => *value = "e3b0c442…b855".to_owned(),
                "md5" => *value = "d41d8cd9…427e".to_owned(),
                "addresses" => *value = "127.0.0.1".to_owned(),
                "address" => *value = "127.0.0.1:443".to_owned(),
                _ => {
                    for port in ports {
                        *value = value.replace(&format!(":{port}"), ":443");
                    }
                }
            }
        }
    }
    test
}

async fn healthy(site: &Site) -> AuthorityTest {
    let laboratory = Laboratory::start(true, 5).await;
    let authority = known(site, &form(&laboratory)).await;
    let order = json!({ "authority": authority.id.as_str(), "subject": "CN=printer" });
    let order = serde_json::from_value(order).unwrap();
    orders::place_order(&site.app, &ACTOR, order).await.unwrap();
    let test = tested(site, &authority).await;
    assert!(test.is_good(), "{test:?}");
    assert!(keys(&test, StepResult::Good).contains(&"test-thumbprint-fits"));
    assert!(keys(&test, StepResult::Good).contains(&"test-permission-by-order"));
    steady(test, &[laboratory.port()])
}

async fn wrong_password(site: &Site) -> AuthorityTest {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    let laboratory = Laboratory::start_with(|options| options.data_dir = place.clone()).await;
    let (authority, port) = (known(site, &form(&laboratory)).await, laboratory.port());
    laboratory.stop().await;
    let _changed = Laboratory::start_with(|options| {
        options.data_dir = place;
        options.listen.set_port(port);
        options.password = Zeroizing::new("another".to_owned());
    })
    .await;
    let test = tested(site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-sign-in-refused"]);
    let stored = authorities::one(&site.app, &ACTOR, &authority.id).await.unwrap();
    assert!(stored.health.is_sign_in_stopped, "no other sign-in follows");
    steady(test, &[port])
}

async fn expired_registration(site: &Site) -> AuthorityTest {
    let laboratory = Laboratory::start(false, 5).await;
    let authority = known(site, &form(&laboratory)).await;
    site.pass(740 * 86_400);
    let test = tested(site, &authority).await;
    assert_eq!(
        keys(&test, StepResult::Failed),
        [
            "test-certificate-expired",
            "test-certificate-expired",
            "test-revocation-stale"
        ]
    );
    steady(test, &[laboratory.port()])
}

async fn renewed(site: &Site) -> AuthorityTest {
    let laboratory = Laboratory::start(false, 5).await;
    let (authority, port) = (known(site, &form(&laboratory)).await, laboratory.port());
    laboratory.stop().await;
    let _renewed = Laboratory::start_with(|options| options.listen.set_port(port)).await;
    let test = tested(site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-thumbprint-differs"]);
    assert!(keys(&test, StepResult::Warning).contains(&"test-chain-changed"));
    let stored = authorities::one(&site.app, &ACTOR, &authority.id).await.unwrap();
    assert_eq!(
        stored.issuer_sha1, authority.issuer_sha1,
        "a test takes over no other CA"
    );
    let change = authorities::chain_change(&site.app, &ACTOR, &authority.id)
        .await
        .unwrap()
        .expect("it waits for a person");
    let adopted = authorities::adopt_chain(&site.app, &ACTOR, &authority.id, &change.seen_sha256)
        .await
        .unwrap();
    assert_ne!(
        adopted.issuer_sha1, authority.issuer_sha1,
        "who asks for it, does"
    );
    steady(test, &[port])
}

async fn redirecting(site: &Site) -> AuthorityTest {
    let laboratory = Laboratory::start(false, 5).await;
    let front = Server::start(|_| {
        let place = ["Location: /certsrv/mscep_admin/"];
        Reply::Keep(answer("301 Moved Permanently", &place, b""))
    })
    .await;
    let form = AuthorityForm {
        challenge_url: front.url("/certsrv/mscep_admin/"),
        ..form(&laboratory)
    };
    let authority = known(site, &form).await;
    let test = tested(site, &authority).await;
    assert!(keys(&test, StepResult::Warning).contains(&"test-sign-in-not-proved"));
    steady(test, &[laboratory.port(), front.address.port()])
}

/// OpenSSL as a server with the suite that Windows Server 2012 R2 has for an RSA certificate.
struct OldServer(Child);

impl OldServer {
    async fn start(folder: &Path, port: u16) -> Self {
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=localhost",
            ])
            .args(["-keyout", "tls.key", "-out", "tls.pem"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success());
        let child = Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &format!("127.0.0.1:{port}")])
            .args([
                "-cert",
                "tls.pem",
                "-key",
                "tls.key",
                "-tls1_2",
                "-cipher",
                "AES128-SHA",
            ])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self(child);
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("openssl s_server does not listen");
    }
}

impl Drop for OldServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn no_common_suite(site: &Site) -> AuthorityTest {
    let laboratory = Laboratory::start(true, 5).await;
    let (authority, port) = (known(site, &form(&laboratory)).await, laboratory.port());
    laboratory.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let _old = OldServer::start(folder.path(), port).await;
    let test = tested(site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-tls-no-common-suite"]);
    steady(test, &[port])
}

const HEAD: &str = "# Test connection: a healthy authority and five sick ones\n\n\
    What `sceau ca test NAME --language en` and `--language fr` print; the console and the API say the same. The test \
    `ca_test::transcript` makes these authorities and compares this file. Addresses, thumbprints, moments and durations \
    are replaced by fixed ones.\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_and_five_sick_authorities_in_both_languages() {
    let tests = [
        ("Healthy", healthy(&Site::new().await).await),
        (
            "The password was changed",
            wrong_password(&Site::new().await).await,
        ),
        (
            "The certificates of the RA have expired",
            expired_registration(&Site::new().await).await,
        ),
        (
            "The CA was renewed, the configuration was not",
            renewed(&Site::new().await).await,
        ),
        (
            "A front end redirects by itself",
            redirecting(&Site::new().await).await,
        ),
        (
            "No cipher suite in common",
            no_common_suite(&Site::new().await).await,
        ),
    ];
    let mut text = HEAD.to_owned();
    for (title, test) in &tests {
        write!(text, "\n## {title}\n").unwrap();
        for language in Language::ALL {
            let report = examined::report(test, language);
            assert!(
                !report.contains("test-"),
                "a sentence lacks words or a value: {report}"
            );
            write!(text, "\n```text\n{report}\n```\n").unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/test-connection.md");
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/test-connection.md says something else: write it anew with WRITE_DOCS=1 and read what changed"
    );
}
