//! Settings: defaults, then `sceau.toml`, then `SCEAU_*`. A key that does not exist is refused, with the nearest
//! right one.

mod address_or_off;
mod mail;
mod outbound;
mod proxies;
mod unknown;

pub use mail::{MailSecurity, MailSettings};
pub use outbound::OutboundSettings;
pub use proxies::{CertificateHeader, Network, Proxy};

use std::path::{Path, PathBuf};

use domain::device::silence::Silence;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// What stands in `SCEAU_*` and is read elsewhere: by the logs and by the command line.
const ELSEWHERE: [&str; 3] = ["log", "log_format", "config"];

/// Everything that an administrator of the server sets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where browsers, enrolling devices and SCEP clients reach the server: `https://HOST[:PORT]`.
    pub public_url: String,
    /// Where managed devices reach it, with their certificates: `https://HOST[:PORT]`.
    pub management_url: String,
    /// Folder of the embedded database, the secrets key and self-made certificates.
    pub data_dir: PathBuf,
    /// Sockets.
    pub listen: Listen,
    /// Database.
    pub database: Database,
    /// The server's own certificate.
    pub tls: Tls,
    /// Keys that open what is sealed in the database.
    pub secrets: Secrets,
    /// Managed devices.
    pub devices: Devices,
    /// The way to other systems.
    pub outbound: OutboundSettings,
    /// The server that takes mail.
    pub mail: MailSettings,
}

/// Sockets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Console, API, enrolment, SCEP.
    pub public: std::net::SocketAddr,
    /// Managed devices: the only listener that asks for a client certificate.
    pub management: std::net::SocketAddr,
    /// What Prometheus reads, over plain http and without sign-in. Empty: none.
    #[serde(with = "address_or_off")]
    pub metrics: Option<std::net::SocketAddr>,
    /// Where a device that looks for the server over plain http is sent to `public_url`: port 80. Empty: none.
    #[serde(with = "address_or_off")]
    pub redirect: Option<std::net::SocketAddr>,
    /// Proxies in front of both others that end TLS themselves.
    pub proxies: Vec<Proxy>,
}

/// Database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH`, `postgres://…`, or empty for `sceau.db` in the data folder.
    pub url: String,
    /// Connections at most.
    pub max_connections: u32,
}

/// The server's own certificate. Both empty: a self-made one in the data folder, which `serve` warns about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file: certificate, then intermediates.
    pub certificate: Option<PathBuf>,
    /// PEM file: private key.
    pub key: Option<PathBuf>,
}

/// Keys that open what is sealed in the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// File of keys; absent: `secrets.key` in the data folder, made at the first start.
    pub key_file: Option<PathBuf>,
}

/// Days of silence after which a device may leave, at least: a holiday is no reason.
const LEAST_SILENCE: u16 = 15;
/// And at most.
const MOST_SILENCE: u16 = 3650;

/// Managed devices.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Days after the end of its identity during which a device may still renew it. It can't do anything else then.
    pub renewal_grace_days: u16,
    /// Each how many days a device is asked what it is: version, edition, TPM, stores.
    pub inventory_days: u16,
    /// Each so many days a device is asked whether it still holds what it proved; 1 at least.
    pub check_days: u16,
    /// A device that wasn't heard of for so many days leaves the management; 0: none does.
    pub silence_days: u16,
    /// So many days before a device leaves for its silence, people are told.
    pub silence_notice_days: u16,
    /// Whether what built-in authorities issued to such a device is revoked then.
    pub silence_revokes: bool,
    /// Whether a device may prove itself by its account's digest in each message, where it shows no certificate: behind a
    /// load balancer that ends TLS and says nothing of it. Those that enrolled before it was on can't.
    pub digest: bool,
}

impl Devices {
    /// When devices leave for their silence; none: never.
    pub fn silence(&self) -> Option<Silence> {
        (self.silence_days > 0).then_some(Silence {
            days: self.silence_days,
            notice_days: self.silence_notice_days,
            revokes: self.silence_revokes,
        })
    }

    fn check_silence(&self) -> anyhow::Result<()> {
        let (days, notice) = (self.silence_days, self.silence_notice_days);
        anyhow::ensure!(
            days == 0 || (LEAST_SILENCE..=MOST_SILENCE).contains(&days),
            "devices.silence_days is 0, which means never, or {LEAST_SILENCE} to {MOST_SILENCE}, it is {days}"
        );
        anyhow::ensure!(
            notice > 0 && (days == 0 || notice < days),
            "devices.silence_notice_days is 1 at least and less than devices.silence_days, it is {notice}"
        );
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "https://localhost:8443".to_owned(),
            management_url: "https://localhost:8444".to_owned(),
            data_dir: PathBuf::from("sceau-data"),
            listen: Listen {
                public: std::net::SocketAddr::from(([0, 0, 0, 0], 8443)),
                management: std::net::SocketAddr::from(([0, 0, 0, 0], 8444)),
                metrics: Some(std::net::SocketAddr::from(([127, 0, 0, 1], 9090))),
                redirect: None,
                proxies: Vec::new(),
            },
            database: Database {
                url: String::new(),
                max_connections: 8,
            },
            tls: Tls {
                certificate: None,
                key: None,
            },
            secrets: Secrets { key_file: None },
            devices: Devices {
                renewal_grace_days: 30,
                inventory_days: 7,
                check_days: 7,
                silence_days: 0,
                silence_notice_days: 14,
                silence_revokes: false,
                digest: false,
            },
            outbound: OutboundSettings::default(),
            mail: MailSettings::default(),
        }
    }
}

impl Settings {
    /// Reads the settings. `file` must exist when it is named; `sceau.toml` in the working folder is optional.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(path) = file {
            anyhow::ensure!(
                path.is_file(),
                "the settings file {} does not exist",
                path.display()
            );
        }
        let path = file.unwrap_or_else(|| Path::new("sceau.toml"));
        let environment = Env::prefixed("SCEAU_")
            .filter(|key| {
                let key = key.as_str().to_ascii_lowercase();
                !key.starts_with("test_") && !ELSEWHERE.contains(&key.as_str())
            })
            .split("__")
            .lowercase(true);
        let defaults = Figment::from(Serialized::defaults(Self::default()));
        let from_file = if path.is_file() {
            defaults.merge(Toml::file_exact(path))
        } else {
            defaults
        };
        let settings: Self = from_file
            .merge(environment)
            .extract()
            .map_err(|error| unknown::explain(&error))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> anyhow::Result<()> {
        for (name, value) in [
            ("public_url", &self.public_url),
            ("management_url", &self.management_url),
        ] {
            let url =
                url::Url::parse(value).map_err(|e| anyhow::anyhow!("{name}: {value:?} is no URL ({e})"))?;
            anyhow::ensure!(
                url.scheme() == "https",
                "{name} must begin with https://, it is {value:?}"
            );
            anyhow::ensure!(
                url.path() == "/" && url.query().is_none() && !value.ends_with('/'),
                "{name} is a scheme, a host and a port, without a path: {value:?}"
            );
        }
        anyhow::ensure!(
            (1..=365).contains(&self.devices.inventory_days),
            "devices.inventory_days is 1 to 365, it is {}",
            self.devices.inventory_days
        );
        anyhow::ensure!(
            self.devices.check_days > 0,
            "devices.check_days is a number of days, 1 at least"
        );
        self.devices.check_silence()?;
        self.outbound.check()?;
        self.mail.check()?;
        anyhow::ensure!(
            self.tls.certificate.is_some() == self.tls.key.is_some(),
            "tls.certificate and tls.key are given together or not at all"
        );
        Ok(())
    }

    /// Where the database is.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("sceau.db").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The settings as a file that [`Settings::load`] reads.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        Ok(toml::to_string(self)?)
    }

    /// The file of the keys that open what is sealed.
    pub fn secrets_file(&self) -> PathBuf {
        self.secrets
            .key_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("secrets.key"))
    }
}
