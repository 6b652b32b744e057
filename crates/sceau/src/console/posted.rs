//! Forms: read once, for every page, and only if this session's page sent them.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Multipart, Request},
};
use http::header::CONTENT_TYPE;

use super::{
    page::{Page, Section},
    respond::Problem,
    visitor::{Visitor, is_from_elsewhere},
};
use crate::app::Shared;

/// Fields of a form at most: a group has up to 5000 members by hand.
const FIELDS: usize = 6000;
/// Octets of an uploaded file at most: a certificate is small.
const FILE: usize = 64 * 1024;

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    file: Option<Bytes>,
}

impl Fields {
    /// Fields by name and value.
    pub fn new(values: Vec<(String, String)>) -> Self {
        Self { values, file: None }
    }

    /// The value of a field; empty where there is none. Blanks around it are dropped.
    pub fn text(&self, name: &str) -> String {
        self.raw(name).trim().to_owned()
    }

    /// The value of a field exactly as typed: passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The value, if it isn't empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// All values of a repeated field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.values
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.values.iter().any(|(key, _)| key == name)
    }

    /// Puts another value into a field.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.retain(|(key, _)| key != name);
        self.values.push((name.to_owned(), value.to_owned()));
    }

    /// The uploaded file, if one was chosen.
    pub fn file(&self) -> Option<&Bytes> {
        self.file.as_ref()
    }
}

/// A form sent by a page of this session.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Who sent it.
    pub visitor: Visitor,
    /// What.
    pub fields: Fields,
}

impl FromRequest<Shared> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let page = visitor.page(Section::None);
        if is_from_elsewhere(&parts.headers) {
            return Err(Problem::forged(&page));
        }
        let header = parts.headers.get("x-csrf-token").cloned();
        let fields = read(Request::from_parts(parts, body), app)
            .await
            .ok_or_else(|| Problem::unreadable(&page))?;
        let sent = header
            .as_ref()
            .map_or(fields.raw("csrf").as_bytes(), |value| value.as_bytes());
        let is_ours =
            aws_lc_rs::constant_time::verify_slices_are_equal(sent, visitor.csrf.as_bytes()).is_ok();
        if is_ours {
            Ok(Self { visitor, fields })
        } else {
            Err(Problem::forged(&page))
        }
    }
}

/// A form of someone who isn't signed in: it must come from this site.
#[derive(Clone, Debug)]
pub struct AnonymousForm(pub Fields);

impl FromRequest<Shared> for AnonymousForm {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Self::Rejection> {
        let page = Page::anonymous(super::language::Language::of(request.headers()), "/login");
        if is_from_elsewhere(request.headers()) {
            return Err(Problem::forged(&page));
        }
        let fields = read(request, app)
            .await
            .ok_or_else(|| Problem::unreadable(&page))?;
        Ok(Self(fields))
    }
}

/// Reads either encoding of forms; `None` for a body that is neither, too large or without end of fields.
async fn read(request: Request, app: &Shared) -> Option<Fields> {
    let is_multipart = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if is_multipart {
        return read_parts(Multipart::from_request(request, app).await.ok()?).await;
    }
    let body = Bytes::from_request(request, app).await.ok()?;
    let values: Vec<(String, String)> = url::form_urlencoded::parse(&body)
        .take(FIELDS + 1)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    (values.len() <= FIELDS).then(|| Fields::new(values))
}

async fn read_parts(mut parts: Multipart) -> Option<Fields> {
    let mut fields = Fields::default();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        if part.file_name().is_some() {
            let file = part.bytes().await.ok()?;
            if file.len() > FILE {
                return None;
            }
            if !file.is_empty() {
                fields.file = Some(file);
            }
        } else {
            fields.values.push((name, part.text().await.ok()?));
        }
        if fields.values.len() > FIELDS {
            return None;
        }
    }
    Some(fields)
}
