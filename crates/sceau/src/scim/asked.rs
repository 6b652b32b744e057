//! What a request asks for beside its resource: a page, some attributes (RFC 7644 §3.4.2), a version (§3.14).

use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, header, request::Parts},
};
use domain::scim::Object;
use serde::Deserialize;

use super::answer::{Problem, tag};
use crate::app::Shared;

/// Resources of a page, unless asked for otherwise.
const USUAL: i64 = 100;

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) filter: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
}

impl FromRequestParts<Shared> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, app).await;
        read.map(|Query(asked)| asked)
            .map_err(|_| Problem::invalid("invalidValue", "the query can't be read"))
    }
}

/// A page that is asked for.
pub(super) struct Slice {
    /// The first, counted from 1.
    pub(super) start: u32,
    /// How many at most.
    pub(super) count: u32,
}

impl Slice {
    /// Those in front of it, and how many at most.
    pub(super) fn range(&self) -> (u32, u32) {
        (self.start - 1, self.count)
    }
}

impl Asked {
    /// The page, of at most so many. What is below the least counts as the least (RFC 7644 §3.4.2.4).
    pub(super) fn slice(&self, most: u32) -> Result<Slice, Problem> {
        let start = number("startIndex", self.start_index.as_deref(), 1)?;
        let count = number("count", self.count.as_deref(), USUAL)?;
        Ok(Slice {
            start: u32::try_from(start.max(1)).unwrap_or(u32::MAX),
            count: u32::try_from(count.max(0)).unwrap_or(u32::MAX).min(most),
        })
    }

    /// Whether an attribute is to be shown.
    pub(super) fn wants(&self, name: &str) -> bool {
        match (&self.attributes, &self.excluded_attributes) {
            (Some(wanted), _) => names(wanted, name),
            (None, Some(excluded)) => !names(excluded, name),
            (None, None) => true,
        }
    }

    /// The resource without what isn't to be shown; its identity always is.
    pub(super) fn shown(&self, resource: Object) -> Object {
        let always = ["schemas", "id", "meta"];
        resource
            .into_iter()
            .filter(|(name, _)| always.contains(&name.as_str()) || self.wants(name))
            .collect()
    }
}

/// Whether the list names the attribute, a part of it, or one of its schema.
fn names(list: &str, name: &str) -> bool {
    list.split(',').map(str::trim).any(|listed| {
        let own = listed
            .strip_prefix(domain::scim::CORE_USER)
            .or_else(|| listed.strip_prefix(domain::scim::CORE_GROUP))
            .map_or(listed, |rest| rest.trim_start_matches(':'));
        let Some((front, rest)) = own.split_at_checked(name.len()) else {
            return false;
        };
        front.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with(['.', ':']))
    })
}

fn number(name: &str, text: Option<&str>, usual: i64) -> Result<i64, Problem> {
    match text {
        None | Some("") => Ok(usual),
        Some(text) => text
            .parse()
            .map_err(|_| Problem::invalid("invalidValue", format!("{name} is a whole number"))),
    }
}

/// The version that a change is meant for; none where any is.
pub(super) fn meant(headers: &HeaderMap) -> Option<i64> {
    let value = headers.get(header::IF_MATCH)?;
    match value.to_str().unwrap_or_default().trim() {
        "*" => None,
        text => {
            let version = text.trim_start_matches("W/").trim_matches('"').parse();
            // A tag that was never given matches nothing.
            Some(version.unwrap_or(-1))
        }
    }
}

/// Whether who asks has this version already.
pub(super) fn has(headers: &HeaderMap, version: i64) -> bool {
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let tag = tag(version);
    known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag))
}
