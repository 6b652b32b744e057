//! `sceau demo --once`, watched and disturbed from outside.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use super::processes::{Dice, free_ports, send, signal};

/// What a run is started with.
pub struct Run<'a> {
    pub devices: usize,
    pub seed: u64,
    /// Seconds of a laboratory minute.
    pub minute: f64,
    pub challenges_max: usize,
    /// A database's URL; SQLite without.
    pub database: Option<&'a str>,
}

/// A demonstration that runs.
pub struct Demonstration {
    child: Child,
    /// Its data folder and what else the test keeps.
    pub folder: TempDir,
    begun: Instant,
}

/// What came of one.
pub struct Ended {
    pub folder: TempDir,
    pub report: Value,
    pub seconds: f64,
}

impl Demonstration {
    /// Starts one and waits until its devices are started.
    pub fn start(run: &Run<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let said = File::create(folder.path().join("said")).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_sceau"));
        command
            .args(["demo", "--once", "--patience=1500"])
            .arg(format!("--devices={}", run.devices))
            .arg(format!("--seed={}", run.seed))
            .arg(format!("--minute={}", run.minute))
            .arg(format!("--challenges-max={}", run.challenges_max))
            .arg(format!("--listen={}", free_ports()))
            .arg(format!("--data-dir={}", folder.path().join("data").display()))
            .arg(format!("--report={}", folder.path().join("report").display()));
        command.args(run.database.map(|url| format!("--database={url}")));
        let child = command
            .stdin(Stdio::null())
            .stdout(said.try_clone().expect("a file"))
            .stderr(said)
            .spawn()
            .expect("the demonstration starts");
        let mut demonstration = Self {
            child,
            folder,
            begun: Instant::now(),
        };
        demonstration.wait_until("the devices start", |demonstration| {
            demonstration.part("devices").join("pid").exists()
        });
        demonstration
    }

    /// The folder of one of its processes: `server`, `ndes` or `devices`.
    pub fn part(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// How many certificates the laboratory's CA has issued.
    pub fn issued(&self) -> usize {
        let list = fs::read(self.part("ndes").join("issued.tsv")).unwrap_or_default();
        list.iter().filter(|octet| **octet == b'\n').count()
    }

    /// Waits for a condition, three minutes at most; ends early when the demonstration is over.
    pub fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_mins(3);
        while !is_so(self) {
            assert!(!self.is_over(), "it ended before {what}: {}", self.said());
            assert!(Instant::now() < deadline, "{what}: not within three minutes");
            sleep(Duration::from_millis(20));
        }
    }

    /// Kills the server so many times: at random instants, and every other time at most 30 ms after the CA wrote
    /// a certificate down, when its answer is on its way. Gives the seconds at which it did.
    pub fn kill_server(&mut self, kills: usize, dice: &mut Dice) -> Vec<f64> {
        let mut instants = Vec::new();
        while instants.len() < kills && !self.is_over() {
            sleep(Duration::from_secs_f64(0.2 + 1.6 * dice.roll()));
            if dice.roll() < 0.5 {
                let before = self.issued();
                let deadline = Instant::now() + Duration::from_secs(2);
                while self.issued() == before && Instant::now() < deadline && !self.is_over() {
                    sleep(Duration::from_micros(300));
                }
                sleep(Duration::from_secs_f64(0.03 * dice.roll()));
            }
            if signal(&self.part("server"), "KILL") {
                instants.push((self.begun.elapsed().as_secs_f64() * 10.0).round() / 10.0);
            }
        }
        instants
    }

    /// Waits for its end. It must be good.
    pub fn end(mut self) -> Ended {
        let deadline = Instant::now() + Duration::from_mins(10);
        while !self.is_over() {
            assert!(Instant::now() < deadline, "it doesn't end: {}", self.said());
            sleep(Duration::from_millis(50));
        }
        let seconds = self.begun.elapsed().as_secs_f64();
        let status = self.child.wait().expect("a status");
        let report = fs::read(self.folder.path().join("report"))
            .unwrap_or_else(|error| panic!("no report ({error}): {}", self.said()));
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        assert!(
            status.success(),
            "{status}: {}\n{}",
            report["failures"],
            self.said()
        );
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        Ended {
            folder,
            report,
            seconds,
        }
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap_or_default()
    }
}

impl Ended {
    pub fn part(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        if self.is_over() {
            return;
        }
        send(&self.child.id().to_string(), "TERM");
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.is_over() && Instant::now() < deadline {
            sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        for part in ["devices", "server", "ndes"] {
            let folder: &Path = &self.part(part);
            signal(folder, "KILL");
        }
    }
}
