//! A device against SCEP servers that misbehave or take their time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod device_world;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use ca::{CertificateAuthority, CertificateRequest, IssuingKey, Order, Profile, Subject, serial};
use device_world::{Script, Seen, World, authority_of, now};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lab::device::Hresult;
use scep::{FailInfo, Identity, OpenedRequest, Policy, RsaKey, open_request};
use tokio::net::TcpListener;

/// How the server answers a PKIOperation.
#[derive(Clone, Copy)]
enum Answers {
    Status(u16),
    /// HTTP 200 with a page.
    Page,
    /// FAILURE badRequest without an HRESULT.
    Failure,
    /// PENDING so often, then the certificate.
    Pending(usize),
    /// Not at all: its certificate ended two years ago.
    Never,
}

struct Ca {
    authority: CertificateAuthority,
    /// The authority's key in PKCS#8.
    key: Vec<u8>,
    answers: Answers,
    polls: AtomicUsize,
    /// Requests as they came: method and query.
    seen: Mutex<Vec<String>>,
    agents: Mutex<Vec<String>>,
    request: Mutex<Option<Vec<u8>>>,
}

impl Ca {
    async fn start(answers: Answers) -> (Arc<Self>, SocketAddr) {
        let key = IssuingKey::generate(2048).unwrap();
        let pkcs8 = key.to_pkcs8().unwrap().to_vec();
        let year = Duration::from_secs(365 * 86_400);
        let ago = |years: i64| now() - years * 365 * 86_400;
        let authority = match answers {
            Answers::Never => {
                let serial = serial::random().unwrap();
                CertificateAuthority::create_root("Device authority", key, ago(3), year, serial).unwrap()
            }
            _ => authority_of(key),
        };
        let ca = Arc::new(Self {
            authority,
            key: pkcs8,
            answers,
            polls: AtomicUsize::new(0),
            seen: Mutex::default(),
            agents: Mutex::default(),
            request: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::clone(&ca);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let ca = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&ca), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        (ca, address)
    }

    fn identity(&self) -> Identity {
        let key = RsaKey::from_pkcs8(&self.key).unwrap();
        Identity {
            certificate: self.authority.certificate().to_vec(),
            key,
        }
    }

    fn reply(&self, message: &[u8]) -> (u16, Vec<u8>) {
        let request = || open_request(message, &self.identity(), &Policy::default()).unwrap();
        let reply = match self.answers {
            Answers::Status(status) => return (status, Vec::new()),
            Answers::Never => panic!("nobody should ask"),
            Answers::Page => b"<html>not SCEP</html>".to_vec(),
            Answers::Failure => scep::write_failure(
                &request().reply_to(),
                &self.identity(),
                FailInfo::BadRequest,
                Some("no"),
            )
            .unwrap(),
            Answers::Pending(most) if self.polls.fetch_add(1, Ordering::Relaxed) < most => {
                let request = request();
                self.keep(&request);
                scep::write_pending(&request.reply_to(), &self.identity()).unwrap()
            }
            Answers::Pending(_) => {
                let request = request();
                self.keep(&request);
                scep::write_success(&request, &self.identity(), &[self.issue()], &[]).unwrap()
            }
        };
        (200, reply)
    }

    fn keep(&self, request: &OpenedRequest) {
        if let Some(csr) = request.csr() {
            *self.request.lock().unwrap() = Some(csr.to_vec());
        }
    }

    fn issue(&self) -> Vec<u8> {
        let csr = CertificateRequest::read(self.request.lock().unwrap().as_ref().unwrap()).unwrap();
        let subject = Subject::Raw(csr.subject().to_vec());
        let serial = serial::random().unwrap();
        let profile = Profile::from_request(&csr);
        let order = Order::new(
            profile,
            subject,
            csr.public_key(),
            serial,
            now() - 3600,
            now() + 3600,
        );
        self.authority
            .prepare(order)
            .unwrap()
            .lint()
            .unwrap()
            .sign()
            .unwrap()
            .der
    }
}

async fn answer(ca: Arc<Ca>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let target = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let agent = parts
        .headers
        .get("user-agent")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    ca.seen.lock().unwrap().push(format!("{} {target}", parts.method));
    ca.agents.lock().unwrap().push(agent);
    let (status, body) = if target.contains("GetCACaps") {
        (200, b"POSTPKIOperation\nSHA-256\nAES\n".to_vec())
    } else if target.contains("GetCACert") {
        (200, ca.authority.certificate().to_vec())
    } else {
        ca.reply(&body)
    };
    Ok(Response::builder()
        .status(status)
        .body(Full::new(Bytes::from(body)))
        .unwrap())
}

/// One device against a CA that answers so, until its node has one of these states.
async fn attempt(answers: Answers, until: &[&str]) -> (Arc<Ca>, World, Seen) {
    let (ca, address) = Ca::start(answers).await;
    let certificate = ca.authority.certificate().to_vec();
    let script = Script {
        scep_url: Some(format!("http://{address}/scep/token")),
        root: Some(certificate),
        ..Script::default()
    };
    let world = World::start(script).await;
    let options = world.options(&["alice@example.test"]);
    let is_over = |seen: &Seen| {
        seen.states
            .iter()
            .any(|(status, _)| until.contains(&status.as_str()))
    };
    let seen = world.run_until(options, is_over).await;
    (ca, world, seen)
}

fn last_code(seen: &Seen) -> i32 {
    seen.states.last().unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_http_error_is_reported_once_and_not_retried() {
    let (ca, _world, seen) = attempt(Answers::Status(500), &["16"]).await;
    assert_eq!(last_code(&seen), -2_145_844_748);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        *ca.seen.lock().unwrap(),
        [
            "GET /scep/token/pkiclient.exe?operation=GetCACaps&message=default",
            "GET /scep/token/pkiclient.exe?operation=GetCACert&message=default",
            "POST /scep/token/pkiclient.exe?operation=PKIOperation",
        ]
    );
    let is_windows = |agent: &String| agent.starts_with("Mozilla/4.0 (compatible; Win32; NDES client 10.0.");
    assert!(ca.agents.lock().unwrap().iter().all(is_windows));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_is_800b0101_and_no_challenge_goes_out() {
    let (ca, _world, seen) = attempt(Answers::Never, &["16"]).await;
    assert_eq!(last_code(&seen), Hresult::EXPIRED.signed());
    let asked = ca.seen.lock().unwrap();
    assert!(asked.iter().all(|line| line.starts_with("GET ")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_instead_of_a_message_is_8009200d() {
    let (_ca, _world, seen) = attempt(Answers::Page, &["16"]).await;
    assert_eq!(last_code(&seen), Hresult::BAD_MESSAGE.signed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_without_a_code_is_enrol_denied() {
    let (_ca, _world, seen) = attempt(Answers::Failure, &["16"]).await;
    assert_eq!(last_code(&seen), Hresult::ENROLL_DENIED.signed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_request_is_polled_until_it_is_granted() {
    let (ca, world, seen) = attempt(Answers::Pending(2), &["1"]).await;
    assert!(
        seen.states.contains(&("2".into(), "0".into())),
        "{:?}",
        seen.states
    );
    assert_eq!(ca.polls.load(Ordering::Relaxed), 3);
    let held = world.held("LAB-PC-0001");
    assert_eq!(held.len(), 1);
    let sha1 = seen.thumbprints.last().unwrap();
    assert!(held[0].ends_with(format!("{sha1}.pem")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_stays_pending_is_given_up() {
    let (ca, world, seen) = attempt(Answers::Pending(usize::MAX), &["16"]).await;
    assert_eq!(last_code(&seen), Hresult::WAITED_IN_VAIN.signed());
    assert_eq!(
        ca.polls.load(Ordering::Relaxed),
        4,
        "the request, and RetryCount 3"
    );
    assert!(world.held("LAB-PC-0001").is_empty());
}
