//! Work that must come to its end once it has begun, though whoever asked for it hangs up: a challenge that is being
//! fetched, a request that was handed to an authority.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::sync::Semaphore;

/// As many at once as the semaphore counts; far more than connections are accepted.
const MOST: u32 = 1 << 20;

/// Work under way.
#[derive(Clone, Debug)]
pub struct Errands(Arc<Semaphore>);

impl Default for Errands {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }
}

impl Errands {
    /// Runs the work in a task of its own and waits for it. Dropping the returned future doesn't stop the work.
    pub async fn run<T, F>(&self, work: F) -> anyhow::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let place = self.0.clone().acquire_owned().await?;
        let task = tokio::spawn(async move {
            let outcome = work.await;
            drop(place);
            outcome
        });
        Ok(task.await?)
    }

    /// Waits for what is under way, for so long at most. Whether all of it came to its end.
    pub async fn settle(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.0.acquire_many(MOST))
            .await
            .is_ok()
    }
}
