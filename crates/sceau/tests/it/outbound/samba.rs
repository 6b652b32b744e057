//! Signing in at an NTLM server that nobody here wrote: squid with Samba's `ntlm_auth`.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use sceau::outbound::{ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, SignInPolicy, Trust};
use zeroize::Zeroizing;

use super::script::{Reply, Server, answer, page};

const LIMIT: Duration = Duration::from_secs(10);

/// Stopped when the test ends, however it ends.
struct Squid(Child);

impl Drop for Squid {
    fn drop(&mut self) {
        // Asked to end, it takes its shared memory with it.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Squid before an origin, asking for NTLM as `ndes` with the password `s3cret`.
fn squid(folder: &Path, port: u16, origin: u16) -> Squid {
    let here = folder.display();
    let configuration = format!(
        "http_port 127.0.0.1:{port} accel defaultsite=127.0.0.1 no-vhost\n\
         cache_peer 127.0.0.1 parent {origin} 0 no-query originserver\n\
         auth_param ntlm program /usr/bin/ntlm_auth --helper-protocol=squid-2.5-ntlmssp --username=ndes --password=s3cret\n\
         auth_param ntlm children 2\n\
         acl signed_in proxy_auth REQUIRED\n\
         http_access allow signed_in\n\
         http_access deny all\n\
         cache deny all\n\
         access_log none\n\
         cache_log {here}/log\n\
         pid_filename {here}/pid\n\
         coredump_dir {here}\n\
         cache_effective_user proxy\n\
         netdb_filename none\n\
         pinger_enable off\n\
         shutdown_lifetime 0 seconds\n"
    );
    let file = folder.join("squid.conf");
    std::fs::write(&file, configuration).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder, open).unwrap();
    let name = format!("sceau{}", std::process::id());
    let child = Command::new("/usr/sbin/squid")
        .args(["-N", "-n", &name, "-f"])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs squid and winbind: {error}"));
    Squid(child)
}

#[tokio::test]
async fn squid_with_samba_lets_the_right_password_in_and_no_other() {
    let origin = Server::start(|seen| {
        if seen.path() == "/certsrv/mscep_admin" {
            return Reply::Keep(answer(
                "301 Moved Permanently",
                &["Location: /certsrv/mscep_admin/"],
                b"",
            ));
        }
        Reply::Keep(answer("200 OK", &[], &page("9F86D081884C7D65")))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let _squid = squid(folder.path(), port, origin.address.port());
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let outbound = Outbound::new();
    let mut source = ChallengeSource {
        challenge_url: format!("http://127.0.0.1:{port}/certsrv/mscep_admin/"),
        username: r"LAB\ndes".to_owned(),
        password: Zeroizing::new("s3cret".to_owned()),
        trust: Trust::default(),
        sign_in: SignInPolicy::default(),
    };
    let probed = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Ok(ProbeOutcome::Proved));
    let fetched = outbound.fetch_challenge(&source, LIMIT).await.unwrap();
    assert_eq!(fetched.challenge.as_str(), "9F86D081884C7D65");
    source.password = Zeroizing::new("wrong".to_owned());
    let refused = outbound.fetch_challenge(&source, LIMIT).await;
    assert_eq!(refused.unwrap_err(), ChallengeProblem::SignInRefused);
}
