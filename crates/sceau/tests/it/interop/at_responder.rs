//! Every client at the responder of a built-in authority.

use domain::built_in::Rules;
use sceau::actions::built_in::Decision;

use super::{certmonger, scepclient, side::Side, strongswan};

pub(super) const PLAIN: Rules = Rules {
    needs_approval: false,
    is_legacy: false,
    crl_hours: 168,
};
pub(super) const APPROVED: Rules = Rules {
    needs_approval: true,
    ..PLAIN
};
const LEGACY: Rules = Rules {
    is_legacy: true,
    ..PLAIN
};
pub(super) const LEGACY_APPROVED: Rules = Rules {
    needs_approval: true,
    ..LEGACY
};

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_in_every_algorithm() {
    let side = Side::responder().await;
    certmonger::enrols_in_every_algorithm(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_a_large_key() {
    let side = Side::responder().await;
    certmonger::enrols_a_large_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_renews_and_changes_its_key() {
    let side = Side::responder().await;
    certmonger::renews_and_changes_its_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_waits_for_a_person() {
    let side = Side::responder_with(APPROVED).await;
    certmonger::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_told_that_a_person_refused() {
    let side = Side::responder_with(APPROVED).await;
    certmonger::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_refused_with_a_wrong_challenge() {
    let side = Side::responder().await;
    certmonger::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_enrols_in_every_algorithm() {
    let side = Side::responder().await;
    strongswan::enrols_in_every_algorithm(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_enrols_a_large_key_and_signs_with_pss() {
    let side = Side::responder().await;
    strongswan::enrols_a_large_key(&side).await;
    strongswan::enrols_with_pss(&side).await;
    strongswan::is_turned_away_with_sha224(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_renews() {
    let side = Side::responder().await;
    strongswan::renews(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_waits_for_a_person() {
    let side = Side::responder_with(APPROVED).await;
    strongswan::waits_for_a_person(&side, Decision::Approve).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_is_told_that_a_person_refused() {
    let side = Side::responder_with(APPROVED).await;
    strongswan::waits_for_a_person(&side, Decision::Refuse).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_is_refused_with_a_wrong_challenge() {
    let side = Side::responder().await;
    strongswan::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_enrols_where_single_des_is_taken() {
    let side = Side::responder_with(LEGACY).await;
    scepclient::enrols_small_and_large_keys(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_renews() {
    let side = Side::responder_with(LEGACY).await;
    scepclient::renews(&side).await;
    side.end().await;
}

/// Both decisions at once, since each takes scepclient half a minute.
#[tokio::test(flavor = "multi_thread")]
async fn scepclient_waits_for_a_person_who_approves_or_refuses() {
    let (yes, no) = tokio::join!(
        Side::responder_with(LEGACY_APPROVED),
        Side::responder_with(LEGACY_APPROVED)
    );
    tokio::join!(
        scepclient::waits_for_a_person(&yes, Decision::Approve),
        scepclient::waits_for_a_person(&no, Decision::Refuse)
    );
    tokio::join!(yes.end(), no.end());
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_with_a_wrong_challenge() {
    let side = Side::responder_with(LEGACY).await;
    scepclient::is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_where_single_des_is_not_taken() {
    let side = Side::responder().await;
    scepclient::is_refused_without_the_switch(&side).await;
    side.end().await;
}
