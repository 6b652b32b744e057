//! Starting the three processes and playing the administrator.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use zeroize::Zeroizing;

use super::{
    Arguments,
    administrator::{Administrator, CHALLENGE_MINUTES, Ndes},
    children::Kept,
    progress::Progress,
    report,
};
use crate::{
    commands::serve::DEMONSTRATION_MARK,
    secrets::{random_token, write_private},
    settings::{Database, Listen, Secrets, Settings, Tls},
};

const NDES_USER: &str = r"LAB\ndes";
const OPERATOR: &str = "admin";

/// A running demonstration.
pub struct Demonstration {
    administrator: Administrator,
    configuration: String,
    console: String,
    settings_file: PathBuf,
    server: Kept,
    ndes: Kept,
    devices: Kept,
}

impl Demonstration {
    /// Starts the processes and sets everything up through the API.
    pub async fn set_up(arguments: &Arguments) -> anyhow::Result<Self> {
        let addresses = Addresses::of(arguments.listen)?;
        let root = prepare_folder(&arguments.data_dir)?;
        let ndes_password = random_token();
        let ndes = start_ndes(arguments, &root, &addresses, &ndes_password)?;
        let settings_file = write_settings(arguments, &root, &addresses)?;
        sceau(
            &settings_file,
            &["operator", "add", OPERATOR, "--role", "owner", "--password-stdin"],
            &random_token(),
        )
        .await?;
        let token = sceau(&settings_file, &["operator", "token", OPERATOR], "").await?;
        let file = settings_file.display().to_string();
        let server = Kept::start(
            "server",
            &root.join("server"),
            ["--config", &file, "serve", "--demonstration"]
                .map(str::to_owned)
                .to_vec(),
            Vec::new(),
        )?;
        wait_for_file(&root.join("server/tls-ca.pem")).await?;
        let ca = CertificateDer::from_pem_file(root.join("server/tls-ca.pem"))?;
        let console = format!("https://{}", addresses.public);
        let mut administrator = Administrator::new(console.parse()?, ca, token)?;
        administrator.wait_until_ready().await?;
        wait_for_file(&root.join("ndes/ca.pem")).await?;
        let people: Vec<_> = (1..=arguments.devices)
            .map(|number| (format!("person{number:04}"), random_token()))
            .collect();
        administrator.add_people(&people).await?;
        let configuration = administrator
            .set_up(&Ndes {
                address: &format!("http://{}", addresses.ndes),
                user: NDES_USER,
                password: &ndes_password,
                challenges_max: arguments.challenges_max,
                minute: arguments.minute,
                route: "proxy",
            })
            .await?;
        let devices = start_devices(arguments, &root, &console, &people)?;
        Ok(Self {
            administrator,
            configuration,
            console,
            settings_file,
            server,
            ndes,
            devices,
        })
    }

    /// Prints where the console is and a link that signs in once.
    #[allow(clippy::print_stdout, reason = "this is the command's answer")]
    pub fn say_where(&self) -> anyhow::Result<()> {
        let output = std::process::Command::new(std::env::current_exe()?)
            .arg("--config")
            .arg(&self.settings_file)
            .args(["operator", "login-link", OPERATOR])
            .output()
            .context("making a sign-in link")?;
        ensure!(
            output.status.success(),
            "making a sign-in link: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        println!(
            "Console:  {}  (self-made certificate: the browser warns)",
            self.console
        );
        println!("Sign in:  {}", String::from_utf8_lossy(&output.stdout).trim());
        Ok(())
    }

    /// Looks after the processes and asks how far the devices are.
    pub async fn look(&mut self, devices: usize) -> anyhow::Result<Progress> {
        for child in [&mut self.server, &mut self.ndes, &mut self.devices] {
            child.look_after()?;
        }
        let path = format!("/configurations/{}/progress", self.configuration);
        Ok(match self.administrator.read_once(&path).await {
            Ok(value) => Progress::from_api(devices, &value),
            // The server may be starting again: it is asked again at the next look.
            Err(error) => {
                tracing::debug!(%error, "the server did not answer");
                Progress {
                    devices,
                    ..Progress::default()
                }
            }
        })
    }

    /// How many challenges are out: while some are, the ledger's sums aren't final.
    pub async fn challenges_out(&mut self) -> anyhow::Result<i64> {
        Ok(report::out(&self.administrator.read("/challenges").await?))
    }

    /// Writes the report, if one is wanted.
    pub async fn write_report(&mut self, arguments: &Arguments, elapsed: Duration) -> anyhow::Result<()> {
        let Some(path) = &arguments.report else {
            return Ok(());
        };
        let costs = report::Costs {
            server: self.server.cost(),
            ndes: self.ndes.cost(),
            devices: self.devices.cost(),
        };
        let report = report::gather(&mut self.administrator, arguments, elapsed, costs).await?;
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("writing {}", path.display()))
    }

    /// Ends the processes: devices first, so that none of them meets a closed door.
    pub async fn stop(self) {
        self.devices.stop().await;
        self.server.stop().await;
        self.ndes.stop().await;
    }
}

struct Addresses {
    public: SocketAddr,
    management: SocketAddr,
    ndes: SocketAddr,
}

impl Addresses {
    fn of(listen: SocketAddr) -> anyhow::Result<Self> {
        ensure!(
            listen.ip().is_loopback(),
            "the demonstration listens on loopback only, not on {listen}"
        );
        ensure!(
            (1..=65_533).contains(&listen.port()),
            "--listen needs a port, and the two after it"
        );
        let beside = |more: u16| SocketAddr::new(listen.ip(), listen.port().saturating_add(more));
        Ok(Self {
            public: listen,
            management: beside(1),
            ndes: beside(2),
        })
    }
}

/// Empties a folder that a demonstration made; another one is refused.
fn prepare_folder(folder: &Path) -> anyhow::Result<PathBuf> {
    let mark = folder.join(DEMONSTRATION_MARK);
    if folder.exists() {
        let is_empty = std::fs::read_dir(folder)?.next().is_none();
        if !is_empty && !mark.exists() {
            bail!(
                "{} holds something that no demonstration made: give another --data-dir",
                folder.display()
            );
        }
        for part in ["server", "ndes", "devices"] {
            let part = folder.join(part);
            if part.exists() {
                std::fs::remove_dir_all(&part).with_context(|| format!("emptying {}", part.display()))?;
            }
        }
    }
    std::fs::create_dir_all(folder.join("server")).with_context(|| format!("making {}", folder.display()))?;
    for mark in [mark, folder.join("server").join(DEMONSTRATION_MARK)] {
        std::fs::write(mark, "The authority and the people in here are not real.\n")?;
    }
    Ok(folder.canonicalize()?)
}

fn write_settings(arguments: &Arguments, root: &Path, addresses: &Addresses) -> anyhow::Result<PathBuf> {
    let settings = Settings {
        public_url: format!("https://{}", addresses.public),
        management_url: format!("https://{}", addresses.management),
        data_dir: root.join("server"),
        listen: Listen {
            public: addresses.public,
            management: addresses.management,
            metrics: None,
            redirect: None,
            proxies: Vec::new(),
        },
        database: Database {
            url: arguments.database.clone().unwrap_or_default(),
            max_connections: 8,
        },
        tls: Tls {
            certificate: None,
            key: None,
        },
        secrets: Secrets { key_file: None },
        ..Settings::default()
    };
    let file = root.join("server/sceau.toml");
    write_private(&file, settings.to_toml()?.as_bytes())?;
    Ok(file)
}

fn start_ndes(
    arguments: &Arguments,
    root: &Path,
    addresses: &Addresses,
    password: &str,
) -> anyhow::Result<Kept> {
    let folder = root.join("ndes");
    let mut flags = vec![
        "lab".to_owned(),
        "ndes".to_owned(),
        format!("--listen={}", addresses.ndes),
        format!("--user={NDES_USER}"),
        format!("--data-dir={}", folder.display()),
        format!("--challenges-max={}", arguments.challenges_max),
        format!("--challenge-minutes={CHALLENGE_MINUTES}"),
        format!("--minute={}", arguments.minute),
    ];
    flags.extend(arguments.seed.map(|seed| format!("--seed={seed}")));
    flags.push(format!("--faults={}", arguments.faults));
    // Not on the command line, which every user of the machine can read.
    let environment = vec![("SCEAU_TEST_NDES_PASSWORD".to_owned(), password.to_owned())];
    Kept::start("ndes", &folder, flags, environment)
}

fn start_devices(
    arguments: &Arguments,
    root: &Path,
    console: &str,
    people: &[(String, Zeroizing<String>)],
) -> anyhow::Result<Kept> {
    let folder = root.join("devices");
    let list = folder.join("people");
    let lines: Zeroizing<String> = Zeroizing::new(
        people
            .iter()
            .map(|(name, password)| format!("{name} {}\n", password.as_str()))
            .collect(),
    );
    write_private(&list, lines.as_bytes())?;
    let mut flags = vec![
        "lab".to_owned(),
        "devices".to_owned(),
        format!("--server={console}"),
        format!("--ca-file={}", root.join("server/tls-ca.pem").display()),
        format!("--people={}", list.display()),
        format!("--devices={}", arguments.devices),
        format!("--data-dir={}", folder.display()),
        format!("--minute={}", arguments.minute),
    ];
    flags.extend(arguments.seed.map(|seed| format!("--seed={seed}")));
    flags.push(format!("--faults={}", arguments.faults));
    Kept::start("devices", &folder, flags, Vec::new())
}

/// Runs a command of this program on the server's own settings.
async fn sceau(settings: &Path, arguments: &[&str], input: &str) -> anyhow::Result<Zeroizing<String>> {
    use tokio::io::AsyncWriteExt as _;
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(settings)
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).await?;
    }
    let output = child.wait_with_output().await?;
    ensure!(
        output.status.success(),
        "sceau {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(Zeroizing::new(
        String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    ))
}

/// Waits for a file that a process writes when it is ready.
async fn wait_for_file(path: &Path) -> anyhow::Result<()> {
    for _ in 0..300 {
        if path.exists() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{} was not written: see the log beside it", path.display())
}
