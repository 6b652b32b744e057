//! How often an authority's challenges serve: once each, or one of them for everybody (UseSinglePassword of NDES).

use crate::time::Timestamp;

/// What its pages showed so far. The challenge that the last of them gave without a lifetime is kept beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serving {
    /// Each serves once.
    #[default]
    Once,
    /// A page named no lifetime, or the one for everybody was refused: only the next page tells.
    InDoubt {
        /// When that page came.
        since: Timestamp,
    },
    /// Two pages showed the same: it serves everybody, and nothing runs out.
    Everybody {
        /// When the second one came.
        since: Timestamp,
    },
}

/// What a page with a challenge shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It names a lifetime: its challenge serves once.
    Lifetime,
    /// It names none, and its challenge is the one that is kept.
    Same,
    /// It names none, and its challenge is another.
    Another,
}

impl Serving {
    /// A page gave a challenge.
    pub fn after_page(self, shown: Shown, now: Timestamp) -> Self {
        match (shown, self) {
            (Shown::Lifetime, _) => Self::Once,
            (Shown::Another, _) => Self::InDoubt { since: now },
            (Shown::Same, Self::Everybody { since }) => Self::Everybody { since },
            (Shown::Same, Self::Once | Self::InDoubt { .. }) => Self::Everybody { since: now },
        }
    }

    /// The page said that the cache is full, as none with one challenge for everybody does.
    pub fn after_full() -> Self {
        Self::Once
    }

    /// A challenge that was taken then was refused. NDES refuses one that was changed as it refuses all else: the next
    /// page shows whether it was. One that was taken before the last page says nothing of what that page gave.
    pub fn after_refusal(self, taken_at: Timestamp) -> Self {
        match self {
            Self::Everybody { since } if taken_at >= since => Self::InDoubt { since },
            other => other,
        }
    }

    /// How many challenges may be out of an authority that has so many slots. In doubt one more is asked for: one for
    /// everybody takes no slot, and who holds the others may be away.
    pub fn room(self, slots: u32) -> u32 {
        match self {
            Self::InDoubt { .. } => slots.saturating_add(1),
            Self::Once | Self::Everybody { .. } => slots,
        }
    }

    /// Since when one challenge serves everybody, if one does.
    pub fn everybody_since(self) -> Option<Timestamp> {
        match self {
            Self::Everybody { since } => Some(since),
            Self::Once | Self::InDoubt { .. } => None,
        }
    }
}
