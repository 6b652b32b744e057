//! One device: its folder, its state, and the laboratory that it stands in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::scep::RsaKey;
use rustls_pki_types::CertificateDer;
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

use super::folder::Folder;
use super::options::Person;
use super::report::DeviceReport;
use super::state::State;
use super::tree::TrustStore;
use crate::network::Network;
use crate::tally::Tally;

/// What all devices share.
pub(crate) struct Laboratory {
    pub(crate) server: Url,
    /// Trusted for TLS by all of them.
    pub(crate) trusted: Vec<CertificateDer<'static>>,
    pub(crate) network: Arc<Network>,
    pub(crate) minute_seconds: f64,
    /// Making keys is what a device does longest, and real ones do it each by itself. Here those that enrol wait for one
    /// another, and never keep one waiting that was given a challenge.
    pub(crate) identity_keys: Semaphore,
    pub(crate) certificate_keys: Semaphore,
    pub(crate) has_news: AtomicBool,
    /// Which share of the deliveries is followed by an absence, and of how many minutes.
    pub(crate) vanish: Option<(f64, f64)>,
    /// How often one left.
    pub(crate) struck: Tally,
}

impl Laboratory {
    /// Laboratory minutes as real time, a year at most.
    pub(crate) fn minutes(&self, minutes: f64) -> Duration {
        let seconds = (minutes * self.minute_seconds).clamp(0.0, 31_536_000.0);
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }

    pub(crate) async fn wait_minutes(&self, minutes: f64) {
        tokio::time::sleep(self.minutes(minutes)).await;
    }

    /// For how many minutes a device is gone after this delivery, if it goes.
    pub(crate) fn absence(&self) -> Option<f64> {
        let (share, minutes) = self.vanish?;
        if self.network.moment() >= share {
            return None;
        }
        self.struck.count("vanish");
        Some(minutes)
    }

    /// A new RSA key for the device itself.
    pub(crate) async fn make_identity_key(&self, bits: u32) -> anyhow::Result<RsaKey> {
        let _permit = self.identity_keys.acquire().await?;
        make_key(bits).await
    }

    /// A new RSA key for a certificate that a challenge is there for.
    pub(crate) async fn make_certificate_key(&self, bits: u32) -> anyhow::Result<RsaKey> {
        let _permit = self.certificate_keys.acquire().await?;
        make_key(bits).await
    }
}

async fn make_key(bits: u32) -> anyhow::Result<RsaKey> {
    let bits = usize::try_from(bits)?;
    Ok(tokio::task::spawn_blocking(move || RsaKey::generate(bits)).await??)
}

/// One device.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) person: Person,
    /// Every other device doesn't show its certificates over the CertificateStore CSP.
    pub(crate) shows_certificates: bool,
    pub(crate) folder: Folder,
    pub(crate) laboratory: Arc<Laboratory>,
    state: Mutex<State>,
}

impl Machine {
    /// A device from its folder, or a new one.
    pub(crate) fn open(
        folder: Folder,
        name: String,
        person: Person,
        shows_certificates: bool,
        has_tpm: bool,
        laboratory: Arc<Laboratory>,
    ) -> anyhow::Result<Self> {
        let state = match folder.state()? {
            Some(state) => state,
            None => State::new(&person.name, &name, has_tpm)?,
        };
        anyhow::ensure!(
            state.person == person.name,
            "the device {name} belongs to another person than the people file says"
        );
        Ok(Self {
            name,
            person,
            shows_certificates,
            folder,
            laboratory,
            state: Mutex::new(state),
        })
    }

    /// Looks at the state.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state and writes it to disk before anything else happens.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state);
        if let Err(error) = self.folder.keep_state(&state) {
            tracing::error!(device = self.name, %error, "the device's state isn't kept");
        }
        self.laboratory.has_news.store(true, Ordering::Relaxed);
        result
    }

    /// Notes an error for the report.
    pub(crate) fn complain(&self, error: String) {
        tracing::debug!(device = self.name, error);
        self.change(|state| state.complain(error));
    }

    pub(crate) fn report(&self) -> DeviceReport {
        self.look(|state| state.report(&self.name))
    }

    /// All that the device trusts for TLS: what it came with, and the roots that it was sent.
    pub(crate) fn trusted_for_tls(&self) -> Vec<CertificateDer<'static>> {
        let mut trusted = self.laboratory.trusted.clone();
        trusted.extend(self.folder.trusted(TrustStore::Root));
        trusted
    }

    /// The key of the device's identity, PKCS#8.
    pub(crate) fn identity_key(&self) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        self.folder.key("identity")
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
