//! What was issued: `issued.tsv`, a line each, and the certificates under `issued/`.
//!
//! A line `sha1<TAB>serial<TAB>transactionID<TAB>milliseconds since 1970` is on the disk before
//! the certificate leaves. The line counts: a certificate's file gets its name only after it.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;

use anyhow::Context as _;
use ca::{Issued, pem};

use super::folder::Folder;

pub(super) struct Ledger {
    folder: Folder,
    lines: File,
    issued: HashSet<String>,
}

impl Ledger {
    /// Reads what was issued before, and settles what a kill left between two steps.
    ///
    /// # Errors
    /// The folder can't be read or written.
    pub(super) fn open(folder: Folder) -> anyhow::Result<Self> {
        let path = folder.path("issued.tsv");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let lines = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .with_context(|| format!("{} can't be written", path.display()))?;
        // A line without its end was never acknowledged to anyone.
        lines.set_len(u64::try_from(whole)?)?;
        let issued = text
            .get(..whole)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.split('\t').next())
            .map(str::to_owned)
            .collect();
        let ledger = Self {
            folder,
            lines,
            issued,
        };
        ledger.settle()?;
        Ok(ledger)
    }

    /// Whether this ledger has a certificate of this SHA-1.
    pub(super) fn has(&self, sha1: &[u8; 20]) -> bool {
        self.issued.contains(&hex(sha1))
    }

    /// Writes a certificate down; it may leave once this returns.
    ///
    /// # Errors
    /// The folder can't be written.
    pub(super) fn record(
        &mut self,
        issued: &Issued,
        transaction: &str,
        at_millis: i64,
    ) -> anyhow::Result<()> {
        let sha1 = hex(&issued.sha1);
        let file = self.folder.path(&format!("issued/{sha1}.pem"));
        let unfinished = self.folder.path(&format!("issued/{sha1}.unfinished"));
        let mut content = File::create(&unfinished)?;
        content.write_all(pem::certificate(&issued.der).as_bytes())?;
        content.sync_all()?;
        let line = format!("{sha1}\t{}\t{transaction}\t{at_millis}\n", issued.serial);
        self.lines.write_all(line.as_bytes())?;
        self.lines.sync_all()?;
        fs::rename(&unfinished, &file)?;
        self.issued.insert(sha1);
        Ok(())
    }

    /// Names the files whose line was written, and removes those whose line was not.
    fn settle(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(self.folder.path("issued"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "unfinished") {
                continue;
            }
            let is_recorded = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .is_some_and(|sha1| self.issued.contains(sha1));
            if is_recorded {
                fs::rename(&path, path.with_extension("pem"))?;
            } else {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
