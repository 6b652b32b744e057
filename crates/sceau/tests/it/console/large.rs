//! An authority after a long life: its page and its API stay quick.

use std::time::{Duration, Instant};

use domain::{
    Id, Timestamp,
    attempt::{Asked, Attempt},
    certificate::Certificate,
    challenge::{Fate, Purpose},
    delivery::{Delivery, DeliveryState, Proof},
    device::Device,
    external_ca::AuthorityId,
    operator::Role,
    scep_configuration::ConfigurationId,
    thumbprint::Sha1,
};
use serde_json::json;
use store::{Tx, challenges::Claim};

use super::browser::Browser;
use crate::{laboratory::Laboratory, world::World};

/// Challenges in the ledger, certificates, and what was asked.
const MANY: i64 = 100_000;
/// So many in one transaction.
const BATCH: i64 = 5_000;
/// One every so many seconds: a month all together.
const EVERY: i64 = 26;
/// No answer may take longer, whatever runs beside this test.
const LONGEST: Duration = Duration::from_secs(1);

/// What a life leaves.
#[derive(Clone)]
struct Life {
    authority: AuthorityId,
    configuration: ConfigurationId,
    now: Timestamp,
}

impl Life {
    /// A device with its delivery, its challenge and its certificate.
    async fn leave(&self, tx: &mut Tx, number: i64) -> Result<(), store::Error> {
        let at = self.now.plus_seconds(-EVERY * (MANY - number));
        let octets = number.to_be_bytes();
        let mut random = [0; 10];
        random[2..].copy_from_slice(&octets);
        let device = device(number, at, random);
        store::devices::insert(tx, &device).await?;
        let sha1 = Sha1::of(&octets);
        let delivery = self.delivery(&device, sha1, at, random);
        store::deliveries::insert(tx, &delivery).await?;
        let claim = Claim {
            id: Id::new(at, random),
            authority_id: self.authority.clone(),
            max_unused: 5,
            purpose: Purpose::Delivery,
            delivery_id: Some(delivery.id.clone()),
            now: at,
            held_until: at.plus_seconds(3600),
        };
        store::challenges::claim_slot(tx, &claim).await?;
        store::challenges::taken(tx, &claim.id, at, claim.held_until).await?;
        let fate = if number % 50 == 0 {
            Fate::Expired
        } else {
            Fate::Used
        };
        store::challenges::end(tx, &claim.id, fate, at.plus_seconds(20)).await?;
        let attempt = Attempt {
            authority_id: self.authority.clone(),
            at,
            asked: Asked::Challenge,
            outcome: "good".to_owned(),
            milliseconds: 40,
            delivery_id: Some(delivery.id.clone()),
        };
        store::attempts::append(tx, &attempt).await?;
        store::certificates::put(tx, &certificate(&delivery, sha1, at)).await
    }

    fn delivery(&self, device: &Device, sha1: Sha1, at: Timestamp, random: [u8; 10]) -> Delivery {
        Delivery {
            id: Id::new(at, random),
            device_id: device.id.clone(),
            configuration_id: self.configuration.clone(),
            configuration_version: 1,
            authority_id: self.authority.clone(),
            attempt: 1,
            is_current: true,
            state: DeliveryState::Verified {
                sha1,
                by: Proof::Certificate,
            },
            subject: format!("CN={}", device.name),
            sans: String::new(),
            token_sha256: None,
            secret: None,
            charged: 0,
            challenge_taken_at: Some(at),
            is_on_device: true,
            store: None,
            checked_at: None,
            check_due_at: None,
            not_before: at,
            created_at: at,
            updated_at: at,
        }
    }
}

fn device(number: i64, at: Timestamp, random: [u8; 10]) -> Device {
    Device {
        id: Id::new(at, random),
        name: format!("PC-{number:06}"),
        person_id: None,
        windows_id: format!("{number:032}"),
        hardware_id: None,
        enrollment_type: "Device".to_owned(),
        os_version: Some("10.0.22631.3880".to_owned()),
        manufacturer: None,
        model: None,
        serial_number: Some(format!("{number:08}")),
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: at,
        last_seen_at: at,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    }
}

fn certificate(delivery: &Delivery, sha1: Sha1, at: Timestamp) -> Certificate {
    Certificate {
        sha1,
        device_id: delivery.device_id.clone(),
        delivery_id: delivery.id.clone(),
        verified_by: Proof::Certificate,
        subject: delivery.subject.clone(),
        issuer: Some("CN=Laboratory".to_owned()),
        serial: Some(sha1.to_string()),
        not_before: Some(at),
        not_after: Some(at.plus_seconds(31_536_000)),
        // As long as one of an ordinary CA is.
        der: Some(vec![0x30; 1200]),
        verified_at: at,
        removed_at: None,
    }
}

/// An authority with a configuration.
async fn set_up(world: &World, token: &str, laboratory: &Laboratory) -> Life {
    let authority = json!({
        "name": "Laboratory", "kind": "microsoft", "scep_url": laboratory.scep_url(),
        "username": Laboratory::USER, "password": Laboratory::PASSWORD,
        "challenge_url": laboratory.challenge_url(), "is_plain_http_accepted": true,
    });
    let authority = world.post(token, "/authorities", &authority).await.expect(201);
    let configuration = json!({
        "name": "Wi-Fi", "description": "", "authority_id": authority.json["id"], "subject": "CN=${deviceName}",
        "sans": [], "retries": 3, "retry_delay_seconds": 300, "key_length": 2048,
        "usages": ["digital_signature"], "ekus": ["1.3.6.1.5.5.7.3.2"], "validity": 1,
        "validity_unit": "years", "thumbprint": authority.json["issuer_sha1"], "hashes": ["SHA-2"],
        "key_storage": "software", "store": "device", "renew_at_percent": 20, "route": "proxy",
    });
    let configuration = world
        .post(token, "/configurations", &configuration)
        .await
        .expect(201);
    Life {
        authority: Id::parse(&authority.text_of("id")).unwrap(),
        configuration: Id::parse(&configuration.text_of("id")).unwrap(),
        now: world.app.now(),
    }
}

/// The middle of five.
fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

#[tokio::test]
#[ignore = "it fills a database: a minute or two"]
async fn an_authority_with_a_hundred_thousand_challenges_and_certificates_is_shown_at_once() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::Owner).await;
    let life = set_up(&world, &token, &laboratory).await;
    for first in (0..MANY).step_by(usize::try_from(BATCH).unwrap()) {
        let life = life.clone();
        let filled = world.app.store.write(move |tx| {
            let life = life.clone();
            Box::pin(async move {
                for number in first..first + BATCH {
                    life.leave(tx, number).await?;
                }
                Ok::<_, store::Error>(())
            })
        });
        filled.await.unwrap();
    }
    let id = &life.authority;
    let mut late = Vec::new();
    for path in [
        "/authorities".to_owned(),
        format!("/authorities/{id}"),
        format!("/authorities/{id}/challenges"),
        format!("/authorities/{id}/watch"),
        format!("/challenges?authority={id}"),
        "/challenges".to_owned(),
        "/certificates".to_owned(),
        "/devices".to_owned(),
        format!("/configurations/{}/progress", life.configuration),
        "/outcome-unknown".to_owned(),
        "/warnings".to_owned(),
    ] {
        let mut took = Vec::new();
        for _ in 0..5 {
            let begun = Instant::now();
            world.get(&token, &path).await.expect(200);
            took.push(begun.elapsed());
        }
        println!("{:>10.1?}  API {path}", middle(took.clone()));
        late.extend((middle(took) > LONGEST).then_some(path));
    }
    let mut browser = Browser::signed_in(&world, Role::PkiOperator).await;
    for path in [
        format!("/admin/infrastructure/certificate-management/{id}"),
        "/admin/infrastructure/certificate-management".to_owned(),
        "/".to_owned(),
    ] {
        let mut took = Vec::new();
        for _ in 0..5 {
            let begun = Instant::now();
            browser.get(&path).await.expect(200);
            took.push(begun.elapsed());
        }
        println!("{:>10.1?}  page {path}", middle(took.clone()));
        late.extend((middle(took) > LONGEST).then_some(path));
    }
    let begun = Instant::now();
    sceau::actions::figures::figures(&world.app).await.unwrap();
    println!("{:>10.1?}  what monitoring is told", begun.elapsed());
    assert!(late.is_empty(), "these took longer than {LONGEST:?}: {late:?}");
}
