//! The words: each key in both languages, each key that is used, nothing written past them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::super::language::Language;

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn keys(language: &str) -> Vec<String> {
    files(&format!("locales/{language}"), "ftl")
        .iter()
        .flat_map(|path| {
            fs::read_to_string(path)
                .unwrap()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| Some(line.split_once(" =")?.0.to_owned()))
        .collect()
}

/// The text behind each `marker` up to the closing quote.
fn quoted<'a>(text: &'a str, marker: &str) -> Vec<&'a str> {
    text.split(marker)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

/// Those of the keys that lack words in one of the languages.
pub(super) fn without_words(wanted: impl IntoIterator<Item = String>) -> Vec<String> {
    let known: Vec<BTreeSet<String>> = ["en", "fr"].map(|code| keys(code).into_iter().collect()).into();
    wanted
        .into_iter()
        .filter(|key| !known.iter().all(|known| known.contains(key)))
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_once() {
    let (english, french) = (keys("en"), keys("fr"));
    for list in [&english, &french] {
        let unique: BTreeSet<_> = list.iter().collect();
        let twice: Vec<_> = unique
            .iter()
            .filter(|key| list.iter().filter(|k| k == *key).count() > 1)
            .collect();
        assert!(twice.is_empty(), "twice: {twice:?}");
    }
    let (english, french): (BTreeSet<_>, BTreeSet<_>) =
        (english.into_iter().collect(), french.into_iter().collect());
    let missing: Vec<_> = english.symmetric_difference(&french).collect();
    assert!(missing.is_empty(), "in one language only: {missing:?}");
    assert!(english.len() > 400);
}

#[test]
fn a_sentence_has_the_same_values_in_both_languages() {
    let values = |language: &str| -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for path in files(&format!("locales/{language}"), "ftl") {
            let mut key = String::new();
            for line in fs::read_to_string(path).unwrap().lines() {
                if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                    key = line.split(" =").next().unwrap().to_owned();
                }
                for value in line.split("{ $").skip(1) {
                    let name = value.split([' ', '}']).next().unwrap();
                    found.insert((key.clone(), name.to_owned()));
                }
            }
        }
        // A language may say "one" in words where the other counts.
        found.into_iter().filter(|(_, name)| name != "count").collect()
    };
    let (english, french) = (values("en"), values("fr"));
    let differing: Vec<_> = english.symmetric_difference(&french).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn every_key_that_a_page_names_has_words() {
    let mut named = BTreeSet::new();
    for path in files("templates", "html")
        .into_iter()
        .chain(files("templates", "svg"))
    {
        let text = fs::read_to_string(&path).unwrap();
        for marker in ["page.t(\"", "page.with(\"", "page.count(\""] {
            named.extend(quoted(&text, marker).into_iter().map(str::to_owned));
        }
        for call in text.split("call field::").skip(1) {
            let call = call.split("%}").next().unwrap();
            named.extend(
                quoted(call, ", \"")
                    .into_iter()
                    .filter(|text| text.contains('-') && !text.contains('_'))
                    .map(str::to_owned),
            );
        }
    }
    for path in files("src/console", "rs")
        .iter()
        .filter(|path| !path.to_string_lossy().contains("tests"))
    {
        let text = fs::read_to_string(path).unwrap();
        let prefixes = [
            "authority-",
            "configuration-",
            "distribution-",
            "device-",
            "certificate-",
            "person-",
            "group-",
            "problem-",
            "eku-",
            "dashboard-",
            "activity-",
            "verified-by",
            "test-",
            "value-",
            "issuance-",
            "channel-kind",
            "trial-",
            "told-",
        ];
        for prefix in prefixes {
            let marker = format!("\"{prefix}");
            named.extend(
                quoted(&text, &marker)
                    .into_iter()
                    .map(|rest| format!("{prefix}{rest}"))
                    .filter(|key| !key.contains('{') && !key.contains(' ')),
            );
        }
    }
    // What the steps of tests say is named where they are made.
    for path in files("src/actions", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        named.extend(
            quoted(&text, "\"test-")
                .into_iter()
                .map(|rest| format!("test-{rest}")),
        );
    }
    named.remove("configuration-key-length");
    assert!(named.len() > 150, "only {} keys were found", named.len());
    let missing = without_words(named);
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn every_failure_of_tls_has_words() {
    let missing = without_words(crate::outbound::TlsProblem::KEYS.map(str::to_owned));
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn every_refusal_of_the_product_has_words() {
    let mut named = BTreeSet::new();
    let sources = files("../domain/src", "rs")
        .into_iter()
        .chain(files("src/actions", "rs"))
        .chain(files("src/console", "rs"))
        .chain(files("src/login", "rs"));
    for path in
        sources.filter(|path| !path.ends_with("orders.rs") && !path.to_string_lossy().contains("tests"))
    {
        let text = fs::read_to_string(&path).unwrap();
        named.extend(
            quoted(&text, "\"error-")
                .into_iter()
                .filter(|rest| !rest.contains('{') && !rest.is_empty())
                .map(|rest| format!("error-{rest}")),
        );
    }
    for field in ["scep_url", "challenge_url"] {
        named.extend(["query", "credentials", "invalid"].map(|what| format!("error-{field}-{what}")));
    }
    for field in [
        "name",
        "description",
        "authority_id",
        "subject",
        "sans",
        "retries",
        "retry_delay_seconds",
        "key_length",
        "usages",
        "ekus",
        "validity",
        "thumbprint",
        "hashes",
        "renew_at_percent",
        "username",
        "password",
        "trust_pem",
        "limits",
        "email",
        "custom",
        "role",
        "scope",
        "id",
    ] {
        named.insert(format!("error-{field}-invalid"));
    }
    let missing = without_words(named);
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn every_state_and_step_has_words() {
    for state in [
        "waiting_for_device",
        "waiting_for_challenge",
        "sent",
        "enrolling",
        "pending_at_ca",
        "verified",
        "failed",
        "replaced",
        "removed",
    ] {
        let missing = without_words([format!("state-{state}"), format!("sentence-{state}")]);
        assert!(missing.is_empty(), "{missing:?}");
    }
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/event.rs")).unwrap();
    let variants = source.split("pub enum What {").nth(1).unwrap();
    let mut count = 0;
    for line in variants
        .lines()
        .filter(|line| line.starts_with("    ") && line.chars().nth(4).is_some_and(char::is_uppercase))
    {
        let mut key = "event".to_owned();
        for c in line.trim().chars().take_while(|c| c.is_alphanumeric()) {
            if c.is_uppercase() {
                key.push('-');
            }
            key.push(c.to_ascii_lowercase());
        }
        assert!(without_words([key.clone()]).is_empty(), "{key}");
        count += 1;
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn every_deed_of_the_audit_has_words() {
    let kinds = [
        "assignment",
        "authority",
        "certificate",
        "challenge",
        "configuration",
        "delivery",
        "device",
        "directory",
        "group",
        "issuance",
        "notification",
        "operator",
        "order",
        "person",
        "scim-source",
        "scim-token",
    ];
    let mut deeds = BTreeSet::new();
    for path in files("src/actions", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        for kind in kinds {
            let names = quoted(&text, &format!("\"{kind}."));
            deeds.extend(
                names
                    .into_iter()
                    .map(|name| format!("audit-{kind}-{}", name.replace('_', "-"))),
            );
        }
    }
    assert!(deeds.len() > 12, "{deeds:?}");
    let missing = without_words(deeds);
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn no_template_holds_words_of_its_own() {
    for path in files("templates", "html") {
        let text = fs::read_to_string(&path).unwrap();
        let bare = without(&without(&without(&text, "{%", "%}"), "{{", "}}"), "<", ">");
        let words: String = bare
            .replace("&middot;", " ")
            .split_whitespace()
            .filter(|word| !["Sceau", "SHA-1", "SHA-256", "MD5"].contains(word))
            .filter(|word| word.chars().any(char::is_alphabetic))
            .collect();
        assert!(words.is_empty(), "{}: {words}", path.display());
        for attribute in ["placeholder=\"", "aria-label=\"", "title=\"", "alt=\""] {
            for value in quoted(&text, attribute) {
                assert!(
                    value.is_empty() || value.starts_with("{{"),
                    "{}: {attribute}{value}",
                    path.display()
                );
            }
        }
    }
}

fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        kept.push(' ');
        rest = after.split_once(close).map_or("", |(_, rest)| rest);
    }
    kept + rest
}

#[test]
fn the_labels_are_those_of_the_help_page() {
    let french = |key: &str| Language::French.words(key).replace('\u{a0}', " ");
    for (key, label) in [
        ("menu-admin", "Admin"),
        ("menu-infrastructure", "Infrastructure"),
        ("menu-authorities", "Gestion des certificats"),
        ("action-add", "+ Ajouter"),
        ("authority-name", "Nom"),
        ("authority-kind", "Type d'autorité de certification"),
        ("authority-kind-microsoft", "Microsoft"),
        ("authority-scep-url", "URL SCEP"),
        ("authority-username", "Nom d'utilisateur"),
        ("authority-password", "Mot de passe"),
        ("authority-challenge-url", "URL challenge"),
        ("action-save", "Enregistrer"),
        ("authority-test", "Tester la connexion"),
        ("menu-configurations", "Configuration"),
        ("configuration-kind-identity", "Certificat de clé publique"),
        (
            "configuration-new-title",
            "Créer une configuration de certificat de clé publique",
        ),
        ("configuration-kind", "Distribution des certificats"),
        ("configuration-kind-windows", "Configuration Windows"),
        ("configuration-authority", "Autorité de certification externe"),
        ("configuration-scep", "Configuration SCEP"),
        ("configuration-subject", "Sujet"),
        ("configuration-sans", "Autres noms de l'objet"),
        ("configuration-retries", "Nouvelle tentative"),
        (
            "configuration-retry-delay",
            "Délai avant nouvelle tentative (secondes)",
        ),
        ("configuration-key-length", "Longueur de la clé"),
        ("configuration-usage", "Option d'utilisation du certificat"),
        ("configuration-eku", "Utilisation étendue de la clé"),
        ("configuration-validity", "Validité"),
        (
            "configuration-thumbprint",
            "Empreinte de l'autorité de certification",
        ),
        (
            "configuration-from-certificate",
            "Créer à partir d'un certificat…",
        ),
        ("configuration-hash", "Famille d'algorithmes de hachage"),
        ("configuration-key-storage", "Stockage de la clé"),
        ("configuration-store", "Magasin"),
        ("configuration-renewal", "Renouveler lorsqu'il reste"),
        ("configuration-route", "Accès des appareils à l'autorité"),
        ("configuration-test", "Tester la configuration et continuer"),
        ("configuration-next", "Suivant"),
        ("distribution-enable", "Activer cette configuration"),
        ("distribution-all", "Tous les appareils"),
        ("distribution-none", "Aucun appareil"),
        ("distribution-custom", "Personnalisé"),
        ("distribution-done", "Terminé"),
    ] {
        assert_eq!(french(key), label, "{key}");
    }
}

#[test]
fn plurals_follow_the_language() {
    assert_eq!(
        Language::French.count("distribution-preview-count", 0),
        "Aucun appareil ne la recevrait."
    );
    assert_eq!(
        Language::French.count("distribution-preview-count", 1),
        "Un appareil la recevrait."
    );
    assert_eq!(
        Language::French.count("distribution-preview-count", 25),
        "25 appareils la recevraient."
    );
    assert_eq!(
        Language::English.count("distribution-preview-count", 25),
        "25 devices would get it."
    );
    let words = Language::English.sentence("error-authority-in-use", &[("count", "2"), ("names", "A, B")]);
    assert_eq!(
        words.as_deref(),
        Some("2 configurations still use this authority: A, B.")
    );
}

#[test]
fn the_browser_s_language_counts_unless_the_switch_was_used() {
    let of = |accepted: &str, cookie: Option<&str>| {
        let mut headers = http::HeaderMap::new();
        headers.insert("accept-language", accepted.parse().unwrap());
        if let Some(cookie) = cookie {
            headers.insert("cookie", cookie.parse().unwrap());
        }
        Language::of(&headers)
    };
    assert_eq!(of("fr-CA,fr;q=0.9,en;q=0.8", None), Language::French);
    assert_eq!(of("de, en;q=0.3, fr;q=0.7", None), Language::French);
    assert_eq!(of("fr;q=0, de", None), Language::English);
    assert_eq!(of("fr", Some("sceau-language=en")), Language::English);
}
