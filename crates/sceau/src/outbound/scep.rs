//! SCEP over HTTP, as a client (RFC 8894 §4).

use bytes::Bytes;
use http::{Method, header};
use scep::{Capabilities, Capability, Operation, Query};

use super::{
    Bounds, OutboundError, Upstream,
    address::Address,
    connection::{Answer, Ask},
    pool::Pool,
};

/// NDES wants some value beside GetCACaps and GetCACert, whatever it is; other servers take this one for none.
const SOME_VALUE: &str = "0";

/// What a SCEP address answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScepAnswer {
    /// HTTP status.
    pub status: u16,
    /// Content-Type, if there was one.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

pub(super) async fn ask(
    pool: &Pool,
    bounds: &Bounds,
    upstream: &Upstream,
    operation: Operation,
    ca_name: Option<&str>,
) -> Result<ScepAnswer, OutboundError> {
    let query = Query::write(operation, ca_name.or(Some(SOME_VALUE)));
    send(pool, bounds, upstream, &query, Ask::default).await
}

pub(super) async fn operate(
    pool: &Pool,
    bounds: &Bounds,
    upstream: &Upstream,
    body: Bytes,
) -> Result<ScepAnswer, OutboundError> {
    let can_post = Capabilities::parse(upstream.capabilities.as_bytes()).has(Capability::PostPkiOperation);
    if !can_post {
        return send(pool, bounds, upstream, &Query::write_message(&body), Ask::default).await;
    }
    let query = Query::write(Operation::PkiOperation, None);
    send(pool, bounds, upstream, &query, || Ask {
        method: Method::POST,
        content_type: Some(scep::CONTENT_TYPE_MESSAGE),
        body: body.clone(),
        ..Ask::default()
    })
    .await
}

async fn send(
    pool: &Pool,
    bounds: &Bounds,
    upstream: &Upstream,
    query: &str,
    ask: impl Fn() -> Ask,
) -> Result<ScepAnswer, OutboundError> {
    let address = Address::parse(&upstream.scep_url)?.with_query(query);
    let sending = pool.send(&address, &upstream.trust, ask);
    match tokio::time::timeout(bounds.exchange, sending).await {
        Ok(answer) => answer.map(ScepAnswer::from),
        // Connecting has a shorter limit of its own, so what is slow here was sent, or may have been.
        Err(_) => Err(OutboundError::TimedOut(address.origin.to_string())),
    }
}

impl From<Answer> for ScepAnswer {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status.as_u16(),
            content_type: answer
                .headers
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: answer.body.into(),
        }
    }
}
