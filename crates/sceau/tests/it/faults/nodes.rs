//! Two servers on one PostgreSQL: together they sign in once too often, not once each.

use domain::{actor::Actor, external_ca::ChallengeLimits};
use sceau::{
    actions::{
        authorities::{self, AuthorityForm},
        orders::{OrderForm, place_order},
    },
    app::Shared,
    commands::start,
    settings::{Database, Settings},
};
use serde_json::json;

use super::{
    alone,
    kills::fresh_database,
    parts::{PASSWORD, USER, await_file, await_listening, beside, start_ndes, write_settings},
    processes::free_ports,
    relay::Relay,
};

const SLOTS: usize = 4;

/// A server of its own on the database.
async fn node(folder: &std::path::Path, database: &str) -> Shared {
    let config = write_settings(folder, free_ports());
    let settings = Settings::load(Some(config.as_ref())).expect("settings");
    let settings = Settings {
        database: Database {
            url: database.to_owned(),
            ..settings.database
        },
        ..settings
    };
    start::application(settings).await.expect("a server")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_password_is_refused_once_over_all_nodes() {
    let _turn = alone().await;
    let (folder, ports) = (tempfile::tempdir().expect("a folder"), free_ports());
    let ndes = start_ndes(folder.path(), ports, SLOTS, PASSWORD, "");
    await_file(&folder.path().join("ndes/ca.pem")).await;
    await_listening(beside(ports, 2)).await;
    let relay = Relay::to(beside(ports, 2));
    let database = fresh_database("nodes");
    // They share the key that opens what is sealed in the database.
    let nodes = [
        node(folder.path(), &database).await,
        node(folder.path(), &database).await,
    ];
    let form = AuthorityForm {
        name: "Laboratory NDES".to_owned(),
        scep_url: format!("http://{}/certsrv/mscep/mscep.dll", relay.address),
        username: USER.to_owned(),
        password: serde_json::from_value(json!(PASSWORD)).expect("a password"),
        challenge_url: format!("http://{}/certsrv/mscep_admin/", relay.address),
        is_plain_http_accepted: true,
        limits: ChallengeLimits {
            max_unused: u32::try_from(SLOTS).expect("a number"),
            ..ChallengeLimits::default()
        },
        ..AuthorityForm::default()
    };
    let authority = authorities::add_authority(&nodes[0], &Actor::CommandLine, &form)
        .await
        .expect("an authority");
    drop(ndes);
    let _ndes = start_ndes(folder.path(), ports, SLOTS, "another one", "");
    await_listening(beside(ports, 2)).await;

    let before = relay.sign_ins();
    let orders: Vec<_> = (0..SLOTS)
        .map(|number| {
            let app = nodes[number % nodes.len()].clone();
            let form: OrderForm = serde_json::from_value(json!({
                "authority": authority.id.as_str(),
                "subject": format!("CN=printer-{number}"),
            }))
            .expect("an order");
            tokio::spawn(async move { place_order(&app, &Actor::CommandLine, form).await })
        })
        .collect();
    for order in orders {
        let refused = order.await.expect("an answer");
        assert!(refused.is_err(), "there is no challenge under a wrong password");
    }
    assert_eq!(relay.sign_ins() - before, 1, "one of them learned it for all");
    for app in &nodes {
        let known = authorities::one(app, &Actor::CommandLine, &authority.id)
            .await
            .expect("the authority");
        assert!(known.health.is_sign_in_stopped);
    }
}
