//! What came of a demonstration, from the server's own story.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Arguments,
    administrator::{Administrator, CHALLENGE_MINUTES, text},
    children::Cost,
};

/// What the processes cost.
#[derive(Serialize)]
pub struct Costs {
    /// The server.
    pub server: Cost,
    /// The laboratory's NDES.
    pub ndes: Cost,
    /// The simulated devices.
    pub devices: Cost,
}

/// Asks the API for everything that the report holds.
pub async fn gather(
    administrator: &mut Administrator,
    arguments: &Arguments,
    elapsed: Duration,
    children: Costs,
) -> anyhow::Result<Value> {
    let faults = struck(arguments)?;
    let devices = arguments.devices;
    let known = administrator.read_all("/devices").await?;
    let certificates = administrator.read_all("/certificates").await?;
    let outcome_unknown = administrator.read("/outcome-unknown").await?;
    let mut ledger = administrator.read("/challenges").await?;
    measure(&mut ledger, arguments, elapsed);
    let by_id: BTreeMap<String, &Value> = known
        .iter()
        .filter_map(|device| Some((text(device, "id").ok()?, device)))
        .collect();
    let certificates: Vec<Value> = certificates
        .iter()
        .filter(|certificate| certificate.get("removed_at").is_none_or(Value::is_null))
        .map(|certificate| {
            let device = text(certificate, "device_id")
                .ok()
                .and_then(|id| by_id.get(&id).copied());
            json!({
                "device": device.and_then(|device| device.get("name")),
                "person": device.and_then(|device| device.get("person")),
                "subject": certificate.get("subject"),
                "sha1": certificate.get("sha1"),
                "verified_by": certificate.get("verified_by"),
                "pem": certificate.get("pem"),
            })
        })
        .collect();
    let failures = failures(&known, devices);
    Ok(json!({
        "devices": devices,
        "verified": known.iter().filter(|device| is(device, "verified")).count(),
        "failed": failures.len(),
        "seconds": elapsed.as_secs_f64(),
        "certificates": certificates,
        "failures": failures,
        "outcome_unknown": outcome_unknown.get("items").cloned().unwrap_or_default(),
        "children": children,
        "ledger": ledger,
        "faults": faults,
    }))
}

/// How many challenges are out, also where the API doesn't give that sum itself.
pub fn out(ledger: &Value) -> i64 {
    let sum = |name: &str| ledger.get(name).and_then(Value::as_i64);
    let rest = || [sum("used"), sum("expired")].into_iter().flatten().sum::<i64>();
    sum("out").unwrap_or_else(|| (sum("taken").unwrap_or(0) - rest()).max(0))
}

/// Adds `out`, `bound` and `share`. An NDES whose challenges all live to their end gives `slots` of them in each
/// lifetime that has begun: that is the bound. Challenges that are used early make room, so the share may exceed 1.
fn measure(ledger: &mut Value, arguments: &Arguments, elapsed: Duration) {
    let out = out(ledger);
    let lifetime = (CHALLENGE_MINUTES * arguments.minute).max(1.0);
    let slots = u32::try_from(arguments.challenges_max).unwrap_or(u32::MAX);
    let bound = f64::from(slots) * (elapsed.as_secs_f64() / lifetime).ceil().max(1.0);
    let taken = ledger.get("taken").and_then(Value::as_f64).unwrap_or(0.0);
    let share = taken / bound.max(1.0);
    if let Value::Object(sums) = ledger {
        sums.insert("out".to_owned(), json!(out));
        sums.insert("bound".to_owned(), json!(bound));
        sums.insert("share".to_owned(), json!(share));
    }
}

/// How often each fault that was asked for has struck, as the laboratory counted: one with 0 has shown nothing.
fn struck(arguments: &Arguments) -> anyhow::Result<BTreeMap<String, u64>> {
    let wanted: lab::faults::Faults = arguments.faults.parse()?;
    let mut struck: BTreeMap<String, u64> = wanted.names().map(|name| (name.to_owned(), 0)).collect();
    for part in ["ndes", "devices"] {
        let Ok(counts) = std::fs::read(arguments.data_dir.join(part).join("faults.json")) else {
            continue;
        };
        let counts: BTreeMap<String, u64> = serde_json::from_slice(&counts)?;
        struck.extend(counts);
    }
    Ok(struck)
}

fn is(device: &Value, state: &str) -> bool {
    device.get("state").and_then(Value::as_str) == Some(state)
}

/// Every device that holds no verified certificate, with the reason, and those that never enrolled.
fn failures(known: &[Value], devices: usize) -> Vec<Value> {
    let mut failures: Vec<Value> = known
        .iter()
        .filter(|device| !is(device, "verified"))
        .map(|device| {
            let cause = device
                .get("cause")
                .filter(|cause| !cause.is_null())
                .or_else(|| device.get("state"));
            json!({ "device": device.get("name"), "cause": cause })
        })
        .collect();
    for number in known.len()..devices {
        failures.push(
            json!({ "device": format!("device {} of {devices}", number + 1), "cause": "never enrolled" }),
        );
    }
    failures
}
