//! How many statements the database was sent, by what they do: cheap enough to count always.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What was counted since the store was opened. What begins and ends a transaction is no statement here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// Statements that read.
    pub reads: u64,
    /// Statements that write, whether or not a row was changed, also in transactions that ran again.
    pub writes: u64,
    /// Transactions that read.
    pub read_transactions: u64,
    /// Transactions that write, each as often as it ran.
    pub write_transactions: u64,
    /// Times that something was made durable: in SQLite many transactions share one.
    pub commits: u64,
}

impl Statements {
    /// What was counted since an earlier count of the same store.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            reads: self.reads.saturating_sub(earlier.reads),
            writes: self.writes.saturating_sub(earlier.writes),
            read_transactions: self.read_transactions.saturating_sub(earlier.read_transactions),
            write_transactions: self.write_transactions.saturating_sub(earlier.write_transactions),
            commits: self.commits.saturating_sub(earlier.commits),
        }
    }
}

/// Counts for one store, wherever its transactions run.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    reads: AtomicU64,
    writes: AtomicU64,
    read_transactions: AtomicU64,
    write_transactions: AtomicU64,
    commits: AtomicU64,
}

impl Meter {
    pub(crate) fn statement(&self, is_reading: bool) {
        let counter = if is_reading { &self.reads } else { &self.writes };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn read_transaction(&self) {
        self.read_transactions.fetch_add(1, Relaxed);
    }

    pub(crate) fn write_transaction(&self) {
        self.write_transactions.fetch_add(1, Relaxed);
    }

    pub(crate) fn commit(&self) {
        self.commits.fetch_add(1, Relaxed);
    }

    pub(crate) fn statements(&self) -> Statements {
        Statements {
            reads: self.reads.load(Relaxed),
            writes: self.writes.load(Relaxed),
            read_transactions: self.read_transactions.load(Relaxed),
            write_transactions: self.write_transactions.load(Relaxed),
            commits: self.commits.load(Relaxed),
        }
    }
}

/// Whether a statement of the store only reads: its first word says so.
pub(crate) fn is_reading(sql: &str) -> bool {
    let first = sql.split_ascii_whitespace().next().unwrap_or_default();
    first == "SELECT"
}
