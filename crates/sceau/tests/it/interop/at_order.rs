//! Every client at an order's own address in front of a built-in authority: the proxy, with nobody behind it.

use sceau::actions::built_in::Decision;

use super::{
    at_responder::{APPROVED, LEGACY_APPROVED, PLAIN},
    certmonger, scepclient,
    side::Side,
    strongswan,
};

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_renews_and_changes_its_key() {
    let side = Side::orders_with(PLAIN).await;
    certmonger::renews_and_changes_its_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_waits_for_a_person() {
    let side = Side::orders_with(APPROVED).await;
    certmonger::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_told_that_a_person_refused() {
    let side = Side::orders_with(APPROVED).await;
    certmonger::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_renews() {
    let side = Side::orders_with(PLAIN).await;
    strongswan::renews(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_waits_for_a_person() {
    let side = Side::orders_with(APPROVED).await;
    strongswan::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_is_told_that_a_person_refused() {
    let side = Side::orders_with(APPROVED).await;
    strongswan::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

/// Both decisions at once, since each takes scepclient half a minute.
#[tokio::test(flavor = "multi_thread")]
async fn scepclient_waits_for_a_person_who_approves_or_refuses() {
    let (yes, no) = tokio::join!(
        Side::orders_with(LEGACY_APPROVED),
        Side::orders_with(LEGACY_APPROVED)
    );
    tokio::join!(
        scepclient::waits_for_a_person(&yes, Decision::Approve),
        scepclient::waits_for_a_person(&no, Decision::Refuse)
    );
    tokio::join!(yes.end(), no.end());
}
