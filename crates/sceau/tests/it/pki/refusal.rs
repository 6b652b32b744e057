//! What is no SCEP request for anyone here.

use axum::{
    body::Body,
    http::{Method, Request},
};
use sceau::routes;
use scep::{Operation, Outcome, Query};

use super::{
    Ordered,
    client::{get, ordered_enrolment, post},
};
use crate::site::send;

#[tokio::test]
async fn an_unknown_token_gets_404_whatever_is_asked() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let token = ordered.path().strip_prefix("/scep/").unwrap();
    let upper = format!("/scep/{}", token.to_uppercase());
    let cut = format!("/scep/{}", &token[..31]);
    let longer = format!("/scep/{token}0");
    let long = format!("/scep/{}", "a".repeat(4000));
    let unknown = [
        "/scep/00000000000000000000000000000000",
        "/scep/%00",
        "/scep/..%2f..",
        &upper,
        &cut,
        &longer,
        &long,
    ];
    for path in unknown.into_iter().filter(|path| *path != ordered.path()) {
        for operation in [
            Operation::GetCaCaps,
            Operation::GetCaCert,
            Operation::GetNextCaCert,
        ] {
            let reply = get(&ordered.site, path, &Query::write(operation, None)).await;
            assert_eq!(reply.status, 404, "{path:.60}");
        }
        let reply = post(&ordered.site, path, message.clone()).await;
        assert_eq!(reply.status, 404, "{path:.60}");
    }
    assert!(ordered.transaction().await.is_none());
}

#[tokio::test]
async fn there_is_no_next_certificate() {
    let ordered = Ordered::new().await;
    let query = Query::write(Operation::GetNextCaCert, Some("default"));
    let reply = get(&ordered.site, ordered.path(), &query).await.expect(404);
    assert!(reply.is_in_one_piece());
}

#[tokio::test]
async fn garbage_gets_400_and_binds_nothing() {
    let ordered = Ordered::new().await;
    let (site, path) = (&ordered.site, ordered.path());
    let mut enrolment = ordered_enrolment(&ordered).await;
    let honest = enrolment.write_request().unwrap();
    let mut changed = honest.clone();
    *changed.last_mut().unwrap() ^= 1;
    let bodies = [
        ("empty", Vec::new()),
        ("HTML", b"<html><body>hello</body></html>".to_vec()),
        (
            "PEM",
            b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n".to_vec(),
        ),
        ("a length of 2^63", b"\x30\x88\x80\0\0\0\0\0\0\0".to_vec()),
        ("deep", [0x30, 0x80].repeat(50_000)),
        ("a changed signature", changed),
        ("zeros", vec![0; 100_000]),
    ];
    for (what, body) in bodies {
        let reply = post(site, path, body).await;
        assert_eq!(reply.status, 400, "{what}: {}", reply.text());
        assert!(reply.body.len() < 200, "{what}: no detail");
    }
    for end in (0..honest.len()).step_by(37) {
        let reply = post(site, path, honest[..end].to_vec()).await;
        assert_eq!(reply.status, 400, "cut at {end}");
    }
    for query in [
        "",
        "operation=",
        "operation=Format",
        "message=x",
        "operation=PKIOperation",
        "operation=PKIOperation&message=",
        "operation=PKIOperation&message=%%%",
    ] {
        let reply = get(site, path, query).await;
        assert_eq!(reply.status, 400, "{query}");
    }
    assert!(ordered.transaction().await.is_none());
    let reply = post(site, path, honest).await.expect(200);
    assert!(matches!(
        enrolment.read_reply(&reply.body),
        Ok(Outcome::Issued(_))
    ));
}

#[tokio::test]
async fn an_oversized_message_is_refused_and_other_methods_are_not_served() {
    let ordered = Ordered::new().await;
    let big = vec![0x30; scep::MAX_MESSAGE + 1];
    post(&ordered.site, ordered.path(), big).await.expect(413);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}?operation=GetCACaps", ordered.path()))
            .body(Body::empty());
        let reply = send(routes::public(ordered.site.app.clone()), request.unwrap()).await;
        assert_eq!(reply.status, 405);
    }
    let request = Request::post(format!("{}?operation=GetCACert", ordered.path())).body(Body::empty());
    let reply = send(routes::public(ordered.site.app.clone()), request.unwrap()).await;
    assert_eq!(reply.status, 400, "only PKIOperation is posted");
}
