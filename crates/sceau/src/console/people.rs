//! People: the persons whose devices these are.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{
    Error,
    person::{Attributes, Person, PersonId},
};
use zeroize::Zeroizing;

use super::{
    ROWS,
    page::{Page, Section},
    posted::{Fields, Posted},
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        self,
        directories::{self, Giver, Origin},
        enrolment_codes::{self, KnownCode, USUAL_HOURS},
        people::{self, PersonForm},
    },
    app::Shared,
};

#[derive(Template)]
#[template(path = "people/list.html")]
pub(super) struct PeoplePage {
    pub(super) page: Page,
    pub(super) search: String,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
}

pub(super) struct Row {
    pub(super) id: String,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) email: String,
    pub(super) department: String,
}

#[derive(Template)]
#[template(path = "people/form.html")]
pub(super) struct PersonPage {
    pub(super) page: Page,
    pub(super) title: &'static str,
    pub(super) action: String,
    pub(super) is_new: bool,
    pub(super) username: String,
    pub(super) attributes: Vec<(&'static str, String, String)>,
    pub(super) custom: String,
    /// The one-time code; none for a person who is only being added.
    pub(super) code: Option<CodePart>,
    /// Where the person comes from.
    pub(super) origin: Option<Origin>,
}

impl PersonPage {
    /// Whether a directory says if this person's password is right: none is set here then.
    fn is_proved_elsewhere(&self) -> bool {
        let giver = self.origin.as_ref().map(|origin| &origin.giver);
        matches!(giver, Some(Giver::Directory(_)))
    }
}

/// What is shown of a person's one-time code.
pub(super) struct CodePart {
    /// Where its buttons go.
    base: String,
    /// The code itself, when it was made just now.
    fresh: Option<String>,
    known: Option<KnownCode>,
}

impl CodePart {
    pub(super) fn new(id: &PersonId, fresh: Option<String>, known: Option<KnownCode>) -> Self {
        Self {
            base: format!("/people/{id}/code"),
            fresh,
            known,
        }
    }
}

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    search: String,
    after: Option<String>,
}

/// `GET /people`
pub(super) async fn list(State(app): State<Shared>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let people = people::list_people(&app, &visitor.actor(), asked.search.clone(), asked.after, ROWS)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let is_full = people.len() >= ROWS as usize;
    let next = people.last().filter(|_| is_full).map(|last| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("search", &asked.search)
            .append_pair("after", &last.username)
            .finish();
        format!("/people?{query}")
    });
    let rows = people.into_iter().map(row).collect();
    Ok(respond::show(&PeoplePage {
        page: visitor.page(Section::People),
        search: asked.search,
        rows,
        next,
    }))
}

/// `GET /people/new`
pub(super) async fn new(visitor: Visitor) -> Answer {
    Ok(respond::show(&blank(
        visitor.page(Section::People),
        None,
        &Fields::default(),
    )))
}

/// `POST /people/new`
pub(super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let outcome = match form(&fields) {
        Ok(form) => people::add_person(&app, &visitor.actor(), form).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    finish(&visitor, None, &fields, outcome, "/people?done=added")
}

/// `GET /people/{id}`
pub(super) async fn edit(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    let person = people::one_person(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let code = enrolment_codes::code_of(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::People);
    Ok(respond::show(&PersonPage {
        code: Some(CodePart::new(&id, None, code)),
        origin: origin(&app, &visitor, &id).await?,
        ..blank(page, Some(&id), &stored(&person))
    }))
}

/// `POST /people/{id}/code`. The code is shown by this answer alone, which no cache keeps.
pub(super) async fn make_code(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    let made = enrolment_codes::make_code(&app, &visitor.actor(), &id, USUAL_HOURS).await;
    let made = made.map_err(|error| visitor.problem(&error))?;
    let (actor, page) = (visitor.actor(), visitor.page(Section::People));
    let person = people::one_person(&app, &actor, &id).await;
    let person = person.map_err(|error| visitor.problem(&error))?;
    let code = enrolment_codes::code_of(&app, &actor, &id).await;
    let code = code.map_err(|error| visitor.problem(&error))?;
    Ok(respond::show(&PersonPage {
        code: Some(CodePart::new(&id, Some(made.code.to_string()), code)),
        origin: origin(&app, &visitor, &id).await?,
        ..blank(page, Some(&id), &stored(&person))
    }))
}

/// `POST /people/{id}/code/withdraw`
pub(super) async fn take_code_back(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { visitor, .. } = posted;
    let id = known(&visitor, &id)?;
    let outcome = enrolment_codes::take_code_back(&app, &visitor.actor(), &id).await;
    outcome.map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/people/{id}?done=code-withdrawn")))
}

/// `POST /people/{id}`
pub(super) async fn change(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let outcome = match form(&fields) {
        Ok(form) => people::change_person(&app, &visitor.actor(), &id, form)
            .await
            .map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    if let Err(error) = &outcome
        && !error.refusals().is_empty()
    {
        let page = visitor.page(Section::People).refused(error.refusals());
        return Ok(respond::show_refused(&PersonPage {
            origin: origin(&app, &visitor, &id).await?,
            ..blank(page, Some(&id), &fields)
        }));
    }
    finish(&visitor, Some(&id), &fields, outcome, "/people?done=saved")
}

async fn origin(app: &Shared, visitor: &Visitor, id: &PersonId) -> Result<Option<Origin>, Problem> {
    directories::person_origin(app, &visitor.actor(), id)
        .await
        .map_err(|error| visitor.problem(&error))
}

fn finish(
    visitor: &Visitor,
    id: Option<&PersonId>,
    fields: &Fields,
    outcome: actions::Result<()>,
    onward: &str,
) -> Answer {
    match outcome {
        Ok(()) => Ok(go(onward)),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::People).refused(error.refusals());
            Ok(respond::show_refused(&blank(page, id, fields)))
        }
    }
}

fn known(visitor: &Visitor, id: &str) -> Result<PersonId, Problem> {
    PersonId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::People)))
}

/// The form with these values; passwords are never shown again.
pub(super) fn blank(page: Page, id: Option<&PersonId>, fields: &Fields) -> PersonPage {
    let attributes = people::named(&Attributes::default())
        .iter()
        .map(|(name, _)| (*name, format!("person-{name}"), fields.text(name)))
        .collect();
    PersonPage {
        page,
        title: if id.is_some() {
            "person-edit-title"
        } else {
            "person-new-title"
        },
        action: id.map_or_else(|| "/people/new".to_owned(), |id| format!("/people/{id}")),
        is_new: id.is_none(),
        username: fields.text("username"),
        attributes,
        custom: fields.text("custom"),
        code: None,
        origin: None,
    }
}

pub(super) fn stored(person: &Person) -> Fields {
    let attributes = people::known(&person.attributes)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let custom: Vec<String> = person
        .attributes
        .custom
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let own = [
        ("username".to_owned(), person.username.clone()),
        ("custom".to_owned(), custom.join("\n")),
    ];
    Fields::new(own.into_iter().chain(attributes).collect())
}

fn form(fields: &Fields) -> Result<PersonForm, Error> {
    let password = Zeroizing::new(fields.raw("password").to_owned());
    Ok(PersonForm {
        username: fields.text("username"),
        password: Some(password).filter(|password| !password.is_empty()),
        attributes: Attributes {
            email: fields.optional("email"),
            upn: fields.optional("upn"),
            uid: fields.optional("uid"),
            display_name: fields.optional("display_name"),
            first_name: fields.optional("first_name"),
            last_name: fields.optional("last_name"),
            dn: fields.optional("dn"),
            cn: fields.optional("cn"),
            ou: fields.optional("ou"),
            department: fields.optional("department"),
            locale: fields.optional("locale"),
            sam_account_name: fields.optional("sam_account_name"),
            sid: fields.optional("sid"),
            custom: custom(&fields.text("custom"))?,
        },
    })
}

fn custom(text: &str) -> Result<BTreeMap<String, String>, Error> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let wrong = || Error::invalid("custom", "a custom attribute is written NAME=value, one per line");
            let (name, value) = line.split_once('=').ok_or_else(wrong)?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

pub(super) fn row(person: Person) -> Row {
    let attributes = person.attributes;
    Row {
        id: person.id.to_string(),
        username: person.username,
        display_name: attributes.display_name.unwrap_or_default(),
        email: attributes.email.unwrap_or_default(),
        department: attributes.department.unwrap_or_default(),
    }
}
