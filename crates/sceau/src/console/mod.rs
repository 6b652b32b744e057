//! The console: pages for people.

mod activity;
mod admission;
mod assets;
mod authorities;
mod certificates;
mod charts;
mod configurations;
mod csv;
mod dashboard;
mod device_check;
mod device_removal;
mod device_revocation;
mod device_silence;
mod device_trust;
mod device_twins;
mod device_user;
mod devices;
mod directories;
mod distribution;
mod enrol;
mod enrolment_tokens;
mod erasure;
pub mod examined;
mod federation;
mod groups;
mod inventory;
pub mod language;
mod login;
mod moment;
mod notifications;
pub mod notified;
mod operators;
mod page;
mod people;
mod picture;
mod posted;
mod progress;
mod push;
mod refusals;
mod respond;
mod scim;
mod security;
mod sign_in;
mod tally;
mod visitor;
mod waking;
mod warnings;
mod words;

#[cfg(test)]
mod tests;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

pub use device_user::in_words as user_change_in_words;
pub use waking::synced_in_words;

use crate::app::Shared;

/// Octets of a form at most, an uploaded certificate included.
const BODY: usize = 512 * 1024;
/// Rows of a list on one page.
const ROWS: u32 = 50;

/// The pages, at `/`.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(dashboard::show))
        .merge(signing_in())
        .merge(infrastructure())
        .merge(configurations())
        .merge(records())
        .merge(groups::router())
        .merge(notifications::router())
        .merge(directories::router())
        .merge(federation::router())
        .merge(sign_in::router())
        .merge(enrol::router())
        .merge(scim::router())
        .route("/assets/{*name}", get(assets::show))
        .fallback(login::show_missing)
        .layer(middleware::from_fn(security::protect))
        .layer(DefaultBodyLimit::max(BODY))
}

fn signing_in() -> Router<Shared> {
    Router::new()
        .route("/login", get(login::show).post(login::sign_in))
        .route(
            "/login/once/{token}",
            get(login::show_once).post(login::sign_in_once),
        )
        .route("/logout", post(login::sign_out))
        .route("/language", post(login::switch_language))
}

fn infrastructure() -> Router<Shared> {
    const BASE: &str = "/admin/infrastructure/certificate-management";
    Router::new()
        .route(BASE, get(authorities::list))
        .route(
            &format!("{BASE}/new"),
            get(authorities::new).post(authorities::add),
        )
        .route(
            &format!("{BASE}/new/built-in"),
            post(authorities::built_in_form::add),
        )
        .route(
            &format!("{BASE}/new/import"),
            post(authorities::built_in_form::import),
        )
        .route(&format!("{BASE}/{{id}}"), get(authorities::show))
        .route(
            &format!("{BASE}/{{id}}/announce"),
            post(authorities::built_in::announce),
        )
        .route(
            &format!("{BASE}/{{id}}/activate"),
            post(authorities::built_in::activate),
        )
        .route(
            &format!("{BASE}/{{id}}/certificates/{{issuance}}/approve"),
            post(authorities::issuances::approve),
        )
        .route(
            &format!("{BASE}/{{id}}/certificates/{{issuance}}/refuse"),
            post(authorities::issuances::refuse),
        )
        .route(
            &format!("{BASE}/{{id}}/certificates/{{issuance}}/revoke"),
            post(authorities::issuances::revoke),
        )
        .route(
            &format!("{BASE}/{{id}}/edit"),
            get(authorities::edit).post(authorities::change),
        )
        .route(&format!("{BASE}/{{id}}/test"), post(authorities::test))
        .route(
            &format!("{BASE}/{{id}}/chain/adopt"),
            post(authorities::watched::adopt),
        )
        .route(
            &format!("{BASE}/{{id}}/full-test"),
            get(authorities::ask_full_test).post(authorities::full_test),
        )
        .route(
            &format!("{BASE}/{{id}}/remove"),
            get(authorities::ask_removal).post(authorities::remove),
        )
        .route("/admin/infrastructure/push", get(push::show).post(push::change))
        .route("/admin/enrolment", get(admission::show).post(admission::change))
        .route(
            "/admin/enrolment/tokens",
            get(enrolment_tokens::list).post(enrolment_tokens::make),
        )
        .route(
            "/admin/enrolment/tokens/{id}/withdraw",
            post(enrolment_tokens::withdraw),
        )
        .route("/admin/operators", get(operators::list).post(operators::add))
        .route("/admin/activity", get(activity::list))
        .route("/admin/activity.csv", get(activity::file))
}

fn configurations() -> Router<Shared> {
    const NEW: &str = "/configurations/new/windows/identity-certificate";
    Router::new()
        .route("/configurations", get(configurations::list))
        .route("/configurations/new", get(configurations::platform))
        .route("/configurations/new/windows", get(configurations::kind))
        .route(NEW, get(configurations::new).post(configurations::add))
        .route("/configurations/{id}", get(configurations::show))
        .route(
            "/configurations/{id}/edit",
            get(configurations::edit).post(configurations::change),
        )
        .route("/configurations/{id}/test", get(configurations::test))
        .route("/configurations/{id}/remove", post(configurations::remove))
        .route(
            "/configurations/{id}/distribution",
            get(distribution::show).post(distribution::put),
        )
        .route(
            "/configurations/{id}/distribution/preview",
            post(distribution::preview),
        )
        .route("/configurations/{id}/progress", get(progress::show))
        .route("/configurations/{id}/progress/live", get(progress::live))
}

fn records() -> Router<Shared> {
    Router::new()
        .route("/devices", get(devices::list))
        .route("/devices/{id}", get(devices::show))
        .route(
            "/devices/{id}/remove",
            get(device_removal::ask).post(device_removal::remove),
        )
        .route(
            "/devices/{id}/trust/{sha1}/remove",
            get(device_trust::ask).post(device_trust::take_back),
        )
        .route(
            "/devices/{id}/revoke",
            get(device_revocation::ask).post(device_revocation::revoke),
        )
        .route(
            "/devices/{id}/erase",
            get(erasure::ask_device).post(erasure::erase_device),
        )
        .route("/devices/{id}/user", get(device_user::ask).post(device_user::set))
        .route("/devices/{id}/name", post(inventory::take_name))
        .route("/devices/{id}/check", post(device_check::check))
        .route("/devices/{id}/sync", post(waking::sync))
        .route("/devices/{id}/stay", post(device_removal::stay))
        .route("/devices/{id}/put-away", post(device_twins::put_away))
        .route("/devices/{id}/deliveries/{delivery}/retry", post(devices::retry))
        .route("/certificates", get(certificates::list))
        .route("/certificates/{device}/{sha1}", get(certificates::show))
        .route("/certificates/{device}/{sha1}/pem", get(certificates::pem))
        .route("/people", get(people::list))
        .route("/people/new", get(people::new).post(people::add))
        .route("/people/{id}", get(people::edit).post(people::change))
        .route("/people/{id}/code", post(people::make_code))
        .route(
            "/people/{id}/erase",
            get(erasure::ask_person).post(erasure::erase_person),
        )
        .route("/people/{id}/code/withdraw", post(people::take_code_back))
}
