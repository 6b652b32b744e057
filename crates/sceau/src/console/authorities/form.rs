//! The form of an authority.

use askama::Template;
use domain::{
    Error,
    external_ca::{Authority, AuthorityForm, AuthorityId, AuthorityKind, ChallengeLimits, Password},
};

use super::{
    super::{page::Page, posted::Fields},
    BASE, Findings,
};

/// The form, empty or as typed.
#[derive(Template)]
#[template(path = "authorities/form.html")]
pub(in super::super) struct AuthorityPage {
    pub(in super::super) page: Page,
    pub(in super::super) title: &'static str,
    pub(in super::super) action: String,
    pub(in super::super) back: String,
    pub(in super::super) is_new: bool,
    pub(in super::super) kinds: Vec<(&'static str, String)>,
    pub(in super::super) form: Shown,
    pub(in super::super) findings: Option<Findings>,
}

/// The values of the form. A password is never among them.
pub(in super::super) struct Shown {
    name: String,
    scep_url: String,
    username: String,
    challenge_url: String,
    is_plain_http_offered: bool,
    is_plain_http_accepted: bool,
    is_more_open: bool,
    max_unused: String,
    lifetime_seconds: String,
    safe_life_seconds: String,
    backoff_seconds: String,
    breaker_seconds: String,
    trust_pem: String,
}

impl AuthorityPage {
    pub(in super::super) fn new(page: Page, id: Option<&AuthorityId>, fields: &Fields) -> Self {
        let challenge_url = fields.text("challenge_url");
        let usual = limits(&ChallengeLimits::default());
        let is_unusual = usual.iter().any(|(name, value)| {
            let given = fields.text(name);
            !given.is_empty() && given != value.as_str()
        });
        Self {
            title: if id.is_some() {
                "authority-edit-title"
            } else {
                "authority-new-title"
            },
            action: id.map_or_else(|| format!("{BASE}/new"), |id| format!("{BASE}/{id}/edit")),
            back: id.map_or_else(|| BASE.to_owned(), |id| format!("{BASE}/{id}")),
            is_new: id.is_none(),
            kinds: page
                .authority_kinds()
                .into_iter()
                .filter(|(value, _)| id.is_none() || *value == "microsoft")
                .map(|(value, key)| (value, page.t(key)))
                .collect(),
            page,
            form: Shown {
                name: fields.text("name"),
                scep_url: fields.text("scep_url"),
                username: fields.text("username"),
                is_plain_http_offered: challenge_url.to_ascii_lowercase().starts_with("http://"),
                challenge_url,
                is_plain_http_accepted: fields.is_ticked("is_plain_http_accepted"),
                is_more_open: is_unusual || !fields.text("trust_pem").is_empty(),
                max_unused: fields.text("max_unused"),
                lifetime_seconds: fields.text("lifetime_seconds"),
                safe_life_seconds: fields.text("safe_life_seconds"),
                backoff_seconds: fields.text("backoff_seconds"),
                breaker_seconds: fields.text("breaker_seconds"),
                trust_pem: fields.text("trust_pem"),
            },
            findings: None,
        }
    }
}

/// The fields of a new authority.
pub(super) fn blank() -> Fields {
    let limits = limits(&ChallengeLimits::default());
    Fields::new(
        limits
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// The fields of an authority as it is stored.
pub(super) fn stored(authority: &Authority) -> Fields {
    let mut fields = vec![
        ("name", authority.name.clone()),
        ("scep_url", authority.scep_url.clone()),
        ("username", authority.username.clone()),
        ("challenge_url", authority.challenge_url.clone()),
        ("trust_pem", authority.trust_pem.clone().unwrap_or_default()),
    ];
    if authority.is_plain_http_accepted {
        fields.push(("is_plain_http_accepted", "yes".to_owned()));
    }
    fields.extend(limits(&authority.limits));
    Fields::new(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Reads the form.
pub(super) fn read(fields: &Fields) -> Result<AuthorityForm, Error> {
    Ok(AuthorityForm {
        name: fields.text("name"),
        kind: AuthorityKind::Microsoft,
        scep_url: fields.text("scep_url"),
        username: fields.text("username"),
        password: Some(fields.raw("password").to_owned())
            .filter(|text| !text.is_empty())
            .map(Password::new),
        challenge_url: fields.text("challenge_url"),
        is_plain_http_accepted: fields.is_ticked("is_plain_http_accepted"),
        trust_pem: fields.optional("trust_pem"),
        limits: ChallengeLimits {
            max_unused: number(fields, "max_unused")?,
            lifetime_seconds: number(fields, "lifetime_seconds")?,
            safe_life_seconds: number(fields, "safe_life_seconds")?,
            backoff_seconds: number(fields, "backoff_seconds")?,
            breaker_seconds: number(fields, "breaker_seconds")?,
        },
    })
}

fn number(fields: &Fields, name: &str) -> Result<u32, Error> {
    fields
        .text(name)
        .parse()
        .map_err(|_| Error::invalid("limits", format!("{name} is a whole number")))
}

fn limits(limits: &ChallengeLimits) -> [(&'static str, String); 5] {
    [
        ("max_unused", limits.max_unused.to_string()),
        ("lifetime_seconds", limits.lifetime_seconds.to_string()),
        ("safe_life_seconds", limits.safe_life_seconds.to_string()),
        ("backoff_seconds", limits.backoff_seconds.to_string()),
        ("breaker_seconds", limits.breaker_seconds.to_string()),
    ]
}
