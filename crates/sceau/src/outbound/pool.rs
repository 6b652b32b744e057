//! Connections that are kept for the next request to the same origin.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    OutboundError, Trust,
    address::{Address, Origin},
    connection::{Answer, Ask, Connection},
    way::Way,
};

/// Connections kept for one origin.
const KEPT: usize = 8;
/// Origins remembered.
const ORIGINS: usize = 64;
/// A connection idle for longer is not used: the other side may be about to close it, and a request lost in that
/// moment would leave an outcome that nobody knows.
const IDLE: Duration = Duration::from_secs(4);

type Key = (Origin, Trust);

/// Idle connections by origin and trust.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) way: Way,
    idle: Mutex<HashMap<Key, Vec<(Connection, Instant)>>>,
}

impl Pool {
    /// One without connections, whose connections go this way.
    pub(super) fn new(way: Way) -> Self {
        Self {
            way,
            ..Self::default()
        }
    }

    /// Sends one request over a kept connection or a new one.
    pub(super) async fn send(
        &self,
        address: &Address,
        trust: &Trust,
        ask: impl Fn() -> Ask,
    ) -> Result<Answer, OutboundError> {
        let key = (address.origin.clone(), trust.clone());
        while let Some(mut connection) = self.take(&key) {
            match connection.send(address, ask()).await {
                // It had been closed: nothing went out, so another may be tried.
                Err(OutboundError::Unreachable(_)) => {}
                other => return self.done(key, connection, other),
            }
        }
        let mut connection = Connection::open(&self.way, &address.origin, trust).await?;
        let answer = connection.send(address, ask()).await;
        self.done(key, connection, answer)
    }

    fn done(
        &self,
        key: Key,
        connection: Connection,
        answer: Result<Answer, OutboundError>,
    ) -> Result<Answer, OutboundError> {
        if answer.is_ok() && !connection.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain(|_, kept| {
                kept.retain(|(connection, since)| !connection.is_closed() && since.elapsed() < IDLE);
                !kept.is_empty()
            });
            if idle.contains_key(&key) || idle.len() < ORIGINS {
                let kept = idle.entry(key).or_default();
                if kept.len() < KEPT {
                    kept.push((connection, Instant::now()));
                }
            }
        }
        answer
    }

    fn take(&self, key: &Key) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(key)?;
        while let Some((connection, since)) = kept.pop() {
            if !connection.is_closed() && since.elapsed() < IDLE {
                return Some(connection);
            }
        }
        None
    }
}
