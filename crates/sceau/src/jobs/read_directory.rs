//! A directory is read, again and again.

use domain::directory::DirectoryId;

use crate::{
    actions::{Result, directories},
    app::Shared,
};

/// The job's kind; its key and payload are the directory's id.
pub const KIND: &str = directories::READ_JOB;

/// Reads once and queues the next reading. Running it again does no harm.
pub async fn run(app: &Shared, payload: &str) -> Result<()> {
    directories::read(app, &DirectoryId::parse(payload)?).await
}
