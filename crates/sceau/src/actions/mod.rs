//! What can be done, one file per noun. Each action begins by asking whether the actor may. With `jobs/` the
//! only place that writes.

mod error;

pub use error::{Error, Result};
