//! The physical limits: private operations with an RSA key of 2048 bits, by OpenSSL and by the library that the
//! server uses, and how often a disk makes something durable.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde::Serialize;

use crate::{Arguments, server};

/// How long each rate is measured.
const TIME: Duration = Duration::from_secs(3);
/// Private operations of one look at the limit during a run: some 100 milliseconds.
const LOOK: u32 = 400;

/// Private operations per second.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Limits {
    /// Cores that are used.
    pub cores: usize,
    /// `openssl speed rsa2048`, one core.
    pub openssl_one_core: f64,
    /// The server's library (aws-lc), one core.
    pub library_one_core: f64,
    /// The same on all cores at once.
    pub library_all_cores: f64,
    /// A page of 4096 octets appended to a file and made durable (fdatasync), one after the other, in a second.
    pub durable_pages: f64,
}

impl Limits {
    #[allow(clippy::print_stdout, reason = "this is the program's answer")]
    pub fn print(&self) {
        println!("Private operations per second, RSA-2048");
        println!("  openssl speed, one core        {:>8.0}", self.openssl_one_core);
        println!("  the server's library, one core {:>8.0}", self.library_one_core);
        println!(
            "  the same, {} cores             {:>8.0}",
            self.cores, self.library_all_cores
        );
        println!("Pages made durable per second    {:>8.0}\n", self.durable_pages);
    }
}

pub fn measure(arguments: &Arguments) -> anyhow::Result<Limits> {
    let cores = thread::available_parallelism()?.get();
    Ok(Limits {
        cores,
        openssl_one_core: openssl()?,
        library_one_core: library(1)?,
        library_all_cores: library(cores)?,
        durable_pages: durable_pages(&server::folder(arguments, "limit")?)?,
    })
}

/// Appends a page and waits for the disk, again and again.
fn durable_pages(folder: &Path) -> anyhow::Result<f64> {
    let mut file = fs::File::create(folder.join("pages"))?;
    let (page, begun, mut count) = ([0x5a; 4096], Instant::now(), 0_u32);
    while begun.elapsed() < TIME {
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// The limit beside a run: a shared machine's clock isn't the same from one minute to the next, so the limit is looked
/// at again and again while the run goes on, by processor time as the run itself, and on as many cores at once: two
/// that share a memory, or are threads of one core, slow each other down.
pub struct Beside {
    key: ca::IssuingKey,
    cores: usize,
    looks: Vec<f64>,
}

impl Beside {
    /// Beside a run that keeps so many cores busy.
    pub fn new(cores: usize) -> anyhow::Result<Self> {
        Ok(Self {
            key: ca::IssuingKey::generate(2048)?,
            cores,
            looks: Vec::new(),
        })
    }

    /// Takes a look, on a thread for each core.
    pub fn look(&mut self) -> anyhow::Result<()> {
        let key = &self.key;
        let looks = thread::scope(|scope| {
            let threads: Vec<_> = (0..self.cores).map(|_| scope.spawn(|| look(key))).collect();
            let looks = threads.into_iter().map(thread::ScopedJoinHandle::join);
            looks.map(joined).collect::<anyhow::Result<Vec<f64>>>()
        })?;
        self.looks.extend(looks);
        Ok(())
    }

    /// Milliseconds of one core that a private operation took, on average of all looks.
    pub fn operation_milliseconds(&self) -> f64 {
        1000.0 * self.looks.iter().sum::<f64>() / self.looks.len() as f64
    }
}

/// Seconds of this thread's processor for a private operation.
fn look(key: &ca::IssuingKey) -> anyhow::Result<f64> {
    let before = processor_seconds()?;
    for _ in 0..LOOK {
        key.sign(b"a message of no length to speak of")?;
    }
    Ok((processor_seconds()? - before) / f64::from(LOOK))
}

fn joined<T>(joined: thread::Result<anyhow::Result<T>>) -> anyhow::Result<T> {
    joined.unwrap_or_else(|_| Err(anyhow::anyhow!("a thread broke off")))
}

/// What this thread used of a processor: the first number of its schedstat is nanoseconds (Linux,
/// Documentation/scheduler/sched-stats).
fn processor_seconds() -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = text.split_whitespace().next().context("an empty schedstat")?;
    Ok(first.parse::<f64>()? / 1e9)
}

/// Signs on so many threads for a while.
fn library(threads: usize) -> anyhow::Result<f64> {
    let running: Vec<_> = (0..threads)
        .map(|_| {
            thread::spawn(|| {
                let key = ca::IssuingKey::generate(2048)?;
                let (begun, mut count) = (Instant::now(), 0_u32);
                while begun.elapsed() < TIME {
                    key.sign(b"a message of no length to speak of")?;
                    count += 1;
                }
                Ok(f64::from(count) / begun.elapsed().as_secs_f64())
            })
        })
        .collect();
    running.into_iter().map(|thread| joined(thread.join())).sum()
}

/// The line `rsa 2048 bits 0.000252s 0.000007s 3966.0 135000.0`: the third number is signatures per second.
fn openssl() -> anyhow::Result<f64> {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "3", "rsa2048"])
        .output()
        .context("running openssl speed")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .find(|line| line.trim_start().starts_with("rsa 2048"));
    let numbers = line
        .context("openssl speed said nothing of rsa 2048")?
        .split_whitespace();
    let signatures = numbers.rev().nth(1).context("openssl speed's line is short")?;
    Ok(signatures.parse()?)
}
