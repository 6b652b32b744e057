//! Orders over the API: the challenge is shown once, audited, and never stored.

use std::time::{Duration, Instant};

use axum::http::header;
use domain::{diagnosis::Cause, external_ca::Health, operator::Role};
use serde_json::json;

use super::{add, form};
use crate::{
    laboratory::Laboratory,
    world::{Answer, World},
};

#[tokio::test]
async fn an_order_gives_an_address_and_a_challenge_once() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let authority = add(&world, &token, &laboratory).await;
    let order = json!({
        "authority": authority.text_of("id"),
        "subject": "CN=printer-7,O=Laboratory",
        "sans": [{ "kind": "dns", "value": "printer-7.lab.test" }],
        "key_usage": ["digital_signature"],
        "validity": { "number": 1, "unit": "years" },
    });
    let placed = world.post(&token, "/orders", &order).await.expect(201);
    let challenge = placed.text_of("challenge");
    assert_eq!(challenge.len(), 16);
    let url = placed.text_of("scep_url");
    let secret = url.strip_prefix("https://localhost:8443/scep/").unwrap();
    assert_eq!(secret.len(), 32, "128 random bits");
    assert_eq!(placed.json["ca_sha1"], authority.json["issuer_sha1"]);
    assert_eq!(placed.headers["cache-control"], "no-store");
    let id = placed.text_of("id");
    let again = world.get(&token, &format!("/orders/{id}")).await.expect(200);
    assert_eq!(again.json["subject"], "CN=printer-7,O=Laboratory");
    let list = world.get(&token, "/orders").await.expect(200);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("order.place"));
    for text in [&again.text, &list.text, &activity.text] {
        assert!(!text.contains(&challenge) && !text.contains(secret));
    }
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(
        (&ledger.json["taken"], &ledger.json["most_out"]),
        (&json!(1), &json!(1))
    );
    let stored = std::fs::read(world.folder.path().join("data/sceau.db")).unwrap();
    let log = std::fs::read(world.folder.path().join("data/sceau.db-wal")).unwrap_or_default();
    for needle in [challenge.as_str(), secret, Laboratory::PASSWORD] {
        let is_in = |octets: &[u8]| {
            octets
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        };
        assert!(!is_in(&stored) && !is_in(&log), "a secret stands in the database");
    }
}

#[tokio::test]
async fn only_a_role_with_the_permission_orders() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let administrator = world.token(Role::Administrator).await;
    let id = add(&world, &administrator, &laboratory).await.text_of("id");
    let order = json!({ "authority": id, "subject": "CN=printer" });
    assert_eq!(world.post(&administrator, "/orders", &order).await.status, 403);
    let ledger = world.get(&administrator, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 0);
}

#[tokio::test]
async fn bad_orders_are_refused_before_a_challenge_is_taken() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let cases = [
        ("subject", json!({ "authority": id, "subject": "printer" })),
        (
            "subject",
            json!({ "authority": id, "subject": "CN=${deviceName}" }),
        ),
        (
            "authority",
            json!({ "authority": "0".repeat(32), "subject": "CN=printer" }),
        ),
        ("subject", json!({ "authority": id })),
        (
            "validity",
            json!({ "authority": id, "subject": "CN=a", "validity": { "number": 0, "unit": "days" } }),
        ),
        (
            "colour",
            json!({ "authority": id, "subject": "CN=a", "colour": "red" }),
        ),
    ];
    for (field, order) in cases {
        let refused = world.post(&token, "/orders", &order).await.expect(422);
        assert_eq!(refused.field(), field, "{order}");
    }
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 0);
}

#[tokio::test]
async fn orders_never_take_more_challenges_than_the_authority_holds() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let order = json!({ "authority": id, "subject": "CN=printer" });
    let calls = (0..8).map(|_| world.post(&token, "/orders", &order));
    let mut statuses: Vec<u16> = Vec::new();
    for answer in futures(calls).await {
        statuses.push(answer.status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 201, 201, 201, 503, 503, 503]);
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(
        (&ledger.json["taken"], &ledger.json["most_out"]),
        (&json!(5), &json!(5))
    );
}

/// All at once.
async fn futures<T>(calls: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = calls.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut is_pending = false;
        for (call, slot) in waiting.iter_mut().zip(&mut done) {
            if slot.is_none() {
                match call.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *slot = Some(value),
                    std::task::Poll::Pending => is_pending = true,
                }
            }
        }
        if is_pending {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_full_cache_is_told_and_not_hammered() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 1).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let order = json!({ "authority": id, "subject": "CN=printer" });
    // Sceau believes in five, NDES holds one.
    world.post(&token, "/orders", &order).await.expect(201);
    let full = world.post(&token, "/orders", &order).await.expect(503);
    assert_eq!(full.json["cause"]["cause"], "cache_full", "{}", full.text);
    let resting = world.post(&token, "/orders", &order).await.expect(503);
    assert_eq!(resting.json["cause"], full.json["cause"], "{}", resting.text);
    let seconds = retry_after(&resting);
    assert!((30..=75).contains(&seconds), "as long as it rests: {seconds}");
    let shown = world.get(&token, &format!("/authorities/{id}")).await.expect(200);
    assert_eq!(shown.json["health"]["cause"]["cause"], "cache_full");
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(
        (&ledger.json["taken"], &ledger.json["refused"]),
        (&json!(1), &json!(1)),
        "it was asked once more, and not hammered"
    );
}

/// An authority that holds one challenge, as Sceau knows.
async fn add_with_one_slot(world: &World, token: &str, laboratory: &Laboratory) -> String {
    let mut form = form(laboratory);
    form["limits"] = json!({
        "max_unused": 1, "lifetime_seconds": 3600, "safe_life_seconds": 3420,
        "backoff_seconds": 60, "breaker_seconds": 60,
    });
    world
        .post(token, "/authorities", &form)
        .await
        .expect(201)
        .text_of("id")
}

/// What the head says, which the body says too.
fn retry_after(answer: &Answer) -> u64 {
    let head = answer.headers[header::RETRY_AFTER].to_str().unwrap();
    let seconds = answer.json["retry_after"].as_u64();
    assert_eq!(head.parse().ok(), seconds, "{}", answer.text);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(answer.json["type"], "/api/problems#later");
    seconds.unwrap()
}

#[tokio::test]
async fn an_order_that_waits_is_told_why_for_how_long_and_at_which_place() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 2).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add_with_one_slot(&world, &token, &laboratory).await;
    let order = |name: &str| json!({ "authority": id, "subject": format!("CN={name}") });
    world.post(&token, "/orders", &order("holder")).await.expect(201);
    let first = world.post(&token, "/orders", &order("first")).await.expect(503);
    assert_eq!(first.json["cause"]["cause"], "slots_taken", "{}", first.text);
    assert!(
        first.text.contains("All 1 challenges of the authority are out"),
        "{}",
        first.text
    );
    assert_eq!(first.json["place"], 1);
    assert!((1..=300).contains(&retry_after(&first)));
    let (first, second) = (order("first"), order("second"));
    let second = world.post(&token, "/orders", &second).await.expect(503);
    assert_eq!(second.json["place"], 2, "{}", second.text);
    assert_eq!(second.json["cause"]["cause"], "queued_behind");
    assert!(second.text.contains("at place 2"), "{}", second.text);
    let again = world.post(&token, "/orders", &first).await.expect(503);
    assert_eq!(
        again.json["place"], 1,
        "asking again doesn't send it to the end: {}",
        again.text
    );
    // The challenge that is out comes to its end.
    let ledger = world
        .get(&token, &format!("/authorities/{id}/challenges"))
        .await
        .expect(200);
    assert_eq!(ledger.json["orders_waiting"], 2, "{}", ledger.text);
    free(&world).await;
    world.post(&token, "/orders", &first).await.expect(201);
    let ledger = world
        .get(&token, &format!("/authorities/{id}/challenges"))
        .await
        .expect(200);
    assert_eq!(ledger.json["orders_waiting"], 1, "{}", ledger.text);
}

/// Whatever challenge is out is used.
async fn free(world: &World) {
    let now = world.app.now();
    let freed = world
        .app
        .store
        .write(move |tx| Box::pin(async move { store::challenges::expire(tx, now.plus_seconds(7200)).await }))
        .await
        .unwrap();
    assert_eq!(freed.len(), 1);
}

#[tokio::test]
async fn a_caller_whose_turn_comes_soon_is_kept_waiting_for_it() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 2).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add_with_one_slot(&world, &token, &laboratory).await;
    let order = |name: &str| json!({ "authority": id, "subject": format!("CN={name}") });
    world.post(&token, "/orders", &order("holder")).await.expect(201);
    let second = order("second");
    let waiting = world.post(&token, "/orders", &second);
    let freeing = async {
        let path = format!("/authorities/{id}/challenges");
        let deadline = Instant::now() + Duration::from_secs(9);
        while world.get(&token, &path).await.expect(200).json["orders_waiting"] != 1 {
            assert!(Instant::now() < deadline, "it never waited");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        free(&world).await;
    };
    let (answer, ()) = tokio::join!(waiting, freeing);
    answer.expect(201);
}

#[tokio::test]
async fn a_caller_who_hangs_up_while_it_waits_takes_no_challenge_along() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add_with_one_slot(&world, &token, &laboratory).await;
    let order = |name: &str| json!({ "authority": id, "subject": format!("CN={name}") });
    world.post(&token, "/orders", &order("holder")).await.expect(201);
    let gone = order("gone");
    let waiting = world.post(&token, "/orders", &gone);
    let second = Duration::from_secs(1);
    assert!(tokio::time::timeout(second, waiting).await.is_err());
    free(&world).await;
    // Its place lapses after a moment, and the next one gets the slot.
    let next = order("next");
    world.post(&token, "/orders", &next).await.expect(201);
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 2, "{}", ledger.text);
}

#[tokio::test]
async fn an_outage_is_told_with_the_time_after_which_it_is_tried_again() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    laboratory.stop().await;
    let order = json!({ "authority": id, "subject": "CN=printer" });
    for _ in 0..2 {
        let down = world.post(&token, "/orders", &order).await.expect(503);
        assert_eq!(
            down.json["cause"]["cause"], "authority_unreachable",
            "{}",
            down.text
        );
        assert!(down.text.contains("Nobody listens at"), "{}", down.text);
        assert!((30..=75).contains(&retry_after(&down)));
    }
}

#[tokio::test]
async fn a_refused_sign_in_waits_for_a_person_and_not_for_a_time() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    stop_sign_ins(&world, &id).await;
    let order = json!({ "authority": id, "subject": "CN=printer" });
    let stopped = world.post(&token, "/orders", &order).await.expect(409);
    assert_eq!(stopped.json["type"], "/api/problems#state");
    assert_eq!(stopped.json["cause"]["cause"], "sign_in_refused");
    assert!(
        stopped.text.contains("refused the user name or the password"),
        "{}",
        stopped.text
    );
    assert!(!stopped.headers.contains_key(header::RETRY_AFTER));
}

/// As after a wrong password.
async fn stop_sign_ins(world: &World, id: &str) {
    let (id, now) = (domain::Id::parse(id).unwrap(), world.app.now());
    let health = Health {
        is_sign_in_stopped: true,
        cause: Some(Cause::SignInRefused),
        ..Health::default()
    };
    let writing = world.app.store.write(move |tx| {
        let (id, health) = (id.clone(), health.clone());
        Box::pin(async move { store::authorities::set_health(tx, &id, &health, None, now).await })
    });
    writing.await.unwrap();
}
