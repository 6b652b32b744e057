//! A device is woken, and again later where that didn't work.

use domain::device::DeviceId;

use crate::{
    actions::{Result, waking},
    app::Shared,
};

/// The job's kind; its key and payload are the device's id.
pub const KIND: &str = waking::PUSH_JOB;

/// Pushes once, if it is still wanted. After a crash in between, the same push may go out again.
pub async fn run(app: &Shared, payload: &str) -> Result<()> {
    waking::push(app, &DeviceId::parse(payload)?).await
}
