//! The door of programs.

mod admission;
mod authorities;
mod configurations;
mod device_check;
mod device_removal;
mod door;
mod groups;
mod notifications;
mod orders;
mod people;
mod removal;

use serde_json::{Value, json};

use crate::{
    laboratory::Laboratory,
    world::{Answer, World},
};

/// The laboratory's NDES as a person would type it in.
pub fn form(laboratory: &Laboratory) -> Value {
    json!({
        "name": "Laboratory",
        "kind": "microsoft",
        "scep_url": laboratory.scep_url(),
        "username": Laboratory::USER,
        "password": Laboratory::PASSWORD,
        "challenge_url": laboratory.challenge_url(),
        "is_plain_http_accepted": true,
        "trust_pem": laboratory.trust_pem(),
    })
}

/// Adds the laboratory's NDES.
pub async fn add(world: &World, token: &str, laboratory: &Laboratory) -> Answer {
    world
        .post(token, "/authorities", &form(laboratory))
        .await
        .expect(201)
}
