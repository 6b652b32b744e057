//! What came of a demonstration, from the server's own story.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    administrator::{Administrator, text},
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
    devices: usize,
    elapsed: Duration,
    children: Costs,
) -> anyhow::Result<Value> {
    let known = administrator.read_all("/devices").await?;
    let certificates = administrator.read_all("/certificates").await?;
    let outcome_unknown = administrator.read("/outcome-unknown").await?;
    let ledger = administrator.read("/challenges").await?;
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
    }))
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
