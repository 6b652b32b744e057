//! Signing in at gss-ntlmssp, an NTLM acceptor that nobody here wrote, over HTTPS with channel binding required.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use sceau::outbound::{ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, SignInPolicy, Trust};
use tempfile::TempDir;
use zeroize::Zeroizing;

const LIMIT: Duration = Duration::from_secs(10);

/// Stopped when the test ends, however it ends.
pub struct Acceptor {
    child: Child,
    folder: TempDir,
    is_tls: bool,
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(program: &str, arguments: &str, folder: &Path) -> Vec<u8> {
    let ran = Command::new(program)
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

impl Acceptor {
    /// One that takes clients that are bound to its certificate, or to this hash: `LAB\ndes`, or, with a service's key and
    /// the configuration of its realm, whoever has a ticket for it.
    pub async fn start(is_tls: bool, binding: Option<&str>, service: Option<(PathBuf, PathBuf)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        std::fs::write(here.join("users"), "LAB:ndes:s3cret\n").unwrap();
        run(
            "openssl",
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem",
            here,
        );
        run(
            "openssl",
            "x509 -in certificate.pem -outform der -out certificate.der",
            here,
        );
        let hash = String::from_utf8(run("openssl", "dgst -sha256 -r certificate.der", here)).unwrap();
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/outbound/fixtures/acceptor.py"
        );
        let own = hash.split(' ').next().unwrap();
        let mut command = Command::new("/usr/bin/python3");
        let scheme = if service.is_some() { "Negotiate" } else { "NTLM" };
        command
            .args([script, scheme, "port", binding.unwrap_or(own)])
            .current_dir(here)
            .env("NTLM_USER_FILE", here.join("users"))
            .stderr(Stdio::null());
        if let Some((keytab, realm)) = service {
            command
                .env("KRB5_CONFIG", realm)
                .env("KRB5_KTNAME", keytab)
                .env("KRB5RCACHENAME", "none:");
        }
        if is_tls {
            command.args(["certificate.pem", "key.pem"]);
        }
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("this test needs Debian's python3-gssapi and gss-ntlmssp: {error}")
        });
        let mut acceptor = Self {
            child,
            folder,
            is_tls,
        };
        for _ in 0..200 {
            if acceptor.folder.path().join("port").exists() {
                return acceptor;
            }
            let ended = acceptor.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "it needs Debian's python3-gssapi and gss-ntlmssp"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the acceptor didn't start");
    }

    pub fn source(&self, username: &str, password: &str) -> ChallengeSource {
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap();
        let scheme = if self.is_tls { "https" } else { "http" };
        ChallengeSource {
            challenge_url: format!("{scheme}://localhost:{}/certsrv/mscep_admin/", read("port")),
            username: username.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            trust: Trust::beside_public(Some(read("certificate.pem"))),
            sign_in: SignInPolicy::default(),
        }
    }
}

#[tokio::test]
async fn the_right_account_bound_to_the_connection_is_let_in_and_no_other() {
    let acceptor = Acceptor::start(true, None, None).await;
    let outbound = Outbound::new();
    let source = acceptor.source(r"LAB\ndes", "s3cret");
    let probed = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Ok(ProbeOutcome::Proved));
    let page = outbound.fetch_challenge(&source, LIMIT).await.unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    for (username, password) in [
        (r"LAB\ndes", "wrong"),
        (r"OTHER\ndes", "s3cret"),
        (r"LAB\other", "s3cret"),
    ] {
        let refused = outbound
            .fetch_challenge(&acceptor.source(username, password), LIMIT)
            .await;
        assert_eq!(
            refused.unwrap_err(),
            ChallengeProblem::SignInRefused,
            "{username}"
        );
    }
}

#[tokio::test]
async fn a_sign_in_that_is_bound_to_another_connection_is_refused() {
    // As it is when somebody in the middle passes it on.
    let acceptor = Acceptor::start(true, Some(&"5a".repeat(32)), None).await;
    let source = acceptor.source(r"LAB\ndes", "s3cret");
    let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Err(ChallengeProblem::SignInRefused));
}

#[tokio::test]
async fn a_sign_in_that_is_bound_to_nothing_is_refused() {
    // Without TLS there is nothing to be bound to.
    let acceptor = Acceptor::start(false, None, None).await;
    let source = acceptor.source(r"LAB\ndes", "s3cret");
    let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Err(ChallengeProblem::SignInRefused));
}
