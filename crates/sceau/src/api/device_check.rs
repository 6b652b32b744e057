//! `/devices/{id}/check`: the device is asked whether it still holds what it proved.

use axum::{Router, extract::State, http::StatusCode, routing::post};
use domain::device::Device;
use serde::Serialize;

use super::{body::Answer, caller::Caller, page::Named, problem::Result};
use crate::{actions::device_check, app::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/devices/{id}/check", post(check))
}

#[derive(Serialize)]
struct AskedView {
    /// How many certificates the device is asked for in its next session.
    certificates: i64,
}

async fn check(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<(StatusCode, Answer<AskedView>)> {
    let certificates = device_check::check_device(&app, &actor, &id).await?;
    Ok((StatusCode::ACCEPTED, Answer(AskedView { certificates })))
}
