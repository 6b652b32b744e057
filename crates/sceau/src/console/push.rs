//! Admin > Infrastructure > Waking devices: the account at the Windows Push Notification Services.

use askama::Template;
use axum::extract::State;
use domain::{
    external_ca::Password,
    push::{Push, PushForm},
};

use super::{
    moment,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, go},
    visitor::Visitor,
    words::problem_in_words,
};
use crate::{actions::push, app::Shared};

#[derive(Template)]
#[template(path = "push.html")]
pub(super) struct PushPage {
    page: Page,
    typed: Fields,
    is_enabled: bool,
    has_secret: bool,
    /// How it goes: a class and sentences.
    state: Vec<(&'static str, String)>,
}

impl PushPage {
    pub(super) fn new(page: Page, known: &Push, typed: Fields) -> Self {
        let at = |at| format!("{} UTC", moment::minute(at));
        let state = &known.state;
        let mut words = Vec::new();
        if let Some(problem) = &state.problem {
            let why = problem_in_words(problem, page.language);
            let since = state.problem_at.map(at).unwrap_or_default();
            words.push((
                "alert-danger",
                format!("{why} {}", page.with("push-since", "at", &since)),
            ));
        }
        if let Some(until) = state.blocked_until {
            words.push(("alert-warning", page.with("push-paused", "at", &at(until))));
        }
        match state.accepted_at {
            Some(accepted) => words.push(("alert-info", page.with("push-accepted", "at", &at(accepted)))),
            None if known.settings.is_enabled => words.push(("alert-info", page.t("push-never"))),
            None => {}
        }
        Self {
            is_enabled: typed.is_ticked("is_enabled"),
            has_secret: known.client_secret.is_some(),
            state: words,
            page,
            typed,
        }
    }
}

/// `GET /admin/infrastructure/push`
pub(super) async fn show(State(app): State<Shared>, visitor: Visitor) -> Answer {
    let known = known(&app, &visitor).await?;
    let page = visitor.page(Section::Push);
    let typed = stored(&known);
    Ok(respond::show(&PushPage::new(page, &known, typed)))
}

/// `POST /admin/infrastructure/push`
pub(super) async fn change(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let form = PushForm {
        is_enabled: fields.is_ticked("is_enabled"),
        pfn: fields.text("pfn"),
        client_id: fields.text("client_id"),
        client_secret: fields.optional("client_secret").map(Password::new),
        tenant: fields.text("tenant"),
        trust_pem: fields.text("trust_pem"),
    };
    match push::change_push(&app, &visitor.actor(), form).await {
        Ok(_) => Ok(go("/admin/infrastructure/push?done=saved")),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Push).refused(error.refusals());
            let known = known(&app, &visitor).await?;
            Ok(respond::show_refused(&PushPage::new(page, &known, fields)))
        }
    }
}

async fn known(app: &Shared, visitor: &Visitor) -> Result<Push, respond::Problem> {
    let known = push::push_settings(app, &visitor.actor()).await;
    known.map_err(|error| visitor.problem(&error))
}

/// What is stored, as the form has it.
pub(super) fn stored(known: &Push) -> Fields {
    let form = PushForm::from(&known.settings);
    let mut values = vec![
        ("pfn".to_owned(), form.pfn),
        ("client_id".to_owned(), form.client_id),
        ("tenant".to_owned(), form.tenant),
        ("trust_pem".to_owned(), form.trust_pem),
    ];
    if form.is_enabled {
        values.push(("is_enabled".to_owned(), "yes".to_owned()));
    }
    Fields::new(values)
}
