//! What the laboratory's devices are told at start.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use url::Url;
use zeroize::Zeroizing;

use crate::faults::Faults;

/// Settings of a run of simulated devices.
#[derive(Clone, Debug)]
pub struct DevicesOptions {
    /// The public listener, e.g. `https://127.0.0.1:8443`; discovery lies below it.
    pub server: Url,
    /// PEM file with the certificates that the devices trust for TLS.
    pub ca_file: PathBuf,
    /// A line per person: user, a tab or blank, enrolment password.
    pub people_file: PathBuf,
    /// How many devices run; device `n` belongs to the person of line `n`.
    pub devices: usize,
    /// Each device keeps all it has in a folder of its own below this one.
    pub data_dir: PathBuf,
    /// Real seconds that a laboratory minute lasts.
    pub minute_seconds: f64,
    /// Fixes the order of arrival and the delays; never a key, nonce, token or challenge.
    pub seed: Option<u64>,
    /// Where the report goes, as JSON; written anew at each change.
    pub report: Option<PathBuf>,
    /// What goes wrong on purpose; of these only [`Fault::Vanish`](crate::faults::Fault::Vanish) is a device's.
    pub faults: Faults,
    /// Runs until a signal; otherwise ends once every device holds what it was sent.
    pub linger: bool,
}

/// A person with the password that enrols one device.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Person")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads the people file; blank lines and lines that begin with `#` are skipped.
///
/// # Errors
/// The file can't be read, or a line has no password; the error names the line, never its content.
pub fn read_people(path: &Path) -> anyhow::Result<Vec<Person>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the people file {} can't be read", path.display()))?;
    parse_people(&Zeroizing::new(text))
}

/// Reads the lines of a people file.
///
/// # Errors
/// A line has no password.
pub fn parse_people(text: &str) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, password)) = line.split_once('\t').or_else(|| line.split_once(' ')) else {
            bail!("line {} of the people file has no password", number + 1);
        };
        if name.is_empty() || password.is_empty() {
            bail!(
                "line {} of the people file lacks a user or a password",
                number + 1
            );
        }
        people.push(Person {
            name: name.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        });
    }
    Ok(people)
}

impl DevicesOptions {
    /// Laboratory minutes as real time; nonsense becomes nothing.
    #[must_use]
    pub fn minutes(&self, minutes: f64) -> Duration {
        Duration::try_from_secs_f64(minutes * self.minute_seconds).unwrap_or_default()
    }
}
