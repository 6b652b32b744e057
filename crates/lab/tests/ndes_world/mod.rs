//! A look-alike of NDES that listens for one test, and the programs that look at it from outside.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test binary uses its own part, and a test may fail"
)]

pub mod client;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use lab::ndes::{NdesOptions, Running, start};
use tempfile::TempDir;
use tokio::process::Command;
use zeroize::Zeroizing;

pub const ACCOUNT: &str = "LAB\\ndes:Correct-Horse-7";

/// The look-alike, its data folder and a folder for the test's own files.
pub struct World {
    pub running: Running,
    pub data: TempDir,
    pub files: TempDir,
    is_tls: bool,
}

pub fn options(data: &Path) -> NdesOptions {
    NdesOptions {
        user: "LAB\\ndes".into(),
        password: Zeroizing::new("Correct-Horse-7".into()),
        minute_seconds: 1.0,
        seed: Some(7),
        ..NdesOptions::on("127.0.0.1:0".parse().unwrap(), data.to_owned())
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut NdesOptions)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut options = options(data.path());
        change(&mut options);
        let is_tls = options.tls;
        let running = start(options).await.unwrap();
        Self {
            running,
            data,
            files: tempfile::tempdir().unwrap(),
            is_tls,
        }
    }

    /// A look-alike that was started by the test itself, without TLS.
    pub fn around(running: Running, data: TempDir, files: TempDir) -> Self {
        Self {
            running,
            data,
            files,
            is_tls: false,
        }
    }

    pub fn url(&self, path: &str) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.running.address)
    }

    pub fn scep_url(&self) -> String {
        self.url("/certsrv/mscep/mscep.dll")
    }

    pub fn admin_url(&self) -> String {
        self.url("/certsrv/mscep_admin/")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// The page of challenges as text, fetched by curl over NTLM.
    pub async fn page(&self) -> String {
        let page = curl(&["--ntlm", "-u", ACCOUNT, &self.admin_url()]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        from_utf16(&page.body)
    }

    /// A challenge, read from the page by the shape of what stands in `<B>`.
    pub async fn challenge(&self) -> String {
        bold(&self.page().await)
            .into_iter()
            .find(|text| text.len() == 16 && text.bytes().all(|octet| octet.is_ascii_hexdigit()))
            .expect("a challenge on the page")
    }

    /// The lines of the ledger, each in its columns.
    pub fn ledger(&self) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(self.data.path().join("issued.tsv")).unwrap();
        text.lines()
            .map(|line| line.split('\t').map(str::to_owned).collect())
            .collect()
    }
}

/// What curl got.
pub struct Fetched {
    pub status: u16,
    pub content_type: String,
    /// The heads of all answers, one after the other.
    pub heads: String,
    pub body: Vec<u8>,
}

impl Fetched {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub async fn curl(arguments: &[&str]) -> Fetched {
    let folder = tempfile::tempdir().unwrap();
    let (heads, body) = (folder.path().join("heads"), folder.path().join("body"));
    let output = Command::new("curl")
        .args([
            "-sS",
            "--max-time",
            "20",
            "-w",
            "%{http_code} %{content_type}",
            "-D",
        ])
        .arg(&heads)
        .arg("-o")
        .arg(&body)
        .args(arguments)
        .output()
        .await
        .expect("the tests need the curl command");
    assert!(
        output.status.success(),
        "curl: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let words = String::from_utf8(output.stdout).unwrap();
    let (status, content_type) = words.split_once(' ').unwrap();
    Fetched {
        status: status.parse().unwrap(),
        content_type: content_type.to_owned(),
        heads: std::fs::read_to_string(&heads).unwrap(),
        body: std::fs::read(&body).unwrap_or_default(),
    }
}

/// Runs a program in a folder; what it printed, and whether it was content.
pub async fn program(folder: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap_or_else(|error| panic!("the tests need the {name} command: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

pub async fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let (is_content, text) = program(folder, "openssl", arguments).await;
    assert!(is_content, "openssl {arguments:?}: {text}");
    text
}

pub fn from_utf16(octets: &[u8]) -> String {
    let units: Vec<u16> = octets
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

/// What stands in each `<B>`.
pub fn bold(page: &str) -> Vec<String> {
    page.split("<B>")
        .skip(1)
        .filter_map(|after| after.split("</B>").next())
        .map(|text| text.trim().to_owned())
        .collect()
}
