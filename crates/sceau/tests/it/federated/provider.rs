//! A real OpenID provider, and the browser that Windows opens for it.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// What the provider calls this server.
pub const CLIENT: (&str, &str) = ("sceau", "s3cret+of the/client");
/// Steps of a sign-in at most.
const STEPS: usize = 20;

pub struct Provider {
    child: Child,
    folder: TempDir,
    redirect_uri: String,
}

fn spawn(folder: &Path, redirect_uri: &str) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/federated/fixtures/provider.mjs");
    Command::new("node")
        .arg(script)
        .args(["certificate.pem", "key.pem", redirect_uri])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    pub async fn start(redirect_uri: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
                       -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
                       -keyout key.pem -out certificate.pem";
        let made = Command::new("openssl")
            .args(request.split_whitespace())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut provider = Self {
            child: spawn(folder.path(), redirect_uri),
            folder,
            redirect_uri: redirect_uri.to_owned(),
        };
        provider.begun().await;
        provider
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same address.
    pub async fn start_again(&mut self) {
        let folder = self.folder.path();
        std::fs::rename(folder.join("port"), folder.join("wanted")).unwrap();
        self.child = spawn(folder, &self.redirect_uri);
        self.begun().await;
    }

    async fn begun(&mut self) {
        for _ in 0..600 {
            if self.folder.path().join("port").exists() {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it needs the npm packages: make assets");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the provider didn't start");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub fn issuer(&self) -> String {
        format!("https://localhost:{}", self.read("port"))
    }

    pub fn certificate(&self) -> String {
        self.read("certificate.pem")
    }

    /// A person signs in under this name at the address that the server sent the browser to. What comes out is the
    /// address that the provider sends the browser back to.
    pub fn sign_in(&self, location: &str, name: &str) -> String {
        let mut browser = Browser {
            folder: self.folder.path(),
            at: location.to_owned(),
        };
        let mut next = browser.get();
        for _ in 0..STEPS {
            match next {
                Seen::Sent(to) if !to.starts_with(&self.issuer()) => return to,
                Seen::Sent(to) => {
                    browser.at = to;
                    next = browser.get();
                }
                Seen::Page(page) if page.contains("name=\"login\"") => {
                    next = browser.post(&["prompt=login", &format!("login={name}"), "password=any"]);
                }
                Seen::Page(page) if page.contains("value=\"consent\"") => {
                    next = browser.post(&["prompt=consent"]);
                }
                Seen::Page(page) => panic!("{}: {page}", browser.at),
            }
        }
        panic!("the sign-in went on for ever at {}", browser.at);
    }
}

/// What the browser saw.
enum Seen {
    /// It was sent on.
    Sent(String),
    Page(String),
}

/// Curl with a jar for cookies.
struct Browser<'a> {
    folder: &'a Path,
    at: String,
}

impl Browser<'_> {
    fn get(&mut self) -> Seen {
        self.ask(&[])
    }

    fn post(&mut self, fields: &[&str]) -> Seen {
        let fields: Vec<&str> = fields
            .iter()
            .flat_map(|field| ["--data-urlencode", *field])
            .collect();
        self.ask(&fields)
    }

    fn ask(&mut self, more: &[&str]) -> Seen {
        let jar = ["--cookie", "jar", "--cookie-jar", "jar"];
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "30"])
            .args(["--cacert", "certificate.pem", "--write-out", "\n%{redirect_url}"])
            .args(jar)
            .args(more)
            .arg(&self.at)
            .current_dir(self.folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {output:?}", self.at);
        let text = String::from_utf8(output.stdout).unwrap();
        let (page, to) = text.rsplit_once('\n').unwrap();
        match to {
            "" => Seen::Page(page.to_owned()),
            to => Seen::Sent(to.to_owned()),
        }
    }
}
