//! `/Users` (RFC 7643 §4.1).

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use domain::scim::{self, Object};
use serde_json::{Value, json};

use super::{
    address,
    answer::{Answer, Result, tag},
    asked::{Asked, has, meant},
    body::Body,
    caller::Caller,
};
use crate::{
    actions::scim::{self as actions, User},
    app::Shared,
};

/// Users of one page at most.
pub(super) const MOST: u32 = 200;

/// `GET /Users`
pub(super) async fn list(State(app): State<Shared>, Caller(source): Caller, asked: Asked) -> Result<Answer> {
    let slice = asked.slice(MOST)?;
    let found = actions::find_users(&app, &source, asked.filter.as_deref(), slice.range()).await?;
    let shown = found
        .page
        .into_iter()
        .map(|user| Value::Object(asked.shown(view(&app, user))));
    let shown: Vec<Value> = shown.collect();
    Ok(Answer::list(found.total, slice.start, &shown))
}

/// `POST /Users`
pub(super) async fn create(
    State(app): State<Shared>,
    Caller(source): Caller,
    asked: Asked,
    Body(body): Body,
) -> Result<Answer> {
    let user = actions::create_user(&app, &source, &body).await?;
    let place = address(&app, &format!("Users/{}", user.person.id));
    Ok(shown(&app, &asked, user).created(place))
}

/// `GET /Users/{id}`
pub(super) async fn one(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Answer> {
    let user = actions::one_user(&app, &source, &id).await?;
    if has(&headers, user.tie.version) {
        return Ok(Answer {
            status: StatusCode::NOT_MODIFIED,
            ..Answer::done().version(user.tie.version)
        });
    }
    Ok(shown(&app, &asked, user))
}

/// `PUT /Users/{id}`
pub(super) async fn replace(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer> {
    let user = actions::replace_user(&app, &source, &id, &body, meant(&headers)).await?;
    Ok(shown(&app, &asked, user))
}

/// `PATCH /Users/{id}`
pub(super) async fn change(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer> {
    let operations = scim::operations(&body)?;
    let user = actions::change_user(&app, &source, &id, &operations, meant(&headers)).await?;
    Ok(shown(&app, &asked, user))
}

/// `DELETE /Users/{id}`
pub(super) async fn delete(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer> {
    actions::delete_user(&app, &source, &id, meant(&headers)).await?;
    Ok(Answer::done())
}

fn shown(app: &Shared, asked: &Asked, user: User) -> Answer {
    let version = user.tie.version;
    Answer::ok(Value::Object(asked.shown(view(app, user)))).version(version)
}

fn view(app: &Shared, user: User) -> Object {
    let mut view = user.tie.resource;
    let extensions = [scim::ENTERPRISE_USER, scim::SCEAU_USER];
    let schemas: Vec<&str> = [scim::CORE_USER]
        .into_iter()
        .chain(extensions.into_iter().filter(|schema| view.contains_key(*schema)))
        .collect();
    let meta = json!({
        "resourceType": "User",
        "created": user.tie.created_at.to_rfc3339(),
        "lastModified": user.tie.updated_at.to_rfc3339(),
        "location": address(app, &format!("Users/{}", user.person.id)),
        "version": tag(user.tie.version),
    });
    view.insert("schemas".to_owned(), json!(schemas));
    view.insert("id".to_owned(), json!(user.person.id));
    view.insert("meta".to_owned(), meta);
    view
}
