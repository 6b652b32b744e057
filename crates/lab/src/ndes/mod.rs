//! A look-alike of Microsoft's Network Device Enrollment Service with its CA, for demonstrations
//! and tests, built from what is publicly known of the real one. It shares no code with the
//! server that it tests, and refuses to listen beyond loopback.
//!
//! ```text
//! GET, POST /certsrv/mscep/mscep.dll[/pkiclient.exe]   SCEP, for everyone
//! GET       /certsrv/mscep_admin/                      a challenge, behind NTLM
//! GET       /ca.crl                                    the CA's revocation list
//! ```

mod admin_page;
mod authority;
mod challenge;
mod delay;
mod enrolment;
mod folder;
mod ledger;
mod listen;
mod mishaps;
mod ntlm;
mod options;
mod page_words;
mod policy_module;
mod queue;
mod refusal;
mod routes;
mod sign_in;
mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use admin_page::Page;
use authority::Authorities;
use challenge::Challenges;
use delay::Delay;
use enrolment::Enrolment;
use folder::Folder;
use ledger::Ledger;
use mishaps::Mishaps;
use ntlm::Account;
use routes::{REVOCATION_LIST, Service};
use tls::Tls;

pub use options::NdesOptions;

use crate::faults::{Fault, Faults};
use crate::tally::FAULTS_FILE;

/// How often the counts of the faults are written down.
const BETWEEN_COUNTS: Duration = Duration::from_millis(500);

/// A look-alike that listens.
pub struct Running {
    /// Where it listens; the port is real even if port 0 was asked for.
    pub address: SocketAddr,
    service: Arc<Service>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// The transactionIDs of the requests that wait for a person.
    #[must_use]
    pub fn waiting(&self) -> Vec<String> {
        self.service.enrolment.queue.waiting()
    }

    /// Approves a request that waits: the next poll gets its certificate. Whether there is such a request.
    #[must_use]
    pub fn approve(&self, transaction_id: &str) -> bool {
        self.service.enrolment.queue.say(transaction_id, true)
    }

    /// Denies a request that waits: the next poll is refused. Whether there is such a request.
    #[must_use]
    pub fn deny(&self, transaction_id: &str) -> bool {
        self.service.enrolment.queue.say(transaction_id, false)
    }

    /// What a restart does to those outside: unused challenges are forgotten, connections end.
    ///
    /// # Errors
    /// An earlier request failed in the middle.
    pub fn restart(&self) -> anyhow::Result<()> {
        self.service.restart()
    }

    /// Other faults from now on; their clocks begin anew.
    ///
    /// # Errors
    /// What they need can't be made.
    pub fn switch(&self, faults: Faults) -> anyhow::Result<()> {
        let enrolment = &self.service.enrolment;
        enrolment
            .authorities
            .prepare(&faults, enrolment::now_millis()? / 1_000)?;
        if faults.has(Fault::SinglePassword) {
            enrolment.use_one_challenge()?;
        }
        enrolment.mishaps.switch(faults);
        Ok(())
    }

    /// How often each fault has struck, by its name.
    #[must_use]
    pub fn struck(&self) -> BTreeMap<&'static str, u64> {
        self.service.enrolment.mishaps.tally().counts()
    }

    /// Stops listening and ends every connection.
    pub async fn shutdown(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// As [`start`].
pub async fn run(options: NdesOptions) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let counts = options.data_dir.join(FAULTS_FILE);
    let running = start(options).await?;
    tracing::info!(address = %running.address, "the laboratory's NDES listens");
    let tally = running.service.enrolment.mishaps.tally();
    let mut ticks = tokio::time::interval(BETWEEN_COUNTS);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            _ = &mut interrupted => break,
            _ = terminate.recv() => break,
            _ = ticks.tick() => tally.keep(&counts)?,
        }
    }
    running.shutdown().await;
    Ok(())
}

/// Listens, and returns as soon as it does.
///
/// # Errors
/// An address beyond loopback or one that is taken, a data folder that can't be read or written.
pub async fn start(options: NdesOptions) -> anyhow::Result<Running> {
    anyhow::ensure!(
        options.listen.ip().is_loopback(),
        "the laboratory listens on loopback only, not on {}",
        options.listen
    );
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("{} can't be listened on", options.listen))?;
    let address = listener.local_addr()?;
    let (service, tls) = tokio::task::spawn_blocking(move || open(&options, address)).await??;
    let (stop, stopped) = oneshot::channel();
    let service = Arc::new(service);
    let task = tokio::spawn(listen::serve(listener, tls, Arc::clone(&service), stopped));
    Ok(Running {
        address,
        service,
        stop,
        task,
    })
}

/// Reads or makes everything that lies in the data folder.
fn open(options: &NdesOptions, address: SocketAddr) -> anyhow::Result<(Service, Option<Tls>)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now_seconds = i64::try_from(now.as_secs())?;
    let folder = Folder::open(&options.data_dir)?;
    let tls = options.tls.then(|| Tls::open(&folder, now_seconds)).transpose()?;
    let scheme = if options.tls { "https" } else { "http" };
    let revocation_list_url = format!("{scheme}://{address}{REVOCATION_LIST}");
    let authorities = Authorities::open(folder.clone(), revocation_list_url, now_seconds)?;
    authorities.prepare(&options.faults, now_seconds)?;
    let page = Page {
        challenges_max: options.challenges_max,
        challenge_minutes: options.challenge_minutes,
    };
    let lifetime = options.minutes(f64::from(options.challenge_minutes));
    let mut challenges = Challenges::new(options.challenges_max, lifetime, options.single_challenge.clone());
    if options.faults.has(Fault::SinglePassword) {
        challenges.use_one()?;
    }
    let seed = options.seed.unwrap_or_else(|| u64::from(now.subsec_nanos()));
    let policy = scep::Policy {
        permits_single_des: options.is_legacy,
        ..scep::Policy::default()
    };
    let service = Service {
        account: Account::new(&options.user, options.password.clone()),
        enrolment: Enrolment::new(
            authorities,
            Arc::new(Mishaps::new(options.faults.clone(), options.minutes(1.0), seed)),
            challenges,
            Ledger::open(folder)?,
            policy,
            options.wants_approval,
        ),
        page,
        delay: Delay::new(options.minutes(1.0 / 60.0), seed),
        is_tls: options.tls,
    };
    Ok((service, tls))
}
