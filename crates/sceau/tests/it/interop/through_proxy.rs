//! Every client at the proxy in front of the laboratory's NDES, each with an order of its own.

use sceau::actions::built_in::Decision;

use super::{certmonger, scepclient, side::Side, strongswan};

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_in_every_algorithm() {
    let side = Side::proxy().await;
    certmonger::enrols_in_every_algorithm(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_a_large_key() {
    let side = Side::proxy().await;
    certmonger::enrols_a_large_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_refused_with_a_wrong_challenge() {
    let side = Side::proxy().await;
    certmonger::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_refused_at_the_address_of_an_order_that_was_used() {
    let side = Side::proxy().await;
    certmonger::is_refused_at_an_address_that_was_used(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_enrols_in_every_algorithm() {
    let side = Side::proxy().await;
    strongswan::enrols_in_every_algorithm(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_enrols_a_large_key_and_signs_with_pss() {
    let side = Side::proxy().await;
    strongswan::enrols_a_large_key(&side).await;
    strongswan::enrols_with_pss(&side).await;
    strongswan::is_turned_away_with_sha224(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_is_refused_with_a_wrong_challenge() {
    let side = Side::proxy().await;
    strongswan::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_misreads_keywords() {
    let side = Side::proxy().await;
    strongswan::misreads_keywords(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_enrols_where_single_des_is_taken() {
    let side = Side::proxy_with(|options| options.is_legacy = true).await;
    scepclient::enrols_small_and_large_keys(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_with_a_wrong_challenge() {
    let side = Side::proxy_with(|options| options.is_legacy = true).await;
    scepclient::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_where_single_des_is_not_taken() {
    let side = Side::proxy().await;
    scepclient::is_refused_without_the_switch(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_renews_and_changes_its_key() {
    let side = Side::proxy().await;
    certmonger::renews_and_changes_its_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_waits_for_a_person() {
    let side = Side::proxy_with(|options| options.wants_approval = true).await;
    certmonger::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_told_that_a_person_refused() {
    let side = Side::proxy_with(|options| options.wants_approval = true).await;
    certmonger::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_renews() {
    let side = Side::proxy().await;
    strongswan::renews(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_waits_for_a_person() {
    let side = Side::proxy_with(|options| options.wants_approval = true).await;
    strongswan::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_is_told_that_a_person_refused() {
    let side = Side::proxy_with(|options| options.wants_approval = true).await;
    strongswan::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

/// Both decisions at once, since each takes scepclient half a minute.
#[tokio::test(flavor = "multi_thread")]
async fn scepclient_waits_for_a_person_who_approves_or_refuses() {
    let (yes, no) = tokio::join!(waiting_for_scepclient(), waiting_for_scepclient());
    tokio::join!(
        scepclient::waits_for_a_person(&yes, Decision::Approve),
        scepclient::waits_for_a_person(&no, Decision::Refuse)
    );
    tokio::join!(yes.end(), no.end());
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_renews() {
    let side = Side::proxy_with(|options| options.is_legacy = true).await;
    scepclient::renews(&side).await;
    side.end().await;
}

async fn waiting_for_scepclient() -> Side {
    Side::proxy_with(|options| (options.is_legacy, options.wants_approval) = (true, true)).await
}
