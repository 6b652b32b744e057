//! Signing in with Kerberos against Samba as a domain controller of Active Directory, which nobody here wrote.

use std::{
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use sceau::outbound::{ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, TicketProblem};
use tempfile::TempDir;

use super::apache::{Apache, Setup, free_port, run};

const LIMIT: Duration = Duration::from_secs(10);
const PASSWORD: &str = "S3cret!pass";

/// Stopped when the test ends, however it ends.
struct Directory {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Asked to end, it ends its children as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Directory {
    /// The domain LAB, whose realm is LAB.TEST, with accounts, and its controller as the web server.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let here = folder.path().display();
        let port = free_port();
        let user = run(Command::new("id").arg("-u"));
        assert_eq!(
            user.trim(),
            "0",
            "Samba makes a domain for root alone: this test is run as root"
        );
        run(Command::new("/usr/bin/samba-tool").args([
            "domain",
            "provision",
            "--server-role=dc",
            "--dns-backend=NONE",
            "--realm=LAB.TEST",
            "--domain=LAB",
            "--host-name=dc1",
            "--host-ip=127.0.0.1",
            &format!("--adminpass={PASSWORD}"),
            &format!("--targetdir={here}/domain"),
        ]));
        std::fs::write(
            folder.path().join("smb.conf"),
            format!(
                "[global]\nnetbios name = DC1\nrealm = LAB.TEST\nworkgroup = LAB\n\
                 server role = active directory domain controller\nserver services = kdc\n\
                 krb5 port = {port}\nkpasswd port = {}\ninterfaces = lo\nbind interfaces only = yes\n\
                 private dir = {here}/domain/private\nlock directory = {here}/domain\n\
                 state directory = {here}/domain/state\ncache directory = {here}/domain/cache\n\
                 pid directory = {here}/domain\nncalrpc dir = {here}/domain/ncalrpc\n\
                 winbindd socket directory = {here}/domain/winbindd\nlog file = {here}/log\n",
                free_port()
            ),
        )
        .unwrap();
        std::fs::write(
            folder.path().join("krb5.conf"),
            format!("[libdefaults]\ndefault_realm = LAB.TEST\nrdns = false\n[realms]\nLAB.TEST = {{\nkdc = 127.0.0.1:{port}\n}}\n"),
        )
        .unwrap();
        let child = Command::new("/usr/sbin/samba")
            .args(["-F", "--no-process-group", "-s"])
            .arg(folder.path().join("smb.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs Debian's samba-ad-dc: {error}"));
        let mut directory = Self { child, folder, port };
        directory.fill();
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return directory;
            }
            assert!(
                directory.child.try_wait().unwrap().is_none(),
                "{}",
                directory.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the controller didn't start: {}", directory.log());
    }

    fn fill(&self) {
        // The third wrong password locks.
        self.administer(&[
            "domain",
            "passwordsettings",
            "set",
            "--account-lockout-threshold=3",
        ]);
        for name in ["ndes", "other", "disabled"] {
            self.administer(&["user", "create", name, PASSWORD]);
        }
        self.administer(&["user", "create", "stale", PASSWORD, "--must-change-at-next-login"]);
        self.administer(&["user", "disable", "disabled"]);
        // A name that its other one does not begin with.
        self.administer(&["user", "rename", "ndes", "--upn=enrolment@lab.test"]);
        self.administer(&["spn", "add", "HTTP/localhost", "DC1$"]);
        let keytab = self.folder.path().join("keytab");
        run(Command::new("/usr/bin/samba-tool")
            .args(["domain", "exportkeytab", "--principal=HTTP/localhost", "-s"])
            .arg(self.folder.path().join("smb.conf"))
            .arg(&keytab));
        std::fs::set_permissions(&keytab, PermissionsExt::from_mode(0o644)).unwrap();
    }

    fn administer(&self, arguments: &[&str]) {
        let here = self.folder.path();
        run(Command::new("/usr/bin/samba-tool")
            .args(arguments)
            .arg("-s")
            .arg(here.join("smb.conf"))
            .arg("-H")
            .arg(here.join("domain/private/sam.ldb")));
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn service(&self) -> (PathBuf, PathBuf) {
        let here = self.folder.path();
        (here.join("keytab"), here.join("krb5.conf"))
    }

    fn source(&self, apache: &Apache, username: &str, password: &str) -> ChallengeSource {
        let mut source = apache.source("certsrv", username, password);
        source.sign_in.prefers_kerberos = true;
        source.sign_in.kdc = Some(format!("127.0.0.1:{}", self.port));
        source
    }
}

#[tokio::test]
async fn a_controller_of_active_directory_lets_its_accounts_in_and_counts_each_wrong_password_once() {
    let directory = Directory::start().await;
    let apache = Apache::start(Setup {
        is_tls: true,
        mechanisms: "krb5",
        service: Some(directory.service()),
        ..Setup::default()
    })
    .await;
    let outbound = Outbound::new();
    for username in [
        r"LAB\ndes",
        r"LAB.TEST\ndes",
        r"lab.test\ndes",
        "ndes@lab.test",
        "enrolment@lab.test",
    ] {
        let source = directory.source(&apache, username, PASSWORD);
        let probed = outbound.probe_sign_in(&source, LIMIT).await;
        assert_eq!(
            probed,
            Ok(ProbeOutcome::Proved),
            "{username}: {}{}",
            directory.log(),
            apache.log()
        );
    }
    let page = outbound
        .fetch_challenge(&directory.source(&apache, r"LAB\ndes", PASSWORD), LIMIT)
        .await
        .unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    for (username, password) in [
        (r"LAB\nobody", PASSWORD),
        (r"LAB\disabled", PASSWORD),
        (r"LAB\stale", PASSWORD),
        (r"LAB\ndes", "wrong 1"),
        (r"LAB\ndes", "wrong 2"),
    ] {
        let source = directory.source(&apache, username, password);
        let refused = outbound.probe_sign_in(&source, LIMIT).await;
        assert!(
            matches!(refused, Err(ChallengeProblem::AccountRefused(_))),
            "{username} {refused:?}: {}",
            directory.log()
        );
    }
    // Counted twice, they would have locked it.
    let source = directory.source(&apache, r"LAB\ndes", PASSWORD);
    let probed = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Ok(ProbeOutcome::Proved), "{}", directory.log());
    for password in ["wrong 3", "wrong 4", "wrong 5", PASSWORD] {
        let source = directory.source(&apache, r"LAB\ndes", password);
        let refused = outbound.probe_sign_in(&source, LIMIT).await;
        assert!(
            matches!(refused, Err(ChallengeProblem::AccountRefused(_))),
            "{password} {refused:?}: {}",
            directory.log()
        );
    }
    directory.administer(&["spn", "delete", "HTTP/localhost", "DC1$"]);
    let source = directory.source(&apache, r"LAB\other", PASSWORD);
    let stopped = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(
        stopped,
        Err(ChallengeProblem::KerberosImpossible(TicketProblem::NoService)),
        "{}",
        directory.log()
    );
}
