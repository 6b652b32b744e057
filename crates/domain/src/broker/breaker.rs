//! When an authority that is down or full is asked again, and by how many: one.

use crate::{external_ca::ChallengeLimits, time::Timestamp};

/// The wait doubles up to so many times the first.
const MOST_TIMES: u32 = 10;
/// A probe of which nothing was heard for so long is given up: the server that sent it died.
const PROBE_SECONDS: i64 = 30;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The authority holds as many challenges as it may.
    Full,
    /// It can't be reached, or answers with errors.
    Down,
}

/// What is known of an authority's trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// How often in a row it was full.
    pub full_streak: u32,
    /// How often in a row it was down.
    pub down_streak: u32,
    /// Until when it is (or was last) left alone.
    pub open_until: Option<Timestamp>,
    /// Who asks it, alone.
    pub probe: Option<Probe>,
}

/// The one that asks a troubled authority while all others wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The challenge that is claimed for it.
    pub by: String,
    /// When it is given up.
    pub until: Timestamp,
}

/// Whether an authority may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// By everybody.
    Open,
    /// By one, who must say so first ([`Breaker::probed_by`]).
    OneProbe,
    /// Another asks it: its answer is awaited.
    Probed,
}

impl Breaker {
    /// Whether the authority may be asked now. How long it is left alone after trouble is its health's to say.
    pub fn gate(&self, now: Timestamp) -> Gate {
        if self.full_streak == 0 && self.down_streak == 0 {
            return Gate::Open;
        }
        match &self.probe {
            Some(probe) if now < probe.until => Gate::Probed,
            _ => Gate::OneProbe,
        }
    }

    /// This one asks, alone.
    pub fn probed_by(self, by: &str, now: Timestamp) -> Self {
        let probe = Probe {
            by: by.to_owned(),
            until: now.plus_seconds(PROBE_SECONDS),
        };
        Self {
            probe: Some(probe),
            ..self
        }
    }

    /// The authority gave a challenge: all is well, until the next trouble.
    pub fn after_success(self) -> Self {
        Self {
            open_until: self.open_until,
            ..Self::default()
        }
    }

    /// Asking came to nothing. Several who asked at once and heard the same count once. `random` spreads the nodes.
    pub fn after_trouble(
        self,
        trouble: Trouble,
        limits: &ChallengeLimits,
        now: Timestamp,
        random: u8,
    ) -> Self {
        if self.open_until.is_some_and(|until| now < until) {
            return Self { probe: None, ..self };
        }
        let (full_streak, down_streak, base, streak) = match trouble {
            Trouble::Full => (
                self.full_streak.saturating_add(1),
                0,
                limits.backoff_seconds,
                self.full_streak,
            ),
            Trouble::Down => (
                0,
                self.down_streak.saturating_add(1),
                limits.breaker_seconds,
                self.down_streak,
            ),
        };
        Self {
            full_streak,
            down_streak,
            open_until: Some(now.plus_milliseconds(wait_milliseconds(base, streak, random))),
            probe: None,
        }
    }
}

/// The first wait doubled with each trouble in a row, give or take a quarter.
fn wait_milliseconds(base_seconds: u32, streak: u32, random: u8) -> i64 {
    let times = 2_u32.saturating_pow(streak).min(MOST_TIMES);
    let wait = i64::from(base_seconds.max(1))
        .saturating_mul(1000)
        .saturating_mul(times.into());
    // 0.75 to 1.25 of it.
    wait.saturating_mul(384 + i64::from(random)) / 512
}
