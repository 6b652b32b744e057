//! A certificate that waited for a person lives from the decision on.

use domain::{Timestamp, actor::Actor, built_in::Rules};
use sceau::actions::built_in::{self, Decision};
use scep::Outcome;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{client::issued, delivery::Told};

const DAY: i64 = 86_400;
/// Clocks of devices are late: a certificate begins so much earlier.
const BACKDATED: i64 = 600;

/// First and last moment of a certificate that was approved after so many seconds, and when that was.
async fn approved_after(told: &Told, seconds: i64) -> (i64, i64, Timestamp) {
    let app = &told.site.app;
    let mut enrolment = told.enrolment().await;
    assert_eq!(told.ask(&mut enrolment).await, Outcome::Pending);
    told.site.pass(seconds);
    let waiting = built_in::pending_issuances(app, &Actor::CommandLine, &told.authority.id, 10)
        .await
        .unwrap()
        .remove(0);
    let decided_at = app.now();
    built_in::decide(app, &Actor::CommandLine, &waiting.id, Decision::Approve)
        .await
        .unwrap();
    let der = issued(told.ask(&mut enrolment).await);
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let validity = certificate.validity();
    (
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
        decided_at,
    )
}

async fn waiting_house() -> Told {
    let rules = Rules {
        needs_approval: true,
        ..Rules::default()
    };
    Told::with("CN=laboratory", rules).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_approved_certificate_counts_from_the_decision() {
    let told = waiting_house().await;
    let (not_before, not_after, decided_at) = approved_after(&told, 20 * DAY).await;
    let (app, id) = (&told.site.app, &told.authority.id);
    let ledger = built_in::issuances(app, &Actor::CommandLine, id, None, 10).await;
    let issuance = ledger.unwrap().remove(0);
    let validity = issuance.wanted.validity_seconds;
    assert!(validity > 30 * DAY, "{validity}");
    // The test's clock goes on a few milliseconds at each look.
    let near = |moment: i64, expected: i64| (moment - expected).abs() <= 2;
    assert!(near(not_after, decided_at.seconds() + validity), "{not_after}");
    assert!(near(not_before, decided_at.seconds() - BACKDATED), "{not_before}");
    assert_eq!(
        issuance.not_after.seconds(),
        not_after,
        "the ledger says the same"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_certificate_ends_no_later_than_its_authority() {
    let told = waiting_house().await;
    let (_, authority) = X509Certificate::from_der(&told.authority.certificates[2]).unwrap();
    let end = authority.validity().not_after.timestamp();
    let left = end - told.site.app.now().seconds();
    let (_, not_after, decided_at) = approved_after(&told, left - 5 * DAY).await;
    assert!(decided_at.seconds() < end);
    assert_eq!(not_after, end);
}
