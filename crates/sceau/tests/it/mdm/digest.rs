//! Devices without a TLS certificate, behind a load balancer that swallows it: each message proves itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::device::{
    syncml::{self, Package, proved},
    tree::answer,
};

use crate::site::{
    Reply, Site,
    computer::{Computer, identity_in, provisioning_in},
    xml::{self, parsed},
};

const ADA: (&str, &str) = ("ada", "secret");

/// The second APPAUTH of a provisioning document.
struct Account {
    name: String,
    secret: String,
    nonce: Vec<u8>,
}

impl Account {
    fn in_answer(answer: &[u8]) -> Self {
        let octets = provisioning_in(answer);
        let document = parsed(&octets);
        let value = |name: &str| {
            let of_server = document.descendants().find(|node| {
                node.attribute("type") == Some("APPAUTH")
                    && node
                        .children()
                        .any(|parm| parm.attribute("value") == Some("APPSRV"))
            });
            let parm = of_server
                .unwrap()
                .children()
                .find(|parm| parm.attribute("name") == Some(name));
            parm.unwrap().attribute("value").unwrap().to_owned()
        };
        assert_eq!(value("AAUTHTYPE"), "DIGEST");
        Self {
            name: value("AAUTHNAME"),
            secret: value("AAUTHSECRET"),
            nonce: STANDARD.decode(value("AAUTHDATA")).unwrap(),
        }
    }

    fn prove(&self, package: &str) -> String {
        proved(package, &self.name, &self.secret, &self.nonce)
    }

    /// Takes the nonce of an answer, if there is one; gives the status of the header.
    fn take(&mut self, reply: &Reply) -> String {
        let (status, nonce) = told(reply);
        if let Some(nonce) = nonce {
            self.nonce = nonce;
        }
        status
    }
}

/// The status of the header in an answer, and the nonce in its challenge.
fn told(reply: &Reply) -> (String, Option<Vec<u8>>) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let document = parsed(&reply.body);
    let body = xml::child(document.root_element(), "SyncBody");
    let of_header = xml::children(body, "Status")
        .into_iter()
        .find(|status| xml::text(*status, "Cmd") == "SyncHdr")
        .unwrap();
    let challenge = xml::children(of_header, "Chal").pop().map(|challenge| {
        assert_eq!(xml::text(challenge, "Meta/Type"), "syncml:auth-md5");
        assert_eq!(xml::text(challenge, "Meta/Format"), "b64");
        STANDARD.decode(xml::text(challenge, "Meta/NextNonce")).unwrap()
    });
    (xml::text(of_header, "Data").to_owned(), challenge)
}

/// How many commands an answer has.
fn commands(reply: &Reply) -> usize {
    syncml::read(&reply.body).unwrap().commands.len()
}

async fn site() -> Site {
    let site = Site::with(|settings| settings.devices.digest = true).await;
    site.person(ADA.0, Some(ADA.1)).await;
    site
}

async fn enrolled(site: &Site, number: u8) -> (Computer, Account) {
    let computer = Computer::new(number);
    let reply = site
        .enrolment("Enrollment", computer.request(ADA))
        .await
        .expect(200);
    let account = Account::in_answer(&reply.body);
    (computer, account)
}

async fn say(site: &Site, package: impl Into<String>) -> Reply {
    site.management(None, package.into()).await
}

/// A whole session, each message proved. Gives the commands that were carried out.
async fn session(site: &Site, computer: &mut Computer, account: &mut Account) -> usize {
    let session = computer.next_session();
    let mut package = computer.greeting(&session);
    let mut done = 0;
    for number in 2..=40 {
        let reply = say(site, account.prove(&package)).await;
        let before = account.nonce.clone();
        assert_eq!(account.take(&reply), "200", "{}", reply.text());
        assert_ne!(account.nonce, before, "each message has a nonce of its own");
        done += commands(&reply);
        let message = syncml::read(&reply.body).unwrap();
        let header = computer.header(&session);
        match answer(&mut computer.tree, &message, header, number).package {
            Some(next) => package = next,
            None => return done,
        }
    }
    panic!("the session doesn't end");
}

#[tokio::test]
async fn without_the_setting_a_certificate_is_needed_whatever_a_message_proves() {
    let site = Site::new().await;
    site.person(ADA.0, Some(ADA.1)).await;
    let (mut computer, account) = enrolled(&site, 1).await;
    let greeting = computer.greeting("1");
    say(&site, greeting.clone()).await.expect(403);
    say(&site, account.prove(&greeting)).await.expect(403);
    assert!(computer.next_session() == "1");
}

#[tokio::test]
async fn a_session_goes_on_to_its_end_with_a_proof_in_each_message_and_so_does_the_next_one_after_a_restart()
{
    let site = site().await;
    let (mut computer, mut account) = enrolled(&site, 1).await;
    assert!(session(&site, &mut computer, &mut account).await > 3);
    let site = site.restarted().await;
    session(&site, &mut computer, &mut account).await;
    let device = site.device(&computer.device_id).await;
    let serial = device.serial_number.as_deref();
    assert_eq!(serial, Some("SERIAL-1"), "what it answered was taken in");
}

#[tokio::test]
async fn who_proves_nothing_is_asked_and_the_same_device_begins_with_its_second_message() {
    let site = site().await;
    let (mut computer, mut account) = enrolled(&site, 1).await;
    let first_nonce = account.nonce.clone();
    // An earlier session that broke off in its middle.
    let session = computer.next_session();
    let reply = say(&site, account.prove(&computer.greeting(&session))).await;
    assert_eq!(account.take(&reply), "200");
    assert!(commands(&reply) > 0);
    assert_ne!(account.nonce, first_nonce);

    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let reply = say(&site, greeting.clone()).await;
    assert_eq!(told(&reply), ("407".to_owned(), Some(account.nonce.clone())));
    assert_eq!(commands(&reply), 0);
    // A nonce that was used, as after a restore of the device.
    let stale = proved(&greeting, &account.name, &account.secret, &first_nonce);
    let reply = say(&site, stale).await;
    assert_eq!(told(&reply), ("401".to_owned(), Some(account.nonce.clone())));
    assert_eq!(commands(&reply), 0);

    let second = greeting.replacen("<MsgID>1</MsgID>", "<MsgID>2</MsgID>", 1);
    let reply = say(&site, account.prove(&second)).await;
    assert_eq!(account.take(&reply), "200");
    assert!(commands(&reply) > 0, "the session has begun: {}", reply.text());
}

#[tokio::test]
async fn the_same_message_again_gets_the_same_answer_and_its_proof_is_good_for_no_other() {
    let site = site().await;
    let (mut computer, mut account) = enrolled(&site, 1).await;
    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let message = account.prove(&greeting);
    let first = say(&site, message.clone()).await;
    let again = say(&site, message.clone()).await;
    assert_eq!(first.body, again.body);
    // Whoever read it puts something else behind the proof.
    let forged = account.prove(&greeting.replace("en-US", "de-DE"));
    let reply = say(&site, forged).await;
    assert_eq!(told(&reply).0, "401");
    assert_eq!(
        site.device(&computer.device_id).await.language.as_deref(),
        Some("en-US")
    );
    // Long after, not even the same: by then it is a new session that nobody asked for.
    site.pass(3600);
    let reply = say(&site, message).await;
    assert_eq!(told(&reply).0, "401");
    assert_eq!(commands(&reply), 0);
    assert_eq!(account.take(&first), "200");
    let session = computer.next_session();
    let reply = say(&site, account.prove(&computer.greeting(&session))).await;
    assert_eq!(
        account.take(&reply),
        "200",
        "nothing of that disturbed the device"
    );
}

#[tokio::test]
async fn what_came_with_a_certificate_is_answered_to_nobody_who_has_none() {
    let site = site().await;
    let mut computer = Computer::new(1);
    let reply = site
        .enrolment("Enrollment", computer.request(ADA))
        .await
        .expect(200);
    computer.identity = identity_in(&reply.body);
    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let first = site
        .management(Some(&computer.identity), greeting.clone())
        .await
        .expect(200);
    assert!(commands(&first) > 0);
    // Who knows the device's id can write the very same message.
    let again = say(&site, greeting.clone()).await;
    assert_eq!(told(&again).0, "407");
    assert_eq!(commands(&again), 0);
    let with_certificate = site.management(Some(&computer.identity), greeting).await;
    assert_eq!(with_certificate.expect(200).body, first.body);
}

#[tokio::test]
async fn of_two_messages_at_once_with_one_proof_one_counts() {
    let site = site().await;
    for number in 1..6 {
        let (mut computer, account) = enrolled(&site, number).await;
        let session = computer.next_session();
        let greeting = computer.greeting(&session);
        let one = account.prove(&greeting);
        let other = account.prove(&greeting.replace("en-US", "de-DE"));
        let (one, other) = tokio::join!(say(&site, one), say(&site, other));
        let mut told = [told(&one).0, told(&other).0];
        told.sort();
        assert_eq!(told, ["200", "401"]);
    }
}

#[tokio::test]
async fn nobody_speaks_for_another_device() {
    let site = site().await;
    let (mut computer, account) = enrolled(&site, 1).await;
    let (mut other, others) = enrolled(&site, 2).await;
    let session_id = computer.next_session();
    let greeting = computer.greeting(&session_id);
    for wrong in [
        others.prove(&greeting),
        proved(&greeting, &account.name, "guessed", &account.nonce),
        proved(&greeting, &account.name, &account.secret, b"another nonce"),
        proved(&greeting, &others.name, &account.secret, &account.nonce),
        account
            .prove(&greeting)
            .replace("syncml:auth-md5", "syncml:auth-basic"),
    ] {
        let reply = say(&site, wrong).await;
        assert!(
            matches!(told(&reply).0.as_str(), "401" | "407"),
            "{}",
            reply.text()
        );
        assert_eq!(commands(&reply), 0);
    }
    let stranger = greeting.replace(&computer.device_id, &"F".repeat(32));
    say(&site, account.prove(&stranger)).await.expect(403);
    let reply = say(&site, account.prove(&greeting)).await;
    assert_eq!(told(&reply).0, "200", "none of it used up its nonce");
    let session_id = other.next_session();
    let greeting = other.greeting(&session_id);
    assert_eq!(told(&say(&site, others.prove(&greeting)).await).0, "200");
}

#[tokio::test]
async fn an_account_ends_with_its_enrolment() {
    let site = site().await;
    let (mut computer, mut account) = enrolled(&site, 1).await;
    session(&site, &mut computer, &mut account).await;
    // The answer to its enrolment was lost: the same account again.
    let reply = site
        .enrolment("Enrollment", computer.request(ADA))
        .await
        .expect(200);
    assert_eq!(Account::in_answer(&reply.body).secret, account.secret);

    let mut fresh = {
        computer.message_id.replace_range(0..1, "f");
        let reply = site
            .enrolment("Enrollment", computer.request(ADA))
            .await
            .expect(200);
        Account::in_answer(&reply.body)
    };
    assert_ne!(fresh.secret, account.secret);
    let session_id = computer.next_session();
    let greeting = computer.greeting(&session_id);
    assert_eq!(told(&say(&site, account.prove(&greeting)).await).0, "401");
    session(&site, &mut computer, &mut fresh).await;

    let session_id = computer.next_session();
    let farewell = Package::farewell(computer.header(&session_id), &[("DevId", &computer.device_id)]);
    let reply = say(&site, fresh.prove(&farewell)).await;
    assert_eq!(fresh.take(&reply), "200");
    let device = site.device(&computer.device_id).await;
    assert!(device.unenrolled_at.is_some());
    let session_id = computer.next_session();
    let greeting = computer.greeting(&session_id);
    say(&site, fresh.prove(&greeting)).await.expect(403);
}

#[tokio::test]
async fn the_secret_is_sealed_at_rest() {
    let site = site().await;
    let (computer, account) = enrolled(&site, 1).await;
    let device = site.device(&computer.device_id).await;
    assert_eq!(account.name, device.id.as_str());
    assert!(account.secret.len() >= 32);
    let file = std::fs::read(site.app.settings.data_dir.join("sceau.db")).unwrap();
    let log = std::fs::read(site.app.settings.data_dir.join("sceau.db-wal")).unwrap_or_default();
    for octets in [file, log] {
        let secret = account.secret.as_bytes();
        assert!(!octets.windows(secret.len()).any(|part| part == secret));
    }
}
