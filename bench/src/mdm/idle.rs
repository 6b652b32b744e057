//! Sessions one after the other: over a connection that is kept, resumed, or made anew each time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use tokio::task::JoinSet;

use super::{connection::Connection, device::Device, fleet::Fleet};
use crate::{
    limit::Beside,
    server::{House, Server, Statements, used_by_all},
};

/// Devices that take turns: few enough for the server to remember the TLS session of each.
pub const DEVICES: usize = 64;
/// Of them, so many speak at once.
const CLIENTS: usize = 16;
/// Parts of a run between which the limit is looked at.
const SLICES: usize = 10;

/// How a session's connection comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Tls {
    /// One that was there before.
    Kept,
    /// A new one that resumes the last one's TLS session, with the client's certificate of then.
    Resumed,
    /// A new one with a full handshake and the client's certificate.
    Full,
}

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub database: &'static str,
    pub tls: Tls,
    pub sessions: usize,
    pub per_second: f64,
    /// Milliseconds of one core in the server's process for each session.
    pub processor_milliseconds: f64,
    /// The same in PostgreSQL's processes.
    pub database_milliseconds: f64,
    /// Milliseconds of one core that one private RSA operation took meanwhile: a full handshake holds one.
    pub operation_milliseconds: f64,
    /// Of the database, for each session.
    pub reads: f64,
    pub writes: f64,
    pub commits: f64,
    pub median_milliseconds: f64,
    pub worst_milliseconds: f64,
    pub failures: usize,
}

/// All ways of connecting.
pub async fn measure(
    house: &House,
    server: &Server,
    fleet: &mut Fleet,
    database: &'static str,
    sessions: usize,
) -> anyhow::Result<Vec<Measured>> {
    let port = house.settings.listen.management.port();
    let mut all = Vec::new();
    for tls in [Tls::Kept, Tls::Resumed, Tls::Full] {
        eprintln!("{database}, {tls:?}");
        let mut crowd = Vec::new();
        for mut device in fleet.devices.drain(..DEVICES) {
            let mut kept = None;
            match tls {
                Tls::Kept => kept = Some(Connection::open(port, &device.tls).await?),
                Tls::Resumed => {
                    device.resumes();
                    let mut first = Connection::open(port, &device.tls).await?;
                    device.idle_session(&mut first).await?;
                }
                Tls::Full => {}
            }
            crowd.push(Member { device, kept });
        }
        let (measured, crowd) = run(house, server, crowd, (database, tls), sessions).await?;
        all.push(measured);
        let devices = crowd.into_iter().map(|mut member| {
            member.device.forgets();
            member.device
        });
        fleet.devices.splice(0..0, devices);
    }
    Ok(all)
}

struct Member {
    device: Device,
    kept: Option<Connection>,
}

async fn run(
    house: &House,
    server: &Server,
    mut crowd: Vec<Member>,
    (database, tls): (&'static str, Tls),
    sessions: usize,
) -> anyhow::Result<(Measured, Vec<Member>)> {
    let port = house.settings.listen.management.port();
    let mut beside = Beside::new(1)?;
    let each = (sessions / SLICES / DEVICES).max(1);
    let (mut times, mut failures, mut seconds) = (Vec::new(), 0, 0.0);
    let scraping = Statements::of_one_look(house).await?;
    let (before, asked) = (server.used()?, Statements::scrape(house).await?);
    let database_before = used_by_all("postgres")?;
    for _ in 0..SLICES {
        beside.look()?;
        let begun = Instant::now();
        let mut set = JoinSet::new();
        let mut members = crowd.drain(..).peekable();
        while members.peek().is_some() {
            let share: Vec<Member> = members.by_ref().take(DEVICES / CLIENTS).collect();
            set.spawn(work(share, port, tls, each));
        }
        drop(members);
        while let Some(done) = set.join_next().await {
            let (share, taken, failed) = done??;
            crowd.extend(share);
            times.extend(taken);
            failures += failed;
        }
        seconds += begun.elapsed().as_secs_f64();
    }
    let (after, asked_after) = (server.used()?, Statements::scrape(house).await?);
    let database_after = used_by_all("postgres")?;
    beside.look()?;
    let count = times.len();
    ensure!(count > 0, "no session was held");
    let per_session = |all: f64| all / count as f64;
    let asked = asked_after.since(&asked).since(&scraping);
    times.sort_unstable();
    let measured = Measured {
        database,
        tls,
        sessions: count,
        per_second: count as f64 / seconds,
        processor_milliseconds: per_session((after.processor - before.processor) * 1000.0),
        database_milliseconds: per_session((database_after - database_before) * 1000.0),
        operation_milliseconds: beside.operation_milliseconds(),
        reads: per_session(asked.reads),
        writes: per_session(asked.writes),
        commits: per_session(asked.commits),
        median_milliseconds: milliseconds(times.get(count / 2)),
        worst_milliseconds: milliseconds(times.last()),
        failures,
    };
    Ok((measured, crowd))
}

/// Holds so many sessions of each device, in turns.
async fn work(
    mut share: Vec<Member>,
    port: u16,
    tls: Tls,
    each: usize,
) -> anyhow::Result<(Vec<Member>, Vec<Duration>, usize)> {
    let (mut times, mut failures) = (Vec::new(), 0);
    for _ in 0..each {
        for member in &mut share {
            let begun = Instant::now();
            let held = hold(member, port, tls).await;
            times.push(begun.elapsed());
            if let Err(error) = held {
                eprintln!("{}: {error:#}", member.device.device_id);
                failures += 1;
            }
        }
    }
    Ok((share, times, failures))
}

async fn hold(member: &mut Member, port: u16, tls: Tls) -> anyhow::Result<()> {
    if tls == Tls::Kept {
        let kept = member.kept.as_mut().context("no connection")?;
        let is_idle = member.device.idle_session(kept).await?;
        ensure!(is_idle, "there was something to do");
        return Ok(());
    }
    let mut connection = Connection::open(port, &member.device.tls).await?;
    ensure!(
        connection.is_resumed == (tls == Tls::Resumed),
        "the handshake was another one than is measured"
    );
    let is_idle = member.device.idle_session(&mut connection).await?;
    ensure!(is_idle, "there was something to do");
    Ok(())
}

pub fn milliseconds(time: Option<&Duration>) -> f64 {
    time.map_or(0.0, Duration::as_secs_f64) * 1000.0
}
