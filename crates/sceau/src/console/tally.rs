//! Counts of deliveries by state, as bars and figures.

/// How many devices stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// All that are meant.
    pub(super) total: i64,
    /// Those that wait for the device or a challenge.
    pub(super) waiting: i64,
    /// Those between the command and the certificate.
    pub(super) running: i64,
    /// Those with a proven certificate.
    pub(super) verified: i64,
    /// Those that failed.
    pub(super) failed: i64,
}

/// A part of the bar, in thousandths of its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BarPart {
    pub(super) class: &'static str,
    pub(super) x: i64,
    pub(super) width: i64,
}

impl Tally {
    /// From counts by the name of the state.
    pub(super) fn of(states: &[(String, i64)]) -> Self {
        states.iter().fold(Self::default(), |mut tally, (state, count)| {
            match state.as_str() {
                "waiting_for_device" | "waiting_for_challenge" => tally.waiting += count,
                "sent" | "enrolling" | "pending_at_ca" => tally.running += count,
                "verified" => tally.verified += count,
                "failed" => tally.failed += count,
                _ => return tally,
            }
            tally.total += count;
            tally
        })
    }

    /// This one and another together.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            total: self.total + other.total,
            waiting: self.waiting + other.waiting,
            running: self.running + other.running,
            verified: self.verified + other.verified,
            failed: self.failed + other.failed,
        }
    }

    /// Those that are under way.
    pub(super) fn open(&self) -> i64 {
        self.waiting + self.running
    }

    /// The bar's parts from the left.
    pub(super) fn parts(&self) -> Vec<BarPart> {
        let mut before = 0;
        let mut parts = Vec::new();
        for (class, count) in [
            ("verified", self.verified),
            ("running", self.running),
            ("waiting", self.waiting),
            ("failed", self.failed),
        ] {
            let from = before * 1000 / self.total.max(1);
            before += count;
            let to = before * 1000 / self.total.max(1);
            if to > from {
                parts.push(BarPart {
                    class,
                    x: from,
                    width: to - from,
                });
            }
        }
        parts
    }
}
