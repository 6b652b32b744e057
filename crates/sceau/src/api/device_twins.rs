//! `/devices/{id}/twins`: others that say the same of their hardware; `/devices/{id}/put-away`.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::device::{Device, twin::Twin};
use serde::Serialize;

use super::{
    body::Answer,
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::Result,
};
use crate::{
    actions::{
        device_twins::{self, Other},
        devices,
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/devices/{id}/twins", get(list))
        .route("/devices/{id}/put-away", post(put_away))
}

#[derive(Serialize)]
struct TwinView {
    id: String,
    name: String,
    /// `former`, `successor` or `copy`.
    twin: &'static str,
    enrolled_at: Instant,
    last_seen_at: Instant,
}

impl From<Other> for TwinView {
    fn from(other: Other) -> Self {
        Self {
            id: other.device.id.to_string(),
            name: other.device.name,
            twin: match other.twin {
                Twin::Former => "former",
                Twin::Successor => "successor",
                Twin::Copy => "copy",
            },
            enrolled_at: other.device.enrolled_at.into(),
            last_seen_at: other.device.last_seen_at.into(),
        }
    }
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<Page<TwinView>>> {
    let story = devices::one_device(&app, &actor, &id).await?;
    Ok(Answer(Page::whole(
        story.twins.into_iter().map(TwinView::from).collect(),
    )))
}

async fn put_away(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<StatusCode> {
    device_twins::put_away(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
