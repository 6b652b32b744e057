//! Many devices, each with one session at a moment of its own, over some minutes.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use super::{connection::Connection, device::Device, idle::milliseconds};
use crate::server::{House, Server};

/// What many devices came to.
#[derive(Clone, Debug, Serialize)]
pub struct CheckIns {
    pub database: &'static str,
    pub devices: usize,
    pub minutes: f64,
    pub failures: usize,
    /// Devices that had something due, and broke off after the first message.
    pub busy: usize,
    /// Of connection, full handshake and session.
    pub median_milliseconds: f64,
    /// 99 of 100 took no longer.
    pub most_milliseconds: f64,
    pub worst_milliseconds: f64,
    /// Seconds of one core that the server's process used.
    pub processor_seconds: f64,
    /// Resident memory of the server in MiB: before, the most that was seen (each second), and after.
    pub memory: [f64; 3],
}

/// Each device connects with a full handshake at a random moment of the minutes, holds a session that has nothing to do,
/// and goes.
pub async fn measure(
    house: &House,
    server: &Server,
    devices: Vec<Device>,
    database: &'static str,
    minutes: f64,
) -> anyhow::Result<CheckIns> {
    let (count, port) = (devices.len(), house.settings.listen.management.port());
    eprintln!("{database}: {count} devices check in over {minutes} minutes");
    let network = lab::network::Network::quiet(None);
    let whole = Duration::from_secs_f64(minutes * 60.0);
    let begun = Instant::now();
    let before = server.used()?;
    let mut most = before.memory;
    let mut set = JoinSet::new();
    for mut device in devices {
        let moment = begun + whole.mul_f64(network.moment());
        set.spawn(async move {
            tokio::time::sleep_until(moment.into()).await;
            let begun = Instant::now();
            let held = async {
                let mut connection = Connection::open(port, &device.tls).await?;
                device.idle_session(&mut connection).await
            };
            (held.await, begun.elapsed())
        });
    }
    let (mut times, mut failures, mut busy) = (Vec::with_capacity(count), 0, 0);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    while times.len() < count {
        tokio::select! {
            _ = second.tick() => most = server.used()?.memory.max(most),
            Some(done) = set.join_next() => {
                let (held, taken) = done?;
                times.push(taken);
                match held {
                    Ok(is_idle) => busy += usize::from(!is_idle),
                    Err(error) => {
                        eprintln!("a session failed: {error:#}");
                        failures += 1;
                    }
                }
            }
        }
    }
    let after = server.used()?;
    times.sort_unstable();
    Ok(CheckIns {
        database,
        devices: count,
        minutes,
        failures,
        busy,
        median_milliseconds: milliseconds(times.get(count / 2)),
        most_milliseconds: milliseconds(times.get(count * 99 / 100)),
        worst_milliseconds: milliseconds(times.last()),
        processor_seconds: after.processor - before.processor,
        memory: [before.memory, most.max(after.memory), after.memory],
    })
}
