//! Apache with `mod_auth_gssapi` and gss-ntlmssp: a web server that nobody here wrote asks for the sign-in.

use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use sceau::outbound::{ChallengeProblem, ChallengeSource, Outbound, ProbeOutcome, SignInPolicy, Trust};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::script::page;

const LIMIT: Duration = Duration::from_secs(10);
const MODULES: [&str; 10] = [
    "mpm_event",
    "auth_basic",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "alias",
    "dir",
    "ssl",
    "auth_gssapi",
];

/// What an Apache is started with.
#[derive(Default)]
pub struct Setup<'a> {
    pub is_tls: bool,
    /// `ntlmssp`, `krb5`, or both, or `basic`; NTLM alone if it is empty.
    pub mechanisms: &'a str,
    /// The key of its service, and the configuration of its realm.
    pub service: Option<(PathBuf, PathBuf)>,
    /// What else is done to its command.
    pub prepare: Option<&'a dyn Fn(&mut Command)>,
    /// More lines of configuration.
    pub more: &'a str,
}

/// Stopped when the test ends, however it ends.
pub struct Apache {
    child: Child,
    folder: TempDir,
    is_tls: bool,
    port: u16,
}

impl Drop for Apache {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Asked to end, it ends its children as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> String {
    let ran = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} is needed, see tests/packages.sh: {error}"));
    let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
    assert!(ran.status.success(), "{command:?}: {said}");
    said
}

impl Apache {
    /// One that shows the page of challenges to `LAB\ndes` with `s3cret`, or to whoever has a ticket.
    pub async fn start(setup: Setup<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        // Started by root, its children are another user's.
        std::fs::set_permissions(here, PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(here.join("users"), "LAB:ndes:s3cret\nLAB.TEST:ndes:s3cret\n").unwrap();
        for place in ["certsrv", "moved"] {
            let place = here.join("site").join(place).join("mscep_admin");
            std::fs::create_dir_all(&place).unwrap();
            std::fs::write(place.join("index.html"), page("9F86D081884C7D65")).unwrap();
        }
        run(Command::new("openssl").current_dir(here).args(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem"
                .split_whitespace(),
        ));
        let hash = run(Command::new("openssl").args(["passwd", "-apr1", "s3cret"]));
        std::fs::write(here.join("passwords"), format!("LAB\\ndes:{hash}")).unwrap();
        let port = free_port();
        std::fs::write(here.join("httpd.conf"), configuration(here, port, &setup)).unwrap();
        let mut command = Command::new("/usr/sbin/apache2");
        command
            .args(["-DFOREGROUND", "-f"])
            .arg(here.join("httpd.conf"))
            .env("NTLM_USER_FILE", here.join("users"))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(here.join("said")).unwrap());
        if let Some((keytab, realm)) = &setup.service {
            command
                .env("KRB5_CONFIG", realm)
                .env("KRB5_KTNAME", keytab)
                .env("KRB5RCACHENAME", "none:");
        }
        if let Some(prepare) = setup.prepare {
            prepare(&mut command);
        }
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("this test needs Debian's apache2-bin and libapache2-mod-auth-gssapi: {error}")
        });
        let mut apache = Self {
            child,
            folder,
            is_tls: setup.is_tls,
            port,
        };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return apache;
            }
            let ended = apache.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}{}", apache.read("said"), apache.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("Apache didn't start: {}", apache.log());
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// What it logged.
    pub fn log(&self) -> String {
        self.read("log")
    }

    /// Status, place and authorization of every request, once there are so many: Apache logs after it answered.
    pub async fn requests(&self, expected: usize) -> Vec<String> {
        for _ in 0..100 {
            if self.read("requests").lines().count() >= expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.read("requests").lines().map(str::to_owned).collect()
    }

    /// The page at this place, for this account.
    pub fn source(&self, place: &str, username: &str, password: &str) -> ChallengeSource {
        let scheme = if self.is_tls { "https" } else { "http" };
        ChallengeSource {
            challenge_url: format!("{scheme}://localhost:{}/{place}/mscep_admin/", self.port),
            username: username.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            trust: Trust::beside_public(Some(self.read("certificate.pem"))),
            sign_in: SignInPolicy::default(),
        }
    }
}

fn configuration(here: &Path, port: u16, setup: &Setup<'_>) -> String {
    let mut lines: Vec<String> = MODULES
        .iter()
        .map(|name| {
            let file = PathBuf::from("/usr/lib/apache2/modules").join(format!("mod_{name}.so"));
            format!("LoadModule {name}_module {}", file.display())
        })
        .collect();
    let here = here.display();
    lines.push(format!(
        "ServerRoot {here}\nDefaultRuntimeDir {here}\nPidFile {here}/pid\nListen 127.0.0.1:{port}\n\
         ServerName localhost\nDocumentRoot {here}/site\nDirectoryIndex index.html\nErrorLog {here}/log\n\
         LogFormat \"%>s %U %{{Authorization}}i\" short\nCustomLog {here}/requests short\nLogLevel auth_gssapi:debug\n\
         StartServers 1\nServerLimit 1\nThreadsPerChild 8\nMaxRequestWorkers 8\nBufferedLogs Off"
    ));
    if run(Command::new("id").arg("-u")).trim() == "0" {
        lines.push("User www-data\nGroup www-data".to_owned());
    }
    if setup.is_tls {
        lines.push(format!(
            "SSLEngine On\nSSLCertificateFile {here}/certificate.pem\nSSLCertificateKeyFile {here}/key.pem"
        ));
    }
    let mechanisms = if setup.mechanisms.is_empty() {
        "ntlmssp"
    } else {
        setup.mechanisms
    };
    lines.push(format!(
        "<Directory {here}/site>\nAuthName ndes\nRequire valid-user"
    ));
    if mechanisms == "basic" {
        lines.push(format!("AuthType Basic\nAuthUserFile {here}/passwords"));
    } else {
        lines.push("AuthType GSSAPI".to_owned());
    }
    if mechanisms.contains("ntlmssp") {
        lines.push("GssapiConnectionBound On".to_owned());
    }
    for mechanism in mechanisms.split_whitespace().filter(|name| *name != "basic") {
        lines.push(format!("GssapiAllowedMech {mechanism}"));
    }
    lines.push(format!("</Directory>\n{}\n", setup.more));
    lines.join("\n")
}

async fn one_account_is_let_in(is_tls: bool) {
    let apache = Apache::start(Setup {
        is_tls,
        ..Setup::default()
    })
    .await;
    let outbound = Outbound::new();
    let source = apache.source("certsrv", r"LAB\ndes", "s3cret");
    let probed = outbound.probe_sign_in(&source, LIMIT).await;
    assert_eq!(probed, Ok(ProbeOutcome::Proved), "{}", apache.log());
    let page = outbound.fetch_challenge(&source, LIMIT).await.unwrap();
    assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
    assert_eq!(page.ca_md5.as_deref(), Some("A656FA66AB12B433A2DA5CF7CC153D9A"));
    for (username, password) in [
        (r"LAB\ndes", "wrong"),
        (r"OTHER\ndes", "s3cret"),
        (r"LAB\other", "s3cret"),
    ] {
        let refused = outbound
            .fetch_challenge(&apache.source("certsrv", username, password), LIMIT)
            .await;
        assert_eq!(
            refused.unwrap_err(),
            ChallengeProblem::SignInRefused,
            "{username}: {}",
            apache.log()
        );
    }
    let requests = apache.requests(10).await;
    let refused = requests.iter().filter(|line| line.starts_with("401")).count();
    assert_eq!(
        (requests.len(), refused),
        (10, 8),
        "two requests for each sign-in, and no more: {requests:?}"
    );
}

#[tokio::test]
async fn apache_lets_the_right_account_in_and_no_other_over_http() {
    one_account_is_let_in(false).await;
}

#[tokio::test]
async fn apache_lets_the_right_account_in_and_no_other_over_https() {
    one_account_is_let_in(true).await;
}

#[tokio::test]
async fn basic_is_sent_where_it_is_allowed_and_over_https_alone() {
    for is_tls in [false, true] {
        let apache = Apache::start(Setup {
            is_tls,
            mechanisms: "basic",
            ..Setup::default()
        })
        .await;
        for (is_allowed, password) in [(false, "s3cret"), (true, "s3cret"), (true, "wrong")] {
            let mut source = apache.source("certsrv", r"LAB\ndes", password);
            source.sign_in.allows_basic = is_allowed;
            let probed = Outbound::new().probe_sign_in(&source, LIMIT).await;
            match (is_allowed && is_tls, password) {
                (true, "s3cret") => assert_eq!(probed, Ok(ProbeOutcome::Proved), "{}", apache.log()),
                (true, _) => assert_eq!(probed, Err(ChallengeProblem::SignInRefused)),
                (false, _) => assert!(matches!(probed, Err(ChallengeProblem::NoCommonScheme(_)))),
            }
        }
        // One without Basic for each, and one with it where it may be sent.
        let expected = if is_tls { 5 } else { 3 };
        let requests = apache.requests(expected).await;
        let sent = requests.iter().filter(|line| line.contains(" Basic ")).count();
        assert_eq!((requests.len(), sent), (expected, expected - 3), "{requests:?}");
    }
}

#[tokio::test]
async fn a_place_that_moved_is_followed_before_and_after_the_sign_in() {
    // The first is sent on before anybody asks who is there, the second once it is known.
    let more = "Redirect 302 /front/mscep_admin/ /certsrv/mscep_admin/\n\
                <Location /moved>\nRedirect 302 /moved/mscep_admin/ /certsrv/mscep_admin/\n</Location>";
    // Its connections end with their second answer, which is the one that says where the place went.
    let closing = format!("MaxKeepAliveRequests 2\n{more}");
    for (more, is_tls) in [(more, false), (more, true), (closing.as_str(), false)] {
        let apache = Apache::start(Setup {
            is_tls,
            more,
            ..Setup::default()
        })
        .await;
        for place in ["front", "moved"] {
            let source = apache.source(place, r"LAB\ndes", "s3cret");
            let page = Outbound::new().fetch_challenge(&source, LIMIT).await;
            let page = page.unwrap_or_else(|problem| panic!("{place}: {problem}: {}", apache.log()));
            assert_eq!(page.challenge.as_str(), "9F86D081884C7D65");
        }
    }
}
