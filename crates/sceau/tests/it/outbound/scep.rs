//! SCEP requests: how they are sent, and what is known when no answer comes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sceau::outbound::{Bounds, MAX_BODY, Outbound, OutboundError, Trust, Unreachable, Upstream};
use scep::Operation;

use super::script::{Reply, Server, answer};

fn upstream(server: &Server, capabilities: &str) -> Upstream {
    Upstream {
        scep_url: server.url("/certsrv/mscep/mscep.dll"),
        trust: Trust::default(),
        capabilities: capabilities.to_owned(),
    }
}

async fn echo() -> Server {
    Server::start(|seen| {
        Reply::Keep(answer(
            "200 OK",
            &["Content-Type: application/x-pki-message"],
            &seen.body,
        ))
    })
    .await
}

#[tokio::test]
async fn a_message_is_posted_where_that_is_advertised() {
    let server = echo().await;
    let answer = Outbound::new()
        .scep_post(&upstream(&server, "POSTPKIOperation\nSHA-256\n"), &b"message"[..])
        .await
        .unwrap();
    assert_eq!(answer.body, &b"message"[..]);
    assert_eq!(answer.content_type.as_deref(), Some("application/x-pki-message"));
    let seen = server.seen();
    assert!(
        seen[0]
            .head
            .starts_with("POST /certsrv/mscep/mscep.dll?operation=PKIOperation HTTP/1.1")
    );
    assert!(seen[0].head.contains("content-type: application/x-pki-message"));
}

#[tokio::test]
async fn a_message_goes_by_get_where_posting_is_not_advertised() {
    let server = echo().await;
    let message: Vec<u8> = (0..=255).collect();
    Outbound::new()
        .scep_post(&upstream(&server, "SHA-1\nDES3\n"), message.clone())
        .await
        .unwrap();
    let seen = server.seen();
    assert!(seen[0].head.starts_with("GET "));
    let query = seen[0].path().split_once('?').unwrap().1;
    let query = scep::Query::parse(query).unwrap();
    assert_eq!(query.operation, Operation::PkiOperation);
    assert_eq!(query.message.unwrap(), message);
}

#[tokio::test]
async fn a_question_carries_the_message_parameter_that_ndes_wants() {
    let server = echo().await;
    Outbound::new()
        .scep_get(&upstream(&server, ""), Operation::GetCaCert)
        .await
        .unwrap();
    assert!(server.seen()[0].path().contains("operation=GetCACert&message="));
}

#[tokio::test]
async fn requests_one_after_the_other_share_a_connection() {
    let server = echo().await;
    let outbound = Outbound::new();
    for _ in 0..5 {
        outbound
            .scep_post(&upstream(&server, "POSTPKIOperation"), &b"message"[..])
            .await
            .unwrap();
    }
    assert!(server.seen().iter().all(|seen| seen.connection == 1));
}

#[tokio::test]
async fn a_redirection_is_handed_back_and_not_followed() {
    let server = Server::start(|_| {
        Reply::Keep(answer(
            "302 Found",
            &["Location: http://127.0.0.1:9/elsewhere"],
            b"",
        ))
    })
    .await;
    let answer = Outbound::new()
        .scep_get(&upstream(&server, ""), Operation::GetCaCaps)
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_request_that_never_left_is_told_from_one_that_was_never_answered() {
    let server = Server::start(|_| Reply::Close(Vec::new())).await;
    let up = upstream(&server, "POSTPKIOperation");
    let error = Outbound::new().scep_post(&up, &b"message"[..]).await.unwrap_err();
    assert!(error.was_sent(), "{error}");
    assert!(matches!(error, OutboundError::NoAnswer(_)));
    assert_eq!(
        server.seen().len(),
        1,
        "what may have had an effect is not repeated"
    );
    drop(server);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let up = Upstream {
        scep_url: format!("http://{free}/scep"),
        ..up
    };
    let error = Outbound::new().scep_post(&up, &b"message"[..]).await.unwrap_err();
    assert!(!error.was_sent(), "{error}");
    assert!(matches!(
        error,
        OutboundError::Unreachable(Unreachable::Refused(_))
    ));
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let server = Server::start(|_| Reply::Close(answer("200 OK", &[], b"first and last"))).await;
    let (outbound, up) = (Outbound::new(), upstream(&server, "POSTPKIOperation"));
    for _ in 0..3 {
        // The end of the old connection arrives in its own time.
        let answer = outbound.scep_get(&up, Operation::GetCaCaps).await;
        assert!(answer.is_ok() || answer.as_ref().is_err_and(OutboundError::was_sent));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [1, 2, 3]);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_given_up() {
    let server = Server::start(|_| Reply::Keep(answer("200 OK", &[], &vec![0; MAX_BODY + 1]))).await;
    let error = Outbound::new()
        .scep_get(&upstream(&server, ""), Operation::GetCaCert)
        .await
        .unwrap_err();
    assert_eq!(error, OutboundError::TooLong);
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_refused_before_anything_is_sent() {
    for address in [
        "ftp://127.0.0.1/scep",
        "no address",
        "http://user:secret@127.0.0.1/scep",
    ] {
        let upstream = Upstream {
            scep_url: address.to_owned(),
            trust: Trust::default(),
            capabilities: String::new(),
        };
        let error = Outbound::new()
            .scep_get(&upstream, Operation::GetCaCaps)
            .await
            .unwrap_err();
        assert!(matches!(
            &error,
            OutboundError::Unreachable(Unreachable::Address(_))
        ));
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_stalled_authority_holds_up_no_other() {
    let (stalled, quick) = (Server::start(|_| Reply::Silence).await, echo().await);
    let bounds = Bounds {
        at_once: 4,
        wait: Duration::from_millis(500),
        exchange: Duration::from_secs(2),
        ..Bounds::default()
    };
    let outbound = Arc::new(Outbound::with_bounds(bounds));
    let send = |up: Upstream| {
        let outbound = outbound.clone();
        tokio::spawn(async move {
            let begun = Instant::now();
            let answer = outbound.scep_post(&up, &b"message"[..]).await;
            (answer, begun.elapsed())
        })
    };
    let held: Vec<_> = (0..32)
        .map(|_| send(upstream(&stalled, "POSTPKIOperation")))
        .collect();
    let served: Vec<_> = (0..32)
        .map(|_| send(upstream(&quick, "POSTPKIOperation")))
        .collect();
    for task in served {
        let (answer, _) = task.await.unwrap();
        assert_eq!(answer.unwrap().body, b"message");
    }
    // All 32 at the quick one came to their end while the stalled one still holds its own.
    assert!(stalled.seen().len() <= 4);
    assert!(held.iter().filter(|task| !task.is_finished()).count() >= 4);
    let (mut busy, mut given_up) = (0, 0);
    for task in held {
        let (answer, took) = task.await.unwrap();
        assert!(took < Duration::from_secs(5), "{took:?}");
        match answer.unwrap_err() {
            OutboundError::Unreachable(Unreachable::Busy(4)) => busy += 1,
            OutboundError::TimedOut(_) => given_up += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((busy, given_up), (28, 4));
    assert_eq!(stalled.seen().len(), 4, "what got no turn was never sent");
}
