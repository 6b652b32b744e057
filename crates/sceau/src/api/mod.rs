//! The door of programs: JSON in and out, problems as RFC 9457 has them.

mod activity;
mod admission;
mod assignments;
mod authorities;
mod body;
mod built_in;
mod caller;
mod cause;
mod certificates;
mod configurations;
mod device_check;
mod device_name;
mod device_removal;
mod device_revocation;
mod device_trust;
mod device_twins;
mod device_user;
mod devices;
mod directories;
mod enrolment_codes;
mod enrolment_tokens;
mod erasure;
mod federation;
mod groups;
mod instant;
mod inventory;
mod issuances;
mod ledger;
mod notifications;
mod operators;
mod orders;
mod overview;
mod page;
mod people;
mod problem;
mod push;
mod scim_sources;
mod waking;
mod watch;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};

use crate::app::Shared;
use problem::Problem;

/// Time for one request, a fetched challenge or a tested authority included.
const LIMIT: Duration = Duration::from_secs(55);

/// The routes below `/api/v1`.
pub fn router() -> Router<Shared> {
    Router::new()
        .merge(authorities::router())
        .merge(issuances::router())
        .merge(configurations::router())
        .merge(assignments::router())
        .merge(devices::router())
        .merge(device_check::router())
        .merge(waking::router())
        .merge(push::router())
        .merge(federation::router())
        .merge(device_name::router())
        .merge(device_removal::router())
        .merge(device_trust::router())
        .merge(device_twins::router())
        .merge(device_user::router())
        .merge(device_revocation::router())
        .merge(erasure::router())
        .merge(certificates::router())
        .merge(people::router())
        .merge(enrolment_codes::router())
        .merge(enrolment_tokens::router())
        .merge(admission::router())
        .merge(directories::router())
        .merge(scim_sources::router())
        .merge(groups::router())
        .merge(orders::router())
        .merge(operators::router())
        .merge(activity::router())
        .merge(ledger::router())
        .merge(watch::router())
        .merge(overview::router())
        .merge(notifications::router())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn(in_time))
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(LIMIT, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::too_slow().into_response())
}
