//! Two nodes on one PostgreSQL: what one gives is given once.

use std::process::Command;

use axum::{body::Body, http::Request};
use domain::{
    actor::Actor,
    transaction::{Owner, TransactionState},
};
use sceau::{
    actions::{
        built_in::{self, BuiltInForm},
        orders::{OrderForm, place_order},
        proxy::{mark_unanswered, resolve_unknown},
    },
    app::Shared,
    commands::start,
    routes,
    settings::Settings,
};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::{
    House,
    client::{enrolment, issued, post, signer},
    unanswered,
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

/// One node with an authority, and another beside it.
async fn two_nodes() -> (House, Shared) {
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
    (house, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_on_two_nodes_at_once_gets_one_certificate() {
    let (house, two) = two_nodes().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_left_unanswered_another_finds_in_the_ledger() {
    let (house, two) = two_nodes().await;
    let order = house.order("CN=ada").await;
    let path = order.scep_url.strip_prefix(&two.settings.public_url).unwrap();
    let mut enrolment = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    let (status, body) = post(&house, path, enrolment.write_request().unwrap()).await;
    assert_eq!(status, 200);
    let der = issued(enrolment.read_reply(&body).unwrap());
    let owner = Owner::Order(order.id.clone());
    for left in [TransactionState::Forwarded, TransactionState::OutcomeUnknown] {
        let mut record = unanswered::transactions(&two, &owner).await.remove(0);
        assert_eq!(record.state, TransactionState::Succeeded);
        (record.state, record.answer) = (left.clone(), None);
        unanswered::write(&two, &record).await;
        let found = match left {
            TransactionState::Forwarded => mark_unanswered(&two, two.now()).await.unwrap(),
            _ => resolve_unknown(&two).await.unwrap(),
        };
        assert_eq!(found, 1, "{left:?}");
    }
    let (_, body) = post(&house, path, enrolment.write_request().unwrap()).await;
    assert_eq!(issued(enrolment.read_reply(&body).unwrap()), der);
    assert_eq!(house.ledger().await.len(), 1);
}
