//! The server's process: started, watched, ended.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sceau::{app::Shared, commands::start, settings::Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::Arguments;

/// Ticks a second in /proc (man 5 proc; fixed on Linux for user space).
const TICKS: f64 = 100.0;
/// Time for the server to listen, and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that is not running yet.
pub struct House {
    pub folder: PathBuf,
    pub settings: Settings,
    program: PathBuf,
}

/// A running server.
pub struct Server {
    child: Child,
    /// How many cores it may use.
    pub cores: usize,
    pub root_pem: String,
}

/// What a process has used.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Processor time in seconds.
    pub processor: f64,
    /// Resident memory in MiB.
    pub memory: f64,
}

impl House {
    /// A data folder of its own and free ports; the database is PostgreSQL where its URL is given.
    pub fn new(arguments: &Arguments, name: &str, postgres: Option<&str>) -> anyhow::Result<Self> {
        let program = match &arguments.program {
            Some(program) => program.clone(),
            None => beside()?.join("sceau"),
        };
        ensure!(
            program.is_file(),
            "{} is not there: build it first",
            program.display()
        );
        let folder = folder(arguments, name)?;
        let (public, management) = (free_port()?, free_port()?);
        let mut settings = Settings {
            public_url: format!("https://localhost:{public}"),
            management_url: format!("https://localhost:{management}"),
            data_dir: folder.clone(),
            ..Settings::default()
        };
        settings.listen.public = ([127, 0, 0, 1], public).into();
        settings.listen.management = ([127, 0, 0, 1], management).into();
        settings.listen.metrics = Some(([127, 0, 0, 1], free_port()?).into());
        settings.database.url = postgres.unwrap_or_default().to_owned();
        Ok(Self {
            folder,
            settings,
            program,
        })
    }

    /// The application on this folder, in this process: to prepare what the server then has.
    pub async fn application(&self) -> anyhow::Result<Shared> {
        start::application(self.settings.clone()).await
    }

    /// Whom the clients trust: the server's own certificate is made where it isn't there.
    pub fn root_pem(&self, now: domain::Timestamp) -> anyhow::Result<String> {
        sceau::listen::load(&self.settings, now)?;
        Ok(fs::read_to_string(self.folder.join("tls-ca.pem"))?)
    }

    /// Starts the server; on one core alone, if that is named.
    pub fn start(&self, core: Option<&str>) -> anyhow::Result<Server> {
        let (mut command, cores) = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", core]).arg(&self.program);
                (command, 1)
            }
            None => (
                Command::new(&self.program),
                thread::available_parallelism()?.get(),
            ),
        };
        let settings = &self.settings;
        let metrics = settings
            .listen
            .metrics
            .map(|address| address.to_string())
            .unwrap_or_default();
        let log = fs::File::create(self.folder.join("log"))?;
        let child = command
            .arg("serve")
            .env("SCEAU_PUBLIC_URL", &settings.public_url)
            .env("SCEAU_MANAGEMENT_URL", &settings.management_url)
            .env("SCEAU_DATA_DIR", &settings.data_dir)
            .env("SCEAU_LISTEN__PUBLIC", settings.listen.public.to_string())
            .env("SCEAU_LISTEN__MANAGEMENT", settings.listen.management.to_string())
            .env("SCEAU_LISTEN__METRICS", metrics)
            .env("SCEAU_DATABASE__URL", &settings.database.url)
            .env("SCEAU_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting the server")?;
        let mut server = Server {
            child,
            cores,
            root_pem: String::new(),
        };
        server.await_listening(settings)?;
        Ok(server)
    }
}

/// What a server has asked of its database, by its own count at `/metrics`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statements {
    pub reads: f64,
    pub writes: f64,
    pub commits: f64,
}

impl Statements {
    /// Asks the server.
    pub async fn scrape(house: &House) -> anyhow::Result<Self> {
        let address = house.settings.listen.metrics.context("no metrics")?;
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        let value = |sample: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(sample));
            let told = found.with_context(|| format!("{sample} is missing"))?;
            anyhow::Ok(told.trim().parse::<f64>()?)
        };
        Ok(Self {
            reads: value("sceau_database_statements_total{kind=\"read\"}")?,
            writes: value("sceau_database_statements_total{kind=\"write\"}")?,
            commits: value("sceau_database_commits_total")?,
        })
    }

    /// What asking costs by itself.
    pub async fn of_one_look(house: &House) -> anyhow::Result<Self> {
        let first = Self::scrape(house).await?;
        Ok(Self::scrape(house).await?.since(&first))
    }

    /// What was asked since an earlier count.
    pub fn since(self, earlier: &Self) -> Self {
        Self {
            reads: self.reads - earlier.reads,
            writes: self.writes - earlier.writes,
            commits: self.commits - earlier.commits,
        }
    }
}

impl Server {
    fn await_listening(&mut self, settings: &Settings) -> anyhow::Result<()> {
        let begun = Instant::now();
        while std::net::TcpStream::connect(settings.listen.public).is_err() {
            ensure!(begun.elapsed() < PATIENCE, "the server does not listen");
            ensure!(self.child.try_wait()?.is_none(), "the server ended: see its log");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.root_pem = fs::read_to_string(settings.data_dir.join("tls-ca.pem"))?;
        Ok(())
    }

    /// What it has used so far.
    pub fn used(&self) -> anyhow::Result<Used> {
        let folder = Path::new("/proc").join(self.child.id().to_string());
        let status = fs::read_to_string(folder.join("status"))?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .context("no resident size")?;
        Ok(Used {
            processor: processor_seconds(&fs::read_to_string(folder.join("stat"))?)?,
            memory: resident.parse::<f64>()? / 1024.0,
        })
    }

    /// Ends it and waits.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let told = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(told.success(), "the server can't be told to stop");
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds of a processor that a process used, by its stat (man 5 proc). The name in parentheses may hold blanks; utime
/// and stime are fields 14 and 15.
fn processor_seconds(stat: &str) -> anyhow::Result<f64> {
    let after = stat.rsplit_once(')').context("an unknown stat")?.1;
    let ticks: f64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(ticks / TICKS)
}

/// Seconds of a processor that all processes of this name have used.
pub fn used_by_all(name: &str) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for entry in fs::read_dir("/proc")? {
        // A process may end while it is looked at.
        let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else {
            continue;
        };
        if stat.contains(&format!("({name})")) {
            sum += processor_seconds(&stat)?;
        }
    }
    Ok(sum)
}

/// A fresh folder of this name among the data.
pub fn folder(arguments: &Arguments, name: &str) -> anyhow::Result<PathBuf> {
    let parent = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => beside()?.join("bench-data"),
    };
    let folder = parent.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where this program lies.
fn beside() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().context("this program is nowhere")?.to_path_buf())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
