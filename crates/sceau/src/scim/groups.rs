//! `/Groups` (RFC 7643 §4.2).

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
    actions::scim::{self as actions, Group},
    app::Shared,
};

/// Groups of one page at most: each may come with thousands of members.
const MOST: u32 = 50;

/// `GET /Groups`
pub(super) async fn list(State(app): State<Shared>, Caller(source): Caller, asked: Asked) -> Result<Answer> {
    let slice = asked.slice(MOST)?;
    let (filter, members) = (asked.filter.as_deref(), asked.wants("members"));
    let found = actions::find_groups(&app, &source, filter, slice.range(), members).await?;
    let shown = found
        .page
        .into_iter()
        .map(|group| Value::Object(asked.shown(view(&app, group))));
    let shown: Vec<Value> = shown.collect();
    Ok(Answer::list(found.total, slice.start, &shown))
}

/// `POST /Groups`
pub(super) async fn create(
    State(app): State<Shared>,
    Caller(source): Caller,
    asked: Asked,
    Body(body): Body,
) -> Result<Answer> {
    let group = actions::create_group(&app, &source, &body).await?;
    let place = address(&app, &format!("Groups/{}", group.group.id));
    Ok(shown(&app, &asked, group).created(place))
}

/// `GET /Groups/{id}`
pub(super) async fn one(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Answer> {
    let group = actions::one_group(&app, &source, &id, asked.wants("members")).await?;
    if has(&headers, group.tie.version) {
        return Ok(Answer {
            status: StatusCode::NOT_MODIFIED,
            ..Answer::done().version(group.tie.version)
        });
    }
    Ok(shown(&app, &asked, group))
}

/// `PUT /Groups/{id}`
pub(super) async fn replace(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer> {
    let group = actions::replace_group(&app, &source, &id, &body, meant(&headers)).await?;
    Ok(shown(&app, &asked, group))
}

/// `PATCH /Groups/{id}`: 204, as Microsoft asks for: who changes one member doesn't want to read all.
pub(super) async fn change(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer> {
    let operations = scim::operations(&body)?;
    let group = actions::change_group(&app, &source, &id, &operations, meant(&headers)).await?;
    Ok(Answer::done().version(group.tie.version))
}

/// `DELETE /Groups/{id}`
pub(super) async fn delete(
    State(app): State<Shared>,
    Caller(source): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer> {
    actions::delete_group(&app, &source, &id, meant(&headers)).await?;
    Ok(Answer::done())
}

fn shown(app: &Shared, asked: &Asked, group: Group) -> Answer {
    let version = group.tie.version;
    Answer::ok(Value::Object(asked.shown(view(app, group)))).version(version)
}

fn view(app: &Shared, group: Group) -> Object {
    let members: Vec<Value> = group
        .members
        .iter()
        .map(|(id, name)| {
            json!({
                "value": id,
                "display": name,
                "type": "User",
                "$ref": address(app, &format!("Users/{id}")),
            })
        })
        .collect();
    let mut view = Object::new();
    view.insert("schemas".to_owned(), json!([scim::CORE_GROUP]));
    view.insert("id".to_owned(), json!(group.group.id));
    view.insert("displayName".to_owned(), json!(group.group.name));
    if let Some(external_id) = group.tie.external_id {
        view.insert("externalId".to_owned(), json!(external_id));
    }
    view.insert("members".to_owned(), json!(members));
    let meta = json!({
        "resourceType": "Group",
        "created": group.tie.created_at.to_rfc3339(),
        "lastModified": group.tie.updated_at.to_rfc3339(),
        "location": address(app, &format!("Groups/{}", group.group.id)),
        "version": tag(group.tie.version),
    });
    view.insert("meta".to_owned(), meta);
    view
}
