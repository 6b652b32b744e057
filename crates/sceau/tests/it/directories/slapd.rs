//! OpenLDAP's slapd as a child process on loopback, with its own configuration, data and certificates.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::outbound::apache::{free_port, run};

/// May read everything.
pub const READER: &str = "cn=reader,dc=example,dc=com";
/// May read everything, and gets at most 500 entries.
pub const LIMITED: &str = "cn=limited,dc=example,dc=com";
pub const READER_PASSWORD: &str = "r3ader-pass";
/// Everybody's password is this with the user name behind it.
pub const PASSWORD: &str = "pw-";
const ADMIN: &str = "cn=admin,dc=example,dc=com";

/// Stopped when the test ends, however it ends.
pub struct Slapd {
    child: Child,
    pub folder: TempDir,
    plain: u16,
    tls: u16,
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A certificate of an authority of the test's own for these names, in `folder`: `ca.pem`, `server.pem`, `server.key`.
pub fn certificates(folder: &Path, names: &str) {
    let openssl = |arguments: &[&str]| {
        run(Command::new("openssl").args(arguments).current_dir(folder));
    };
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ];
    let own = folder.file_name().unwrap().to_string_lossy();
    let subject = format!("/CN=Directory Test CA {own}");
    let authority = ["req", "-x509", "-days", "2", "-subj", &subject];
    openssl(&[&authority[..], &key[..], &["-keyout", "ca.key", "-out", "ca.pem"]].concat());
    let request = [
        "req",
        "-subj",
        "/CN=directory",
        "-keyout",
        "server.key",
        "-out",
        "server.csr",
    ];
    openssl(&[&request[..], &key[..]].concat());
    std::fs::write(folder.join("extensions"), format!("subjectAltName={names}\n")).unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "extensions",
        "-out",
        "server.pem",
    ]);
}

/// A person as LDIF.
pub fn person(name: &str, more: &str) -> String {
    format!(
        "dn: uid={name},ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\n\
         sn: Sn-{name}\ngivenName: Gn-{name}\ndisplayName: {name} of Lyon\nmail: {name}@example.com\n\
         userPassword: {PASSWORD}{name}\n{more}{}\n",
        if more.is_empty() { "" } else { "\n" }
    )
}

/// A group as LDIF, its members by the first part of their names.
pub fn group(name: &str, members: &[&str]) -> String {
    let mut text =
        format!("dn: cn={name},ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\ncn: {name}\n");
    for member in members {
        let unit = if member.starts_with("cn=") {
            "groups"
        } else {
            "people"
        };
        let _ = writeln!(text, "member: {member},ou={unit},dc=example,dc=com");
    }
    text.push('\n');
    text
}

impl Slapd {
    /// One with these entries beside the two accounts that read.
    pub async fn start(entries: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        certificates(here, "DNS:localhost");
        std::fs::create_dir(here.join("data")).unwrap();
        let shown = here.display();
        let schemas: String = ["core", "cosine", "inetorgperson"]
            .map(|name| format!("include /etc/ldap/schema/{name}.schema\n"))
            .concat();
        let configuration = format!(
            "{schemas}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {shown}/pid\n\
             TLSCertificateFile {shown}/server.pem\nTLSCertificateKeyFile {shown}/server.key\nsizelimit 500\n\
             database mdb\nmaxsize 104857600\nsuffix dc=example,dc=com\nrootdn {ADMIN}\nrootpw secret\n\
             directory {shown}/data\ndbnosync\n\
             limits dn.exact=\"{READER}\" size=unlimited\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by dn.exact=\"{READER}\" read by dn.exact=\"{LIMITED}\" read by * none\n"
        );
        std::fs::write(here.join("slapd.conf"), configuration).unwrap();
        let mut ldif = "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n"
            .to_owned();
        for unit in ["people", "groups"] {
            let _ = writeln!(
                ldif,
                "dn: ou={unit},dc=example,dc=com\nobjectClass: organizationalUnit\nou: {unit}\n"
            );
        }
        for name in ["reader", "limited"] {
            let _ = writeln!(
                ldif,
                "dn: cn={name},dc=example,dc=com\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n\
                 cn: {name}\nuserPassword: {READER_PASSWORD}\n"
            );
        }
        ldif.push_str(entries);
        std::fs::write(here.join("entries.ldif"), ldif).unwrap();
        run(Command::new("/usr/sbin/slapadd")
            .args(["-q", "-f"])
            .arg(here.join("slapd.conf"))
            .arg("-l")
            .arg(here.join("entries.ldif")));
        let (plain, tls) = (free_port(), free_port());
        let child = Self::run(here, plain, tls);
        let mut slapd = Self {
            child,
            folder,
            plain,
            tls,
        };
        slapd.listens().await;
        slapd
    }

    fn run(here: &Path, plain: u16, tls: u16) -> Child {
        Command::new("/usr/sbin/slapd")
            .args(["-d", "0", "-f"])
            .arg(here.join("slapd.conf"))
            .arg("-h")
            .arg(format!("ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs Debian's slapd: {error}"))
    }

    async fn listens(&mut self) {
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.tls))
                .await
                .is_ok()
            {
                return;
            }
            assert!(self.child.try_wait().unwrap().is_none(), "slapd ended");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("slapd didn't start");
    }

    /// Ends it, without a farewell to anybody.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same ports.
    pub async fn start_again(&mut self) {
        self.child = Self::run(self.folder.path(), self.plain, self.tls);
        self.listens().await;
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn ldaps(&self) -> String {
        format!("ldaps://localhost:{}", self.tls)
    }

    /// Its port for TLS.
    pub fn tls_port(&self) -> u16 {
        self.tls
    }

    /// The address where TLS begins by StartTLS.
    pub fn ldap(&self) -> String {
        format!("ldap://localhost:{}", self.plain)
    }

    /// The certificate (PEM) of the authority behind its own.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("ca.pem")).unwrap()
    }

    /// Changes entries, as LDIF with changetype.
    pub fn modify(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let plain = format!("ldap://127.0.0.1:{}", self.plain);
        run(Command::new("ldapmodify")
            .args(["-x", "-H", &plain, "-D", ADMIN, "-w", "secret", "-f"])
            .arg(&file));
    }
}
