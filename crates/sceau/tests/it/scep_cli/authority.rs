//! A CA of the test's own, one certificate for everything, that answers as it is told to: well, late or wrongly.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use ca::{
    CertificateAuthority, CertificateRequest, CertificateRevocationList, IssuingKey, Order, Profile,
    RevokedCertificate, Subject, serial,
};
use scep::{
    CaCertificates, Content, FailInfo, Identity, MessageType, OpenedRequest, Operation, Policy, Query, RsaKey,
};

use crate::outbound::script::{Reply, Seen, Server, answer};

/// How it answers a PKIOperation.
#[derive(Clone, Copy, PartialEq)]
pub enum Manner {
    Issue,
    /// PENDING for the first request and so many polls.
    Pend(usize),
    Refuse,
    /// Signed by somebody else.
    SignAsAnother,
    /// A certificate for another key.
    CertifyAnother,
    /// The first answer, over and over.
    Replay,
    /// GetCACert brings along an encryption certificate that somebody else made.
    InviteAnother,
    /// A page.
    Page,
    /// HTTP 500.
    Fail,
}

pub struct Authority {
    ca: CertificateAuthority,
    identity: Identity,
    other: Identity,
    manner: Manner,
    polls: AtomicUsize,
    /// Of the request that is pending.
    csr: Mutex<Vec<u8>>,
    first_answer: Mutex<Option<Vec<u8>>>,
    /// Serial numbers and certificates.
    issued: Mutex<Vec<(Vec<u8>, Vec<u8>)>>,
}

fn now() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

fn root(name: &str) -> (CertificateAuthority, Identity) {
    let key = IssuingKey::generate(2048).unwrap();
    let pkcs8 = key.to_pkcs8().unwrap();
    let year = std::time::Duration::from_secs(365 * 86_400);
    let ca = CertificateAuthority::create_root(name, key, now(), year, serial::random().unwrap()).unwrap();
    let identity = Identity {
        certificate: ca.certificate().to_vec(),
        key: RsaKey::from_pkcs8(&pkcs8).unwrap(),
    };
    (ca, identity)
}

/// A registration authority's certificate for encryption, by a CA of the same name.
fn foreign_recipient() -> Vec<u8> {
    let (ca, _) = root("Test CA");
    let key = IssuingKey::generate(2048).unwrap();
    let (profile, subject) = (Profile::registration_encryption(), Subject::common_name("RA"));
    let order = Order::new(
        profile,
        subject,
        key.spki(),
        serial::random().unwrap(),
        now() - 600,
        now() + 86_400,
    );
    ca.prepare(order).unwrap().lint().unwrap().sign().unwrap().der
}

impl Authority {
    pub fn new(manner: Manner) -> Self {
        let (ca, identity) = root("Test CA");
        Self {
            ca,
            identity,
            other: root("Test CA").1,
            manner,
            polls: AtomicUsize::new(0),
            csr: Mutex::default(),
            first_answer: Mutex::default(),
            issued: Mutex::default(),
        }
    }

    pub fn pem(&self) -> String {
        ca::pem::certificate(self.ca.certificate())
    }

    pub fn sha1(&self) -> String {
        domain::thumbprint::Sha1::of(self.ca.certificate()).to_string()
    }

    /// Speaks over HTTP.
    pub async fn serve(self) -> (Arc<Self>, Server) {
        let shared = Arc::new(self);
        let authority = shared.clone();
        let server = Server::start(move |seen| authority.reply(seen)).await;
        (shared, server)
    }

    fn reply(&self, seen: &Seen) -> Reply {
        let query = Query::parse(seen.path().split_once('?').unwrap().1).unwrap();
        let body = match query.operation {
            Operation::GetCaCaps => b"SCEPStandard\nSHA-512\nRenewal\n".to_vec(),
            Operation::GetCaCert => {
                let mut all = vec![self.ca.certificate().to_vec()];
                if self.manner == Manner::InviteAnother {
                    all.push(foreign_recipient());
                }
                CaCertificates::from_certificates(all)
                    .unwrap()
                    .to_body()
                    .unwrap()
                    .0
            }
            _ if self.manner == Manner::Page => b"<html>Sign in</html>".to_vec(),
            _ if self.manner == Manner::Fail => {
                return Reply::Keep(answer("500 Internal Server Error", &[], b"the CA is away"));
            }
            _ => self.operate(&query.message.unwrap_or_else(|| seen.body.clone())),
        };
        Reply::Keep(answer(
            "200 OK",
            &["Content-Type: application/x-pki-message"],
            &body,
        ))
    }

    fn operate(&self, message: &[u8]) -> Vec<u8> {
        let request = scep::open_request(message, &self.identity, &Policy::default()).unwrap();
        if let Content::IssuerAndSerial { serial, .. } = request.content() {
            return self.look_up(&request, serial);
        }
        let polls = self.polls.fetch_add(1, Ordering::SeqCst);
        match self.manner {
            Manner::Pend(wanted) if polls <= wanted => {
                if let Some(csr) = request.csr() {
                    *self.csr.lock().unwrap() = csr.to_vec();
                }
                scep::write_pending(&request.reply_to(), &self.identity).unwrap()
            }
            Manner::Refuse => {
                let text = Some("not on a Thursday");
                scep::write_failure(&request.reply_to(), &self.identity, FailInfo::BadRequest, text).unwrap()
            }
            Manner::SignAsAnother => self.issue(&request, &self.other),
            Manner::Replay => {
                let mut first = self.first_answer.lock().unwrap();
                first
                    .get_or_insert_with(|| self.issue(&request, &self.identity))
                    .clone()
            }
            _ => self.issue(&request, &self.identity),
        }
    }

    /// Certificates that were issued, by serial number; a CRL that lists number 7 for any of them.
    fn look_up(&self, request: &OpenedRequest, serial: &[u8]) -> Vec<u8> {
        let issued = self.issued.lock().unwrap();
        let found = issued.iter().find(|(number, _)| number == serial);
        let Some((_, certificate)) = found else {
            return scep::write_failure(&request.reply_to(), &self.identity, FailInfo::BadCertId, None)
                .unwrap();
        };
        if request.summary().message_type == MessageType::GetCert {
            return scep::write_success(request, &self.identity, std::slice::from_ref(certificate), &[])
                .unwrap();
        }
        let list = CertificateRevocationList {
            number: 9,
            this_update: now() - 60,
            next_update: now() + 86_400,
            revoked: vec![RevokedCertificate {
                reason: None,
                serial: serial::SerialNumber::from_octets(&[7]).unwrap(),
                revoked_at: now() - 600,
            }],
        };
        let list = self.ca.sign_revocation_list(&list).unwrap();
        scep::write_revocation_list(request, &self.identity, &list, &[]).unwrap()
    }

    fn issue(&self, request: &OpenedRequest, signer: &Identity) -> Vec<u8> {
        let csr = match request.content() {
            Content::Csr(csr) => csr.clone(),
            _ => self.csr.lock().unwrap().clone(),
        };
        let asked = CertificateRequest::read(&csr).unwrap();
        let (profile, subject) = (
            Profile::from_request(&asked),
            Subject::Raw(asked.subject().to_vec()),
        );
        let stranger = IssuingKey::generate(2048).unwrap();
        let key = match self.manner {
            Manner::CertifyAnother => stranger.spki(),
            _ => asked.public_key(),
        };
        let order = Order::new(
            profile,
            subject,
            key,
            serial::random().unwrap(),
            now() - 600,
            now() + 86_400,
        );
        let issued = self.ca.prepare(order).unwrap().lint().unwrap().sign().unwrap();
        let number = issued.serial.octets().to_vec();
        self.issued.lock().unwrap().push((number, issued.der.clone()));
        scep::write_success(request, signer, &[issued.der], &[self.ca.certificate().to_vec()]).unwrap()
    }
}
