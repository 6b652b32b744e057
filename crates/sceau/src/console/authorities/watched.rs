//! What was seen of an authority since a person last looked: warnings, and another chain.

use axum::extract::{Path, State};
use domain::{Timestamp, attempt::Asked, external_ca::AuthorityId, warning::Check};

use super::{BASE, known};
use crate::{
    actions::{
        self,
        authorities::{self, AskedLately, ChainChange, Overview},
        certificates::ListedCertificate,
        warnings::list_warnings,
    },
    app::Shared,
    console::{
        charts::CapacityChart,
        examined,
        moment::duration,
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
    pub(in super::super) asked: Vec<AskedRow>,
    pub(in super::super) failures: Vec<(String, i64)>,
    pub(in super::super) configurations: Vec<(String, String)>,
    pub(in super::super) capacity: Option<CapacityChart>,
    pub(in super::super) latest: Vec<LatestRow>,
}

/// A certificate that was proved lately.
pub(in super::super) struct LatestRow {
    pub(in super::super) device_id: String,
    pub(in super::super) device: String,
    pub(in super::super) sha1: String,
    pub(in super::super) subject: String,
    pub(in super::super) verified_at: Timestamp,
}

/// How often something was asked for lately, and how long it took.
pub(in super::super) struct AskedRow {
    pub(in super::super) key: &'static str,
    pub(in super::super) good: i64,
    pub(in super::super) failed: i64,
    pub(in super::super) median: String,
    pub(in super::super) longest: String,
}

impl Watched {
    /// With how the authority was asked lately, and who uses it.
    #[must_use]
    pub(in super::super) fn with(mut self, page: &Page, overview: &Overview) -> Self {
        self.asked = overview.asked.iter().map(|one| asked(page, one)).collect();
        self.failures = overview
            .failures
            .iter()
            .map(|(key, count)| (page.t(failure(key)), *count))
            .collect();
        self.capacity = overview.capacity.as_ref().map(CapacityChart::of);
        self.latest = overview.latest.iter().map(latest).collect();
        self.configurations = overview
            .configurations
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone()))
            .collect();
        self
    }
}

fn latest(listed: &ListedCertificate) -> LatestRow {
    let certificate = &listed.certificate;
    LatestRow {
        device_id: certificate.device_id.to_string(),
        device: listed.device_name.clone(),
        sha1: certificate.sha1.to_string(),
        subject: certificate.subject.clone(),
        verified_at: certificate.verified_at,
    }
}

fn asked(page: &Page, one: &AskedLately) -> AskedRow {
    AskedRow {
        key: match one.asked {
            Asked::Challenge => "lately-challenge",
            Asked::Exchange => "lately-exchange",
            Asked::Look => "lately-look",
        },
        good: one.good,
        failed: one.failed,
        median: duration(one.median_milliseconds, page.language),
        longest: duration(one.longest_milliseconds, page.language),
    }
}

/// A cause in a few words: its sentence has values that a sum has not.
fn failure(key: &str) -> &'static str {
    match key {
        "cause-authority-unreachable" => "lately-authority-unreachable",
        "cause-cache-full" => "lately-cache-full",
        "cause-sign-in-refused" | "cause-account-refused" => "lately-sign-in-refused",
        "cause-no-permission" => "lately-no-permission",
        "cause-page-not-understood" => "lately-page-not-understood",
        "cause-challenge-forgotten" => "lately-challenge-forgotten",
        _ => "lately-other",
    }
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
    let overview = authorities::overview(app, &actor, id).await?;
    let watched = Watched {
        looked_at: checks.iter().map(|check| check.at).max(),
        checks: checks.iter().map(|one| check(&page, one)).collect(),
        warnings: warnings
            .iter()
            .filter(|listed| listed.warning.authority_id.as_ref() == Some(id))
            .map(|listed| row(&page, listed))
            .collect(),
        change: authorities::chain_change(app, &actor, id).await?,
        ..Watched::default()
    };
    Ok(watched.with(&page, &overview))
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
