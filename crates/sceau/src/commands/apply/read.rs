//! The files of `sceau apply`. Secrets don't stand in them: a file refers to a variable of the environment or to a file
//! of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{Error as Refusal, external_ca::Password};
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::actions::apply::{Entry, Wanted};

/// Octets of a file at most.
const MAX: u64 = 1 << 20;
/// Fields that are never written into a file.
const SECRETS: [&str; 2] = ["password", "static_challenge"];

/// A file as TOML has it.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Document {
    authority: Vec<toml::Table>,
    group: Vec<toml::Table>,
    configuration: Vec<toml::Table>,
}

/// Reads a file, or the TOML files of a folder in the order of their names.
pub(super) fn read(path: &Path) -> Result<Wanted, Vec<Refusal>> {
    let is_folder = path.is_dir();
    let (mut wanted, mut wrong) = (Wanted::default(), Vec::new());
    for file in files(path, is_folder).map_err(|refusal| vec![refusal])? {
        // In a folder the places of two files would be the same.
        let before = if is_folder {
            format!("{}: ", file.file_name().unwrap_or_default().to_string_lossy())
        } else {
            String::new()
        };
        match document(&file) {
            Ok(document) => {
                let folder = file.parent().unwrap_or(Path::new("."));
                let mut entries = |noun: &str, tables: Vec<toml::Table>| {
                    tables
                        .into_iter()
                        .enumerate()
                        .map(|(number, table)| {
                            entry(format!("{before}{noun}[{number}]"), table, folder, &mut wrong)
                        })
                        .collect::<Vec<_>>()
                };
                wanted
                    .authorities
                    .extend(entries("authority", document.authority));
                wanted.groups.extend(entries("group", document.group));
                wanted
                    .configurations
                    .extend(entries("configuration", document.configuration));
            }
            Err(refusal) => wrong.push(refusal),
        }
    }
    if wrong.is_empty() { Ok(wanted) } else { Err(wrong) }
}

fn files(path: &Path, is_folder: bool) -> Result<Vec<PathBuf>, Refusal> {
    if !is_folder {
        return Ok(vec![path.to_owned()]);
    }
    let listed = fs::read_dir(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let mut found: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(unreadable(path, "the folder holds no file *.toml"));
    }
    Ok(found)
}

fn document(file: &Path) -> Result<Document, Refusal> {
    let text = text(file).map_err(|detail| unreadable(file, &detail))?;
    // Without the line itself, which TOML's own message would show: a secret may have been written into it.
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        unreadable(file, &format!("line {line}: {}", error.message()))
    })
}

/// One table; what is wrong with its references is added to `wrong`.
fn entry(place: String, table: toml::Table, folder: &Path, wrong: &mut Vec<Refusal>) -> Entry {
    let mut entry = Entry {
        place,
        fields: Map::new(),
        password: None,
        static_challenge: None,
    };
    for (name, value) in table {
        let at = format!("{}.{name}", entry.place);
        let is_secret = SECRETS.contains(&name.as_str());
        let is_reference = is_secret || name == "trust_pem" && value.is_table();
        if !is_reference {
            entry.fields.insert(name, json(value));
            continue;
        }
        match resolved(&at, &value, folder) {
            Err(refusal) => wrong.push(refusal),
            Ok(text) if name == "password" => entry.password = Some(Password::new(text.to_string())),
            Ok(text) if is_secret => entry.static_challenge = Some(Password::new(text.to_string())),
            Ok(text) => {
                entry.fields.insert(name, Value::String(text.to_string()));
            }
        }
    }
    entry
}

/// What `{ env = "NAME" }` or `{ file = "PATH" }` leads to; one line end at its end is dropped.
fn resolved(at: &str, value: &toml::Value, folder: &Path) -> Result<Zeroizing<String>, Refusal> {
    let only = value.as_table().filter(|table| table.len() == 1);
    let of = |name: &str| {
        only.and_then(|table| table.get(name))
            .and_then(toml::Value::as_str)
    };
    let found = if let Some(name) = of("env") {
        std::env::var(name).map(Zeroizing::new).map_err(|_| {
            let detail = format!("the environment has no variable {name}");
            let refusal = Refusal::invalid(at, detail).keyed("error-apply-secret-env");
            refusal.with("name", name)
        })?
    } else if let Some(name) = of("file") {
        text(&folder.join(name)).map_err(|detail| {
            let refusal = Refusal::invalid(at, format!("{name} can't be read: {detail}"));
            refusal
                .keyed("error-apply-secret-file")
                .with("name", name)
                .with("detail", detail)
        })?
    } else {
        let detail = "a secret doesn't stand in the file: write { env = \"NAME\" } or { file = \"PATH\" }";
        return Err(Refusal::invalid(at, detail).keyed("error-apply-secret-inline"));
    };
    let line = found.strip_suffix('\n').unwrap_or(&found);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Refusal::invalid(at, "what it refers to is empty").keyed("error-apply-secret-empty"));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn text(file: &Path) -> Result<Zeroizing<String>, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > MAX {
        return Err(format!("it has more than {MAX} octets"));
    }
    fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| error.to_string())
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(is) => Value::Bool(is),
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(all) => Value::Array(all.into_iter().map(json).collect()),
        toml::Value::Table(table) => Value::Object(
            table
                .into_iter()
                .map(|(name, value)| (name, json(value)))
                .collect(),
        ),
    }
}

fn unreadable(file: &Path, detail: &str) -> Refusal {
    let refusal = Refusal::invalid(&file.display().to_string(), detail);
    refusal.keyed("error-apply-file").with("detail", detail)
}
