//! When each fault strikes: the clock of the faults, and what of them holds now.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::chance::Chance;
use crate::faults::{Encoding, Fault, Faults, Language, ModuleAnswer, Templates};
use crate::tally::Tally;

/// Whom a request waits for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Wait {
    /// A person that speaks through [`Running`](super::Running), or nobody.
    Open,
    /// A person who decides after this time.
    Until { after: Duration, is_approved: bool },
}

pub(super) struct Mishaps {
    state: Mutex<State>,
    chance: Chance,
    minute: Duration,
    /// Counts the restarts: every connection ends when it changes.
    restarts: watch::Sender<u64>,
    tally: Tally,
}

struct State {
    faults: Faults,
    since: Instant,
    /// When the first page was asked for.
    first_page: Option<Instant>,
    is_restart_over: bool,
    /// At which minute of the pages the cache was full first.
    full_since: Option<f64>,
    /// At which minute of the pages the first burst began.
    burst_since: Option<f64>,
}

impl Mishaps {
    pub(super) fn new(faults: Faults, minute: Duration, seed: u64) -> Self {
        if !faults.is_empty() {
            tracing::info!(%faults, "the laboratory's NDES has faults");
        }
        Self {
            state: Mutex::new(State::of(faults)),
            chance: Chance::new(seed ^ 0xfa),
            minute,
            restarts: watch::Sender::new(0),
            tally: Tally::default(),
        }
    }

    /// Other faults from now on; their clocks begin anew.
    pub(super) fn switch(&self, faults: Faults) {
        tracing::info!(%faults, "the laboratory's NDES has other faults");
        *self.state() = State::of(faults);
    }

    /// What ends when NDES restarts looks at this.
    pub(super) fn restarts(&self) -> watch::Receiver<u64> {
        self.restarts.subscribe()
    }

    /// Drops every connection.
    pub(super) fn drop_connections(&self) {
        self.struck("restart");
        self.restarts.send_modify(|count| *count += 1);
    }

    /// Whether the planned restart has come; true once.
    pub(super) fn is_restart_due(&self) -> bool {
        let mut state = self.state();
        if state.is_restart_over {
            return false;
        }
        let at = state.faults.find(|fault| match fault {
            Fault::Restart { at } => Some(*at),
            _ => None,
        });
        let is_due = at.is_some_and(|at| self.minutes_of_pages(&state) >= Some(at));
        state.is_restart_over = is_due;
        is_due
    }

    /// Someone who is signed in asks for the page: the clock runs from the first time on.
    pub(super) fn page_was_asked_for(&self) {
        self.state().first_page.get_or_insert_with(Instant::now);
    }

    /// How much later an answer leaves.
    pub(super) fn slowness(&self) -> Duration {
        let seconds = self.find(|fault| match fault {
            Fault::Slow { seconds } => Some(*seconds),
            _ => None,
        });
        let Some(seconds) = seconds else {
            return Duration::ZERO;
        };
        // Every answer: counted, not told.
        self.tally.count("slow");
        let seconds = seconds * (0.5 + self.chance.part());
        self.in_minutes(seconds / 60.0)
    }

    /// Whether the service fails this request.
    pub(super) fn fails(&self) -> bool {
        let share = self.find(|fault| match fault {
            Fault::Http500 { share } => Some(*share),
            _ => None,
        });
        if share.is_some_and(|share| self.chance.hits(share)) {
            self.struck("http-500");
            return true;
        }
        let mut state = self.state();
        let burst = state.faults.find(|fault| match fault {
            Fault::Bursts { minutes, every } => Some((*minutes, *every)),
            _ => None,
        });
        let now = self.minutes_of_pages(&state);
        let is_struck = burst.zip(now).is_some_and(|((minutes, every), now)| {
            // The first one waits for somebody whom it strikes, as the full cache does. The others don't, or an authority
            // that is asked rarely would fail always.
            if now >= every {
                state.burst_since.get_or_insert(now);
            }
            let since = state.burst_since;
            since.is_some_and(|since| (now - since).rem_euclid(every) < minutes)
        });
        if is_struck {
            self.struck("bursts");
        }
        is_struck
    }

    /// Whether the right account is refused.
    pub(super) fn refuses_sign_in(&self) -> bool {
        let state = self.state();
        let at = state.faults.find(|fault| match fault {
            Fault::SignInRefused { at } => Some(*at),
            _ => None,
        });
        let is_struck = at.is_some_and(|at| self.minutes(state.since) >= at);
        if is_struck {
            self.struck("sign-in-refused");
        }
        is_struck
    }

    /// What a policy module answers to who asks for the page.
    pub(super) fn module(&self) -> Option<ModuleAnswer> {
        self.find(|fault| match fault {
            Fault::PolicyModule(answer) => Some(*answer),
            _ => None,
        })
    }

    pub(super) fn is_cache_full(&self) -> bool {
        let mut state = self.state();
        let window = state.faults.find(|fault| match fault {
            Fault::CacheFull { minutes, at } => Some((*minutes, *at)),
            _ => None,
        });
        let now = self.minutes_of_pages(&state).unwrap_or(0.0);
        // From the first page that is asked for then: a window that nobody looks into would be no fault.
        let is_struck = window
            .is_some_and(|(minutes, at)| now >= at && now < *state.full_since.get_or_insert(now) + minutes);
        if is_struck {
            self.struck("cache-full");
        }
        is_struck
    }

    /// The page's octets, or fewer of them.
    pub(super) fn cut(&self, mut page: Vec<u8>) -> Vec<u8> {
        let truncated = self.find(|fault| match fault {
            Fault::Truncated { share, part } => Some((*share, *part)),
            _ => None,
        });
        if let Some((share, part)) = truncated
            && self.chance.hits(share)
        {
            self.struck("truncated");
            let percent = match part {
                Some(part) => (1..100_u32)
                    .take_while(|percent| f64::from(*percent) <= part.mul_add(100.0, 1e-6))
                    .count(),
                None => usize::try_from(1 + self.chance.next() % 9).unwrap_or(5) * 10,
            };
            page.truncate(page.len() * percent / 100);
        }
        page
    }

    /// Whether a request is kept, and for whom.
    pub(super) fn wait(&self) -> Option<Wait> {
        let (after, is_approved, share) = self.find(|fault| match fault {
            Fault::PendingApproved { minutes, share } => Some((Some(*minutes), true, *share)),
            Fault::PendingForever => Some((None, false, 1.0)),
            Fault::Denied { minutes } => Some((Some(*minutes), false, 1.0)),
            _ => None,
        })?;
        if !self.chance.hits(share) {
            return None;
        }
        self.struck(match (after.is_some(), is_approved) {
            (true, true) => "pending-approved",
            (true, false) => "denied",
            (false, _) => "pending-forever",
        });
        Some(after.map_or(Wait::Open, |minutes| Wait::Until {
            after: self.in_minutes(minutes),
            is_approved,
        }))
    }

    pub(super) fn is_renewed(&self) -> bool {
        let state = self.state();
        let at = state.faults.find(|fault| match fault {
            Fault::RenewedCa { at } => Some(*at),
            _ => None,
        });
        at.is_some_and(|at| self.minutes(state.since) >= at)
    }

    pub(super) fn language(&self) -> Option<Language> {
        self.find(|fault| match fault {
            Fault::Language(language) => Some(*language),
            _ => None,
        })
    }

    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.find(|fault| match fault {
            Fault::Encoding(encoding) => Some(*encoding),
            _ => None,
        })
    }

    /// Which templates the CA publishes, if not all.
    pub(super) fn templates(&self) -> Option<Templates> {
        self.find(|fault| match fault {
            Fault::Templates(templates) => Some(*templates),
            _ => None,
        })
    }

    /// How often each has struck.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    fn struck(&self, fault: &'static str) {
        tracing::info!(fault, "a fault strikes");
        self.tally.count(fault);
    }

    /// Whether a fault without a clock is among them.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.state().faults.has(fault)
    }

    fn find<T>(&self, pick: impl FnMut(&Fault) -> Option<T>) -> Option<T> {
        self.state().faults.find(pick)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn minutes(&self, since: Instant) -> f64 {
        since.elapsed().as_secs_f64() / self.minute.as_secs_f64().max(1e-9)
    }

    fn minutes_of_pages(&self, state: &State) -> Option<f64> {
        state.first_page.map(|since| self.minutes(since))
    }

    fn in_minutes(&self, minutes: f64) -> Duration {
        Duration::try_from_secs_f64(minutes * self.minute.as_secs_f64()).unwrap_or_default()
    }
}

impl State {
    fn of(faults: Faults) -> Self {
        Self {
            faults,
            since: Instant::now(),
            first_page: None,
            is_restart_over: false,
            full_since: None,
            burst_since: None,
        }
    }
}
