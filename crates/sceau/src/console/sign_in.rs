//! What a device's browser sees when its person signs in at the organisation's provider: the way there, and back to the
//! device. Microsoft, "Federated authentication device enrollment".

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use domain::federation::SIGN_IN_SECONDS;
use http::{HeaderMap, request::Parts};
use ms_mdm::federated::RESULT;
use zeroize::Zeroizing;

use super::{
    language::Language,
    login::with_cookie,
    page::Page,
    respond::{self, Answer, Problem, go},
    security::ToDevice,
    visitor,
};
use crate::{
    actions::federation::{self, Answered},
    app::Shared,
    login::cookie,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route(federation::SIGN_IN, get(begin))
        .route(federation::SIGNED_IN, get(finish))
}

/// What the device opens its browser with.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Opened {
    appru: String,
    login_hint: Option<String>,
}

#[derive(Template)]
#[template(path = "login/to_device.html")]
pub(super) struct ToDevicePage {
    pub(super) page: Page,
    pub(super) address: String,
    pub(super) field: &'static str,
    pub(super) token: Zeroizing<String>,
}

/// `GET /EnrollmentServer/SignIn?appru=…&login_hint=…`
async fn begin(State(app): State<Shared>, headers: HeaderMap, Query(opened): Query<Opened>) -> Answer {
    let begun = federation::begin(&app, &opened.appru, opened.login_hint.as_deref()).await;
    let begun = begun.map_err(|error| Problem::page(&page(&headers), &error))?;
    let kept = cookie::set_sign_in(&begun.cookie, SIGN_IN_SECONDS);
    Ok(with_cookie(go(&begun.location), &kept))
}

/// `GET /EnrollmentServer/SignedIn?code=…&state=…`: the page posts the token to the device by itself.
async fn finish(State(app): State<Shared>, Query(answered): Query<Answered>, parts: Parts) -> Answer {
    let page = page(&parts.headers);
    let kept = cookie::value(&parts.headers, cookie::SIGN_IN).unwrap_or_default();
    let address = visitor::address(&parts.extensions);
    let finished = federation::finish(&app, answered, kept, &address).await;
    let finished = finished.map_err(|error| forgotten(Problem::page(&page, &error)))?;
    let mut response = respond::show(&ToDevicePage {
        page,
        address: finished.return_address.as_str().to_owned(),
        field: RESULT,
        token: finished.token,
    });
    response.extensions_mut().insert(ToDevice);
    Ok(without_cookie(response))
}

/// A sign-in that ended, well or not, is begun again on the device.
fn without_cookie(response: Response) -> Response {
    with_cookie(response, &cookie::set_sign_in("", 0))
}

fn forgotten(problem: Problem) -> Problem {
    Problem::from(without_cookie(problem.into_response()))
}

/// The switch of languages would begin the sign-in again: it leads to the page for people.
fn page(headers: &HeaderMap) -> Page {
    Page::anonymous(Language::of(headers), "/enroll")
}
