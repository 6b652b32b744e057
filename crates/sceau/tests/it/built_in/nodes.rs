//! Two nodes on one PostgreSQL: what one gives is given once.

use std::process::Command;

use axum::{body::Body, http::Request};
use domain::actor::Actor;
use sceau::{
    actions::{
        built_in::{self, BuiltInForm},
        orders::{OrderForm, place_order},
    },
    commands::start,
    routes,
    settings::Settings,
};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::{
    House,
    client::{enrolment, issued, signer},
};
use crate::{faults::postgres::Server, world::World};

/// An empty database of the throwaway server, by its URL.
fn empty_database() -> String {
    let name = format!("nodes_{}", sceau::secrets::hex(&sceau::secrets::random::<4>()));
    let made = Command::new("psql")
        .arg(Server::shared().url("postgres"))
        .args(["-qc", &format!("CREATE DATABASE {name}")])
        .status()
        .unwrap();
    assert!(made.success());
    Server::shared().url(&name)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_on_two_nodes_at_once_gets_one_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings {
        data_dir: folder.path().join("data"),
        ..Settings::default()
    };
    settings.database.url = empty_database();
    // One secrets key, as the nodes of one installation share it.
    let one = start::application(settings.clone()).await.unwrap();
    let two = start::application(settings).await.unwrap();
    let form = BuiltInForm {
        name: "Sceau Test CA".to_owned(),
        ..BuiltInForm::default()
    };
    let authority = built_in::add_built_in(&one, &Actor::CommandLine, &form)
        .await
        .unwrap();
    let house = House {
        world: World { app: one, folder },
        authority,
    };
    for _ in 0..5 {
        let form = OrderForm {
            authority: house.authority.id.clone(),
            subject: "CN=ada".to_owned(),
            sans: Vec::new(),
            key_usage: Vec::new(),
            validity: None,
        };
        let order = place_order(&two, &Actor::CommandLine, form).await.unwrap();
        let mut enrolment = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
        let message = enrolment.write_request().unwrap();
        let mut set = JoinSet::new();
        for turn in 0..8 {
            let node = if turn % 2 == 0 { &house.world.app } else { &two };
            let (router, message) = (routes::public(node.clone()), message.clone());
            let path = format!("{}?operation=PKIOperation", house.path());
            set.spawn(async move {
                let request = Request::post(path).body(Body::from(message)).unwrap();
                let response = router.oneshot(request).await.unwrap();
                axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap()
            });
        }
        let answers = set.join_all().await;
        let first = issued(enrolment.read_reply(&answers[0]).unwrap());
        for answer in &answers {
            assert_eq!(issued(enrolment.read_reply(answer).unwrap()), first);
        }
    }
    assert_eq!(house.ledger().await.len(), 5);
}
