//! What is looked at again and again. Every part may run on several nodes at once, and twice.

use crate::{
    actions::{Result, authorities, built_in, device_removal, device_silence, directories, proxy, warnings},
    app::Shared,
};

/// Seconds after which a request that was handed over counts as never answered: the longest wait for a turn, the time
/// limit of the call to the authority, and room for a node that is slow to store its answer.
const UNANSWERED_SECONDS: i64 = 60;
/// Seconds for which a challenge that is over is remembered, so that its refusal can say why.
const CHALLENGE_MEMORY_SECONDS: i64 = 30 * 86_400;
/// Seconds for which what authorities were asked is remembered.
const ATTEMPT_MEMORY_SECONDS: i64 = 30 * 86_400;
/// Seconds for which what was told is remembered.
const NOTICE_MEMORY_SECONDS: i64 = 90 * 86_400;
/// So many that wait no longer leave the queues for challenges in one round.
const QUEUE_BATCH: u32 = 500;
/// Audit rows that are sealed at once.
const AUDIT_BATCH: u32 = 500;

/// At the start, an embedded database has no other node: what was under way when the process died is known to
/// be unanswered.
pub async fn after_start(app: &Shared) -> Result<()> {
    if app.store.is_embedded() {
        let count = proxy::mark_unanswered(app, app.now()).await?;
        if count > 0 {
            tracing::warn!(count, "requests were handed to an authority and never answered");
        }
    }
    Ok(())
}

/// One round.
pub async fn run(app: &Shared) -> Result<()> {
    let now = app.now();
    // Read apart from what is written below: who enters or leaves meanwhile is no conflict.
    let over = app
        .store
        .read(|tx| Box::pin(async move { store::challenge_queue::over(tx, QUEUE_BATCH).await }))
        .await?;
    let freed = app
        .store
        .write(move |tx| {
            let over = over.clone();
            Box::pin(async move {
                for delivery in &over {
                    store::challenge_queue::leave(tx, delivery).await?;
                }
                store::order_queue::delete_old(tx, now).await?;
                let freed = store::challenges::expire(tx, now).await?;
                store::console_sessions::delete_expired(tx, now).await?;
                store::enrolment_codes::delete_old(tx, now).await?;
                store::one_time_challenges::delete_old(tx, now.plus_seconds(-CHALLENGE_MEMORY_SECONDS))
                    .await?;
                store::attempts::delete_old(tx, now.plus_seconds(-ATTEMPT_MEMORY_SECONDS)).await?;
                store::notices::delete_old(tx, now.plus_seconds(-NOTICE_MEMORY_SECONDS)).await?;
                store::audit::seal_batch(tx, AUDIT_BATCH).await?;
                Ok::<_, store::Error>(freed.len())
            })
        })
        .await?;
    if freed > 0 {
        app.bells.ring_slot();
    }
    proxy::mark_unanswered(app, now.plus_seconds(-UNANSWERED_SECONDS)).await?;
    device_removal::end_unheard(app).await?;
    built_in::resume(app, now).await?;
    proxy::resolve_unknown(app).await?;
    built_in::publish_due(app).await?;
    authorities::watch_all(app).await?;
    directories::read_all(app).await?;
    warnings::watch_slots(app).await?;
    device_silence::look_when_due(app).await?;
    Ok(())
}
