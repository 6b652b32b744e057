//! A browser without scripts: it keeps its cookie, follows redirections and sends the token of its forms.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::{actor::Actor, operator::Role};
use sceau::actions::operators::{self, OperatorForm};
use zeroize::Zeroizing;

use crate::world::{Answer, World};

pub const PASSWORD: &str = "correct horse battery";

pub struct Browser<'w> {
    pub world: &'w World,
    pub cookie: String,
    pub language: &'static str,
    csrf: String,
}

impl<'w> Browser<'w> {
    pub fn new(world: &'w World) -> Self {
        Self {
            world,
            cookie: String::new(),
            language: "en",
            csrf: String::new(),
        }
    }

    /// Signed in with the role.
    pub async fn signed_in(world: &'w World, role: Role) -> Self {
        add_operator(world, role.name(), role).await;
        let mut browser = Self::new(world);
        let answer = browser
            .post("/login", &[("name", role.name()), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &self.csrf);
        body.extend_pairs(fields);
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with a file.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let boundary = "----boundary";
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain([&("csrf", self.csrf.as_str())]) {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"certificate\"; filename=\"ca.cer\"\r\nContent-Type: application/x-x509-ca-cert\r\n\r\n").bytes());
        body.extend(file);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        let request = self
            .request(Method::POST, path)
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={boundary}"),
            )
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
    }

    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let answer = self.world.send(request).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            if pair.starts_with("__Host-sceau=") {
                self.cookie = pair.to_owned();
            }
        }
        if let Some(token) = value_of(&answer.text, "csrf") {
            self.csrf = token;
        }
        answer
    }
}

/// The value of a field as the page shows it.
pub fn value_of(html: &str, name: &str) -> Option<String> {
    let tag = html
        .split('<')
        .find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
    let value = tag.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.replace("&#34;", "\"").replace("&#38;", "&"))
}

/// Where a redirection goes.
pub fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

pub async fn add_operator(world: &World, name: &str, role: Role) {
    let password = Some(Zeroizing::new(PASSWORD.to_owned()));
    let form = OperatorForm {
        name: name.to_owned(),
        role,
        password,
    };
    operators::add_operator(&world.app, &Actor::CommandLine, form)
        .await
        .unwrap();
}
