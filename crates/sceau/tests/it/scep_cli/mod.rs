//! `sceau scep`, the built program, against the laboratory's NDES, a CA that misbehaves on purpose, and other
//! people's servers.

mod authority;
mod ndes;
pub mod peers;
mod pending;
mod questions;
mod retrieved;
mod untrusted;

use std::{path::Path, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

/// What a program said, and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Arguments without blanks in them, written as one types them.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// A folder in which the program runs.
pub struct Bench(TempDir);

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn has(&self, file: &str) -> bool {
        self.path().join(file).exists()
    }

    /// `sceau scep …`.
    async fn scep(&self, arguments: &[&str]) -> Ran {
        self.run(env!("CARGO_BIN_EXE_sceau"), &[&["scep"], arguments].concat(), "")
            .await
    }

    /// The same with something on standard input.
    async fn scep_with(&self, input: &str, arguments: &[&str]) -> Ran {
        self.run(
            env!("CARGO_BIN_EXE_sceau"),
            &[&["scep"], arguments].concat(),
            input,
        )
        .await
    }

    pub async fn run(&self, program: &str, arguments: &[&str], input: &str) -> Ran {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("the tests need {program}: {error}"));
        // A program that reads nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// OpenSSL's word on a certificate, under this root and with these beside it.
    async fn assert_verified(&self, root: &str, chain: Option<&str>, certificate: &str) {
        let mut arguments = vec!["verify", "-partial_chain", "-CAfile", root];
        if let Some(chain) = chain {
            arguments.extend(["-untrusted", chain]);
        }
        arguments.push(certificate);
        self.run("openssl", &arguments, "").await.expect(0);
    }

    /// Whether OpenSSL finds the key in the certificate.
    async fn assert_pair(&self, certificate: &str, key: &str) {
        let public = self.run("openssl", &["pkey", "-in", key, "-pubout"], "").await;
        let certified = self
            .run("openssl", &["x509", "-in", certificate, "-noout", "-pubkey"], "")
            .await;
        assert_eq!(public.expect(0).out, certified.expect(0).out);
    }
}
