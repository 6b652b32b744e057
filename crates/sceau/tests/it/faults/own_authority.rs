//! A built-in authority under load while its server is killed at random instants: nothing is issued twice, nothing
//! that was answered is forgotten, nothing that was decided stays unsigned.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    issuance::{Issuance, IssuanceState},
    order::OrderId,
    transaction::{Owner, TransactionState},
};
use lab::{
    http::{HttpClient, public},
    network::Network,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sceau::{
    actions::{
        built_in::{self, BuiltInForm},
        orders::{OrderForm, place_order},
        proxy,
    },
    app::Shared,
    commands::start,
    settings::Settings,
};
use scep::{
    CaCertificates, Capabilities, CsrBuilder, Enrolment, Identity, Outcome, RsaKey, SignerCertificate,
    TransactionId,
};
use tempfile::TempDir;
use tokio::task::JoinSet;
use url::Url;

use super::{
    alone,
    parts::{Killed, await_file, spawn, write_settings},
    processes::{Dice, free_ports},
};
use crate::built_in::client::subject;

const CLIENTS: usize = 8;
/// Enrolments of each client, one after the other.
const ENROLMENTS: usize = 24;
const KILLS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// One order and the one message with which a client asks for its certificate.
struct Request {
    order: OrderId,
    url: Url,
    message: Vec<u8>,
    enrolment: Enrolment,
    /// The first try is the only one, as with a device that never comes again.
    is_given_up: bool,
    /// What was answered.
    certificate: Option<Vec<u8>>,
}

/// The orders and their messages, made on the database before any server runs.
struct Prepared {
    folder: TempDir,
    config: String,
    authority: AuthorityId,
    clients: Vec<Vec<Request>>,
}

fn settings(config: &str) -> Settings {
    Settings::load(Some(Path::new(config))).unwrap()
}

async fn prepare() -> Prepared {
    let folder = tempfile::tempdir().unwrap();
    let config = write_settings(folder.path(), free_ports());
    let app = start::application(settings(&config)).await.unwrap();
    let form = BuiltInForm {
        name: "Killed CA".to_owned(),
        ..BuiltInForm::default()
    };
    let authority = built_in::add_built_in(&app, &Actor::CommandLine, &form)
        .await
        .unwrap();
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let key = RsaKey::generate(2048).unwrap();
        let mut requests = Vec::new();
        for number in 0..ENROLMENTS {
            requests.push(request(&app, &authority, &key, client, number).await);
        }
        clients.push(requests);
    }
    Prepared {
        folder,
        config,
        authority: authority.id,
        clients,
    }
}

/// Half of the clients speak to the authority itself, half to the orders' own addresses.
async fn request(app: &Shared, authority: &Authority, key: &RsaKey, client: usize, number: usize) -> Request {
    let name = format!("client-{client}-{number}");
    let form = OrderForm {
        authority: authority.id.clone(),
        subject: format!("CN={name}"),
        sans: Vec::new(),
        key_usage: Vec::new(),
        validity: None,
    };
    let order = place_order(app, &Actor::CommandLine, form).await.unwrap();
    let (now, copy) = (app.now().seconds(), key.to_pkcs8().unwrap());
    let signer: Identity = SignerCertificate::new(subject(&name), now - 600, now + 86_400)
        .issue(RsaKey::from_pkcs8(&copy).unwrap())
        .unwrap();
    let csr = CsrBuilder::new(subject(&name))
        .challenge(&order.challenge.0)
        .build(&signer.key)
        .unwrap();
    let ca = CaCertificates::from_certificates(authority.certificates.clone()).unwrap();
    let can = Capabilities::parse(authority.capabilities.as_bytes());
    let mut enrolment = Enrolment::new(ca, &can, csr, signer)
        .unwrap()
        .with_transaction_id(TransactionId::new(&name).unwrap());
    let url = if client.is_multiple_of(2) {
        &authority.scep_url
    } else {
        &order.scep_url
    };
    Request {
        order: order.id,
        url: format!("{url}?operation=PKIOperation").parse().unwrap(),
        message: enrolment.write_request().unwrap(),
        enrolment,
        is_given_up: number % 4 == 3,
        certificate: None,
    }
}

/// A client's connection to the server.
fn connection(folder: &Path) -> HttpClient {
    let ca = CertificateDer::from_pem_file(folder.join("server/tls-ca.pem")).unwrap();
    let network = Arc::new(Network::quiet(None));
    HttpClient::new(public(&[ca]).unwrap(), network, Duration::from_secs(10))
}

/// The certificate that a try got; none: the server is away, or broke off.
async fn ask(http: &mut HttpClient, request: &Request) -> Option<Vec<u8>> {
    let kind = [("content-type", scep::CONTENT_TYPE_MESSAGE)];
    let answer = http
        .send(http::Method::POST, &request.url, &kind, request.message.clone())
        .await
        .ok()?;
    if answer.status.is_server_error() {
        return None;
    }
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    match request.enrolment.read_reply(&answer.body).unwrap() {
        Outcome::Issued(mut all) => Some(all.remove(0)),
        other => panic!("not issued: {other:?}"),
    }
}

async fn until_answered(http: &mut HttpClient, request: &Request) -> Vec<u8> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(certificate) = ask(http, request).await {
            return certificate;
        }
        assert!(Instant::now() < deadline, "no answer");
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// All clients at once; `done` counts the enrolments that are over.
fn enrol(prepared: &mut Prepared, done: &Arc<AtomicUsize>) -> JoinSet<Vec<Request>> {
    let mut set = JoinSet::new();
    for mut requests in std::mem::take(&mut prepared.clients) {
        let (mut http, done) = (connection(prepared.folder.path()), done.clone());
        set.spawn(async move {
            for request in &mut requests {
                request.certificate = if request.is_given_up {
                    ask(&mut http, request).await
                } else {
                    Some(until_answered(&mut http, request).await)
                };
                done.fetch_add(1, Ordering::Relaxed);
            }
            requests
        });
    }
    set
}

/// Kills the server each time that another share of the work is done and a random while has passed, and starts it
/// again.
async fn kill_again_and_again(prepared: &Prepared, done: &AtomicUsize, server: Killed) -> Killed {
    let (mut server, mut dice) = (server, Dice(31));
    let step = CLIENTS * ENROLMENTS / (KILLS + 1);
    for kill in 1..=KILLS {
        let deadline = Instant::now() + PATIENCE;
        while done.load(Ordering::Relaxed) < kill * step {
            assert!(Instant::now() < deadline, "nothing goes on: {}", log(prepared));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_secs_f64(0.03 * dice.roll())).await;
        drop(server);
        server = serve(prepared);
    }
    server
}

/// What the servers said.
fn log(prepared: &Prepared) -> String {
    std::fs::read_to_string(prepared.folder.path().join("server.log")).unwrap_or_default()
}

fn serve(prepared: &Prepared) -> Killed {
    spawn(
        prepared.folder.path(),
        "server",
        &["--config", &prepared.config, "serve"],
    )
}

/// What the ledger says, once what crashes left was taken up as the upkeep does.
async fn settled(prepared: &Prepared) -> (Shared, Vec<Issuance>) {
    let app = start::application(settings(&prepared.config)).await.unwrap();
    let unanswered = proxy::mark_unanswered(&app, app.now()).await.unwrap();
    let unsigned = built_in::resume(&app, app.now().plus_seconds(120)).await.unwrap();
    let resolved = proxy::resolve_unknown(&app).await.unwrap();
    println!("left by the last kill: {unanswered} unanswered, {unsigned} unsigned, {resolved} resolved");
    let ledger = built_in::issuances(&app, &Actor::CommandLine, &prepared.authority, None, 1000)
        .await
        .unwrap();
    (app, ledger)
}

/// No order has two certificates; what was answered is what the ledger has; nothing is open.
async fn check(prepared: &Prepared, requests: &[Request]) -> BTreeMap<String, Issuance> {
    let (app, ledger) = settled(prepared).await;
    let owners: BTreeSet<&str> = ledger.iter().map(owner).collect();
    let serials: BTreeSet<&str> = ledger.iter().map(|one| one.serial.as_str()).collect();
    assert_eq!(owners.len(), ledger.len(), "a challenge was spent twice");
    assert_eq!(serials.len(), ledger.len(), "a serial number stands twice");
    for issuance in &ledger {
        assert_eq!(issuance.state, IssuanceState::Issued, "{}", issuance.serial);
    }
    let by_order: BTreeMap<String, Issuance> = ledger
        .into_iter()
        .map(|one| (owner(&one).to_owned(), one))
        .collect();
    for request in requests {
        let kept = by_order.get(request.order.as_str());
        let kept = kept.and_then(|one| one.certificate.as_ref());
        if let Some(certificate) = &request.certificate {
            assert_eq!(kept, Some(certificate), "answered, and not in the ledger");
        }
        let owner = Owner::Order(request.order.clone());
        let read = app.store.read(move |tx| {
            let owner = owner.clone();
            Box::pin(async move { store::transactions::by_owner(tx, &owner).await })
        });
        for record in read.await.unwrap() {
            let is_told = match record.state {
                TransactionState::Succeeded => kept.is_some(),
                // The server died before the authority decided.
                TransactionState::NotDelivered { .. } => kept.is_none(),
                _ => false,
            };
            assert!(
                is_told,
                "{:?}, and in the ledger: {}",
                record.state,
                kept.is_some()
            );
        }
    }
    by_order
}

fn owner(issuance: &Issuance) -> &str {
    match &issuance.owner {
        Owner::Order(id) => id.as_str(),
        Owner::Delivery(id) => panic!("a delivery: {id}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_authority_issues_nothing_twice_and_forgets_nothing() {
    let _turn = alone().await;
    let mut prepared = prepare().await;
    let begun = Instant::now();
    let server = serve(&prepared);
    await_file(&prepared.folder.path().join("server/tls-ca.pem")).await;
    let done = Arc::new(AtomicUsize::new(0));
    let clients = enrol(&mut prepared, &done);
    let server = kill_again_and_again(&prepared, &done, server).await;
    let mut requests: Vec<Request> = clients.join_all().await.into_iter().flatten().collect();
    drop(server);
    let ledger = check(&prepared, &requests).await;
    let given_up = requests.iter().filter(|one| one.certificate.is_none()).count();
    println!(
        "{} certificates, {given_up} requests given up, {KILLS} kills, {:.1} s",
        ledger.len(),
        begun.elapsed().as_secs_f64()
    );
    assert!(
        given_up > 0,
        "no kill hit a client that gives up: nothing was shown"
    );

    // Each request once more, also those that were given up: the certificate that is there, and no other.
    let server = serve(&prepared);
    let mut http = connection(prepared.folder.path());
    for request in &mut requests {
        let again = until_answered(&mut http, request).await;
        if let Some(kept) = ledger.get(request.order.as_str()) {
            assert_eq!(kept.certificate.as_ref(), Some(&again), "another certificate");
        }
        request.certificate = Some(again);
    }
    drop(server);
    let after = check(&prepared, &requests).await;
    assert_eq!(after.len(), CLIENTS * ENROLMENTS);
    for (order, before) in &ledger {
        assert_eq!(after[order].serial, before.serial, "a second serial number");
    }
}
