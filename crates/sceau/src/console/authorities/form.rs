//! The form of an authority.

use askama::Template;
use domain::{
    Error,
    external_ca::{
        Access, Authority, AuthorityForm, AuthorityId, AuthorityKind, ChallengeLimits, ChallengeWay, Password,
    },
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
    pub(in super::super) kind: &'static str,
    pub(in super::super) is_fixed: bool,
    pub(in super::super) scep_hint: &'static str,
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
    trusts_public: bool,
    ca_name: String,
    is_sign_in_open: bool,
    allows_basic: bool,
    prefers_kerberos: bool,
    kdc: String,
    watch_minutes: String,
}

impl AuthorityPage {
    pub(in super::super) fn new(page: Page, id: Option<&AuthorityId>, fields: &Fields) -> Self {
        let challenge_url = fields.text("challenge_url");
        let usual = limits(&ChallengeLimits::default());
        let is_unusual = usual.iter().any(|(name, value)| {
            let given = fields.text(name);
            !given.is_empty() && given != value.as_str()
        });
        let (kind, name) = kind_of(fields);
        Self {
            kind: name,
            is_fixed: kind.challenge_way() == ChallengeWay::Static,
            scep_hint: match kind {
                AuthorityKind::Ejbca => "authority-scep-url-hint-ejbca",
                AuthorityKind::GenericScep => "authority-scep-url-hint-generic",
                AuthorityKind::Microsoft | AuthorityKind::BuiltIn => "authority-scep-url-hint",
            },
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
                .filter(|(value, _)| id.is_none() || *value == name)
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
                is_more_open: is_unusual
                    || !fields.text("trust_pem").is_empty()
                    || ![String::new(), usual_watch()].contains(&fields.text("watch_minutes")),
                is_sign_in_open: fields.is_ticked("allows_basic")
                    || fields.is_ticked("prefers_kerberos")
                    || !fields.text("kdc").is_empty(),
                allows_basic: fields.is_ticked("allows_basic"),
                prefers_kerberos: fields.is_ticked("prefers_kerberos"),
                kdc: fields.text("kdc"),
                watch_minutes: fields.text("watch_minutes"),
                max_unused: fields.text("max_unused"),
                lifetime_seconds: fields.text("lifetime_seconds"),
                safe_life_seconds: fields.text("safe_life_seconds"),
                backoff_seconds: fields.text("backoff_seconds"),
                breaker_seconds: fields.text("breaker_seconds"),
                trust_pem: fields.text("trust_pem"),
                trusts_public: fields.is_ticked("trusts_public"),
                ca_name: fields.text("ca_name"),
            },
            findings: None,
        }
    }
}

/// The type that a form is for, and its name; what isn't known is NDES's.
fn kind_of(fields: &Fields) -> (AuthorityKind, &'static str) {
    match fields.raw("type") {
        "ejbca" => (AuthorityKind::Ejbca, "ejbca"),
        "generic_scep" => (AuthorityKind::GenericScep, "generic_scep"),
        _ => (AuthorityKind::Microsoft, "microsoft"),
    }
}

/// The fields of a new authority of this type.
pub(super) fn blank(kind: &str) -> Fields {
    let mut fields = vec![("type".to_owned(), kind.to_owned())];
    let limits = limits(&ChallengeLimits::default());
    fields.extend(limits.into_iter().map(|(name, value)| (name.to_owned(), value)));
    fields.push(("watch_minutes".to_owned(), usual_watch()));
    Fields::new(fields)
}

fn usual_watch() -> String {
    Access::default().watch_minutes.to_string()
}

/// The fields of an authority as it is stored.
pub(super) fn stored(authority: &Authority) -> Fields {
    let mut fields = vec![
        (
            "type",
            match authority.kind {
                AuthorityKind::Ejbca => "ejbca",
                AuthorityKind::GenericScep => "generic_scep",
                AuthorityKind::Microsoft | AuthorityKind::BuiltIn => "microsoft",
            }
            .to_owned(),
        ),
        ("ca_name", authority.access.ca_name.clone().unwrap_or_default()),
        ("name", authority.name.clone()),
        ("scep_url", authority.scep_url.clone()),
        ("username", authority.username.clone()),
        ("challenge_url", authority.challenge_url.clone()),
        ("trust_pem", authority.trust_pem.clone().unwrap_or_default()),
    ];
    let access = &authority.access;
    fields.push(("kdc", access.kdc.clone().unwrap_or_default()));
    fields.push(("watch_minutes", access.watch_minutes.to_string()));
    // What an earlier version allowed at an address without TLS was never done there.
    if access.allows_basic && authority.challenge_url.starts_with("https://") {
        fields.push(("allows_basic", "yes".to_owned()));
    }
    if access.trusts_public && authority.trust_pem.is_some() {
        fields.push(("trusts_public", "yes".to_owned()));
    }
    if access.prefers_kerberos {
        fields.push(("prefers_kerberos", "yes".to_owned()));
    }
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
    let (kind, _) = kind_of(fields);
    let secret = |name: &str| {
        Some(fields.raw(name).to_owned())
            .filter(|text| !text.is_empty())
            .map(Password::new)
    };
    let form = AuthorityForm {
        name: fields.text("name"),
        kind,
        scep_url: fields.text("scep_url"),
        username: fields.text("username"),
        password: secret("password"),
        challenge_url: fields.text("challenge_url"),
        is_plain_http_accepted: fields.is_ticked("is_plain_http_accepted"),
        trust_pem: fields.optional("trust_pem"),
        trusts_public: fields.is_ticked("trusts_public"),
        static_challenge: secret("static_challenge"),
        ca_name: fields.optional("ca_name"),
        allows_basic: fields.is_ticked("allows_basic"),
        prefers_kerberos: fields.is_ticked("prefers_kerberos"),
        kdc: fields.optional("kdc"),
        watch_minutes: watch_minutes(fields)?,
        limits: ChallengeLimits::default(),
    };
    if kind.challenge_way() == ChallengeWay::Static {
        return Ok(form);
    }
    Ok(AuthorityForm {
        limits: ChallengeLimits {
            max_unused: number(fields, "max_unused")?,
            lifetime_seconds: number(fields, "lifetime_seconds")?,
            safe_life_seconds: number(fields, "safe_life_seconds")?,
            backoff_seconds: number(fields, "backoff_seconds")?,
            breaker_seconds: number(fields, "breaker_seconds")?,
        },
        ..form
    })
}

fn watch_minutes(fields: &Fields) -> Result<u32, Error> {
    match fields.optional("watch_minutes") {
        None => Ok(Access::default().watch_minutes),
        Some(text) => text
            .parse()
            .map_err(|_| Error::invalid("watch_minutes", "the minutes are a whole number")),
    }
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
