//! What this service takes: `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7643 §5 to §7).

use axum::extract::{Path, State};
use domain::scim::{CORE_GROUP, CORE_USER, ENTERPRISE_USER, SCEAU_USER, Shape, TEXTS, attributes};
use serde_json::{Value, json};

use super::{
    address,
    answer::{Answer, Problem, Result},
    caller::Caller,
    users::MOST,
};
use crate::app::Shared;

/// `GET /ServiceProviderConfig`
pub(super) async fn config(State(app): State<Shared>, Caller(_): Caller) -> Answer {
    let no = json!({ "supported": false });
    Answer::ok(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MOST },
        "changePassword": no,
        "sort": no,
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token of a SCIM source, which an administrator makes in Sceau",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": address(&app, "ServiceProviderConfig"),
        },
    }))
}

/// `GET /ResourceTypes`
pub(super) async fn types(State(app): State<Shared>, Caller(_): Caller) -> Answer {
    listed(&resource_types(&app))
}

/// `GET /ResourceTypes/{name}`
pub(super) async fn one_type(
    State(app): State<Shared>,
    Caller(_): Caller,
    Path(name): Path<String>,
) -> Result<Answer> {
    one_of(resource_types(&app), &name)
}

/// `GET /Schemas`
pub(super) async fn schemas(State(app): State<Shared>, Caller(_): Caller) -> Answer {
    listed(&all_schemas(&app))
}

/// `GET /Schemas/{id}`
pub(super) async fn one_schema(
    State(app): State<Shared>,
    Caller(_): Caller,
    Path(id): Path<String>,
) -> Result<Answer> {
    one_of(all_schemas(&app), &id)
}

fn listed(resources: &[Value]) -> Answer {
    let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    Answer::list(total, 1, resources)
}

fn one_of(resources: Vec<Value>, id: &str) -> Result<Answer> {
    let is_it = |one: &Value| one.get("id").and_then(Value::as_str) == Some(id);
    let found = resources.into_iter().find(is_it);
    found.map(Answer::ok).ok_or_else(Problem::not_found)
}

fn resource_types(app: &Shared) -> Vec<Value> {
    let of = |name: &str, endpoint: &str, schema: &str, extensions: &[&str]| {
        let extensions: Vec<Value> = extensions
            .iter()
            .map(|schema| json!({ "schema": schema, "required": false }))
            .collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "schema": schema,
            "schemaExtensions": extensions,
            "meta": {
                "resourceType": "ResourceType",
                "location": address(app, &format!("ResourceTypes/{name}")),
            },
        })
    };
    vec![
        of("User", "/Users", CORE_USER, &[ENTERPRISE_USER, SCEAU_USER]),
        of("Group", "/Groups", CORE_GROUP, &[]),
    ]
}

fn all_schemas(app: &Shared) -> Vec<Value> {
    let of = |id: &str, name: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": name,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": address(app, &format!("Schemas/{id}")),
            },
        })
    };
    let kept = |schema: &str| {
        let known = attributes(schema).iter();
        known
            .map(|(name, shape)| attribute(name, *shape))
            .collect::<Vec<_>>()
    };
    let own = TEXTS.iter().map(|name| attribute(name, Shape::Text)).collect();
    let group = vec![
        attribute("displayName", Shape::Text),
        attribute("externalId", Shape::Text),
        attribute("members", Shape::Many(&["value", "$ref", "display", "type"])),
    ];
    vec![
        of(CORE_USER, "User", kept(CORE_USER)),
        of(ENTERPRISE_USER, "EnterpriseUser", kept(ENTERPRISE_USER)),
        of(SCEAU_USER, "SceauUser", own),
        of(CORE_GROUP, "Group", group),
    ]
}

/// RFC 7643 §7. What isn't unique, returned or written in the usual way is said.
fn attribute(name: &str, shape: Shape) -> Value {
    let (kind, subs, is_many): (_, &[&str], _) = match shape {
        Shape::Text => ("string", &[], false),
        Shape::Flag => ("boolean", &[], false),
        Shape::Complex(subs) => ("complex", subs, false),
        Shape::Many(subs) => ("complex", subs, true),
    };
    let subs: Vec<Value> = subs
        .iter()
        .map(|sub| match *sub {
            "primary" => attribute(sub, Shape::Flag),
            other => attribute(other, Shape::Text),
        })
        .collect();
    let is_key = name == "userName";
    let mut attribute = json!({
        "name": name,
        "type": kind,
        "multiValued": is_many,
        "description": name,
        "required": is_key,
        "caseExact": name == "externalId",
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": if is_key { "server" } else { "none" },
    });
    if let (false, Some(fields)) = (subs.is_empty(), attribute.as_object_mut()) {
        fields.insert("subAttributes".to_owned(), Value::Array(subs));
    }
    attribute
}
