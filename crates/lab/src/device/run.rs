//! A run of devices, from their arrival to the report.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::attempt;
use super::enrolment::{enrol, renew_if_due};
use super::folder::Folder;
use super::machine::{Laboratory, Machine};
use super::options::{DevicesOptions, read_people};
use super::poll::PollSchedule;
use super::report::{DeviceState, DevicesReport};
use super::session::{self, Ended};
use crate::files::write_whole;
use crate::network::Network;
use crate::tally::{FAULTS_FILE, Tally};

/// Laboratory minutes after which a run without `linger` ends whatever the devices hold.
const MOST_MINUTES: f64 = 24.0 * 60.0;
/// One device in so many has no TPM.
const WITHOUT_TPM: usize = 10;
/// Devices arrive within so many laboratory minutes.
const ARRIVAL_MINUTES: f64 = 1.0;

/// Runs devices until a signal ends them or, without `linger`, until all hold what they were sent.
///
/// # Errors
/// Files that can't be read or written, too few people.
pub async fn run(options: DevicesOptions) -> anyhow::Result<DevicesReport> {
    let network = Network::quiet(options.seed);
    run_on(options, network).await
}

/// As [`run`], over a network with delays and losses of its own.
///
/// # Errors
/// As [`run`].
pub async fn run_on(options: DevicesOptions, network: Network) -> anyhow::Result<DevicesReport> {
    let machines = machines(&options, network)?;
    let mut lives = JoinSet::new();
    for machine in &machines {
        let arrival = ARRIVAL_MINUTES * machine.laboratory.network.moment();
        lives.spawn(live(Arc::clone(machine), arrival));
    }
    wait(&options, &machines).await?;
    lives.shutdown().await;
    let report = report(&machines);
    publish(&options, &report)?;
    keep_faults(&options, &machines)?;
    Ok(report)
}

fn machines(options: &DevicesOptions, network: Network) -> anyhow::Result<Vec<Arc<Machine>>> {
    let people = read_people(&options.people_file)?;
    anyhow::ensure!(
        people.len() >= options.devices,
        "{} devices, but only {} people",
        options.devices,
        people.len()
    );
    let laboratory = Arc::new(Laboratory {
        server: options.server.clone(),
        trusted: certificates(&options.ca_file)?,
        network: Arc::new(network),
        minute_seconds: options.minute_seconds,
        identity_keys: Semaphore::new(1),
        certificate_keys: Semaphore::new(2),
        has_news: AtomicBool::new(true),
        vanish: options.faults.vanish(),
        struck: Tally::default(),
    });
    let mut machines = Vec::new();
    for (index, person) in people.into_iter().take(options.devices).enumerate() {
        let name = format!("LAB-PC-{:04}", index + 1);
        let folder = Folder::open(&options.data_dir, &name)?;
        let laboratory = Arc::clone(&laboratory);
        machines.push(Arc::new(Machine::open(
            folder,
            name,
            person,
            index % 2 == 0,
            index % WITHOUT_TPM != WITHOUT_TPM - 1,
            laboratory,
        )?));
    }
    Ok(machines)
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("the CA file {} can't be read", file.display()))?;
    anyhow::ensure!(
        !found.is_empty(),
        "the CA file {} holds no certificate",
        file.display()
    );
    Ok(found)
}

/// A device's life: it arrives, enrols, and talks to its server at each poll.
async fn live(machine: Arc<Machine>, arrival: f64) {
    attempt::recover(&machine);
    machine.laboratory.wait_minutes(arrival).await;
    if machine.look(|state| state.stage == DeviceState::Waiting) && !Box::pin(enrol(&machine)).await {
        return;
    }
    let mut schedule = schedule(&machine);
    while machine.look(|state| state.stage == DeviceState::Enrolled) {
        attempt::notice_removed(&machine);
        Box::pin(renew_if_due(&machine)).await;
        match Box::pin(session::hold(&machine)).await {
            Ok(Ended {
                away_minutes: Some(minutes),
                ..
            }) => {
                machine.laboratory.wait_minutes(minutes).await;
                attempt::recover(&machine);
                schedule = self::schedule(&machine);
                continue;
            }
            Ok(ended) if ended.poll_changed => schedule = self::schedule(&machine),
            Ok(_) => {}
            Err(error) => machine.complain(format!("session: {error}")),
        }
        machine
            .laboratory
            .wait_minutes(f64::from(schedule.next_minutes()))
            .await;
    }
    // One that left before a restart has nothing more to say.
    machine.change(|state| state.is_idle = true);
}

fn schedule(machine: &Machine) -> PollSchedule {
    machine.look(|state| {
        let provider = state.account.as_ref().map(|account| account.provider_id.as_str());
        PollSchedule::of(&state.tree, provider.unwrap_or_default())
    })
}

/// Until a signal, or until nothing more is to be expected; reports are written meanwhile.
async fn wait(options: &DevicesOptions, machines: &[Arc<Machine>]) -> anyhow::Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let deadline = tokio::time::Instant::now() + options.minutes(MOST_MINUTES);
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            _ = interrupted.recv() => return Ok(()),
            _ = terminated.recv() => return Ok(()),
            _ = ticks.tick() => {}
        }
        let has_news = |machine: &Arc<Machine>| machine.laboratory.has_news.swap(false, Ordering::Relaxed);
        if machines.first().is_some_and(has_news) {
            publish(options, &report(machines))?;
            keep_faults(options, machines)?;
        }
        let is_over = || {
            machines
                .iter()
                .all(|machine| machine.look(super::state::State::is_settled))
        };
        if !options.linger && (is_over() || tokio::time::Instant::now() >= deadline) {
            return Ok(());
        }
    }
}

fn report(machines: &[Arc<Machine>]) -> DevicesReport {
    let devices: Vec<_> = machines.iter().map(|machine| machine.report()).collect();
    let sessions = devices.iter().map(|device| device.sessions).sum();
    DevicesReport { devices, sessions }
}

fn publish(options: &DevicesOptions, report: &DevicesReport) -> anyhow::Result<()> {
    match &options.report {
        Some(path) => write_whole(path, &serde_json::to_vec_pretty(report)?),
        None => Ok(()),
    }
}

/// How often the devices' own faults struck.
fn keep_faults(options: &DevicesOptions, machines: &[Arc<Machine>]) -> anyhow::Result<()> {
    match machines.first() {
        Some(machine) => machine
            .laboratory
            .struck
            .keep(&options.data_dir.join(FAULTS_FILE)),
        None => Ok(()),
    }
}
