//! A server of the test's own: SQLite in a temporary folder, its routers, no sockets.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{actor::Actor, operator::Role};
use sceau::{
    actions::operators::{self, OperatorForm},
    app::Shared,
    commands::start,
    routes,
    settings::Settings,
};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub struct World {
    pub app: Shared,
    pub folder: TempDir,
}

/// An answer, its body read as JSON where it is JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
    /// The problem's field, where there is exactly one.
    pub fn field(&self) -> &str {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{}",
            self.text
        );
        assert_eq!(
            self.json["errors"].as_array().map(Vec::len),
            Some(1),
            "{}",
            self.text
        );
        self.json["errors"][0]["field"].as_str().unwrap()
    }
    pub fn text_of(&self, name: &str) -> String {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {}", self.text))
            .to_owned()
    }
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data_dir: folder.path().join("data"),
            ..Settings::default()
        };
        let app = start::application(settings).await.unwrap();
        Self { app, folder }
    }

    pub fn public(&self) -> Router {
        routes::public(self.app.clone())
    }

    /// A bearer token of an operator with this role.
    pub async fn token(&self, role: Role) -> String {
        let name = format!(
            "{}-{}",
            role.name(),
            sceau::secrets::hex(&sceau::secrets::random::<4>())
        );
        let form = OperatorForm {
            name: name.clone(),
            role,
            password: None,
        };
        operators::add_operator(&self.app, &Actor::CommandLine, form)
            .await
            .unwrap();
        let token = operators::make_token(&self.app, &Actor::CommandLine, &name)
            .await
            .unwrap();
        token.to_string()
    }

    /// Calls the API.
    pub async fn call(&self, token: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(ToString::to_string).unwrap_or_default();
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(token, Method::GET, path, None).await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.call(token, Method::POST, path, Some(body)).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.public().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let octets = to_bytes(body, 16 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&octets).into_owned();
        Answer {
            status: head.status,
            headers: head.headers,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }
}
