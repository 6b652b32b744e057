//! What the authority says instead of a SCEP answer, and what it is asked.

use std::time::{Duration, Instant};

use domain::{event::What, transaction::TransactionState};
use sceau::outbound::{Bounds, Trust, Upstream};

use super::{
    Ordered,
    client::{ordered_enrolment, post},
};
use crate::{
    laboratory::Laboratory,
    outbound::script::{Reply, Server, answer},
    site::Site,
};

/// From now on the authority is this server.
async fn moved(site: &Site, server: &Server) {
    let url = server.url("/certsrv/mscep/mscep.dll");
    site.app
        .store
        .write(move |tx| {
            let url = url.clone();
            Box::pin(async move {
                let mut all = store::authorities::list(tx).await?;
                let mut authority = all.remove(0);
                authority.scep_url = url;
                store::authorities::update(tx, &authority).await
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn http_errors_and_answers_that_are_no_scep_stand_on_the_timeline() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let answers = [("403 Forbidden", 502), ("503 Busy", 502), ("200 OK", 504)];
    let server = Server::start(|seen| {
        let body = b"<html>no SCEP here</html>";
        let number = seen.body.len();
        assert!(number > 0, "the message was posted");
        let status = match seen.connection {
            1 => "403 Forbidden",
            2 => "503 Busy",
            _ => "200 OK",
        };
        Reply::Close(answer(status, &["Connection: close"], body))
    })
    .await;
    moved(&ordered.site, &server).await;
    for (what, status) in answers {
        let reply = post(&ordered.site, ordered.path(), message.clone()).await;
        assert_eq!(reply.status, status, "{what}");
        assert!(reply.is_in_one_piece());
        assert!(!reply.text().contains("html"), "nothing of it reaches the device");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    for one in &seen {
        assert_eq!(one.path(), "/certsrv/mscep/mscep.dll?operation=PKIOperation");
        assert_eq!(one.body, message, "relayed as it came");
    }
    let told = ordered.timeline().await;
    let is_told = |number: &str| {
        told.iter().any(|what| {
            matches!(what, What::Answered { status, detail: Some(detail), .. }
                if status == "http" && detail == number)
        })
    };
    assert!(is_told("HTTP 403") && is_told("HTTP 503"), "{told:?}");
    assert!(
        told.iter()
            .any(|what| matches!(what, What::OutcomeUnknown { trouble, .. } if trouble == "not_scep")),
        "{told:?}"
    );
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::OutcomeUnknown);
}

#[tokio::test]
async fn an_authority_that_is_silent_is_given_up_in_time() {
    let bounds = Bounds {
        exchange: Duration::from_millis(300),
        ..Bounds::default()
    };
    let ordered = Ordered::at(Site::bounded(bounds).await, Laboratory::start(false, 5).await).await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let server = Server::start(|_| Reply::Silence).await;
    moved(&ordered.site, &server).await;
    let message = enrolment.write_request().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(504);
    let told = ordered.timeline().await;
    assert!(
        told.iter()
            .any(|what| matches!(what, What::OutcomeUnknown { trouble, .. } if trouble == "timed_out")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_request_that_gets_no_turn_at_a_slow_authority_is_told_to_come_again() {
    let bounds = Bounds {
        at_once: 1,
        wait: Duration::from_millis(50),
        ..Bounds::default()
    };
    let ordered = Ordered::at(Site::bounded(bounds).await, Laboratory::start(false, 5).await).await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let server = Server::start(|_| Reply::Silence).await;
    moved(&ordered.site, &server).await;
    // Somebody else has the one turn.
    let (app, url) = (ordered.site.app.clone(), server.url("/certsrv/mscep/mscep.dll"));
    let holding = tokio::spawn(async move {
        let upstream = Upstream {
            scep_url: url,
            trust: Trust::default(),
            capabilities: String::new(),
        };
        app.outbound.scep_get(&upstream, scep::Operation::GetCaCaps).await
    });
    let begun = Instant::now();
    while server.seen().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the other never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(503);
    holding.abort();
    assert_eq!(reply.header(axum::http::header::RETRY_AFTER), "30");
    let told = ordered.timeline().await;
    assert!(
        told.iter()
            .any(|what| matches!(what, What::Answered { status, .. } if status == "busy")),
        "{told:?}"
    );
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state.name(), "not_delivered");
    assert!(ordered.laboratory.issued().is_empty());
}

/// What is stored of the authority, as soon as it was looked at after this moment, or after a while.
async fn looked_at(site: &Site, after: domain::Timestamp) -> bool {
    for _ in 0..200 {
        let all = site
            .app
            .store
            .read(|tx| Box::pin(async move { store::authorities::list(tx).await }));
        if all.await.unwrap()[0].checked_at > after {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn old_answers_are_served_at_once_and_read_anew_behind_them() {
    let ordered = Ordered::new().await;
    let before = ordered.site.app.now();
    ordered.site.pass(601);
    let chain = super::client::certificates(&ordered.site, ordered.path()).await;
    assert_eq!(chain.all().len(), 3);
    assert!(looked_at(&ordered.site, before).await, "nobody looked");
}

#[tokio::test]
async fn an_authority_that_is_away_leaves_the_old_answers_and_is_asked_once() {
    let ordered = Ordered::new().await;
    let server = Server::start(|_| Reply::Close(answer("500 Failed", &["Connection: close"], b""))).await;
    moved(&ordered.site, &server).await;
    ordered.site.pass(601);
    for _ in 0..5 {
        let chain = super::client::certificates(&ordered.site, ordered.path()).await;
        assert_eq!(chain.all().len(), 3);
    }
    let begun = Instant::now();
    while server.seen().len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody looked");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let asked: Vec<_> = server.seen().iter().map(|seen| seen.path().to_owned()).collect();
    let base = "/certsrv/mscep/mscep.dll?operation=";
    // A value of our own, and not Windows' `default`, which some take for the name of a CA.
    assert_eq!(
        asked,
        [
            format!("{base}GetCACaps&message=0"),
            format!("{base}GetCACert&message=0")
        ]
    );
}
