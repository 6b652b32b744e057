//! SCIM: what identity providers send, after RFC 7644 and the guides of Microsoft Entra ID and Okta.

mod about;
mod command;
mod door;
mod enrolment;
mod entra;
mod groups;
mod okta;
mod pages;
mod users;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{actor::Actor, person::Person};
use sceau::{
    actions::{
        people,
        scim::{self, SourceForm},
    },
    app::Shared,
    routes,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::Answer;

const ACTOR: Actor = Actor::CommandLine;
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const SCEAU: &str = "urn:ietf:params:scim:schemas:extension:sceau:2.0:User";

/// An identity provider with a token of its own source.
pub struct Provider {
    app: Shared,
    pub token: String,
    pub source: domain::scim::Source,
}

impl Provider {
    pub async fn new(app: &Shared, name: &str) -> Self {
        Self::made(app, name, false).await
    }

    pub async fn adopting(app: &Shared, name: &str) -> Self {
        Self::made(app, name, true).await
    }

    async fn made(app: &Shared, name: &str, adopts: bool) -> Self {
        let form = SourceForm {
            name: name.to_owned(),
            adopts,
        };
        let (source, fresh) = scim::add_source(app, &ACTOR, &form).await.unwrap();
        Self {
            app: app.clone(),
            token: fresh.token.to_string(),
            source,
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.with(method, path, body, &[]).await
    }

    pub async fn with(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(ToString::to_string).unwrap_or_default();
        send(&self.app, request.body(Body::from(body)).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Changes with these operations.
    pub async fn patch(&self, path: &str, operations: &Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send(Method::PATCH, path, Some(&body)).await
    }

    /// Creates a user; its identifier.
    pub async fn user(&self, username: &str) -> String {
        let body = json!({ "schemas": [CORE], "userName": username, "active": true });
        self.post("/Users", &body).await.expect(201).text_of("id")
    }

    /// The user names that a query finds.
    pub async fn found(&self, filter: &str) -> Vec<String> {
        let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let list = self
            .get(&format!("/Users?filter={filter}"))
            .await
            .expect(200)
            .json;
        let resources = list["Resources"].as_array().unwrap();
        assert_eq!(list["totalResults"], resources.len());
        resources
            .iter()
            .map(|one| one["userName"].as_str().unwrap().to_owned())
            .collect()
    }
}

pub async fn send(app: &Shared, request: Request<Body>) -> Answer {
    let response = routes::public(app.clone()).oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let octets = to_bytes(body, 16 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&octets).into_owned();
    let answer = Answer {
        status: head.status,
        headers: head.headers,
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    };
    is_scim(&answer.headers, answer.status, &answer);
    answer
}

/// Every body is SCIM's, every error in SCIM's form (RFC 7644 §3.12).
fn is_scim(headers: &HeaderMap, status: StatusCode, answer: &Answer) {
    if answer.text.is_empty() {
        assert!(!headers.contains_key(header::CONTENT_TYPE), "{headers:?}");
    } else {
        assert_eq!(
            headers[header::CONTENT_TYPE],
            "application/scim+json",
            "{}",
            answer.text
        );
    }
    if status.is_client_error() || status.is_server_error() {
        let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
        assert_eq!(answer.json["schemas"], schemas, "{}", answer.text);
        assert_eq!(
            answer.json["status"],
            status.as_u16().to_string(),
            "{}",
            answer.text
        );
        assert!(answer.json["detail"].is_string(), "{}", answer.text);
    }
}

async fn named(app: &Shared, username: &str) -> Option<Person> {
    people::person_named(app, &ACTOR, username).await.unwrap()
}

/// What stands under Activity, the newest first: who did what.
async fn activity(app: &Shared) -> Vec<(String, String)> {
    let rows = sceau::actions::activity::list_activity(app, &ACTOR, None, 100)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| (row.entry.actor, row.entry.action))
        .collect()
}
