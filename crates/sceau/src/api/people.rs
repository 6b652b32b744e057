//! `/people`: the persons whose devices these are.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::{
    external_ca::Password,
    person::{Attributes, Person},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    body::{Answer, Body},
    caller::Caller,
    directories::OriginView,
    instant::Instant,
    page::{self, Asked, Named, Page},
    problem::Result,
};
use crate::{
    actions::{
        directories,
        people::{self, PersonForm},
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/people", get(list).post(add))
        .route("/people/{id}", get(one).put(change))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    search: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// A person as it comes in. `password` is the enrolment password; absent in a change, the stored one stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    username: String,
    #[serde(default)]
    password: Option<Password>,
    #[serde(default)]
    attributes: Attributes,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<View>>> {
    let limit = page::limit(asked.limit)?;
    let search = asked.search.unwrap_or_default();
    let rows = people::list_people(&app, &actor, search, asked.after, limit).await?;
    Ok(Answer(Page::of(
        rows,
        limit,
        |row| row.username.clone(),
        View::from,
    )))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
) -> Result<Answer<View>> {
    let person = people::one_person(&app, &actor, &id).await?;
    let origin = directories::person_origin(&app, &actor, &id).await?;
    Ok(Answer(View {
        directory: origin.map(OriginView::from),
        ..View::from(person)
    }))
}

async fn add(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Answer<View>)> {
    let person = people::add_person(&app, &actor, form.into()).await?;
    Ok((StatusCode::CREATED, Answer(View::from(person))))
}

async fn change(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
    Body(form): Body<Form>,
) -> Result<Answer<View>> {
    let person = people::change_person(&app, &actor, &id, form.into()).await?;
    Ok(Answer(View::from(person)))
}

impl From<Form> for PersonForm {
    fn from(form: Form) -> Self {
        Self {
            username: form.username,
            password: form
                .password
                .map(|password| Zeroizing::new(password.reveal().to_owned())),
            attributes: form.attributes,
        }
    }
}

#[derive(Serialize)]
struct View {
    id: String,
    username: String,
    attributes: Attributes,
    /// Where one person comes from; lists don't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<OriginView>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<Person> for View {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.to_string(),
            username: person.username,
            attributes: person.attributes,
            directory: None,
            created_at: person.created_at.into(),
            updated_at: person.updated_at.into(),
        }
    }
}
