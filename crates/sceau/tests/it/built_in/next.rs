//! GetNextCACert (RFC 8894 §4.7) at an order's address: in front of an own authority, and relayed from another server.

use std::path::Path;

use domain::actor::Actor;
use sceau::actions::{
    authorities::{adopt_chain, chain_change, refresh_chain},
    built_in,
};
use scep::{CaCertificates, Operation, Query};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    House,
    client::{certificates, get},
    openssl::{agrees, openssl},
};
use crate::{
    laboratory::Laboratory,
    pki::{client, distribute},
    site::{PUBLIC, Site},
};

fn query() -> String {
    Query::write(Operation::GetNextCaCert, Some("default"))
}

async fn announce(house: &House) {
    let (app, id) = (&house.world.app, &house.authority.id);
    built_in::announce_next(app, &Actor::CommandLine, id, 15)
        .await
        .unwrap();
}

/// OpenSSL's word on the signature, under the present authority's chain; it takes the signed certificates out.
fn openssl_verifies(folder: &Path, present: &CaCertificates, body: &[u8]) {
    let pem: String = present
        .chain()
        .iter()
        .map(|one| ca::pem::certificate(one.der()))
        .collect();
    std::fs::write(folder.join("present.pem"), pem).unwrap();
    std::fs::write(folder.join("next.p7"), body).unwrap();
    let verify = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "next.p7",
        "-purpose",
        "any",
        "-CAfile",
        "present.pem",
        "-out",
        "content.p7",
    ];
    agrees(folder, &verify);
    let print = ["pkcs7", "-inform", "DER", "-in", "content.p7", "-print_certs"];
    assert!(agrees(folder, &print).contains("BEGIN CERTIFICATE"));
    let mut changed = body.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(folder.join("next.p7"), changed).unwrap();
    assert!(!openssl(folder, &verify).0, "a changed signature verifies");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orders_address_shows_the_next_certificate_of_an_own_authority() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let path = order
        .scep_url
        .strip_prefix(&house.world.app.settings.public_url)
        .unwrap();
    let next = format!("{path}?{}", query());
    assert_eq!(get(&house, &next).await.0, 404, "nothing is announced");
    let present = certificates(&house).await;
    announce(&house).await;
    let (_, can) = get(&house, &format!("{path}?operation=GetCACaps")).await;
    assert!(scep::Capabilities::parse(&can).has(scep::Capability::GetNextCaCert));
    let (status, body) = get(&house, &next).await;
    assert_eq!(status, 200);
    let found = CaCertificates::parse_next(&body, &present).unwrap();
    assert_ne!(found.issuer(), present.issuer());
    openssl_verifies(house.world.folder.path(), &present, &body);
}

/// The server's public routes on a socket.
async fn listening(house: &House) -> (String, JoinHandle<()>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}{}", socket.local_addr().unwrap(), house.path());
    let router = house.world.public();
    let task = tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
    (address, task)
}

/// From now on the site's authority is the one at this address, and a person has taken its certificates over.
async fn moved(site: &Site, url: &str) {
    let url = url.to_owned();
    let id = site
        .app
        .store
        .write(move |tx| {
            let url = url.clone();
            Box::pin(async move {
                let mut authority = store::authorities::list(tx).await?.remove(0);
                authority.scep_url = url;
                store::authorities::update(tx, &authority).await?;
                Ok::<_, store::Error>(authority.id)
            })
        })
        .await
        .unwrap();
    refresh_chain(&site.app, &Actor::CommandLine, &id).await.unwrap();
    let change = chain_change(&site.app, &Actor::CommandLine, &id).await.unwrap();
    if let Some(change) = change {
        adopt_chain(&site.app, &Actor::CommandLine, &id, &change.seen_sha256)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_certificate_of_another_server_is_relayed_as_it_was_signed() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    distribute(&site.app, &laboratory).await;
    let authority = sceau::actions::authorities::list(&site.app, &Actor::CommandLine)
        .await
        .unwrap()
        .remove(0);
    let form = serde_json::json!({ "authority": authority.id.to_string(), "subject": "CN=laboratory" });
    let form = serde_json::from_value(form).unwrap();
    let order = sceau::actions::orders::place_order(&site.app, &Actor::CommandLine, form)
        .await
        .unwrap();
    let path = order.scep_url.strip_prefix(PUBLIC).unwrap();

    let house = House::new().await;
    let (url, task) = listening(&house).await;
    moved(&site, &url).await;
    client::get(&site, path, &query()).await.expect(404);
    announce(&house).await;
    moved(&site, &url).await;
    let relayed = client::get(&site, path, &query()).await.expect(200);
    assert!(relayed.is_in_one_piece());
    assert_eq!(
        relayed.header(axum::http::header::CONTENT_TYPE),
        "application/x-x509-next-ca-cert"
    );
    let present = client::certificates(&site, path).await;
    let found = CaCertificates::parse_next(&relayed.body, &present).unwrap();
    assert_ne!(found.issuer(), present.issuer());
    openssl_verifies(house.world.folder.path(), &present, &relayed.body);

    // One that is away, or that has none after all, gives nothing that a client could take for one.
    let id = &house.authority.id;
    built_in::activate_next(&house.world.app, &Actor::CommandLine, id)
        .await
        .unwrap();
    client::get(&site, path, &query()).await.expect(404);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    client::get(&site, path, &query()).await.expect(502);
    laboratory.stop().await;
}
