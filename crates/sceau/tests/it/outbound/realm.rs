//! A Kerberos realm: MIT's key distribution centre, which nobody here wrote, on loopback.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::apache::{free_port, run};

/// Accounts: one with each way of being refused, and the web server's.
const ACCOUNTS: &str = "\
    addpol -maxfailure 1 -lockoutduration 0 strict\n\
    addprinc -policy strict -pw s3cret ndes\n\
    addprinc -pw s3cret disabled\n\
    modprinc -allow_tix disabled\n\
    addprinc -pw s3cret -pwexpire 2020-01-01 stale\n\
    addprinc -pw s3cret -expire 2020-01-01 gone\n\
    addprinc -randkey HTTP/localhost\n";

/// Stopped when the test ends, however it ends.
pub struct Realm {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Realm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets a program believe that it is another time.
pub fn shift(command: &mut Command, by: &str) {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    assert!(
        Path::new(library).exists(),
        "this test needs Debian's libfaketime"
    );
    command.env("LD_PRELOAD", library).env("FAKETIME", by);
}

impl Realm {
    /// The realm LAB.TEST, whose clock is shifted by this much.
    pub async fn start(by: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let port = free_port();
        let here = folder.path().display();
        std::fs::write(
            folder.path().join("krb5.conf"),
            format!(
                "[libdefaults]\ndefault_realm = LAB.TEST\ndns_lookup_kdc = false\ndns_lookup_realm = false\nrdns = false\n\
                 [realms]\nLAB.TEST = {{\nkdc = 127.0.0.1:{port}\n}}\n"
            ),
        )
        .unwrap();
        std::fs::write(
            folder.path().join("kdc.conf"),
            format!(
                "[kdcdefaults]\nkdc_listen = \"\"\nkdc_tcp_listen = 127.0.0.1:{port}\n[realms]\nLAB.TEST = {{\n\
                 database_name = {here}/principal\nkey_stash_file = {here}/stash\n\
                 default_principal_flags = +preauth\nsupported_enctypes = aes256-cts:normal\n}}\n\
                 [logging]\nkdc = FILE:{here}/log\n"
            ),
        )
        .unwrap();
        run(configured(folder.path(), "kdb5_util").args(["create", "-s", "-r", "LAB.TEST", "-P", "master"]));
        administer(folder.path(), ACCOUNTS);
        let keytab = folder.path().join("keytab");
        administer(
            folder.path(),
            &format!("ktadd -k {} HTTP/localhost\n", keytab.display()),
        );
        std::fs::set_permissions(&keytab, PermissionsExt::from_mode(0o644)).unwrap();
        let mut command = configured(folder.path(), "krb5kdc");
        command.arg("-n").stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(by) = by {
            shift(&mut command, by);
        }
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs Debian's krb5-kdc: {error}"));
        let mut realm = Self { child, folder, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return realm;
            }
            assert!(realm.child.try_wait().unwrap().is_none(), "{}", realm.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the key distribution centre didn't start: {}", realm.log());
    }

    /// Ends its centre; its keys stay.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `host:port` of its centre.
    pub fn kdc(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What its centre logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// What a server needs: the key of its service, and the realm's configuration.
    pub fn service(&self) -> (PathBuf, PathBuf) {
        (
            self.folder.path().join("keytab"),
            self.folder.path().join("krb5.conf"),
        )
    }

    /// Runs commands of its administrator, one a line.
    pub fn administer(&self, commands: &str) -> String {
        administer(self.folder.path(), commands)
    }
}

fn configured(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(format!("/usr/sbin/{program}"));
    command
        .env("KRB5_CONFIG", folder.join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", folder.join("kdc.conf"));
    command
}

fn administer(folder: &Path, commands: &str) -> String {
    let mut child = configured(folder, "kadmin.local")
        .args(["-r", "LAB.TEST"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs Debian's krb5-admin-server: {error}"));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(commands.as_bytes())
        .unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success());
    String::from_utf8(ran.stdout).unwrap()
}
