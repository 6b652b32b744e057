//! Admin > Infrastructure > Certificate Management.

pub(super) mod built_in;
pub(super) mod built_in_form;
mod form;
pub(super) mod issuances;

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Timestamp,
    external_ca::{Authority, AuthorityId, AuthorityKind, Health},
    issuance::IssuanceId,
};

use built_in_form::{BuiltInFormPage, Way};
pub(super) use form::AuthorityPage;

use super::{
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
    words::{self, CauseWords},
};
use crate::{
    actions::{
        self,
        authorities::{self, AuthorityTest, ChainCertificate, ChainRole, StepResult},
    },
    app::Shared,
};

/// Where these pages are.
pub(super) const BASE: &str = "/admin/infrastructure/certificate-management";

#[derive(Template)]
#[template(path = "authorities/list.html")]
pub(super) struct AuthoritiesPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) authority: Authority,
    pub(super) health: Mark,
}

/// A state as a coloured word.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) key: &'static str,
}

#[derive(Template)]
#[template(path = "authorities/show.html")]
pub(super) struct OnePage {
    pub(super) page: Page,
    pub(super) authority: Authority,
    pub(super) health: Mark,
    pub(super) cause: Option<CauseWords>,
    pub(super) capabilities: String,
    pub(super) used_by: i64,
    pub(super) slots: String,
    pub(super) chain: Vec<ChainCertificate>,
    pub(super) findings: Option<Findings>,
}

/// What a test found, step by step.
pub(super) struct Findings {
    pub(super) steps: Vec<Finding>,
}

pub(super) struct Finding {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) words: String,
    pub(super) detail: String,
}

/// `GET …`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let authorities = authorities::list(&app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    let now = app.now();
    let rows = authorities
        .into_iter()
        .map(|authority| Row {
            health: mark(&authority.health, now),
            authority,
        })
        .collect();
    Ok(respond::show(&AuthoritiesPage {
        page: visitor.page(Section::Authorities),
        rows,
    }))
}

/// Which form of a new authority is asked for.
#[derive(serde::Deserialize)]
pub(super) struct AskedForm {
    #[serde(default, rename = "type")]
    kind: String,
}

/// `GET …/new`
pub(super) async fn new(Query(asked): Query<AskedForm>, visitor: Visitor) -> Answer {
    let page = visitor.page(Section::Authorities);
    let way = match asked.kind.as_str() {
        "built_in" => Way::New,
        "built_in_import" => Way::Import,
        _ => return Ok(respond::show(&AuthorityPage::new(page, None, &form::blank()))),
    };
    Ok(respond::show(&BuiltInFormPage::new(
        page,
        way,
        &built_in_form::blank(),
    )))
}

/// `POST …/new`: saves, or tries out what was typed.
pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    // The other type was chosen, without a script.
    if fields.raw("type") == "built_in" {
        return Ok(go(&format!("{BASE}/new?type=built_in")));
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

/// From where on the ledger is shown.
#[derive(serde::Deserialize)]
pub(super) struct AskedRows {
    after: Option<String>,
}

/// `GET …/{id}`
pub(super) async fn show(
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

/// `POST …/{id}/test`
pub(super) async fn test(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    let shown = async {
        let test = authorities::test_authority(&app, &visitor.actor(), &id).await?;
        let mut page = gather(&app, &visitor, &id, Some(&test)).await?;
        page.page.path = format!("{BASE}/{id}");
        Ok(page)
    };
    let page = shown
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    Ok(respond::show(&page))
}

/// `GET …/{id}/edit`
pub(super) async fn edit(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
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
pub(super) async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
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

/// `POST …/{id}/remove`
pub(super) async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    if !fields.is_ticked("sure") {
        return Ok(go(&format!("{BASE}/{id}")));
    }
    authorities::remove_authority(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("{BASE}?done=removed")))
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

async fn gather(
    app: &Shared,
    visitor: &Visitor,
    id: &AuthorityId,
    test: Option<&AuthorityTest>,
) -> actions::Result<OnePage> {
    let actor = visitor.actor();
    let authority = authorities::one(app, &actor, id).await?;
    let page = visitor.page(Section::Authorities);
    let usage = authorities::usage(app, &actor, id).await?;
    Ok(shown(page, authority, usage, test, app.now()))
}

pub(super) fn shown(
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
    OnePage {
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
        chain: authorities::chain(&authority),
        findings: test.map(|test| findings(&page, test)),
        authority,
        page,
    }
}

/// What a test found, in words.
pub(super) fn findings(page: &Page, test: &AuthorityTest) -> Findings {
    let steps = test
        .steps
        .iter()
        .map(|step| {
            let (class, mark) = match step.result {
                StepResult::Good => ("status-green", "test-good"),
                StepResult::Warning => ("status-orange", "test-warning"),
                StepResult::Failed => ("status-red", "test-failed"),
            };
            Finding {
                class,
                mark,
                words: page.t(step.key),
                detail: if is_telling(step.key) {
                    step.detail.clone()
                } else {
                    String::new()
                },
            }
        })
        .collect();
    Findings { steps }
}

/// Whether a step's detail says more than its sentence: details are in English, and from the other side.
fn is_telling(key: &str) -> bool {
    ["-capabilities-good", "-expired", "-expiring", "-failed"]
        .iter()
        .any(|end| key.ends_with(end))
}

pub(super) fn mark(health: &Health, now: Timestamp) -> Mark {
    let is_resting = health.quiet_until.is_some_and(|until| until > now);
    let (class, key) = match health {
        _ if health.is_sign_in_stopped => ("status-red", "authority-health-stopped"),
        _ if is_resting => ("status-orange", "authority-health-quiet"),
        _ if health.last_challenge_at.is_some() => ("status-green", "authority-health-good"),
        _ => ("", "authority-health-unknown"),
    };
    Mark { class, key }
}

fn known(visitor: &Visitor, id: &str) -> Result<AuthorityId, Problem> {
    AuthorityId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Authorities)))
}

impl Page {
    /// The types that a new authority may have: value and key of its words.
    pub(super) fn authority_kinds(&self) -> [(&'static str, &'static str); 2] {
        [
            ("microsoft", self.authority_kind(&AuthorityKind::Microsoft)),
            ("built_in", self.authority_kind(&AuthorityKind::BuiltIn)),
        ]
    }

    /// Key of the words of a type.
    pub(super) fn authority_kind(&self, kind: &AuthorityKind) -> &'static str {
        match kind {
            AuthorityKind::Microsoft => "authority-kind-microsoft",
            AuthorityKind::Ejbca => "authority-kind-ejbca",
            AuthorityKind::GenericScep => "authority-kind-generic-scep",
            AuthorityKind::BuiltIn => "authority-kind-built-in",
        }
    }

    /// What a certificate of the chain does, in words.
    pub(super) fn role_in_chain(&self, role: &ChainRole) -> String {
        self.t(&format!("chain-role-{}", role.name()))
    }
}
