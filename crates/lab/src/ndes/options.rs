//! What the look-alike of NDES is told at start.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::faults::Faults;

/// Settings of the laboratory's NDES.
#[derive(Clone)]
pub struct NdesOptions {
    /// Loopback only; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The one account that may see the page of challenges: `LAB\ndes`.
    pub user: String,
    pub password: Zeroizing<String>,
    /// Its CA, keys and the certificates that it issued; made when missing.
    pub data_dir: PathBuf,
    /// How many unused challenges it holds at once (PasswordMax).
    pub challenges_max: usize,
    /// How many laboratory minutes an unused challenge lives (PasswordValidity).
    pub challenge_minutes: u32,
    /// One challenge for everyone, as often as one likes (UseSinglePassword).
    pub single_challenge: Option<Zeroizing<String>>,
    /// Takes and answers single DES, as old clients speak it and no NDES since 2012 should.
    pub is_legacy: bool,
    /// Requests wait for a person, who speaks through [`Running`](super::Running).
    pub wants_approval: bool,
    /// Serves HTTPS and writes `tls-ca.pem`, the certificate to trust, into the data folder.
    pub tls: bool,
    /// Real seconds that a laboratory minute lasts.
    pub minute_seconds: f64,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Fixes the delays of issuing and the chance in faults; never a key, nonce, serial number or challenge.
    pub seed: Option<u64>,
}

impl NdesOptions {
    /// As a freshly installed NDES behaves: 5 challenges for 60 minutes each, no TLS, minutes in real time. The account
    /// is still to be given.
    #[must_use]
    pub fn on(listen: SocketAddr, data_dir: PathBuf) -> Self {
        Self {
            listen,
            user: String::new(),
            password: Zeroizing::default(),
            data_dir,
            challenges_max: 5,
            challenge_minutes: 60,
            single_challenge: None,
            is_legacy: false,
            wants_approval: false,
            tls: false,
            minute_seconds: 60.0,
            faults: Faults::default(),
            seed: None,
        }
    }

    /// Laboratory minutes as real time; nonsense becomes nothing.
    #[must_use]
    pub fn minutes(&self, minutes: f64) -> Duration {
        Duration::try_from_secs_f64(minutes * self.minute_seconds).unwrap_or_default()
    }
}

/// Shows neither the password nor the single challenge.
impl fmt::Debug for NdesOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NdesOptions")
            .field("listen", &self.listen)
            .field("user", &self.user)
            .field("data_dir", &self.data_dir)
            .field("challenges_max", &self.challenges_max)
            .field("challenge_minutes", &self.challenge_minutes)
            .field("is_legacy", &self.is_legacy)
            .field("wants_approval", &self.wants_approval)
            .field("tls", &self.tls)
            .field("minute_seconds", &self.minute_seconds)
            .field("faults", &self.faults)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
