//! Lists in pages: by key, with the next page's key in `next`.

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use domain::Id;
use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;
use crate::app::Shared;

/// Rows of a page, unless asked for otherwise, and at most.
pub(super) const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// One page.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// The `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is always whole.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
    /// A page of rows; a full one may have a next.
    pub(super) fn of<R>(
        rows: Vec<R>,
        limit: u32,
        key: impl Fn(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let is_full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next = rows.last().filter(|_| is_full).map(key);
        Self {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

/// The limit that was asked for, or the usual one.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::invalid(
            "limit",
            format!("a page has 1 to {MAX_LIMIT} rows"),
        ))
    }
}

/// An identifier in the query.
pub(super) fn key<Noun>(field: &str, text: Option<&String>) -> Result<Option<Id<Noun>>, Problem> {
    text.map(|text| Id::parse(text).map_err(|error| Problem::from(error.at(field))))
        .transpose()
}

/// The query of a request, strictly.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(asked)| Self(asked))
            .map_err(|rejection| Problem::invalid("query", rejection.body_text()))
    }
}

/// The two identifiers in the path: a thing, and one below it.
pub(super) struct Pair<Upper, Lower>(pub(super) Id<Upper>, pub(super) Id<Lower>);

impl<Upper: 'static, Lower: 'static> FromRequestParts<Shared> for Pair<Upper, Lower> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Path((upper, lower)) = Path::<(String, String)>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        let upper = Id::parse(&upper).map_err(|_| Problem::not_found())?;
        let lower = Id::parse(&lower).map_err(|_| Problem::not_found())?;
        Ok(Self(upper, lower))
    }
}

/// The identifier in the path; what can't be one is of nothing that exists.
pub(super) struct Named<Noun>(pub(super) Id<Noun>);

impl<Noun: 'static> FromRequestParts<Shared> for Named<Noun> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        Id::parse(&text).map(Self).map_err(|_| Problem::not_found())
    }
}
