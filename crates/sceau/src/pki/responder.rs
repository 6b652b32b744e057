//! Built-in authorities: SCEP at their own address, their revocation lists and certificates.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{Response, StatusCode},
};
use scep::{Operation, Query};

use super::answer::{bytes, incident, plain};
use crate::{
    actions::built_in::{self, Answer, Opened},
    app::Shared,
};

/// GET: what the authority can do, its certificates, or a message in the address (certmonger).
pub async fn by_get(
    State(app): State<Shared>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let Ok(query) = Query::parse(query.as_deref().unwrap_or_default()) else {
        return plain(StatusCode::BAD_REQUEST, "this is no SCEP request");
    };
    let opened = match app.built_in.at(&app, &path).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => return incident(&error),
    };
    match (query.operation, query.message) {
        (Operation::PkiOperation, Some(message)) => operate(&app, &opened, &message).await,
        (Operation::PkiOperation, None) => plain(StatusCode::BAD_REQUEST, "the SCEP message is missing"),
        (Operation::GetCaCaps, _) => bytes(
            StatusCode::OK,
            scep::CONTENT_TYPE_CAPABILITIES,
            opened.capabilities.clone(),
        ),
        (Operation::GetCaCert, _) => {
            let (body, content_type) = opened.certificates.clone();
            bytes(StatusCode::OK, content_type, body)
        }
        (Operation::GetNextCaCert, _) => match opened.next.clone() {
            Some(body) => bytes(StatusCode::OK, scep::CONTENT_TYPE_NEXT_CA_CERTIFICATE, body),
            None => plain(StatusCode::NOT_FOUND, "there is no next CA certificate"),
        },
    }
}

/// POST: a message in the body.
pub async fn by_post(
    State(app): State<Shared>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response<Body> {
    let is_operation = Query::parse(query.as_deref().unwrap_or_default())
        .is_ok_and(|query| query.operation == Operation::PkiOperation);
    if !is_operation {
        return plain(StatusCode::BAD_REQUEST, "this is no SCEP request");
    }
    match app.built_in.at(&app, &path).await {
        Ok(Some(opened)) => operate(&app, &opened, &body).await,
        Ok(None) => plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => incident(&error),
    }
}

/// A client that hangs up leaves at most an intent, which is signed by itself.
async fn operate(app: &Shared, opened: &Arc<Opened>, message: &[u8]) -> Response<Body> {
    match built_in::answer(app, opened, message).await {
        Ok(Answer::Message { body, .. }) => bytes(StatusCode::OK, scep::CONTENT_TYPE_MESSAGE, body),
        Ok(Answer::Unreadable) => plain(StatusCode::BAD_REQUEST, "the SCEP message can't be read"),
        Err(error) => incident(&error),
    }
}

/// The newest revocation list (RFC 2585 §4.2).
pub async fn revocation_list(State(app): State<Shared>, Path(path): Path<String>) -> Response<Body> {
    let list = match app.built_in.at(&app, &path).await {
        Ok(Some(opened)) => built_in::revocation_list(&app, &opened).await,
        Ok(None) => return plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => Err(error),
    };
    match list {
        Ok(list) => bytes(StatusCode::OK, "application/pkix-crl", list.der),
        Err(error) => incident(&error),
    }
}

/// The issuing certificate (RFC 2585 §4.1).
pub async fn certificate(State(app): State<Shared>, Path(path): Path<String>) -> Response<Body> {
    match app.built_in.at(&app, &path).await {
        Ok(Some(opened)) => bytes(
            StatusCode::OK,
            "application/pkix-cert",
            opened.authority.certificate().to_vec(),
        ),
        Ok(None) => plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => incident(&error),
    }
}
