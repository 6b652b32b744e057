//! What was seen of an authority since a person last looked: warnings, and another chain.

use axum::extract::{Path, State};
use domain::{Timestamp, external_ca::AuthorityId, warning::Check};

use super::{BASE, known};
use crate::{
    actions::{
        self,
        authorities::{self, ChainChange},
        warnings::list_warnings,
    },
    app::Shared,
    console::{
        examined,
        page::{Page, Section},
        posted::Posted,
        respond::{Answer, go},
        visitor::Visitor,
        warnings::{WarningRow, row},
    },
};

/// What was seen of an authority.
#[derive(Default)]
pub(in super::super) struct Watched {
    pub(in super::super) warnings: Vec<WarningRow>,
    pub(in super::super) change: Option<ChainChange>,
    pub(in super::super) looked_at: Option<Timestamp>,
    pub(in super::super) checks: Vec<CheckRow>,
}

/// One step of the last look.
pub(in super::super) struct CheckRow {
    pub(in super::super) class: &'static str,
    pub(in super::super) mark: &'static str,
    pub(in super::super) words: String,
    pub(in super::super) since: Timestamp,
}

/// A step in the reader's language.
pub(in super::super) fn check(page: &Page, check: &Check) -> CheckRow {
    let values = check.values.iter();
    let values = values.map(|(name, value)| (name.as_str(), value.as_str()));
    let (class, mark) = match check.result.as_str() {
        "good" => ("status-green", "test-good"),
        "failed" => ("status-red", "test-failed"),
        "warning" => ("status-orange", "test-warning"),
        "skipped" => ("", "test-skipped"),
        _ => ("", "test-note"),
    };
    CheckRow {
        class,
        mark,
        words: examined::said(&check.key, values, page.language),
        since: check.since,
    }
}

/// Reads it for an authority's page.
pub(super) async fn gather(app: &Shared, visitor: &Visitor, id: &AuthorityId) -> actions::Result<Watched> {
    let actor = visitor.actor();
    let page = visitor.page(Section::Authorities);
    let warnings = list_warnings(app, &actor).await?;
    let checks = authorities::last_look(app, &actor, id).await?;
    Ok(Watched {
        looked_at: checks.iter().map(|check| check.at).max(),
        checks: checks.iter().map(|one| check(&page, one)).collect(),
        warnings: warnings
            .iter()
            .filter(|listed| listed.warning.authority_id == *id)
            .map(|listed| row(&page, listed))
            .collect(),
        change: authorities::chain_change(app, &actor, id).await?,
    })
}

/// `POST …/{id}/chain/adopt`
pub(in super::super) async fn adopt(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    authorities::adopt_chain(&app, &visitor.actor(), &id, &fields.text("seen"))
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}/{id}?done=chain-adopted")))
}
