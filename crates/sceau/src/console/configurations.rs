//! Configurations: the list, the way to a new one, the form, its test.

mod form;

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Error, Kind,
    scep_configuration::{Configuration, ConfigurationForm, ConfigurationId, Warning},
};

pub(super) use form::{ConfigurationPage, stored};

use super::{
    authorities::{Findings, findings},
    distribution::PreviewRow,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    tally::Tally,
    visitor::Visitor,
};
use crate::{
    actions::{
        self, authorities,
        configurations::{self, Saved},
        devices,
    },
    app::Shared,
};

/// Devices whose subjects a test shows.
const SHOWN: u32 = 5;

#[derive(Template)]
#[template(path = "configurations/list.html")]
pub(super) struct ConfigurationsPage {
    pub(super) page: Page,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) authority: String,
    pub(super) subject: String,
    pub(super) bar: Tally,
}

#[derive(Template)]
#[template(path = "configurations/platform.html")]
pub(super) struct PlatformPage {
    pub(super) page: Page,
}

#[derive(Template)]
#[template(path = "configurations/kind.html")]
pub(super) struct KindPage {
    pub(super) page: Page,
}

#[derive(Template)]
#[template(path = "configurations/show.html")]
pub(super) struct OnePage {
    pub(super) page: Page,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) version: String,
    pub(super) warnings: Vec<String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "configurations/test.html")]
pub(super) struct TestPage {
    pub(super) page: Page,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) findings: Findings,
    pub(super) warnings: Vec<String>,
    pub(super) rows: Vec<PreviewRow>,
}

/// `GET /configurations`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let gathered = async {
        let actor = visitor.actor();
        let mut rows = Vec::new();
        for listed in configurations::list_configurations(&app, &actor).await? {
            let configuration = listed.configuration;
            rows.push(Row {
                bar: Tally::of(&devices::count_states(&app, &actor, &configuration.id).await?),
                id: configuration.id.to_string(),
                name: configuration.name,
                description: configuration.description,
                authority: listed.authority_name,
                subject: configuration.settings.subject,
            });
        }
        Ok(rows)
    };
    let rows = gathered
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    Ok(respond::show(&ConfigurationsPage {
        page: visitor.page(Section::Configurations),
        rows,
    }))
}

/// `GET /configurations/new`
pub(super) async fn platform(visitor: Visitor) -> Answer {
    Ok(respond::show(&PlatformPage {
        page: visitor.page(Section::Configurations),
    }))
}

/// `GET /configurations/new/windows`
pub(super) async fn kind(visitor: Visitor) -> Answer {
    Ok(respond::show(&KindPage {
        page: visitor.page(Section::Configurations),
    }))
}

/// `GET …/identity-certificate`
pub(super) async fn new(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let mut first = ConfigurationForm::default();
    let authorities = authorities::list(&app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    if let Some(authority) = authorities.first() {
        first.authority_id = authority.id.to_string();
        first.thumbprint = authority.issuer_sha1.to_string();
    }
    let page = visitor.page(Section::Configurations);
    Ok(respond::show(&ConfigurationPage::new(
        page,
        None,
        &authorities,
        &stored(&first),
    )))
}

/// `POST …/identity-certificate`
pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    submit(&app, posted, None).await
}

/// `GET /configurations/{id}/edit`
pub(super) async fn edit(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let fields = stored(&ConfigurationForm::of(&configuration));
    again(&app, &visitor, Some(&configuration.id), &fields, &[]).await
}

/// `POST /configurations/{id}/edit`
pub(super) async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id = known(&posted.visitor, &id)?;
    submit(&app, posted, Some(id)).await
}

/// What the pressed button asks for.
async fn submit(app: &Shared, posted: Posted, id: Option<ConfigurationId>) -> Answer {
    let Posted { visitor, mut fields } = posted;
    // The right spelling was chosen, without a script.
    if let Some(right) = fields.optional("correct_subject") {
        fields.set("subject", &right);
        return again(app, &visitor, id.as_ref(), &fields, &[]).await;
    }
    if fields.raw("do") == "from_certificate" {
        return from_certificate(app, &visitor, id.as_ref(), fields).await;
    }
    let saved = match form::read(&fields) {
        Ok(form) => save(app, &visitor, id.as_ref(), &form).await,
        Err(errors) => Err(actions::Error::Several(errors)),
    };
    match saved {
        Ok(saved) if fields.raw("do") == "test" => {
            Ok(go(&format!("/configurations/{}/test", saved.configuration.id)))
        }
        Ok(saved) => Ok(go(&format!(
            "/configurations/{}/distribution",
            saved.configuration.id
        ))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => again(app, &visitor, id.as_ref(), &fields, error.refusals()).await,
    }
}

async fn save(
    app: &Shared,
    visitor: &Visitor,
    id: Option<&ConfigurationId>,
    form: &ConfigurationForm,
) -> actions::Result<Saved> {
    match id {
        Some(id) => configurations::change_configuration(app, &visitor.actor(), id, form).await,
        None => configurations::add_configuration(app, &visitor.actor(), form).await,
    }
}

async fn from_certificate(
    app: &Shared,
    visitor: &Visitor,
    id: Option<&ConfigurationId>,
    mut fields: Fields,
) -> Answer {
    let missing =
        Error::new(Kind::Invalid, "error-certificate-missing", "choose a file first").at("certificate");
    let Some(file) = fields.file().cloned() else {
        return again(app, visitor, id, &fields, &[missing]).await;
    };
    let authority = fields.text("authority_id");
    match configurations::thumbprint_from_certificate(app, &visitor.actor(), &authority, &file).await {
        Ok(sha1) => {
            fields.set("thumbprint", &sha1.to_string());
            again(app, visitor, id, &fields, &[]).await
        }
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let refusals: Vec<Error> = error
                .refusals()
                .iter()
                .map(|refusal| refusal.clone().at("certificate"))
                .collect();
            again(app, visitor, id, &fields, &refusals).await
        }
    }
}

/// The form again with what was typed.
async fn again(
    app: &Shared,
    visitor: &Visitor,
    id: Option<&ConfigurationId>,
    fields: &Fields,
    refusals: &[Error],
) -> Answer {
    let authorities = authorities::list(app, &visitor.actor())
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Configurations).refused(refusals);
    let shown = ConfigurationPage::new(page, id, &authorities, fields);
    Ok(if refusals.is_empty() {
        respond::show(&shown)
    } else {
        respond::show_refused(&shown)
    })
}

/// `GET /configurations/{id}`
pub(super) async fn show(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let warnings = configurations::warnings(&app, &visitor.actor(), &configuration)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let authority = authorities::one(&app, &visitor.actor(), &configuration.authority_id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Configurations);
    Ok(respond::show(&shown(
        page,
        &configuration,
        &authority.name,
        &warnings,
    )))
}

/// `GET /configurations/{id}/test`: the authority is looked at, no challenge is taken.
pub(super) async fn test(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let configuration = one(&app, &visitor, &id).await?;
    let gathered = async {
        let actor = visitor.actor();
        let test = authorities::test_authority(&app, &actor, &configuration.authority_id).await?;
        let warnings = configurations::warnings(&app, &actor, &configuration).await?;
        let rows =
            configurations::preview_subjects(&app, &actor, &configuration.settings, None, SHOWN).await?;
        let page = visitor.page(Section::Configurations);
        Ok(TestPage {
            id: configuration.id.to_string(),
            name: configuration.name.clone(),
            findings: findings(&page, &test),
            warnings: in_words(&page, &warnings),
            rows: rows.into_iter().map(|row| PreviewRow::of(&page, row)).collect(),
            page,
        })
    };
    let page = gathered
        .await
        .map_err(|error: actions::Error| visitor.problem(&error))?;
    Ok(respond::show(&page))
}

/// `POST /configurations/{id}/remove`
pub(super) async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    if !fields.is_ticked("sure") {
        return Ok(go(&format!("/configurations/{id}")));
    }
    configurations::remove_configuration(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go("/configurations?done=removed"))
}

/// The configuration of a path.
pub(super) async fn one(app: &Shared, visitor: &Visitor, id: &str) -> Result<Configuration, Problem> {
    let id = known(visitor, id)?;
    configurations::one_configuration(app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))
}

fn known(visitor: &Visitor, id: &str) -> Result<ConfigurationId, Problem> {
    ConfigurationId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Configurations)))
}

pub(super) fn in_words(page: &Page, warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(|warning| page.t(warning.key())).collect()
}

pub(super) fn shown(
    page: Page,
    configuration: &Configuration,
    authority: &str,
    warnings: &[Warning],
) -> OnePage {
    OnePage {
        id: configuration.id.to_string(),
        name: configuration.name.clone(),
        description: configuration.description.clone(),
        version: page.with(
            "configuration-version",
            "version",
            &configuration.version.to_string(),
        ),
        warnings: in_words(&page, warnings),
        facts: form::facts(&page, &configuration.settings, authority),
        page,
    }
}
