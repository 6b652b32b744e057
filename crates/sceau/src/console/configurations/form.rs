//! The form of a configuration: reading it, and showing it as typed.

use askama::Template;
use domain::{
    Error,
    external_ca::Authority,
    scep_configuration::{ConfigurationForm, ConfigurationId, RETRY_DELAYS, San, ScepSettings, Usage},
    subject::variables,
};
use serde::{Serialize, de::DeserializeOwned};

use super::super::{page::Page, posted::Fields};

/// Extended key usages with a name of their own.
const EKUS: [(&str, &str); 5] = [
    ("1.3.6.1.5.5.7.3.2", "eku-client"),
    ("1.3.6.1.5.5.7.3.1", "eku-server"),
    ("1.3.6.1.5.5.7.3.4", "eku-email"),
    ("1.3.6.1.4.1.311.20.2.2", "eku-smartcard"),
    ("1.3.6.1.5.5.8.2.2", "eku-ipsec"),
];
/// Empty rows of alternative names that are offered.
const SPARE_ROWS: usize = 2;
/// Rows of alternative names at most.
const ROWS: usize = 20;

type Options = Vec<(String, String)>;

/// The form, as typed.
#[derive(Template)]
#[template(path = "configurations/form.html")]
pub(in super::super) struct ConfigurationPage {
    pub(in super::super) page: Page,
    title: &'static str,
    action: String,
    warnings: Vec<String>,
    kinds: Options,
    authorities: Options,
    variables: &'static [&'static str],
    san_kinds: Options,
    retries: Options,
    retry_delays: Options,
    key_lengths: Options,
    ekus: Vec<(&'static str, &'static str, bool)>,
    validity_units: Options,
    hashes: Vec<(&'static str, bool)>,
    key_storages: Options,
    stores: Options,
    routes: Options,
    form: Shown,
}

/// The values of the form.
struct Shown {
    name: String,
    description: String,
    authority_id: String,
    subject: String,
    sans: Vec<SanRow>,
    retries: String,
    retry_delay_seconds: String,
    key_length: String,
    has_digital_signature: bool,
    has_key_encipherment: bool,
    eku_more: String,
    validity: String,
    validity_unit: String,
    thumbprint: String,
    key_storage: String,
    store: String,
    renew_at_percent: String,
    route: String,
}

struct SanRow {
    kind: String,
    value: String,
}

impl ConfigurationPage {
    pub(in super::super) fn new(
        page: Page,
        id: Option<&ConfigurationId>,
        authorities: &[Authority],
        fields: &Fields,
    ) -> Self {
        let ekus = fields.all("eku");
        let hashes = fields.all("hash");
        Self {
            title: if id.is_some() {
                "configuration-edit-title"
            } else {
                "configuration-new-title"
            },
            action: id.map_or_else(
                || "/configurations/new/windows/identity-certificate".to_owned(),
                |id| format!("/configurations/{id}/edit"),
            ),
            warnings: Vec::new(),
            kinds: vec![("windows".to_owned(), page.t("configuration-kind-windows"))],
            authorities: authorities
                .iter()
                .map(|one| (one.id.to_string(), one.name.clone()))
                .collect(),
            variables: variables::LIST,
            san_kinds: named(&page, "san", &["email", "dns", "uri", "upn", "ip", "sid"]),
            retries: (0..=30)
                .map(|count| (count.to_string(), count.to_string()))
                .collect(),
            retry_delays: delays(&fields.text("retry_delay_seconds")),
            key_lengths: named(&page, "configuration-key-length", &["1024", "2048", "4096"]),
            ekus: EKUS
                .map(|(oid, key)| (oid, key, ekus.iter().any(|chosen| chosen == oid)))
                .to_vec(),
            validity_units: named(&page, "validity", &["days", "months", "years"]),
            hashes: ["SHA-1", "SHA-2", "SHA-3"]
                .map(|name| (name, hashes.iter().any(|chosen| chosen == name)))
                .to_vec(),
            key_storages: named(
                &page,
                "key-storage",
                &["tpm_required", "tpm_if_present", "software"],
            ),
            stores: named(&page, "store", &["device", "user"]),
            routes: named(&page, "route", &["proxy", "direct"]),
            form: shown(fields),
            page,
        }
    }
}

fn shown(fields: &Fields) -> Shown {
    let mut sans: Vec<SanRow> = fields
        .all("san_kind")
        .into_iter()
        .zip(fields.all("san_value"))
        .map(|(kind, value)| SanRow { kind, value })
        .collect();
    let filled = sans
        .iter()
        .filter(|row| !row.value.is_empty() || row.kind == "sid")
        .count();
    sans.retain(|row| !row.value.is_empty() || row.kind == "sid");
    sans.extend((filled..(filled + SPARE_ROWS).min(ROWS)).map(|_| SanRow {
        kind: "email".to_owned(),
        value: String::new(),
    }));
    Shown {
        name: fields.text("name"),
        description: fields.text("description"),
        authority_id: fields.text("authority_id"),
        subject: fields.text("subject"),
        sans,
        retries: fields.text("retries"),
        retry_delay_seconds: fields.text("retry_delay_seconds"),
        key_length: fields.text("key_length"),
        has_digital_signature: fields.is_ticked("has_digital_signature"),
        has_key_encipherment: fields.is_ticked("has_key_encipherment"),
        eku_more: fields.text("eku_more"),
        validity: fields.text("validity"),
        validity_unit: fields.text("validity_unit"),
        thumbprint: fields.text("thumbprint"),
        key_storage: fields.text("key_storage"),
        store: fields.text("store"),
        renew_at_percent: fields.text("renew_at_percent"),
        route: fields.text("route"),
    }
}

/// The fields of a form that has values.
pub(in super::super) fn stored(form: &ConfigurationForm) -> Fields {
    let mut fields: Vec<(&str, String)> = vec![
        ("name", form.name.clone()),
        ("description", form.description.clone()),
        ("authority_id", form.authority_id.clone()),
        ("subject", form.subject.clone()),
        ("retries", form.retries.to_string()),
        ("retry_delay_seconds", form.retry_delay_seconds.to_string()),
        ("key_length", form.key_length.to_string()),
        ("validity", form.validity.to_string()),
        ("validity_unit", word(&form.validity_unit)),
        ("thumbprint", form.thumbprint.clone()),
        ("key_storage", word(&form.key_storage)),
        ("store", word(&form.store)),
        ("renew_at_percent", form.renew_at_percent.to_string()),
        ("route", word(&form.route)),
    ];
    for san in &form.sans {
        fields.push(("san_kind", word(&san.kind)));
        fields.push(("san_value", san.value.clone()));
    }
    for usage in &form.usages {
        let name = match usage {
            Usage::DigitalSignature => "has_digital_signature",
            Usage::KeyEncipherment => "has_key_encipherment",
        };
        fields.push((name, "yes".to_owned()));
    }
    let (known, other): (Vec<&String>, Vec<&String>) = form
        .ekus
        .iter()
        .partition(|oid| EKUS.iter().any(|(known, _)| known == oid));
    fields.extend(known.into_iter().map(|oid| ("eku", oid.clone())));
    fields.push((
        "eku_more",
        other.into_iter().cloned().collect::<Vec<_>>().join(" "),
    ));
    fields.extend(
        form.hashes
            .iter()
            .map(|family| ("hash", family.name().to_owned())),
    );
    Fields::new(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Reads the form. What is no number, or no choice that is offered, is an error at its field.
pub(super) fn read(fields: &Fields) -> Result<ConfigurationForm, Vec<Error>> {
    let mut errors = Vec::new();
    let sans = fields
        .all("san_kind")
        .iter()
        .zip(fields.all("san_value"))
        .filter(|(kind, value)| !value.is_empty() || *kind == "sid")
        .filter_map(|(kind, value)| {
            let kind = kept(choice("sans", kind), &mut errors)?;
            Some(San { kind, value })
        })
        .collect();
    let usages = [
        ("has_digital_signature", Usage::DigitalSignature),
        ("has_key_encipherment", Usage::KeyEncipherment),
    ];
    let mut ekus = fields.all("eku");
    ekus.extend(fields.text("eku_more").split_whitespace().map(str::to_owned));
    let hashes: Vec<_> = fields
        .all("hash")
        .iter()
        .filter_map(|name| kept(choice("hashes", name), &mut errors))
        .collect();
    let mut number = |name: &str| kept(number(fields, name), &mut errors).unwrap_or_default();
    let form = ConfigurationForm {
        name: fields.text("name"),
        description: fields.text("description"),
        authority_id: fields.text("authority_id"),
        subject: fields.text("subject"),
        sans,
        retries: number("retries"),
        retry_delay_seconds: number("retry_delay_seconds"),
        key_length: number("key_length"),
        usages: usages
            .into_iter()
            .filter_map(|(name, usage)| fields.is_ticked(name).then_some(usage))
            .collect(),
        ekus,
        validity: number("validity"),
        validity_unit: kept(chosen(fields, "validity_unit"), &mut errors)
            .unwrap_or(ConfigurationForm::default().validity_unit),
        thumbprint: fields.text("thumbprint"),
        hashes,
        key_storage: kept(chosen(fields, "key_storage"), &mut errors)
            .unwrap_or(ConfigurationForm::default().key_storage),
        store: kept(chosen(fields, "store"), &mut errors).unwrap_or(ConfigurationForm::default().store),
        renew_at_percent: kept(self::number(fields, "renew_at_percent"), &mut errors).unwrap_or_default(),
        route: kept(chosen(fields, "route"), &mut errors).unwrap_or(ConfigurationForm::default().route),
    };
    if errors.is_empty() { Ok(form) } else { Err(errors) }
}

/// What a configuration says, label by label.
pub(super) fn facts(page: &Page, settings: &ScepSettings, authority: &str) -> Vec<(&'static str, String)> {
    let usages = [
        (settings.has_digital_signature, "configuration-usage-signature"),
        (settings.has_key_encipherment, "configuration-usage-encipherment"),
    ];
    let usages: Vec<String> = usages
        .iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, key)| page.t(key))
        .collect();
    let sans: Vec<String> = settings
        .sans
        .iter()
        .map(|san| format!("{}: {}", page.t(&format!("san-{}", san.kind.name())), san.value))
        .collect();
    let ekus: Vec<String> = settings
        .ekus
        .iter()
        .map(|oid| {
            let known = EKUS.iter().find(|(known, _)| known == oid);
            known.map_or_else(|| oid.clone(), |(_, key)| page.t(key))
        })
        .collect();
    let lifetime = format!("validity-of-{}", word(&settings.validity_unit));
    let worded = |prefix: &str, name: String| page.t(&format!("{prefix}-{name}"));
    vec![
        ("configuration-authority", authority.to_owned()),
        ("configuration-kind", page.t("configuration-kind-windows")),
        ("configuration-subject", settings.subject.clone()),
        (
            "configuration-sans",
            if sans.is_empty() {
                page.t("value-none")
            } else {
                sans.join(", ")
            },
        ),
        ("configuration-retries", settings.retries.to_string()),
        (
            "configuration-retry-delay",
            settings.retry_delay_seconds.to_string(),
        ),
        ("configuration-key-length", settings.key_length.to_string()),
        ("configuration-usage", usages.join(", ")),
        ("configuration-eku", ekus.join(", ")),
        (
            "configuration-validity",
            page.count(&lifetime, &settings.validity.into()),
        ),
        ("configuration-thumbprint", settings.ca_sha1.to_string()),
        ("configuration-hash", settings.hash_algorithm()),
        (
            "configuration-key-storage",
            worded("key-storage", word(&settings.key_storage)),
        ),
        ("configuration-store", worded("store", word(&settings.store))),
        (
            "configuration-renewal",
            format!(
                "{} {}",
                settings.renew_at_percent,
                page.t("configuration-renewal-unit")
            ),
        ),
        ("configuration-route", worded("route", word(&settings.route))),
    ]
}

fn kept<T>(read: Result<T, Error>, errors: &mut Vec<Error>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

fn number(fields: &Fields, name: &str) -> Result<i64, Error> {
    fields
        .text(name)
        .parse()
        .map_err(|_| Error::invalid(name, format!("{name} is a whole number")).keyed("error-number"))
}

fn chosen<T: DeserializeOwned>(fields: &Fields, name: &str) -> Result<T, Error> {
    choice(name, &fields.text(name))
}

fn choice<T: DeserializeOwned>(field: &str, value: &str) -> Result<T, Error> {
    serde_json::from_value(serde_json::Value::String(value.to_owned()))
        .map_err(|_| Error::invalid(field, format!("{value:?} is not offered here")).keyed("error-choice"))
}

/// The name of a choice.
fn word(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn named(page: &Page, prefix: &str, names: &[&str]) -> Options {
    names
        .iter()
        .map(|name| ((*name).to_owned(), page.t(&format!("{prefix}-{name}"))))
        .collect()
}

/// The delays that are offered, and the stored one if it is another.
fn delays(stored: &str) -> Options {
    let mut delays: Vec<u32> = RETRY_DELAYS.to_vec();
    if let Ok(other) = stored.parse()
        && !delays.contains(&other)
    {
        delays.push(other);
    }
    delays
        .into_iter()
        .map(|seconds| (seconds.to_string(), seconds.to_string()))
        .collect()
}
