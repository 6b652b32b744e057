//! `/enroll`: the page for people who enrol their own device, with the link that begins it and pictures of the steps.
//! Microsoft, "MDM enrollment of Windows devices", "Connect your Windows-based device to work using a deep link".

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use http::HeaderMap;

use super::{language::Language, page::Page, respond};
use crate::{app::Shared, mdm::DISCOVERY, settings::Settings};

/// Octets of a name in the page's address at most.
const LONGEST: usize = 256;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/enroll", get(show))
}

/// Who enrols, if the address says it.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Invited {
    username: String,
}

/// One picture: a window of Windows, and what is to be pressed in it.
pub(super) struct Step {
    /// Key of what to do.
    words: &'static str,
    /// Keys of the window's title, of what else stands in it, and of what is pressed.
    title: &'static str,
    others: [&'static str; 2],
    pressed: &'static str,
    /// Whether there is a field to type in.
    has_field: bool,
}

const STEPS: [Step; 4] = [
    Step {
        words: "enrol-step-settings",
        title: "windows-settings",
        others: ["windows-network", "windows-personalisation"],
        pressed: "windows-accounts",
        has_field: false,
    },
    Step {
        words: "enrol-step-access",
        title: "windows-accounts",
        others: ["windows-your-info", "windows-sign-in-options"],
        pressed: "windows-access",
        has_field: false,
    },
    Step {
        words: "enrol-step-only",
        title: "windows-access",
        others: ["windows-connect", "windows-related"],
        pressed: "windows-only-mdm",
        has_field: false,
    },
    Step {
        words: "enrol-step-address",
        title: "windows-set-up",
        others: ["windows-email", "windows-email-example"],
        pressed: "windows-next",
        has_field: true,
    },
];

#[derive(Template)]
#[template(path = "enrol.html")]
pub(super) struct EnrolPage {
    pub(super) page: Page,
    pub(super) link: String,
    pub(super) server: String,
    pub(super) steps: &'static [Step],
}

impl EnrolPage {
    pub(super) fn new(page: Page, settings: &Settings, username: &str) -> Self {
        Self {
            page,
            link: link(settings, username),
            server: server(settings),
            steps: &STEPS,
        }
    }
}

/// `GET /enroll?username=…`
async fn show(State(app): State<Shared>, headers: HeaderMap, Query(invited): Query<Invited>) -> Response {
    let username = Some(invited.username).filter(|name| name.len() <= LONGEST);
    let username = username.unwrap_or_default();
    let query: String = url::form_urlencoded::byte_serialize(username.as_bytes()).collect();
    let path = match username.as_str() {
        "" => "/enroll".to_owned(),
        _ => format!("/enroll?username={query}"),
    };
    let page = Page::anonymous(Language::of(&headers), &path);
    respond::show(&EnrolPage::new(page, &app.settings, &username))
}

fn server(settings: &Settings) -> String {
    format!("{}{DISCOVERY}", settings.public_url)
}

/// The link that opens Windows' own window for enrolling.
fn link(settings: &Settings, username: &str) -> String {
    // Not as in a form: a plus stays a plus in this scheme.
    let encoded = |text: &str| -> String {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        encoded.replace('+', "%20")
    };
    let server = encoded(&server(settings));
    match username {
        "" => format!("ms-device-enrollment:?mode=mdm&servername={server}"),
        name => format!(
            "ms-device-enrollment:?mode=mdm&username={}&servername={server}",
            encoded(name)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_names_the_person_and_the_server_and_nothing_breaks_out_of_it() {
        let settings = Settings {
            public_url: "https://mdm.example.com".to_owned(),
            ..Settings::default()
        };
        let server = "https%3A%2F%2Fmdm.example.com%2FEnrollmentServer%2FDiscovery.svc";
        assert_eq!(
            link(&settings, ""),
            format!("ms-device-enrollment:?mode=mdm&servername={server}")
        );
        assert_eq!(
            link(&settings, "a b+c@example.com&mode=awa"),
            format!(
                "ms-device-enrollment:?mode=mdm&username=a%20b%2Bc%40example.com%26mode%3Dawa&servername={server}"
            )
        );
    }
}
