//! Authorities that are looked at by themselves: warnings, who is told of them, and another CA.

mod adoption;
mod devices;
mod mail;
mod metrics;
mod nodes;
mod overview;
mod proxied;
pub mod receiver;
mod standing;
mod webhooks;

use std::net::SocketAddr;

use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityForm, Password},
    warning::{Warning, WarningKind},
};
use sceau::{
    actions::{authorities, warnings::list_warnings},
    app::Shared,
};

use crate::laboratory::Laboratory;

const ADMINISTRATOR: Actor = Actor::CommandLine;

/// Adds the laboratory's NDES.
async fn add(app: &Shared, laboratory: &Laboratory) -> Authority {
    let form = AuthorityForm {
        name: "Laboratory".to_owned(),
        scep_url: laboratory.scep_url(),
        username: Laboratory::USER.to_owned(),
        password: Some(Password::new(Laboratory::PASSWORD.to_owned())),
        challenge_url: laboratory.challenge_url(),
        is_plain_http_accepted: true,
        ..AuthorityForm::default()
    };
    authorities::add_authority(app, &ADMINISTRATOR, &form)
        .await
        .unwrap()
}

/// Another CA with its NDES where that of the port was.
async fn another_at(port: u16) -> Laboratory {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    Laboratory::start_with(move |options| options.listen = address).await
}

/// The warnings that stand, by kind and threshold.
async fn open(app: &Shared) -> Vec<(WarningKind, i64)> {
    let mut open: Vec<_> = warnings(app)
        .await
        .into_iter()
        .filter(|warning| warning.ended_at.is_none())
        .map(|warning| (warning.matter.kind, warning.matter.threshold))
        .collect();
    open.sort();
    open
}

/// The warnings that stand and those that ended lately.
async fn warnings(app: &Shared) -> Vec<Warning> {
    let all = list_warnings(app, &ADMINISTRATOR).await.unwrap();
    all.into_iter().map(|listed| listed.warning).collect()
}
