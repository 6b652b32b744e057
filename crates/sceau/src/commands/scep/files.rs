//! Files that are written: what is public, and what is not.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::Failure;

/// Writes something public, replacing what was there in one step.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text.as_bytes(), 0o644)
}

/// The same in octets.
pub(super) fn write_octets(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    replace(path, octets, 0o644)
}

/// The same for what only its owner may read.
pub(super) fn write_private(path: &Path, text: &[u8]) -> Result<(), Failure> {
    replace(path, text, 0o600)
}

/// Writes a key for its owner alone. A file that is there already is never touched: it may hold the only copy of
/// another key.
pub(super) fn write_new_key(path: &Path, pem: &str) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => unwritable(path, &error),
    })
}

/// A key file that is there already.
pub(super) fn exists(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} exists already, and a key is never overwritten",
        path.display()
    ))
    .and("Name another file, or use that key with `--key`.")
}

fn replace(path: &Path, octets: &[u8], mode: u32) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&beside)
        .and_then(|mut file| file.write_all(octets).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        // What was begun is of no use to anybody.
        let _ = std::fs::remove_file(&beside);
        unwritable(path, &error)
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::local(format!("{} can't be written: {error}", path.display()))
}
