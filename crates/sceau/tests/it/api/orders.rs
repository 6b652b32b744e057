//! Orders over the API: the challenge is shown once, audited, and never stored.

use domain::operator::Role;
use serde_json::json;

use super::add;
use crate::{laboratory::Laboratory, world::World};

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
    assert_eq!(statuses, [201, 201, 201, 201, 201, 409, 409, 409]);
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
    let full = world.post(&token, "/orders", &order).await.expect(502);
    assert!(full.text.contains("cache"), "{}", full.text);
    let quiet = world.post(&token, "/orders", &order).await.expect(409);
    assert!(quiet.text.contains("a moment ago"), "{}", quiet.text);
    let shown = world.get(&token, &format!("/authorities/{id}")).await.expect(200);
    assert_eq!(shown.json["health"]["cause"]["cause"], "cache_full");
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(
        (&ledger.json["taken"], &ledger.json["refused"]),
        (&json!(1), &json!(1))
    );
}
