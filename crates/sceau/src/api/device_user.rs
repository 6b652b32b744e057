//! `/devices/{id}/user`: whose a device is.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    device::Device,
    diagnosis::Cause,
    person::{Person, PersonId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::{Answer, Body},
    caller::Caller,
    cause,
    page::Named,
    problem::{Problem, Result},
};
use crate::{
    actions::{
        device_user::{self, Outlook},
        devices,
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/devices/{id}/user", get(one).put(set).delete(remove))
        .route("/devices/{id}/user/preview", post(preview))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    person_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Imagined {
    /// None asks what would follow if the device had no user.
    person_id: Option<String>,
}

#[derive(Serialize)]
struct View {
    person_id: Option<String>,
    username: Option<String>,
}

impl From<Option<Person>> for View {
    fn from(person: Option<Person>) -> Self {
        let (person_id, username) = person
            .map(|person| (person.id.to_string(), person.username))
            .unzip();
        Self { person_id, username }
    }
}

/// What would follow; names of configurations.
#[derive(Serialize)]
struct OutlookView {
    before: View,
    after: View,
    delivered: Vec<String>,
    reissued: Vec<String>,
    withdrawn: Vec<String>,
    /// They need a value that isn't there then.
    lacking: Vec<LackView>,
    /// They are for a user's store: that of the Windows account that enrolled the device.
    in_users_store: Vec<String>,
}

#[derive(Serialize)]
struct LackView {
    configuration: String,
    cause: Value,
}

impl From<(String, Cause)> for LackView {
    fn from((configuration, why): (String, Cause)) -> Self {
        Self {
            configuration,
            cause: cause::view(&why),
        }
    }
}

impl From<Outlook> for OutlookView {
    fn from(outlook: Outlook) -> Self {
        Self {
            before: outlook.before.into(),
            after: outlook.after.into(),
            delivered: outlook.delivered,
            reissued: outlook.reissued,
            withdrawn: outlook.withdrawn,
            lacking: outlook.lacking.into_iter().map(LackView::from).collect(),
            in_users_store: outlook.in_users_store,
        }
    }
}

fn person(id: &str) -> Result<PersonId> {
    PersonId::parse(id).map_err(|error| Problem::invalid("person_id", error.to_string()))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<View>> {
    let story = devices::one_device(&app, &actor, &id).await?;
    Ok(Answer(story.person.into()))
}

async fn set(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
    Body(wanted): Body<Wanted>,
) -> Result<Answer<View>> {
    let person = person(&wanted.person_id)?;
    let after = device_user::set_user(&app, &actor, &id, Some(&person)).await?;
    Ok(Answer(after.into()))
}

async fn remove(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<StatusCode> {
    device_user::set_user(&app, &actor, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn preview(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
    Body(imagined): Body<Imagined>,
) -> Result<Answer<OutlookView>> {
    let person = imagined.person_id.as_deref().map(person).transpose()?;
    let outlook = device_user::user_outlook(&app, &actor, &id, person.as_ref()).await?;
    Ok(Answer(outlook.into()))
}
