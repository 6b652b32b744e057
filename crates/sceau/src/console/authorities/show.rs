//! The page of one authority.

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Timestamp,
    external_ca::{Authority, AuthorityId},
    issuance::IssuanceId,
};

use super::{Findings, Mark, Watched, built_in, findings, known, mark, watched};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest, ChainCertificate},
        ledger,
    },
    app::Shared,
    console::{
        page::{Page, Section},
        picture::Picture,
        respond::{self, Answer},
        visitor::Visitor,
        words::{self, CauseWords},
    },
};

#[derive(Template)]
#[template(path = "authorities/show.html")]
pub(in super::super) struct OnePage {
    pub(in super::super) page: Page,
    pub(in super::super) authority: Authority,
    pub(in super::super) health: Mark,
    pub(in super::super) cause: Option<CauseWords>,
    pub(in super::super) capabilities: String,
    pub(in super::super) used_by: i64,
    pub(in super::super) slots: String,
    pub(in super::super) picture: Picture,
    pub(in super::super) chain: Vec<ChainCertificate>,
    pub(in super::super) findings: Option<Findings>,
    pub(in super::super) watched: Watched,
    pub(in super::super) silent: Option<CauseWords>,
    pub(in super::super) forgotten_before: Option<Timestamp>,
    pub(in super::super) reusable_since: Option<Timestamp>,
}

/// From where on the ledger is shown.
#[derive(serde::Deserialize)]
pub(in super::super) struct AskedRows {
    after: Option<String>,
}

/// `GET …/{id}`
pub(in super::super) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<AskedRows>,
    visitor: Visitor,
) -> Answer {
    let id = known(&visitor, &id)?;
    let after = asked.after.and_then(|id| IssuanceId::parse(&id).ok());
    let shown = async {
        let actor = visitor.actor();
        if let Some(view) = actions::built_in::view(&app, &actor, &id).await? {
            let authority = authorities::one(&app, &actor, &id).await?;
            return built_in::show(&app, &visitor, authority, view, after).await;
        }
        Ok(respond::show(&gather(&app, &visitor, &id, None).await?))
    };
    shown
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))
}

/// One authority as its page shows it, with what a test found, if there was one.
pub(super) async fn gather(
    app: &Shared,
    visitor: &Visitor,
    id: &AuthorityId,
    test: Option<&AuthorityTest>,
) -> actions::Result<OnePage> {
    let actor = visitor.actor();
    let authority = authorities::one(app, &actor, id).await?;
    let page = visitor.page(Section::Authorities);
    let usage = authorities::usage(app, &actor, id).await?;
    let capacity = ledger::capacity(app, &actor, id).await?;
    let language = page.language;
    Ok(OnePage {
        watched: watched::gather(app, visitor, id).await?,
        silent: capacity
            .silent
            .as_ref()
            .map(|cause| words::cause(cause, language)),
        forgotten_before: capacity.forgotten_before,
        reusable_since: capacity.reusable_since,
        ..shown(page, authority, usage, test, app.now())
    })
}

pub(in super::super) fn shown(
    page: Page,
    authority: Authority,
    usage: authorities::Usage,
    test: Option<&AuthorityTest>,
    now: Timestamp,
) -> OnePage {
    let max = authority.limits.max_unused.to_string();
    let slots = [("held", usage.held_slots.to_string()), ("max", max)];
    let slots: Vec<(&str, &str)> = slots
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let chain = authorities::chain(&authority);
    OnePage {
        picture: Picture::of(&page, &chain, now),
        health: mark(&authority.health, now),
        cause: authority
            .health
            .cause
            .as_ref()
            .map(|cause| words::cause(cause, page.language)),
        capabilities: authority.capabilities.lines().collect::<Vec<_>>().join(", "),
        used_by: usage.configurations,
        slots: page
            .language
            .sentence("authority-slots", &slots)
            .unwrap_or_default(),
        chain,
        findings: test.map(|test| findings(&page, test)),
        watched: Watched::default(),
        silent: None,
        forgotten_before: None,
        reusable_since: None,
        authority,
        page,
    }
}
