//! The reader's language: by the switch (a cookie), else by what the browser prefers.

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader as _, fluent_bundle::FluentValue, langid, static_loader};
use http::{HeaderMap, header::ACCEPT_LANGUAGE};

use crate::login::cookie;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Marks around values would end up in what people copy.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
static FRENCH: LanguageIdentifier = langid!("fr");

/// The cookie of the switch.
pub const COOKIE: &str = "sceau-language";

/// A language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// The language of a request.
    pub fn of(headers: &HeaderMap) -> Self {
        cookie::value(headers, COOKIE)
            .and_then(Self::from_code)
            .or_else(|| Self::preferred(headers))
            .unwrap_or_default()
    }

    /// Reads `en` or `fr`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// RFC 9110 §12.5.4: the known range with the greatest weight; the first of equal ones.
    fn preferred(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best: Option<(f32, Self)> = None;
        for range in accepted.split(',').take(20) {
            let mut parts = range.split(';');
            let primary = parts.next().and_then(|tag| tag.trim().split('-').next());
            let Some(language) = primary.and_then(|tag| Self::from_code(&tag.to_ascii_lowercase())) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(greatest, _)| weight > greatest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// `en` or `fr`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }

    /// The words of a key; the key itself where there are none, which a test makes impossible.
    pub fn words(self, key: &str) -> String {
        LOCALES
            .try_lookup(self.identifier(), key)
            .unwrap_or_else(|| key.to_owned())
    }

    /// The words of a key with values; `None` for a key without words.
    pub fn sentence(self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values
            .iter()
            .map(|(name, value)| (Cow::from((*name).to_owned()), typed(name, value)))
            .collect();
        LOCALES.try_lookup_with_args(self.identifier(), key, &values)
    }

    /// The words of a key for a number, as its value `count`.
    pub fn count(self, key: &str, count: i64) -> String {
        let values = HashMap::from([(Cow::from("count"), FluentValue::from(count))]);
        LOCALES
            .try_lookup_with_args(self.identifier(), key, &values)
            .unwrap_or_else(|| key.to_owned())
    }
}

/// A count is a number, so that plurals come out right, and so are a status and a messageType, which sentences choose
/// by; everything else is text as it is.
fn typed<'a>(name: &str, value: &'a str) -> FluentValue<'a> {
    match value.parse::<i64>() {
        Ok(number) if matches!(name, "count" | "status" | "message_type") => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}
