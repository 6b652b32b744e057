//! What the look-alike answers, address by address. IIS compares addresses in any letter case.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use scep::{
    CONTENT_TYPE_CAPABILITIES, CONTENT_TYPE_MESSAGE, CaCertificates, Capabilities, Capability, Operation,
    Query,
};

use crate::faults::Fault;

use super::admin_page::{self, Page};
use super::challenge::Offer;
use super::delay::Delay;
use super::enrolment::{Decision, Enrolment, now_millis};
use super::ntlm::{Acceptor, Account};
use super::{policy_module, sign_in};

pub(super) type Answer = Response<Full<Bytes>>;

/// Where every certificate of this CA says that its revocation list is.
pub(super) const REVOCATION_LIST: &str = "/ca.crl";

const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole service, shared by all connections.
pub(super) struct Service {
    pub(super) account: Account,
    pub(super) enrolment: Enrolment,
    pub(super) page: Page,
    pub(super) delay: Delay,
    pub(super) is_tls: bool,
}

impl Service {
    /// What a restart of NDES does to those outside: unused challenges are forgotten, connections end. Requests that
    /// wait for a person stay: the CA keeps those, not NDES.
    ///
    /// # Errors
    /// An earlier request failed in the middle.
    pub(super) fn restart(&self) -> anyhow::Result<()> {
        self.enrolment.forget_challenges()?;
        self.enrolment.mishaps.drop_connections();
        Ok(())
    }
}

/// Answers one request of a connection; what NTLM proved belongs to that connection.
pub(super) async fn answer(
    service: Arc<Service>,
    connection: Arc<Mutex<Acceptor>>,
    request: Request<Incoming>,
) -> Answer {
    let mishaps = Arc::clone(&service.enrolment.mishaps);
    if mishaps.is_restart_due()
        && let Err(error) = service.restart()
    {
        return failed(&error);
    }
    let answer = route(service, connection, request).await;
    if answer.status() != StatusCode::UNAUTHORIZED {
        tokio::time::sleep(mishaps.slowness()).await;
    }
    answer
}

async fn route(
    service: Arc<Service>,
    connection: Arc<Mutex<Acceptor>>,
    request: Request<Incoming>,
) -> Answer {
    let mishaps = &service.enrolment.mishaps;
    match request.uri().path().to_ascii_lowercase().as_str() {
        "/certsrv/mscep/mscep.dll" | "/certsrv/mscep/mscep.dll/pkiclient.exe" if mishaps.fails() => broken(),
        "/certsrv/mscep/mscep.dll" | "/certsrv/mscep/mscep.dll/pkiclient.exe" => scep(service, request).await,
        "/certsrv/mscep_admin" if mishaps.has(Fault::FrontEndRedirect) => redirect(&service, &request),
        path @ ("/certsrv/mscep_admin" | "/certsrv/mscep_admin/") => {
            let is_page = path.ends_with('/') || mishaps.has(Fault::PageWithoutSlash);
            if let Some(refusal) = sign_in::refusal(&service, &connection, &request) {
                return refusal;
            }
            if mishaps.fails() {
                broken()
            } else if let Some(operation) = mishaps.module().and(policy_module::operation(&request)) {
                policy_module::reply(&service, operation)
            } else if is_page {
                admin_page(&service)
            } else {
                redirect(&service, &request)
            }
        }
        REVOCATION_LIST if !mishaps.has(Fault::NoCrl) => revocation_list(&service),
        _ => plain(StatusCode::NOT_FOUND, "There is nothing here."),
    }
}

async fn scep(service: Arc<Service>, request: Request<Incoming>) -> Answer {
    let text = request.uri().query().unwrap_or_default().to_owned();
    if text.is_empty() && request.method() == Method::GET {
        // A browser sees 403 where the module of Intune's connector is installed.
        return match service.enrolment.mishaps.module() {
            Some(_) => plain(StatusCode::FORBIDDEN, "Forbidden."),
            None => plain(StatusCode::OK, "SCEP is spoken here."),
        };
    }
    let is_message_given = text
        .split('&')
        .any(|part| part.split('=').next() == Some("message"));
    let query = match Query::parse(&text) {
        Ok(query) => query,
        Err(error) => return plain(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    match (query.operation, request.method().clone()) {
        (Operation::PkiOperation, Method::POST) => match body(request).await {
            Ok(message) => pki_operation(service, message).await,
            Err(refusal) => refusal,
        },
        (Operation::PkiOperation, Method::GET) => match query.message {
            Some(message) => pki_operation(service, message.into()).await,
            None => plain(StatusCode::BAD_REQUEST, "The message is missing."),
        },
        (_, Method::GET) if !is_message_given => {
            plain(StatusCode::BAD_REQUEST, "The message parameter is missing.")
        }
        (Operation::GetCaCaps, Method::GET) => with_type(
            StatusCode::OK,
            CONTENT_TYPE_CAPABILITIES,
            capabilities().to_body(),
        ),
        (Operation::GetCaCert, Method::GET) => ca_certificates(&service),
        (Operation::GetNextCaCert, Method::GET) => plain(StatusCode::NOT_IMPLEMENTED, "Not known here."),
        _ => {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "GET or POST.");
            answer
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, POST"));
            answer
        }
    }
}

/// As NDES since Server 2012 lists them; AES is taken from those who use it all the same.
fn capabilities() -> Capabilities {
    use Capability::{Des3, PostPkiOperation, Renewal, Sha1, Sha256, Sha512};
    Capabilities::new([PostPkiOperation, Renewal, Sha512, Sha256, Sha1, Des3])
}

fn ca_certificates(service: &Service) -> Answer {
    let body = CaCertificates::from_certificates(service.enrolment.authority().certificates())
        .and_then(|certificates| certificates.to_body());
    match body {
        Ok((body, content_type)) => with_type(StatusCode::OK, content_type, body),
        Err(error) => failed(&error.into()),
    }
}

async fn pki_operation(service: Arc<Service>, message: Bytes) -> Answer {
    let deciding = Arc::clone(&service);
    let decision = blocking(move || deciding.enrolment.decide(&message)).await;
    let reply = match decision {
        Ok(Decision::Issue(granted)) => {
            tokio::time::sleep(service.delay.next()).await;
            blocking(move || service.enrolment.issue(*granted)).await
        }
        Ok(Decision::Answer(reply)) => Ok(reply),
        Ok(Decision::Unreadable) => return plain(StatusCode::BAD_REQUEST, "No SCEP message."),
        Err(error) => Err(error),
    };
    match reply {
        Ok(reply) => with_type(StatusCode::OK, CONTENT_TYPE_MESSAGE, reply),
        Err(error) => failed(&error),
    }
}

/// Runs what computes or writes files away from the threads that serve connections.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

async fn body(request: Request<Incoming>) -> Result<Bytes, Answer> {
    let limited = Limited::new(request.into_body(), scep::MAX_MESSAGE);
    match tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "The message is too large."))
        }
        Ok(Err(_)) => Err(plain(StatusCode::BAD_REQUEST, "The message ended early.")),
        Err(_) => Err(plain(StatusCode::REQUEST_TIMEOUT, "The message took too long.")),
    }
}

fn redirect(service: &Service, request: &Request<Incoming>) -> Answer {
    let path = "/certsrv/mscep_admin/";
    let scheme = if service.is_tls { "https" } else { "http" };
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let location = host.map_or_else(|| path.to_owned(), |host| format!("{scheme}://{host}{path}"));
    let mut answer = plain(StatusCode::MOVED_PERMANENTLY, "With a slash at its end.");
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

/// What the account may have now.
pub(super) fn offer(service: &Service) -> anyhow::Result<Offer> {
    let (enrolment, mishaps) = (&service.enrolment, &service.enrolment.mishaps);
    mishaps.page_was_asked_for();
    if mishaps.has(Fault::NoPermission) {
        Ok(Offer::NoPermission)
    } else if mishaps.has(Fault::NoPassword) {
        Ok(Offer::NoPassword)
    } else if mishaps.is_cache_full() {
        Ok(Offer::CacheFull)
    } else {
        enrolment.offer_challenge()
    }
}

/// The MD5 that is shown.
pub(super) fn thumbprint(service: &Service) -> [u8; 16] {
    let real = service.enrolment.authority().thumbprint();
    if service.enrolment.mishaps.has(Fault::WrongThumbprint) {
        real.map(|octet| !octet)
    } else {
        real
    }
}

fn admin_page(service: &Service) -> Answer {
    let mishaps = &service.enrolment.mishaps;
    if let Some(answer) = mishaps.module() {
        return policy_module::in_place_of_the_page(service, answer);
    }
    let thumbprint = thumbprint(service);
    match offer(service) {
        Ok(offer) => {
            let text = service.page.write(&offer, &thumbprint, mishaps.language());
            let octets = admin_page::encode(&text, mishaps.encoding());
            with_type(StatusCode::OK, "text/html", mishaps.cut(octets))
        }
        Err(error) => failed(&error),
    }
}

fn revocation_list(service: &Service) -> Answer {
    let list = now_millis().and_then(|now| service.enrolment.authority().revocation_list(now / 1_000));
    match list {
        Ok(list) => with_type(StatusCode::OK, "application/pkix-crl", list),
        Err(error) => failed(&error),
    }
}

/// As IIS answers when the service behind it breaks.
fn broken() -> Answer {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error.")
}

pub(super) fn failed(error: &anyhow::Error) -> Answer {
    tracing::error!("{error:#}");
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The service failed; its log says why.",
    )
}

pub(super) fn plain(status: StatusCode, text: &str) -> Answer {
    with_type(
        status,
        "text/plain; charset=utf-8",
        format!("{text}\n").into_bytes(),
    )
}

pub(super) fn with_type(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}
