//! `/devices/{id}/name`: the name that the device gives itself is taken over.

use axum::{Router, extract::State, routing::put};
use domain::device::Device;
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    page::Named,
    problem::Result,
};
use crate::{actions::device_name, app::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/devices/{id}/name", put(take))
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

async fn take(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
    Body(wanted): Body<Name>,
) -> Result<Answer<Name>> {
    let device = device_name::take_name(&app, &actor, &id, &wanted.name).await?;
    Ok(Answer(Name { name: device.name }))
}
