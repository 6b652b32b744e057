//! The server's process: started, watched, ended.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sceau::{app::Shared, commands::start, settings::Settings};

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
    /// A data folder of its own, and two free ports.
    pub fn new(arguments: &Arguments, name: &str) -> anyhow::Result<Self> {
        let beside = std::env::current_exe()?
            .parent()
            .context("this program is nowhere")?
            .to_path_buf();
        let program = arguments.program.clone().unwrap_or_else(|| beside.join("sceau"));
        ensure!(
            program.is_file(),
            "{} is not there: build it first",
            program.display()
        );
        let parent = arguments
            .folder
            .clone()
            .unwrap_or_else(|| beside.join("bench-data"));
        let folder = parent.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let (public, management) = (free_port()?, free_port()?);
        let mut settings = Settings {
            public_url: format!("https://localhost:{public}"),
            management_url: format!("https://localhost:{management}"),
            data_dir: folder.clone(),
            ..Settings::default()
        };
        settings.listen.public = ([127, 0, 0, 1], public).into();
        settings.listen.management = ([127, 0, 0, 1], management).into();
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

    /// Starts the server; on so many cores, if that is named.
    pub fn start(&self, cores: Option<&str>) -> anyhow::Result<Server> {
        let mut command = match cores {
            Some(cores) => {
                let mut command = Command::new("taskset");
                command.args(["-c", cores]).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        let settings = &self.settings;
        let log = fs::File::create(self.folder.join("log"))?;
        let child = command
            .arg("serve")
            .env("SCEAU_PUBLIC_URL", &settings.public_url)
            .env("SCEAU_MANAGEMENT_URL", &settings.management_url)
            .env("SCEAU_DATA_DIR", &settings.data_dir)
            .env("SCEAU_LISTEN__PUBLIC", settings.listen.public.to_string())
            .env("SCEAU_LISTEN__MANAGEMENT", settings.listen.management.to_string())
            .env("SCEAU_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting the server")?;
        let mut server = Server {
            child,
            root_pem: String::new(),
        };
        server.await_listening(settings)?;
        Ok(server)
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
        let stat = fs::read_to_string(folder.join("stat"))?;
        // The name in parentheses may hold blanks; utime and stime are fields 14 and 15.
        let after = stat.rsplit_once(')').context("an unknown stat")?.1;
        let ticks: f64 = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        let status = fs::read_to_string(folder.join("status"))?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .context("no resident size")?;
        Ok(Used {
            processor: ticks / TICKS,
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

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
