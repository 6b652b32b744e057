//! Federated enrolment: discovery, the device's browser, a real OpenID provider, and the request with its token.
//! Microsoft, "Federated authentication device enrollment"; its messages are among the vectors.

mod provider;
mod settings;
mod sign_in;
mod tokens;

use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{actor::Actor, external_ca::Password, federation::FederationForm};
use sceau::{
    actions::federation::{SIGN_IN, SIGNED_IN, change_federation, redirect_uri},
    routes,
};

use crate::site::{Reply, Site, capture::captured, send};
use provider::{CLIENT, Provider};

/// What Windows 10 opens its browser for.
const APPLICATION: &str = "ms-app://s-1-15-2-1910091885-1573563583-1104941280";

/// A server, its provider, and the cookie of the device's browser.
struct Scene {
    site: Site,
    provider: Provider,
    cookie: String,
}

impl Scene {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With settings that are changed.
    async fn with(change: impl FnOnce(&mut FederationForm)) -> Self {
        let site = Site::new().await;
        let provider = Provider::start(&redirect_uri(&site.app)).await;
        let mut form = form(&provider);
        change(&mut form);
        change_federation(&site.app, &Actor::CommandLine, form)
            .await
            .unwrap();
        Self {
            site,
            provider,
            cookie: String::new(),
        }
    }

    async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        let request = request.body(Body::empty()).unwrap();
        send(routes::public(self.site.app.clone()), request).await
    }

    /// The browser goes to the server's page and is sent to the provider.
    async fn begin(&mut self, hint: &str) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("appru", APPLICATION)
            .append_pair("login_hint", hint)
            .finish();
        let reply = self.get(&format!("{SIGN_IN}?{query}")).await.expect(303);
        let cookie = reply.header(header::SET_COOKIE);
        for kept in ["Secure", "HttpOnly", "SameSite=Lax", "Max-Age=900", "__Host-"] {
            assert!(cookie.contains(kept), "{cookie}");
        }
        cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
        reply.header(header::LOCATION).to_owned()
    }

    /// The provider sends the browser back.
    async fn come_back(&self, location: &str) -> Reply {
        let (base, query) = location.split_once('?').unwrap();
        assert_eq!(base, redirect_uri(&self.site.app));
        self.get(&format!("{SIGNED_IN}?{query}")).await
    }

    /// A person signs in, and what their device then has.
    async fn token(&mut self, name: &str) -> String {
        let location = self.begin(name).await;
        let back = self.provider.sign_in(&location, name);
        let page = self.come_back(&back).await.expect(200);
        token_in(&page.text())
    }
}

fn form(provider: &Provider) -> FederationForm {
    FederationForm {
        is_enabled: true,
        issuer: provider.issuer(),
        client_id: CLIENT.0.to_owned(),
        client_secret: Some(Password::new(CLIENT.1.to_owned())),
        trust_pem: provider.certificate(),
        ..FederationForm::default()
    }
}

/// The token in the form that the browser posts to the application.
fn token_in(page: &str) -> String {
    let action = format!("<form method=\"post\" action=\"{APPLICATION}\"");
    assert!(page.contains(&action), "{page}");
    let (_, rest) = page.split_once("name=\"wresult\" value=\"").expect(page);
    rest.split('"').next().unwrap().to_owned()
}

/// The captured request with the token as the document has it: base64 in a BinarySecurityToken.
fn request(token: &str) -> String {
    let whole = String::from_utf8(captured("07_client_rst-wstep.xml")).unwrap();
    let (before, rest) = whole.split_once("<wsse:UsernameToken").unwrap();
    let (_, after) = rest.split_once("</wsse:UsernameToken>").unwrap();
    let value = STANDARD.encode(token);
    format!(
        "{before}<wsse:BinarySecurityToken ValueType=\"http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/\
         Enrollment/DeviceEnrollmentUserToken\" EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-\
         wssecurity-secext-1.0.xsd#base64binary\">{value}</wsse:BinarySecurityToken>{after}"
    )
}
