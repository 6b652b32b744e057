//! A small enrolment and management server on two listeners.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ca::{CertificateAuthority, CertificateRequest, IssuingKey, Profile};
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lab::device::hex;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::messages::{self, Package};
use super::{Script, Seen, issue};

pub(crate) struct Mdm {
    pub(crate) scep_url: String,
    /// The certificate of the NDES's CA.
    pub(crate) issuer: Vec<u8>,
    pub(crate) authority: CertificateAuthority,
    pub(crate) script: Script,
    pub(crate) seen: watch::Sender<Seen>,
    pub(crate) management: Mutex<Option<SocketAddr>>,
    /// How far each device is.
    pub(crate) sessions: Mutex<HashMap<String, Progress>>,
}

#[derive(Default, Clone)]
pub(crate) struct Progress {
    sent: bool,
    /// The last `Status` that the device gave.
    status: String,
    thumbprint: String,
    verified: bool,
    deleted: bool,
    /// The last message of the device with the answer to it: the same again for the same.
    answered: (String, String),
}

/// A lost answer: the connection ends.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("lost")
    }
}

impl std::error::Error for Lost {}

/// Listens for enrolment without, and for management with client certificates.
pub(crate) async fn listen(mdm: Arc<Mdm>) -> SocketAddr {
    let public = serve(Arc::clone(&mdm), false).await;
    let management = serve(Arc::clone(&mdm), true).await;
    *mdm.management.lock().unwrap() = Some(management);
    public
}

async fn serve(mdm: Arc<Mdm>, wants_certificate: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(tls(&mdm.authority, wants_certificate));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, mdm) = (acceptor.clone(), Arc::clone(&mdm));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let peer = stream
                    .get_ref()
                    .1
                    .peer_certificates()
                    .and_then(|chain| chain.first().cloned());
                let service = service_fn(move |request| answer(Arc::clone(&mdm), peer.clone(), request));
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

fn tls(authority: &CertificateAuthority, wants_certificate: bool) -> Arc<ServerConfig> {
    let key = IssuingKey::generate(2048).unwrap();
    let certificate = issue(authority, Profile::tls_server(), "127.0.0.1", key.spki());
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(authority.certificate().to_vec()))
            .unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_pkcs8().unwrap().to_vec()));
    Arc::new(
        builder
            .with_single_cert(vec![CertificateDer::from(certificate)], key)
            .unwrap(),
    )
}

async fn answer(
    mdm: Arc<Mdm>,
    peer: Option<CertificateDer<'static>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Lost> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Lost)?.to_bytes();
    let text = String::from_utf8(body.to_vec()).map_err(|_| Lost)?;
    let path = parts.uri.path();
    let (media_type, answer) = match (path, &parts.method) {
        ("/EnrollmentServer/Discovery.svc", &Method::GET) => ("text/plain", String::new()),
        ("/EnrollmentServer/Discovery.svc", _) => (
            "application/soap+xml; charset=utf-8",
            mdm.discover(&parts.headers, &text),
        ),
        ("/EnrollmentServer/Policy.svc", _) => {
            ("application/soap+xml; charset=utf-8", messages::policies(&text))
        }
        ("/EnrollmentServer/Enrollment.svc", _) => ("application/soap+xml; charset=utf-8", mdm.enrol(&text)?),
        ("/ManagementServer/MDM.svc", _) if peer.is_some() => {
            assert_eq!(parts.uri.query(), Some("mode=Maintenance&Platform=WoA"));
            ("application/vnd.syncml.dm+xml", mdm.manage(&text)?)
        }
        _ => panic!("{} {path}", parts.method),
    };
    Ok(Response::builder()
        .header("Content-Type", media_type)
        .body(Full::new(Bytes::from(answer)))
        .unwrap())
}

impl Mdm {
    fn discover(&self, headers: &http::HeaderMap, request: &str) -> String {
        let host = headers.get("host").unwrap().to_str().unwrap();
        messages::discovered(request, host)
    }

    fn enrol(&self, request: &str) -> Result<String, Lost> {
        assert!(request.contains(">its password<"));
        let message_id = messages::text(request, "MessageID");
        let csr = messages::text(request, "BinarySecurityToken");
        let before = self.seen.borrow().enrolments.len();
        self.seen
            .send_modify(|seen| seen.enrolments.push((message_id, csr.clone())));
        let csr = CertificateRequest::read(&STANDARD.decode(csr).unwrap()).unwrap();
        assert!(csr.signature_is_valid());
        let device_id = csr.common_name().unwrap().split('!').nth(1).unwrap().to_owned();
        let identity = issue(
            &self.authority,
            Profile::device_identity(),
            &device_id,
            csr.public_key(),
        );
        if before < self.script.lost_enrolments {
            return Err(Lost);
        }
        let management = self.management.lock().unwrap().unwrap();
        let document =
            messages::provisioning(self.authority.certificate(), &identity, &management.to_string());
        Ok(messages::issued(request, &document))
    }

    fn manage(&self, request: &str) -> Result<String, Lost> {
        let package = Package::read(request);
        let mut sessions = self.sessions.lock().unwrap();
        let progress = sessions.entry(package.device.clone()).or_default();
        if progress.answered.0 == request {
            return Ok(progress.answered.1.clone());
        }
        let answer = self.next(&package, progress);
        progress.answered = (request.to_owned(), answer.clone());
        let is_lost = package.number % 3 < u32::try_from(self.script.lost_answers).unwrap();
        if is_lost { Err(Lost) } else { Ok(answer) }
    }

    /// What the server says next.
    fn next(&self, package: &Package, progress: &mut Progress) -> String {
        self.note(package, progress);
        let commands = if !progress.sent {
            progress.sent = true;
            self.delivery()
        } else if package.number > 1 {
            // One errand a session.
            String::new()
        } else if !matches!(progress.status.as_str(), "1" | "16") {
            messages::ask(&["Status", "ErrorCode", "CertThumbprint"])
        } else if progress.status == "1" && !progress.verified {
            progress.verified = true;
            messages::ask_certificate(&progress.thumbprint)
        } else if self.script.deletes && !progress.deleted {
            progress.deleted = true;
            messages::delete()
        } else if self.script.unenrols {
            messages::unenrol()
        } else {
            String::new()
        };
        package.answer(&commands)
    }

    fn note(&self, package: &Package, progress: &mut Progress) {
        if let Some(status) = package.result("/Status") {
            progress.status.clone_from(&status);
            let code = package.result("/ErrorCode").unwrap_or_default();
            let thumbprint = package.result("/CertThumbprint").unwrap_or_default();
            progress.thumbprint.clone_from(&thumbprint);
            self.seen.send_modify(|seen| {
                seen.states.push((status, code));
                seen.thumbprints.push(thumbprint);
            });
        }
        if let Some(shown) = package.shown_certificate() {
            self.seen.send_modify(|seen| seen.shown.push(shown));
        }
        if package.is_farewell {
            self.seen.send_modify(|seen| seen.left += 1);
        }
        let deleted = package
            .codes("Delete")
            .iter()
            .filter(|code| *code == "200")
            .count();
        let bad = package.bad_codes();
        self.seen.send_modify(|seen| {
            seen.deleted += deleted;
            seen.faults.extend(bad);
        });
    }

    fn delivery(&self) -> String {
        let sha1 = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.issuer).as_ref());
        let root = if self.script.sends_root {
            messages::root(&sha1, &self.issuer)
        } else {
            String::new()
        };
        let url = self
            .script
            .scep_url
            .clone()
            .unwrap_or_else(|| self.scep_url.clone());
        let thumbprint = self.script.thumbprint.clone().unwrap_or(sha1);
        root + &messages::scep(&url, &self.script.challenge, &self.script.subject, &thumbprint)
    }
}
