//! Whose a device is: another user, or none. What follows is told before it is done.

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::{Error, device::Device, diagnosis::Cause, person::PersonId};

use super::{
    device_removal::known,
    language::Language,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, go},
    visitor::Visitor,
    words,
};
use crate::{
    actions::{
        self,
        device_user::{self, Outlook},
        devices, people,
    },
    app::Shared,
};

#[derive(Template)]
#[template(path = "devices/user.html")]
pub(super) struct UserPage {
    page: Page,
    title: String,
    name: String,
    base: String,
    /// The user now; empty where there is none.
    user: String,
    /// What was typed.
    username: String,
    /// What would follow.
    change: Option<Change>,
}

struct Change {
    /// The person's id; empty to have no user.
    person: String,
    effects: Vec<String>,
}

#[derive(Default, serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    username: String,
    /// Whether to have no user.
    #[serde(default)]
    remove: String,
}

impl UserPage {
    pub(super) fn new(
        page: Page,
        device: &Device,
        user: Option<String>,
        username: &str,
        outlook: Option<&Outlook>,
    ) -> Self {
        Self {
            title: page.with("device-user-title", "name", &device.name),
            name: device.name.clone(),
            base: format!("/devices/{}", device.id),
            user: user.unwrap_or_default(),
            username: username.to_owned(),
            change: outlook.map(|outlook| Change {
                person: outlook
                    .after
                    .as_ref()
                    .map(|person| person.id.to_string())
                    .unwrap_or_default(),
                effects: in_words(outlook, page.language),
            }),
            page,
        }
    }
}

/// `GET /devices/{id}/user`, with `username` or `remove` what would follow.
pub(super) async fn ask(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Answer {
    let id = known(&visitor, &id)?;
    let actor = visitor.actor();
    let story = devices::one_device(&app, &actor, &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let username = asked.username.trim();
    let imagined = async {
        let person = match (username, asked.remove.as_str()) {
            ("", "") => return Ok(None),
            ("", _) => None,
            (username, _) => Some(named(&app, &visitor, username).await?),
        };
        let outlook = device_user::user_outlook(&app, &actor, &id, person.as_ref()).await?;
        Ok::<_, actions::Error>(Some(outlook))
    };
    let page = visitor.page(Section::Devices);
    let user = story.person.map(|person| person.username);
    match imagined.await {
        Ok(outlook) => Ok(respond::show(&UserPage::new(
            page,
            &story.device,
            user,
            username,
            outlook.as_ref(),
        ))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let refusals: Vec<Error> = error
                .refusals()
                .iter()
                .map(|refusal| refusal.clone().at("username"))
                .collect();
            let page = page.refused(&refusals);
            Ok(respond::show_refused(&UserPage::new(
                page,
                &story.device,
                user,
                username,
                None,
            )))
        }
    }
}

async fn named(app: &Shared, visitor: &Visitor, username: &str) -> actions::Result<PersonId> {
    let person = people::person_named(app, &visitor.actor(), username).await?;
    let unknown = || Error::invalid("username", "there is no such person").keyed("error-device-user-unknown");
    Ok(person.ok_or_else(unknown)?.id)
}

/// `POST /devices/{id}/user`
pub(super) async fn set(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let person = match fields.optional("person") {
        None => None,
        Some(person) => Some(
            PersonId::parse(&person)
                .map_err(|_| respond::Problem::missing(&visitor.page(Section::Devices)))?,
        ),
    };
    device_user::set_user(&app, &visitor.actor(), &id, person.as_ref())
        .await
        .map_err(|error| visitor.problem(&error))?;
    let done = match person {
        Some(_) => "user-set",
        None => "user-removed",
    };
    Ok(go(&format!("/devices/{id}?done={done}")))
}

/// What follows when a device gets another user, or none, in sentences: for pages and for the command line.
pub fn in_words(outlook: &Outlook, language: Language) -> Vec<String> {
    let sentence = |key: &str, values: &[(&str, &str)]| {
        let words = language.sentence(key, values);
        words.unwrap_or_else(|| key.to_owned())
    };
    let user =
        |person: &Option<domain::person::Person>| person.as_ref().map(|person| person.username.clone());
    let (before, after) = (user(&outlook.before), user(&outlook.after));
    let (was, is) = (
        before.as_deref().unwrap_or_default(),
        after.as_deref().unwrap_or_default(),
    );
    let mut told = vec![match (&before, &after) {
        (before, after) if before == after => return vec![language.words("device-user-same")],
        (None, _) => sentence("device-user-set", &[("username", is)]),
        (Some(_), Some(_)) => sentence("device-user-change", &[("before", was), ("username", is)]),
        (Some(_), None) => sentence("device-user-remove", &[("before", was)]),
    }];
    for (key, names) in [
        ("device-user-delivered", &outlook.delivered),
        ("device-user-reissued", &outlook.reissued),
        ("device-user-withdrawn", &outlook.withdrawn),
    ] {
        if !names.is_empty() {
            told.push(sentence(key, &[("names", &names.join(", "))]));
        }
    }
    let is_nothing = told.len() == 1 && outlook.lacking.is_empty();
    told.extend(is_nothing.then(|| language.words("device-user-nothing")));
    let lacking = outlook.lacking.iter();
    told.extend(lacking.map(|(name, cause): &(String, Cause)| {
        let why = words::cause(cause, language).what;
        sentence("device-user-lacking", &[("name", name), ("why", &why)])
    }));
    if !outlook.in_users_store.is_empty() {
        let names = outlook.in_users_store.join(", ");
        told.push(sentence("device-user-store", &[("names", &names)]));
    }
    told.push(language.words("device-user-enrolment"));
    told
}
