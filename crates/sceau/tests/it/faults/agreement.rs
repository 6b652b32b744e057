//! Three lists are compared, certificate by certificate and transaction by transaction: what the laboratory's CA
//! issued, what lies in the devices' folders, and the server's story as its API tells it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use domain::operator::Role;
use sceau::{commands::start, settings::Settings};
use serde_json::Value;

use super::demonstration::Ended;
use crate::world::World;

/// A line of the CA's list.
struct Issued {
    sha1: String,
    transaction: String,
}

/// Figures for the log.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "shown by Debug")]
pub struct Figures {
    pub issued: usize,
    pub held: usize,
    /// Taken off after a newer one was proved.
    pub removed: usize,
    /// Listed as possibly orphaned, and how many of those the CA has indeed issued.
    pub unknown: usize,
    pub orphaned: usize,
    pub audit_rows: i64,
    pub retried: usize,
}

/// Compares everything. The server's story is read through its API, by the same program on the same database.
pub async fn agree(ended: &Ended, devices: usize) -> Figures {
    let settings = Settings::load(Some(&ended.part("server").join("sceau.toml"))).expect("settings");
    let app = start::application(settings).await.expect("the server's database");
    let world = World {
        app,
        folder: tempfile::tempdir().expect("a folder"),
    };
    let token = world.token(Role::Owner).await;
    let issued = issued(&ended.part("ndes"));
    let held = held(&ended.part("devices"));
    let mut figures = Figures {
        issued: issued.len(),
        held: held.len(),
        ..Figures::default()
    };

    let transactions: BTreeSet<&str> = issued.iter().map(|line| line.transaction.as_str()).collect();
    assert_eq!(
        transactions.len(),
        issued.len(),
        "a transaction got two certificates"
    );
    assert_eq!(held.len(), devices, "devices that hold a certificate");

    let certificates = all(&world, &token, "/certificates").await;
    let is_there = |certificate: &&Value| certificate["removed_at"].is_null();
    let listed: BTreeMap<String, String> = certificates
        .iter()
        .filter(is_there)
        .map(|one| (text(&one["device_name"]), text(&one["sha1"]).to_lowercase()))
        .collect();
    assert_eq!(
        certificates.iter().filter(is_there).count(),
        devices,
        "one certificate a device"
    );
    assert_eq!(held, listed, "what devices hold is what the server lists");
    let removed: BTreeSet<String> = certificates
        .iter()
        .filter(|one| !is_there(one))
        .map(|one| text(&one["sha1"]).to_lowercase())
        .collect();
    figures.removed = removed.len();

    figures.retried = check_devices(&world, &token, devices, &held).await;

    let unknown = world.get(&token, "/outcome-unknown").await.expect(200).json;
    let unknown: BTreeSet<String> = unknown["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(text)
        .collect();
    figures.unknown = unknown.len();
    figures.orphaned = unknown
        .iter()
        .filter(|one| transactions.contains(one.as_str()))
        .count();
    let in_folders: BTreeSet<&String> = held.values().collect();
    for line in &issued {
        let ways = [
            in_folders.contains(&line.sha1),
            removed.contains(&line.sha1),
            unknown.contains(&line.transaction),
        ];
        assert!(
            ways.contains(&true),
            "{} of transaction {} was issued; no device holds it, and the server doesn't say so",
            line.sha1,
            line.transaction
        );
        assert!(
            !(ways[0] && ways[2]),
            "{} is held and listed as possibly orphaned",
            line.sha1
        );
    }
    let known: BTreeSet<&String> = issued.iter().map(|line| &line.sha1).collect();
    assert!(in_folders.is_subset(&known), "held, and never issued");

    check_report(&ended.report, devices, &listed, &unknown);
    figures.audit_rows = check_audit(&world, &token, devices).await;
    figures
}

/// Every device is verified, its last delivery's certificate is the one in its folder, and nothing is left of
/// earlier ones. Gives how many devices needed more than one attempt.
async fn check_devices(world: &World, token: &str, devices: usize, held: &BTreeMap<String, String>) -> usize {
    let rows = all(world, token, "/devices").await;
    assert_eq!(rows.len(), devices, "devices that enrolled, each once");
    let mut retried = 0;
    for row in rows {
        assert_eq!(row["state"], "verified", "{row}");
        let path = format!("/devices/{}", text(&row["id"]));
        let story = world.get(token, &path).await.expect(200).json;
        let deliveries = story["deliveries"].as_array().expect("deliveries");
        let current: Vec<&Value> = deliveries
            .iter()
            .filter(|delivery| delivery["is_current"] == true)
            .collect();
        assert_eq!(current.len(), 1, "{story}");
        assert_eq!(current[0]["state"], "verified", "{story}");
        let newest = deliveries.iter().filter_map(|one| one["attempt"].as_i64()).max();
        assert_eq!(
            current[0]["attempt"].as_i64(),
            newest,
            "the last one is current: {story}"
        );
        assert_eq!(
            Some(&text(&current[0]["sha1"]).to_lowercase()),
            held.get(&text(&row["name"]))
        );
        retried += usize::from(deliveries.len() > 1);
    }
    retried
}

/// The demonstration's report tells the same.
fn check_report(
    report: &Value,
    devices: usize,
    listed: &BTreeMap<String, String>,
    unknown: &BTreeSet<String>,
) {
    assert_eq!(report["verified"], devices, "{}", report["failures"]);
    assert_eq!(report["failed"], 0);
    let reported: BTreeMap<String, String> = report["certificates"]
        .as_array()
        .expect("certificates")
        .iter()
        .map(|one| (text(&one["device"]), text(&one["sha1"]).to_lowercase()))
        .collect();
    assert_eq!(&reported, listed);
    let reported: BTreeSet<String> = report["outcome_unknown"]
        .as_array()
        .expect("a list")
        .iter()
        .map(text)
        .collect();
    assert_eq!(&reported, unknown);
}

/// Each change left its row, and the chain of seals holds. Gives the number of rows.
async fn check_audit(world: &World, token: &str, devices: usize) -> i64 {
    let rows = all(world, token, "/activity").await;
    let count = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
    assert_eq!(count("device.enrol"), devices, "each enrolment, once");
    assert_eq!(count("person.add"), devices);
    for action in ["authority.add", "configuration.add", "assignment.put"] {
        assert_eq!(count(action), 1, "{action}");
    }
    let store = &world.app.store;
    let report = store
        .read(|tx| Box::pin(store::audit::verify_chain(tx)))
        .await
        .expect("the audit");
    assert_eq!(report.broken_at, None, "{report:?}");
    assert!(report.sealed > 0, "{report:?}");
    assert_eq!(
        usize::try_from(report.sealed + report.unsealed),
        Ok(rows.len()),
        "{report:?}"
    );
    report.sealed + report.unsealed
}

/// All pages of a list.
async fn all(world: &World, token: &str, path: &str) -> Vec<Value> {
    let (mut rows, mut next) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(token, &format!("{path}?limit=200{next}"))
            .await
            .expect(200)
            .json;
        rows.extend(page["items"].as_array().expect("items").iter().cloned());
        match &page["next"] {
            Value::Null => return rows,
            after => next = format!("&after={}", text(after)),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The CA's own list.
fn issued(folder: &Path) -> Vec<Issued> {
    let list = fs::read_to_string(folder.join("issued.tsv")).expect("the CA's list");
    let line = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        Issued {
            sha1: parts[0].to_lowercase(),
            transaction: parts[2].to_owned(),
        }
    };
    list.lines().map(line).collect()
}

/// What lies in the devices' stores: exactly one certificate each.
fn held(folder: &Path) -> BTreeMap<String, String> {
    let mut held = BTreeMap::new();
    for device in fs::read_dir(folder).expect("the devices' folders") {
        let device = device.expect("a folder").path();
        if !device.is_dir() {
            continue;
        }
        let name = device.file_name().expect("a name").to_string_lossy().into_owned();
        let own: Vec<String> = fs::read_dir(device.join("my"))
            .expect("its store")
            .map(|file| file.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "pem"))
            .map(|path| path.file_stem().expect("a name").to_string_lossy().to_lowercase())
            .collect();
        assert_eq!(own.len(), 1, "{name} holds {own:?}");
        held.insert(name, own[0].clone());
    }
    held
}
