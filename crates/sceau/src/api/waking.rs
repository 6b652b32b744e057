//! `/devices/{id}/sync`: a device is called.

use axum::{Router, extract::State, http::StatusCode, routing::post};
use domain::{device::Device, notification::SendProblem};
use serde::Serialize;

use super::{body::Answer, caller::Caller, instant::Instant, page::Named, problem::Result};
use crate::{
    actions::waking::{self, Way},
    app::Shared,
    console::{language::Language, synced_in_words},
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/devices/{id}/sync", post(sync))
}

#[derive(Serialize)]
struct SyncedView {
    /// `pushed`, `not_pushed`, `queued`, `off` or `no_channel`.
    way: &'static str,
    /// When WNS took the push: no proof that the device got it.
    pushed_at: Option<Instant>,
    /// Why WNS didn't.
    problem: Option<SendProblem>,
    /// When the device comes by its schedule, at the latest, if it is on.
    expected_at: Instant,
    /// Minutes between its calls.
    expected_each_minutes: u32,
    /// That moment is over.
    is_overdue: bool,
    /// The same in words.
    words: [String; 2],
}

async fn sync(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<(StatusCode, Answer<SyncedView>)> {
    let synced = Box::pin(waking::sync_device(&app, &actor, &id)).await?;
    let view = SyncedView {
        words: synced_in_words(&synced, Language::English),
        way: synced.way.name(),
        pushed_at: match &synced.way {
            Way::Pushed(at) => Some(Instant::from(*at)),
            _ => None,
        },
        problem: match synced.way {
            Way::NotPushed(problem) => Some(problem),
            _ => None,
        },
        expected_at: synced.expected.at.into(),
        expected_each_minutes: synced.expected.minutes,
        is_overdue: synced.expected.is_overdue,
    };
    Ok((StatusCode::ACCEPTED, Answer(view)))
}
