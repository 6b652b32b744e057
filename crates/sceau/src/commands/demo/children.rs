//! The three processes of the demonstration: started through the command line, watched, started again when one
//! is killed. They share no memory, database or keys.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::Context as _;
use serde::Serialize;
use tokio::process::{Child, Command};

/// Time for a process to end by itself after SIGTERM.
const FAREWELL: Duration = Duration::from_secs(12);
/// Ticks a second in /proc (man 5 proc; fixed on Linux for user space).
const TICKS: f64 = 100.0;

/// What a process has cost, over all its lives.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cost {
    /// Processor time, user and system.
    pub cpu_seconds: f64,
    /// Resident memory at most.
    pub peak_mib: f64,
}

/// A process that is kept running.
pub struct Kept {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    child: Child,
    past: Cost,
    present: Cost,
    /// How often it was started again.
    pub restarts: u32,
}

impl Kept {
    /// Starts it. Its output goes to `FOLDER/log`, its number to `FOLDER/pid`.
    pub fn start(
        name: &'static str,
        folder: &Path,
        arguments: Vec<String>,
        environment: Vec<(String, String)>,
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let program = std::env::current_exe().context("finding this program")?;
        let child = spawn(&program, &arguments, &environment, folder)?;
        Ok(Self {
            name,
            program,
            arguments,
            environment,
            folder: folder.to_path_buf(),
            child,
            past: Cost::default(),
            present: Cost::default(),
            restarts: 0,
        })
    }

    /// Looks after it: notes what it costs, starts it again when it has ended. Whether it was.
    pub fn look_after(&mut self) -> anyhow::Result<bool> {
        if let Some(id) = self.child.id()
            && let Some(cost) = cost_of(id)
        {
            self.present = cost;
        }
        let Some(status) = self.child.try_wait()? else {
            return Ok(false);
        };
        tracing::warn!(child = self.name, %status, "it ended and is started again");
        self.past = self.cost();
        self.present = Cost::default();
        self.child = spawn(&self.program, &self.arguments, &self.environment, &self.folder)?;
        self.restarts += 1;
        Ok(true)
    }

    /// What it has cost until now.
    pub fn cost(&self) -> Cost {
        Cost {
            cpu_seconds: self.past.cpu_seconds + self.present.cpu_seconds,
            peak_mib: self.past.peak_mib.max(self.present.peak_mib),
        }
    }

    /// Ends it: asked first, then told.
    pub async fn stop(mut self) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            terminate(id).await;
        }
        if tokio::time::timeout(FAREWELL, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        let _ = std::fs::remove_file(self.folder.join("pid"));
    }
}

fn spawn(
    program: &Path,
    arguments: &[String],
    environment: &[(String, String)],
    folder: &Path,
) -> anyhow::Result<Child> {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))?;
    let child = Command::new(program)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting {} {}", program.display(), arguments.join(" ")))?;
    let id = child.id().context("a process without a number")?;
    std::fs::write(folder.join("pid"), format!("{id}\n"))?;
    Ok(child)
}

/// SIGTERM, by the program that every Debian has: the standard library knows SIGKILL only.
async fn terminate(id: i32) {
    let asked = Command::new("kill")
        .arg("-TERM")
        .arg(id.to_string())
        .stdin(Stdio::null())
        .status()
        .await;
    if let Err(error) = asked {
        tracing::debug!(%error, "a process could not be asked to end");
    }
}

/// Processor time and peak memory of a process, from /proc (man 5 proc).
fn cost_of(id: u32) -> Option<Cost> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold blanks: fields are counted after it. utime and stime are 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = peak.split_whitespace().next()?.parse().ok()?;
    Some(Cost {
        cpu_seconds: (ticks(11)? + ticks(12)?) / TICKS,
        peak_mib: kib / 1024.0,
    })
}
