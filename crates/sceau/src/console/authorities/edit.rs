//! The forms of a new authority and of one that is edited: saved, or tried out as typed.

use axum::extract::{Path, Query, State};
use domain::external_ca::{Authority, AuthorityId};

use super::{
    AuthorityPage, BASE,
    built_in_form::{self, BuiltInFormPage, Way},
    findings, form, known,
};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest},
    },
    app::Shared,
    console::{
        page::Section,
        posted::{Fields, Posted},
        respond::{self, Answer, go},
        visitor::Visitor,
    },
};

/// Which form of a new authority is asked for.
#[derive(serde::Deserialize)]
pub(in super::super) struct AskedForm {
    #[serde(default, rename = "type")]
    kind: String,
}

/// `GET …/new`
pub(in super::super) async fn new(Query(asked): Query<AskedForm>, visitor: Visitor) -> Answer {
    let page = visitor.page(Section::Authorities);
    let way = match asked.kind.as_str() {
        "built_in" => Way::New,
        "built_in_import" => Way::Import,
        _ => {
            return Ok(respond::show(&AuthorityPage::new(
                page,
                None,
                &form::blank(&asked.kind),
            )));
        }
    };
    Ok(respond::show(&BuiltInFormPage::new(
        page,
        way,
        &built_in_form::blank(),
    )))
}

/// `POST …/new`: saves, or tries out what was typed.
pub(in super::super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    // The other type was chosen, without a script.
    let (chosen, shown) = (fields.raw("type"), fields.raw("shown_type"));
    if chosen == "built_in" || !shown.is_empty() && chosen != shown {
        let known = ["microsoft", "ejbca", "generic_scep", "built_in"];
        let chosen = known.into_iter().find(|known| *known == chosen);
        return Ok(go(&format!("{BASE}/new?type={}", chosen.unwrap_or("microsoft"))));
    }
    let outcome = match form::read(&fields) {
        Ok(form) if is_test(&fields) => {
            return tried(
                &visitor,
                None,
                &fields,
                authorities::test_form(&app, &visitor.actor(), None, &form).await,
            );
        }
        Ok(form) => authorities::add_authority(&app, &visitor.actor(), &form).await,
        Err(refusal) => Err(refusal.into()),
    };
    finish(&visitor, None, &fields, outcome)
}

/// `GET …/{id}/edit`
pub(in super::super) async fn edit(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Answer {
    let id = known(&visitor, &id)?;
    let found = async {
        let actor = visitor.actor();
        let view = actions::built_in::view(&app, &actor, &id).await?;
        Ok((authorities::one(&app, &actor, &id).await?, view))
    };
    let (authority, view) = found
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    let page = visitor.page(Section::Authorities);
    Ok(match view {
        Some(view) => {
            let fields = built_in_form::stored(&authority, &view);
            respond::show(&BuiltInFormPage::new(page, Way::Edit(id), &fields))
        }
        None => respond::show(&AuthorityPage::new(page, Some(&id), &form::stored(&authority))),
    })
}

/// `POST …/{id}/edit`: saves, or tries out what was typed.
pub(in super::super) async fn change(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let actor = visitor.actor();
    let own = actions::built_in::view(&app, &actor, &id).await;
    if own.map_err(|error| visitor.problem(&error))?.is_some() {
        return built_in_form::change(&app, &visitor, id, &fields).await;
    }
    let outcome = match form::read(&fields) {
        Ok(form) if is_test(&fields) => {
            let test = authorities::test_form(&app, &actor, Some(&id), &form).await;
            return tried(&visitor, Some(&id), &fields, test);
        }
        Ok(form) => authorities::change_authority(&app, &actor, &id, &form).await,
        Err(refusal) => Err(refusal.into()),
    };
    finish(&visitor, Some(&id), &fields, outcome)
}

fn is_test(fields: &Fields) -> bool {
    fields.raw("do") == "test"
}

fn finish(
    visitor: &Visitor,
    id: Option<&AuthorityId>,
    fields: &Fields,
    outcome: actions::Result<Authority>,
) -> Answer {
    match outcome {
        Ok(authority) => Ok(go(&format!("{BASE}/{}?done=saved", authority.id))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Authorities).refused(error.refusals());
            Ok(respond::show_refused(&AuthorityPage::new(page, id, fields)))
        }
    }
}

/// The form as typed, with what the test found below it.
fn tried(
    visitor: &Visitor,
    id: Option<&AuthorityId>,
    fields: &Fields,
    outcome: actions::Result<AuthorityTest>,
) -> Answer {
    match outcome {
        Ok(test) => {
            let page = visitor.page(Section::Authorities);
            let findings = findings(&page, &test);
            let mut shown = AuthorityPage::new(page, id, fields);
            shown.findings = Some(findings);
            Ok(respond::show(&shown))
        }
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Authorities).refused(error.refusals());
            Ok(respond::show_refused(&AuthorityPage::new(page, id, fields)))
        }
    }
}
