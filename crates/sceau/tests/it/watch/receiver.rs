//! Other people's programs that are told: Debian's aiosmtpd, and Python's own web server.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// A program that receives, in a folder of its own.
pub struct Receiver {
    child: Child,
    folder: TempDir,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Receiver {
    /// A mail server that lets this account in over STARTTLS.
    pub async fn mail(user: &str, password: &str) -> Self {
        Self::start("smtp.py", &[user, password]).await
    }

    /// The same in TLS from the first octet.
    pub async fn mail_in_tls(user: &str, password: &str) -> Self {
        Self::start("smtp.py", &[user, password, "tls"]).await
    }

    /// A receiver of webhooks that answers with this status.
    pub async fn hooks(status: u16) -> Self {
        let receiver = Self::start("hooks.py", &[]).await;
        receiver.answer(status);
        receiver
    }

    async fn start(script: &str, more: &[&str]) -> Self {
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
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/it/watch/fixtures")
            .join(script);
        let child = Command::new("/usr/bin/python3")
            .arg(script)
            .args(["certificate.pem", "key.pem"])
            .args(more)
            .current_dir(folder.path())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut receiver = Self { child, folder };
        for _ in 0..400 {
            if receiver.path("port").exists() {
                return receiver;
            }
            let ended = receiver.child.try_wait().unwrap();
            assert!(ended.is_none(), "it needs Debian's python3-aiosmtpd");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the receiver didn't start");
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn port(&self) -> u16 {
        self.read("port").parse().unwrap()
    }

    /// Has the next requests answered with this status.
    pub fn answer(&self, status: u16) {
        fs::write(self.path("status.part"), status.to_string()).unwrap();
        fs::rename(self.path("status.part"), self.path("status")).unwrap();
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        (1..)
            .take_while(|number| self.path(&format!("{number}.head")).exists())
            .count()
    }

    /// The mails that were taken, oldest first.
    pub fn mails(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.path("mails")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Waits until something is so.
pub async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    for _ in 0..600 {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to it: {what}");
}
