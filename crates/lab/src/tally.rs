//! How often each fault struck, for the report of a run: one that never struck has shown nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::files::write_whole;

/// Where the counts lie in a data folder.
pub(crate) const FAULTS_FILE: &str = "faults.json";

/// Counts by the fault's name.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    by_name: BTreeMap<&'static str, u64>,
    has_news: bool,
}

impl Tally {
    /// A fault struck.
    pub(crate) fn count(&self, fault: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.by_name.entry(fault).or_default() += 1;
        counts.has_news = true;
    }

    /// Until now.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.by_name.clone()
    }

    /// Writes the counts as JSON where something struck since the last time.
    ///
    /// # Errors
    /// The file can't be written.
    pub(crate) fn keep(&self, path: &Path) -> anyhow::Result<()> {
        let counts = {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !std::mem::take(&mut counts.has_news) {
                return Ok(());
            }
            counts.by_name.clone()
        };
        write_whole(path, &serde_json::to_vec_pretty(&counts)?)
    }
}
