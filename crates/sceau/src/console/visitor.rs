//! Who is signed in: each page of the console begins here.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    response::{IntoResponse as _, Redirect},
};
use domain::{actor::Actor, operator::Operator};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, request::Parts};

use super::{
    language::Language,
    page::{Page, Section},
    respond::Problem,
};
use crate::{
    actions::{self, sign_in},
    app::Shared,
    login::cookie,
};

/// A signed-in operator with what pages need.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub operator: Operator,
    /// The session's token against forged requests.
    pub csrf: String,
    /// The reader's language.
    pub language: Language,
    /// Path and query of the request.
    pub path: String,
}

impl Visitor {
    /// Who acts, for actions.
    pub fn actor(&self) -> Actor {
        Actor::Operator {
            id: self.operator.id.clone(),
            name: self.operator.name.clone(),
            role: self.operator.role,
        }
    }

    /// A page in its part of the console.
    pub fn page(&self, section: Section) -> Page {
        let notice = self.path.split_once("?done=").map(|(_, key)| key.to_owned());
        let path = self.path.split('?').next().unwrap_or_default().to_owned();
        Page {
            operator: Some(self.operator.clone()),
            csrf: self.csrf.clone(),
            notice,
            ..Page::anonymous(self.language, &path)
        }
        .within(section)
    }

    /// The page for what can't be answered.
    pub fn problem(&self, error: &actions::Error) -> Problem {
        Problem::page(&self.page(Section::None), error)
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Self::Rejection> {
        let language = Language::of(&parts.headers);
        let path = parts
            .uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string);
        let session = match cookie::value(&parts.headers, cookie::NAME) {
            Some(token) => sign_in::session(app, token).await,
            None => Ok(None),
        };
        match session {
            Ok(Some(session)) => Ok(Self {
                operator: session.operator,
                csrf: session.csrf,
                language,
                path,
            }),
            Ok(None) => Err(to_login(parts)),
            Err(error) => Err(Problem::page(&Page::anonymous(language, &path), &error)),
        }
    }
}

/// Sends to the sign-in page and back again.
fn to_login(parts: &Parts) -> Problem {
    if parts.headers.contains_key("hx-request") {
        // A live part: the whole page must go, not the part.
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response
            .headers_mut()
            .insert("hx-redirect", HeaderValue::from_static("/login"));
        return Problem::from(response);
    }
    Problem::from(Redirect::to(&login_address(&parts.uri, parts.method == http::Method::GET)).into_response())
}

fn login_address(uri: &Uri, is_page: bool) -> String {
    if !is_page || uri.path() == "/" {
        return "/login".to_owned();
    }
    let query: String = url::form_urlencoded::byte_serialize(uri.path().as_bytes()).collect();
    format!("/login?next={query}")
}

/// The address that a request came from, as text for logs and delays.
pub fn address(extensions: &http::Extensions) -> String {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
}

/// Whether a browser says that another site sent the request.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    // Older browsers send the origin alone.
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        _ => false,
    }
}
