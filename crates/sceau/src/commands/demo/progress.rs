//! A bar by state on the terminal.

use std::{collections::BTreeMap, io::IsTerminal as _, time::Duration};

use serde_json::Value;

/// How often the demonstration looks.
pub const INTERVAL: Duration = Duration::from_millis(500);
const WIDTH: usize = 40;

/// How far the devices are.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Devices there shall be.
    pub devices: usize,
    /// Devices with a verified certificate.
    pub verified: usize,
    /// Devices that failed for good.
    pub failed: usize,
    /// Devices by state of their delivery.
    pub states: BTreeMap<String, usize>,
    /// Remains of former attempts that devices still have.
    pub left: u64,
}

impl Progress {
    /// Reads what the API says of a configuration.
    pub fn from_api(devices: usize, value: &Value) -> Self {
        let states: BTreeMap<String, usize> = value
            .get("states")
            .and_then(Value::as_object)
            .map(|states| {
                states
                    .iter()
                    .filter_map(|(state, count)| {
                        Some((state.clone(), usize::try_from(count.as_u64()?).ok()?))
                    })
                    .collect()
            })
            .unwrap_or_default();
        let of = |state: &str| states.get(state).copied().unwrap_or(0);
        Self {
            devices,
            verified: of("verified"),
            failed: of("failed"),
            states,
            left: value.get("left_on_devices").and_then(Value::as_u64).unwrap_or(0),
        }
    }

    /// Whether nothing more will change by itself.
    pub fn is_done(&self) -> bool {
        let is_all_told = self.verified + self.failed >= self.devices;
        // What a failed attempt left goes only once another is proved.
        is_all_told && (self.left == 0 || self.failed > 0)
    }

    /// One line, drawn over the last one on a terminal.
    #[allow(clippy::print_stderr, reason = "this is the progress bar")]
    pub fn show(&self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[2K{}", self.line());
        }
    }

    /// The last line.
    #[allow(clippy::print_stderr, reason = "this is the command's answer")]
    pub fn conclude(&self, elapsed: Duration) {
        eprintln!("\r{}  {:.1} s", self.line(), elapsed.as_secs_f64());
    }

    fn line(&self) -> String {
        let filled = (self.verified * WIDTH)
            .checked_div(self.devices)
            .unwrap_or(0)
            .min(WIDTH);
        let states: Vec<String> = self
            .states
            .iter()
            .filter(|(state, count)| **count > 0 && state.as_str() != "verified")
            .map(|(state, count)| format!("{count} {}", state.replace('_', " ")))
            .collect();
        let rest = if states.is_empty() {
            String::new()
        } else {
            format!("  ({})", states.join(", "))
        };
        format!(
            "[{}{}] {} of {} verified{rest}",
            "#".repeat(filled),
            ".".repeat(WIDTH - filled),
            self.verified,
            self.devices
        )
    }
}
