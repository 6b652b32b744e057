//! The forms of Sceau's own authorities: made new, imported, changed.

use askama::Template;
use axum::extract::State;
use domain::{
    Error,
    built_in::Rules,
    external_ca::{Authority, AuthorityId},
};
use zeroize::Zeroizing;

use super::BASE;
use crate::{
    actions::{
        self,
        built_in::{self, BuiltInChange, BuiltInForm, BuiltInView, ImportForm, KeyFile},
    },
    app::Shared,
    console::{
        page::{Page, Section},
        posted::{Fields, Posted},
        respond::{self, Answer, go},
        visitor::Visitor,
    },
};

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Way {
    /// Keys and certificates are made.
    New,
    /// They are brought in.
    Import,
    /// Name and rules of one that exists are changed.
    Edit(AuthorityId),
}

impl Way {
    fn is_new(&self) -> bool {
        *self == Self::New
    }

    fn is_import(&self) -> bool {
        *self == Self::Import
    }

    fn is_edit(&self) -> bool {
        matches!(self, Self::Edit(_))
    }
}

#[derive(Template)]
#[template(path = "authorities/built_in_form.html")]
pub(in super::super) struct BuiltInFormPage {
    page: Page,
    title: &'static str,
    action: String,
    back: String,
    way: Way,
    lengths: Vec<(&'static str, String)>,
    form: Shown,
}

/// The values of the form. Key and passphrase are never among them.
struct Shown {
    name: String,
    key_length: String,
    root_years: String,
    years: String,
    challenge_seconds: String,
    crl_hours: String,
    needs_approval: bool,
    is_legacy: bool,
}

impl BuiltInFormPage {
    pub(in super::super) fn new(page: Page, way: Way, fields: &Fields) -> Self {
        let (title, action, back) = match &way {
            Way::New => (
                "authority-new-title",
                format!("{BASE}/new/built-in"),
                BASE.to_owned(),
            ),
            Way::Import => (
                "authority-new-title",
                format!("{BASE}/new/import"),
                BASE.to_owned(),
            ),
            Way::Edit(id) => (
                "authority-edit-title",
                format!("{BASE}/{id}/edit"),
                format!("{BASE}/{id}"),
            ),
        };
        let lengths = ["2048", "3072", "4096"].map(|bits| (bits, page.with("authority-bits", "bits", bits)));
        Self {
            title,
            action,
            back,
            way,
            lengths: lengths.into(),
            form: Shown {
                name: fields.text("name"),
                key_length: fields.text("key_length"),
                root_years: fields.text("root_years"),
                years: fields.text("years"),
                challenge_seconds: fields.text("challenge_seconds"),
                crl_hours: fields.text("crl_hours"),
                needs_approval: fields.is_ticked("needs_approval"),
                is_legacy: fields.is_ticked("is_legacy"),
            },
            page,
        }
    }
}

/// The fields of a new one.
pub(in super::super) fn blank() -> Fields {
    fields(&BuiltInForm::default())
}

/// The fields of one as it is stored.
pub(super) fn stored(authority: &Authority, view: &BuiltInView) -> Fields {
    fields(&BuiltInForm {
        name: authority.name.clone(),
        challenge_seconds: authority.limits.lifetime_seconds,
        rules: view.rules,
        ..BuiltInForm::default()
    })
}

fn fields(form: &BuiltInForm) -> Fields {
    let mut values = vec![
        ("name", form.name.clone()),
        ("key_length", form.key_length.to_string()),
        ("root_years", form.root_years.to_string()),
        ("years", form.years.to_string()),
        ("challenge_seconds", form.challenge_seconds.to_string()),
        ("crl_hours", form.rules.crl_hours.to_string()),
    ];
    let ticks = [
        ("needs_approval", form.rules.needs_approval),
        ("is_legacy", form.rules.is_legacy),
    ];
    values.extend(
        ticks
            .into_iter()
            .filter(|(_, is_ticked)| *is_ticked)
            .map(|(name, _)| (name, "yes".to_owned())),
    );
    Fields::new(
        values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Reads the form; what this way doesn't ask for keeps its default.
fn read(fields: &Fields, way: &Way) -> actions::Result<BuiltInForm> {
    let mut errors = Vec::new();
    let mut number = |name: &'static str| {
        fields.text(name).parse().unwrap_or_else(|_| {
            errors.push(Error::invalid(name, format!("{name} is a whole number")).keyed("error-number"));
            0
        })
    };
    let mut form = BuiltInForm {
        name: fields.text("name"),
        challenge_seconds: number("challenge_seconds"),
        rules: Rules {
            needs_approval: fields.is_ticked("needs_approval"),
            is_legacy: fields.is_ticked("is_legacy"),
            crl_hours: number("crl_hours"),
        },
        ..BuiltInForm::default()
    };
    if way.is_new() {
        form.key_length = number("key_length");
        form.root_years = number("root_years");
        form.years = number("years");
    }
    if errors.is_empty() {
        Ok(form)
    } else {
        Err(actions::Error::Several(errors))
    }
}

/// `POST …/new/built-in`
pub(in super::super) async fn add(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let outcome = match read(&fields, &Way::New) {
        Ok(form) => built_in::add_built_in(&app, &visitor.actor(), &form).await,
        Err(error) => Err(error),
    };
    finish(&visitor, Way::New, &fields, outcome)
}

/// `POST …/new/import`
pub(in super::super) async fn import(State(app): State<Shared>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let outcome = match read(&fields, &Way::Import).and_then(|form| Ok((form, key_file(&fields)?))) {
        Ok((settings, key)) => {
            built_in::import_built_in(&app, &visitor.actor(), ImportForm { settings, key }).await
        }
        Err(error) => Err(error),
    };
    finish(&visitor, Way::Import, &fields, outcome)
}

/// `POST …/{id}/edit` of an authority of this kind: name, life of a challenge, rules.
pub(super) async fn change(app: &Shared, visitor: &Visitor, id: AuthorityId, fields: &Fields) -> Answer {
    let way = Way::Edit(id.clone());
    let outcome = match read(fields, &way) {
        Ok(form) => {
            let form = BuiltInChange {
                name: form.name,
                challenge_seconds: form.challenge_seconds,
                rules: form.rules,
            };
            built_in::change_built_in(app, &visitor.actor(), &id, &form).await
        }
        Err(error) => Err(error),
    };
    finish(visitor, way, fields, outcome)
}

/// A file, or the pasted text. What isn't PEM is taken for PKCS#12.
fn key_file(fields: &Fields) -> Result<KeyFile, Error> {
    let passphrase = Zeroizing::new(fields.raw("passphrase").to_owned());
    let pasted = Zeroizing::new(fields.raw("pem").as_bytes().to_vec());
    let given = fields.file().map_or(pasted, |file| Zeroizing::new(file.to_vec()));
    if given.trim_ascii().is_empty() {
        return Err(
            Error::invalid("file", "choose a file, or paste its text").keyed("error-certificate-missing")
        );
    }
    let is_pem = given.windows(10).any(|part| part == b"-----BEGIN");
    Ok(if is_pem {
        KeyFile::Pem {
            text: given,
            passphrase: Some(passphrase).filter(|text| !text.is_empty()),
        }
    } else {
        KeyFile::Pkcs12 {
            der: given,
            passphrase,
        }
    })
}

/// On to the authority's page, or the form again with what was refused.
fn finish(visitor: &Visitor, way: Way, fields: &Fields, outcome: actions::Result<Authority>) -> Answer {
    match outcome {
        Ok(authority) => Ok(go(&format!("{BASE}/{}?done=saved", authority.id))),
        Err(error) if error.refusals().is_empty() => Err(visitor.problem(&error)),
        Err(error) => {
            let page = visitor.page(Section::Authorities).refused(error.refusals());
            Ok(respond::show_refused(&BuiltInFormPage::new(page, way, fields)))
        }
    }
}
