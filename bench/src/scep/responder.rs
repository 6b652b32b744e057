//! The responder of a built-in authority.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use scep::PkiStatus;
use serde::Serialize;

use super::{
    client::{Crowd, Message, Target, send},
    prepare,
};
use crate::{
    Arguments,
    limit::Beside,
    server::{House, Server},
};

/// Certificates of a short run.
const SHORT: usize = 4000;
/// Certificates before the first window of the long run, so that caches are warm.
const WINDOW: usize = 2000;
/// Private operations of an enrolment: to open, to certify, to sign the answer.
const OPERATIONS: f64 = 3.0;
/// Parts of a run between which the limit is looked at.
const SLICES: usize = 10;

/// What the responder came to.
#[derive(Clone, Debug, Serialize)]
pub struct Responder {
    pub runs: Vec<Measured>,
    pub long: Long,
}

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// In words.
    pub name: String,
    pub clients: usize,
    pub certificates: usize,
    pub per_second: f64,
    /// Milliseconds of one core in the server's process for each certificate.
    pub processor_milliseconds: f64,
    /// Milliseconds of one core that three private operations took meanwhile: the least that an enrolment can cost.
    pub limit_milliseconds: f64,
    pub median_milliseconds: f64,
    pub worst_milliseconds: f64,
    pub failures: usize,
}

/// Many certificates in a row.
#[derive(Clone, Debug, Serialize)]
pub struct Long {
    pub certificates: usize,
    /// Resident memory in MiB after each tenth.
    pub memory: Vec<f64>,
    /// Processor milliseconds for each certificate, tenth by tenth.
    pub processor_milliseconds: Vec<f64>,
    /// The limit beside each tenth.
    pub limit_milliseconds: Vec<f64>,
    pub failures: usize,
}

pub async fn measure(arguments: &Arguments) -> anyhow::Result<Responder> {
    let house = House::new(arguments, "responder", None)?;
    let app = house.application().await?;
    let authority = prepare::authority(&app).await?;
    let total = WINDOW + 4 * SHORT + arguments.certificates;
    eprintln!("preparing {total} messages");
    let tickets = prepare::tickets(&app, &authority, total).await?;
    app.store.close().await;
    let path = authority
        .scep_url
        .strip_prefix(&house.settings.public_url)
        .unwrap_or_default()
        .to_owned();
    let now = app.now().seconds();
    let mut messages =
        prepare::messages(&authority.certificates, tickets, move |_| path.clone(), now)?.into_iter();
    let mut take = |count: usize| Arc::new(messages.by_ref().take(count).collect::<Vec<Message>>());

    let mut runs = Vec::new();
    let (warm, one, two) = (take(WINDOW), take(SHORT), take(SHORT));
    let server = house.start(Some("0"))?;
    let target = target(&house, &server);
    run(&server, &target, "", warm, 8).await?;
    runs.push(run(&server, &target, "one core", one, 8).await?);
    runs.push(run(&server, &target, "one core", two, 64).await?);
    server.stop()?;
    let server = house.start(None)?;
    let target = self::target(&house, &server);
    runs.push(
        run(
            &server,
            &target,
            "two cores, shared with the clients",
            take(SHORT),
            8,
        )
        .await?,
    );
    runs.push(
        run(
            &server,
            &target,
            "two cores, shared with the clients",
            take(SHORT),
            64,
        )
        .await?,
    );
    let long = long(&server, &target, &mut take, arguments.certificates).await?;
    server.stop()?;
    Ok(Responder { runs, long })
}

async fn long(
    server: &Server,
    target: &Target,
    take: &mut impl FnMut(usize) -> Arc<Vec<Message>>,
    certificates: usize,
) -> anyhow::Result<Long> {
    let mut long = Long {
        certificates,
        memory: Vec::new(),
        processor_milliseconds: Vec::new(),
        limit_milliseconds: Vec::new(),
        failures: 0,
    };
    for tenth in 1..=10 {
        eprintln!("{tenth} of 10");
        let measured = run(server, target, "", take(certificates / 10), 8).await?;
        long.memory.push(server.used()?.memory);
        long.processor_milliseconds.push(measured.processor_milliseconds);
        long.limit_milliseconds.push(measured.limit_milliseconds);
        long.failures += measured.failures;
    }
    Ok(long)
}

/// Sends all messages and looks at what the server used meanwhile; between slices of them, at the limit.
pub async fn run(
    server: &Server,
    target: &Target,
    name: &str,
    messages: Arc<Vec<Message>>,
    clients: usize,
) -> anyhow::Result<Measured> {
    let count = messages.len();
    let mut beside = Beside::new(server.cores)?;
    let mut crowd = Crowd::connect(target, clients).await?;
    let (mut times, mut failures, mut seconds) = (Vec::with_capacity(count), 0, 0.0);
    let before = server.used()?;
    for slice in 0..SLICES {
        beside.look()?;
        let begun = Instant::now();
        let range = count * slice / SLICES..count * (slice + 1) / SLICES;
        let (taken, failed) = crowd.send(&messages, range).await?;
        seconds += begun.elapsed().as_secs_f64();
        times.extend(taken);
        failures += failed;
    }
    let after = server.used()?;
    beside.look()?;
    let first = messages.first().context("a run without messages")?;
    let again = scep::peek_reply(&send(target, first).await?)?;
    ensure!(
        again.status == PkiStatus::Success,
        "the first message's answer is {}",
        again.status
    );
    times.sort_unstable();
    let milliseconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64) * 1000.0;
    Ok(Measured {
        name: name.to_owned(),
        clients,
        certificates: count,
        per_second: count as f64 / seconds,
        processor_milliseconds: (after.processor - before.processor) * 1000.0 / count as f64,
        limit_milliseconds: OPERATIONS * beside.operation_milliseconds(),
        median_milliseconds: milliseconds(times.get(count / 2)),
        worst_milliseconds: milliseconds(times.last()),
        failures,
    })
}

pub fn target(house: &House, server: &Server) -> Target {
    Target {
        port: house.settings.listen.public.port(),
        root_pem: server.root_pem.clone(),
    }
}
