//! Signing in and out, and the switch of languages.

use askama::Template;
use axum::{
    extract::{FromRequest as _, Path, Query, Request, State},
    response::{IntoResponse as _, Response},
};
use domain::Kind;
use http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE};
use zeroize::Zeroizing;

use super::{
    language::{COOKIE, Language},
    page::Page,
    posted::{AnonymousForm, Posted},
    respond::{self, Answer, Problem, go},
    visitor,
};
use crate::{
    actions::{self, sign_in},
    app::Shared,
    login::cookie,
};

#[derive(Template)]
#[template(path = "login/password.html")]
pub(super) struct PasswordPage {
    pub(super) page: Page,
    pub(super) name: String,
    pub(super) next: String,
}

#[derive(Template)]
#[template(path = "login/once.html")]
pub(super) struct OncePage {
    pub(super) page: Page,
    pub(super) token: String,
}

/// Where to go after signing in.
#[derive(serde::Deserialize)]
pub(super) struct Onward {
    #[serde(default)]
    next: String,
}

/// `GET /login`
pub(super) async fn show(headers: HeaderMap, Query(onward): Query<Onward>) -> Response {
    let page = Page::anonymous(Language::of(&headers), "/login");
    respond::show(&PasswordPage {
        page,
        name: String::new(),
        next: onward.next,
    })
}

/// `POST /login`
pub(super) async fn sign_in(State(app): State<Shared>, request: Request) -> Answer {
    let (language, address) = sender(&request);
    let AnonymousForm(fields) = AnonymousForm::from_request(request, &app).await?;
    let name = fields.text("name");
    let password = Zeroizing::new(fields.raw("password").to_owned());
    match sign_in::sign_in(&app, &name, password, &address).await {
        Ok(token) => Ok(with_session(go(onward(&fields.text("next"))), &token)),
        Err(error) => {
            let page = Page::anonymous(language, "/login");
            if error.refusals().is_empty() {
                return Err(Problem::page(&page, &error));
            }
            let page = page.refused(error.refusals());
            let mut response = respond::show_refused(&PasswordPage {
                page,
                name,
                next: fields.text("next"),
            });
            *response.status_mut() = status(&error);
            Ok(response)
        }
    }
}

/// `GET /login/once/{token}`: nothing is used up by looking, so that previews of links do no harm.
pub(super) async fn show_once(headers: HeaderMap, Path(token): Path<String>) -> Response {
    let page = Page::anonymous(Language::of(&headers), &format!("/login/once/{token}"));
    respond::show(&OncePage { page, token })
}

/// `POST /login/once/{token}`
pub(super) async fn sign_in_once(
    State(app): State<Shared>,
    Path(token): Path<String>,
    request: Request,
) -> Answer {
    let (language, address) = sender(&request);
    AnonymousForm::from_request(request, &app).await?;
    match sign_in::sign_in_once(&app, &token, &address).await {
        Ok(session) => Ok(with_session(go("/"), &session)),
        Err(error) => Err(Problem::page(&Page::anonymous(language, "/login"), &error)),
    }
}

/// `POST /logout`
pub(super) async fn sign_out(State(app): State<Shared>, headers: HeaderMap, posted: Posted) -> Answer {
    if let Some(token) = cookie::value(&headers, cookie::NAME) {
        sign_in::sign_out(&app, token)
            .await
            .map_err(|error| posted.visitor.problem(&error))?;
    }
    Ok(with_cookie(go("/login"), &cookie::forget()))
}

/// `POST /language`: from the sign-in page too, so it asks for no session.
pub(super) async fn switch_language(AnonymousForm(fields): AnonymousForm) -> Response {
    let chosen = Language::from_code(&fields.text("language")).unwrap_or_default();
    let kept = format!(
        "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
        chosen.code()
    );
    with_cookie(go(onward(&fields.text("back"))), &kept)
}

/// An address that leads nowhere.
pub(super) async fn show_missing(headers: HeaderMap) -> Problem {
    Problem::missing(&Page::anonymous(Language::of(&headers), "/"))
}

/// An address of this site, or the dashboard: never somewhere else.
pub(super) fn onward(address: &str) -> &str {
    let is_here = address.starts_with('/')
        && !address.starts_with("//")
        && address.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if is_here { address } else { "/" }
}

fn sender(request: &Request) -> (Language, String) {
    (
        Language::of(request.headers()),
        visitor::address(request.extensions()),
    )
}

fn status(error: &actions::Error) -> StatusCode {
    let is_too_early = error.refusals().iter().any(|refusal| refusal.kind == Kind::State);
    if is_too_early {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::UNAUTHORIZED
    }
}

fn with_session(response: Response, token: &str) -> Response {
    with_cookie(response, &cookie::set(token))
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    match HeaderValue::from_str(cookie) {
        Ok(value) => {
            response.headers_mut().append(SET_COOKIE, value);
            response
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
