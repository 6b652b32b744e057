//! Removing an authority: what that does is told, and confirmed with the authority's name.

use askama::Template;
use axum::extract::{Path, State};
use domain::external_ca::AuthorityId;

use super::{BASE, known};
use crate::{
    actions::{
        self,
        authorities::{self, NamedBy, Removal},
    },
    app::Shared,
    console::{
        examined,
        page::{Page, Section},
        posted::Posted,
        respond::{self, Answer, go},
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "authorities/remove.html")]
pub(in super::super) struct RemovePage {
    page: Page,
    title: String,
    name: String,
    base: String,
    is_possible: bool,
    in_the_way: Vec<String>,
    effects: Vec<String>,
    configurations: Vec<NamedBy>,
    /// What was typed as confirmation.
    confirm: String,
}

impl RemovePage {
    pub(in super::super) fn new(page: Page, id: &AuthorityId, removal: Removal, confirm: &str) -> Self {
        let words = |is_in_the_way: bool| {
            removal
                .what
                .iter()
                .filter(|what| what.is_in_the_way == is_in_the_way)
                .map(|what| examined::consequence(what, page.language))
                .collect()
        };
        Self {
            title: page.with("removal-title", "name", &removal.name),
            base: format!("{BASE}/{id}"),
            is_possible: removal.is_possible(),
            in_the_way: words(true),
            effects: words(false),
            name: removal.name,
            configurations: removal.configurations,
            confirm: confirm.to_owned(),
            page,
        }
    }
}

/// `GET …/{id}/remove`
pub(in super::super) async fn ask(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Answer {
    let id = known(&visitor, &id)?;
    let page = visitor.page(Section::Authorities);
    shown(&app, &visitor, &id, page, "")
        .await
        .map(|page| respond::show(&page))
        .map_err(|error| visitor.problem(&error))
}

/// `POST …/{id}/remove`
pub(in super::super) async fn remove(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let confirm = fields.text("confirm");
    let outcome = authorities::remove_authority(&app, &visitor.actor(), &id, &confirm).await;
    let Err(error) = outcome else {
        return Ok(go(&format!("{BASE}?done=removed")));
    };
    if !error.refusals().iter().any(|refusal| refusal.field.is_some()) {
        return Err(visitor.problem(&error));
    }
    let mut page = visitor.page(Section::Authorities).refused(error.refusals());
    page.path = format!("{BASE}/{id}/remove");
    shown(&app, &visitor, &id, page, &confirm)
        .await
        .map(|page| respond::show_refused(&page))
        .map_err(|error| visitor.problem(&error))
}

async fn shown(
    app: &Shared,
    visitor: &Visitor,
    id: &AuthorityId,
    page: Page,
    confirm: &str,
) -> actions::Result<RemovePage> {
    let removal = authorities::removal(app, &visitor.actor(), id).await?;
    Ok(RemovePage::new(page, id, removal, confirm))
}
