//! The full test of an authority: what it takes is said before, and ticked.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error,
    external_ca::{Authority, AuthorityId},
};

use super::{BASE, Findings, findings, known};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest},
        configurations,
    },
    app::Shared,
    console::{
        page::{Page, Section},
        posted::Posted,
        respond::{self, Answer},
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "authorities/full_test.html")]
pub(in super::super) struct FullTestPage {
    page: Page,
    title: String,
    name: String,
    base: String,
    configurations: Vec<(String, String)>,
    findings: Option<Findings>,
}

impl FullTestPage {
    /// `configurations`: those that name the authority, identifier and name.
    pub(in super::super) fn new(
        page: Page,
        authority: &Authority,
        configurations: Vec<(String, String)>,
        test: Option<&AuthorityTest>,
    ) -> Self {
        let mut choices = configurations;
        if choices.is_empty() {
            choices.push((String::new(), page.t("authority-full-test-usual")));
        }
        Self {
            title: page.with("authority-full-test-title", "name", &authority.name),
            name: authority.name.clone(),
            base: format!("{BASE}/{}", authority.id),
            configurations: choices,
            findings: test.map(|test| findings(&page, test)),
            page,
        }
    }
}

/// `GET …/{id}/full-test`
pub(in super::super) async fn ask(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Answer {
    let id = known(&visitor, &id)?;
    let page = visitor.page(Section::Authorities);
    let shown = gather(&app, &visitor, &id, page, None).await;
    Ok(respond::show(&shown.map_err(|error| visitor.problem(&error))?))
}

/// `POST …/{id}/full-test`
pub(in super::super) async fn full_test(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let mut page = visitor.page(Section::Authorities);
    page.path = format!("{BASE}/{id}/full-test");
    if !fields.is_ticked("takes_one_challenge") {
        let refusal = Error::invalid("takes_one_challenge", "a full test takes a challenge")
            .keyed("error-full-test-unticked");
        let shown = gather(&app, &visitor, &id, page.refused(&[refusal]), None).await;
        return Ok(respond::show_refused(
            &shown.map_err(|error| visitor.problem(&error))?,
        ));
    }
    let shown = async {
        let configuration = fields.optional("configuration");
        let actor = visitor.actor();
        let test = Box::pin(authorities::full_test(
            &app,
            &actor,
            &id,
            configuration.as_deref(),
        ))
        .await?;
        gather(&app, &visitor, &id, page, Some(&test)).await
    };
    let shown: actions::Result<FullTestPage> = Box::pin(shown).await;
    Ok(respond::show(&shown.map_err(|error| visitor.problem(&error))?))
}

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    id: &AuthorityId,
    page: Page,
    test: Option<&AuthorityTest>,
) -> actions::Result<FullTestPage> {
    let actor = visitor.actor();
    let authority = authorities::one(app, &actor, id).await?;
    let users = configurations::list_configurations(app, &actor)
        .await?
        .into_iter()
        .filter(|listed| listed.configuration.authority_id == *id)
        .map(|listed| (listed.configuration.id.to_string(), listed.configuration.name))
        .collect();
    Ok(FullTestPage::new(page, &authority, users, test))
}
