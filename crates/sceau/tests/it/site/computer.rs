//! A Windows computer of the test: a key, an identity, a management tree, and sessions with the server.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::device::{
    device_request,
    syncml::{self, Header, Package},
    tree::{Effect, EnrolOrder, Format, Tree, answer},
};

use super::{
    Reply, Site,
    capture::{DEVICE_ID, HARDWARE_ID, PERSON, captured, enrolment_request_with},
    xml,
};

/// MessageID of the captured request.
pub const CAPTURED_MESSAGE: &str = "0d5a1441-5891-453b-becf-a2e5f6ea3749";
/// A session of more messages goes in circles.
const MESSAGES: u32 = 40;

pub struct Computer {
    pub device_id: String,
    /// What it says of its hardware.
    pub hardware_id: String,
    /// MessageID of its enrolment request.
    pub message_id: String,
    /// PKCS#8.
    pub key: Vec<u8>,
    /// PKCS#10.
    pub csr: Vec<u8>,
    /// Its identity certificate; empty until it enrolled.
    pub identity: Vec<u8>,
    /// Whether it was told to end the management: it is silent since.
    pub is_sent_away: bool,
    /// Its answer to an order, which it didn't send.
    unsent: Option<String>,
    pub tree: Tree,
    sessions: u32,
}

impl Computer {
    /// A computer by a number of its own.
    pub fn new(number: u8) -> Self {
        let key = ca::IssuingKey::generate(2048).unwrap().to_pkcs8().unwrap();
        let device_id = format!("{number:032X}");
        let key_id = format!("00000000-0000-4000-8000-{number:012}");
        let mut tree = Tree::default();
        let serial = format!("SERIAL-{number}");
        for (path, value) in [
            ("./DevDetail/SwV", "10.0.19045.1"),
            ("./DevDetail/Ext/Microsoft/DeviceName", "COMPUTER"),
            ("./DevDetail/Ext/Microsoft/OSPlatform", "Windows 10"),
            ("./DevDetail/Ext/Microsoft/SMBIOSSerialNumber", serial.as_str()),
        ] {
            tree.set(path, Format::Chr, value);
        }
        Self {
            csr: device_request(&key, &key_id, &device_id).unwrap(),
            key: key.to_vec(),
            message_id: format!("00000000-0000-4000-8000-0000000{number:05}"),
            device_id,
            hardware_id: format!("{:064X}", u128::from(number) << 64 | 0xABCD),
            identity: Vec::new(),
            is_sent_away: false,
            unsent: None,
            tree,
            sessions: 0,
        }
    }

    /// Its enrolment request, in the shape of the captured one.
    pub fn request(&self, (username, password): (&str, &str)) -> String {
        let captured_csr = STANDARD.encode(captured("07_client_pkcs10.der"));
        enrolment_request_with(&[
            (PERSON.0, username),
            (">demo<", &format!(">{password}<")),
            (CAPTURED_MESSAGE, &self.message_id),
            (&captured_csr, &STANDARD.encode(&self.csr)),
            (DEVICE_ID, &self.device_id),
            (HARDWARE_ID, &self.hardware_id),
        ])
    }

    /// Enrols, and keeps the identity.
    pub async fn enrol(&mut self, site: &Site, person: (&str, &str)) {
        let reply = site
            .enrolment("Enrollment", self.request(person))
            .await
            .expect(200);
        self.identity = identity_in(&reply.body);
        self.is_sent_away = false;
    }

    /// Enrols anew, with another request.
    pub async fn enrol_again(&mut self, site: &Site, person: (&str, &str)) {
        let (start, _) = self.message_id.split_at(self.message_id.len() - 4);
        self.message_id = format!("{start}{:04}", self.sessions + 9000);
        self.enrol(site, person).await;
    }

    /// What it says last, in a session of its own, when the management ends.
    pub fn farewell(&self, session: &str) -> String {
        Package::farewell(self.header(session), &[("DevId", &self.device_id)])
    }

    /// Whether a node stands on it.
    pub fn has(&self, path: &str) -> bool {
        self.tree.contains(path)
    }

    /// It trusts this authority's certificate by itself.
    pub fn trusts(&mut self, certificate: &[u8]) {
        let sha1 = lab::device::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref());
        let path = format!("./Vendor/MSFT/RootCATrustedCertificates/Root/{sha1}/EncodedCertificate");
        self.tree.set(path, Format::B64, STANDARD.encode(certificate));
    }

    /// Its first message of a session.
    pub fn greeting(&self, session: &str) -> String {
        let header = self.header(session);
        Package::first(header, &[("DevId", &self.device_id), ("Lang", "en-US")])
    }

    pub fn header(&self, session: &str) -> Header {
        Header {
            session_id: session.to_owned(),
            server: format!("{}/ManagementServer/MDM.svc", super::MANAGEMENT),
            device_id: self.device_id.clone(),
        }
    }

    /// The number of a new session.
    pub fn next_session(&mut self) -> String {
        self.sessions += 1;
        self.sessions.to_string()
    }

    /// Holds a session until its end, or until an enrolment was ordered: then the device goes silent, as one whose
    /// network broke.
    pub async fn talk(&mut self, site: &Site) -> Option<EnrolOrder> {
        self.conversation(site).await.1
    }

    /// As [`Self::talk`], but the order is answered before the network breaks.
    pub async fn talk_and_answer(&mut self, site: &Site) -> Option<EnrolOrder> {
        let order = self.talk(site).await;
        if let Some(package) = self.unsent.take() {
            site.management(Some(&self.identity), package).await.expect(200);
        }
        order
    }

    /// As [`Self::talk`], with every answer of the server.
    pub async fn conversation(&mut self, site: &Site) -> (Vec<Reply>, Option<EnrolOrder>) {
        let session = self.next_session();
        let mut package = self.greeting(&session);
        let mut replies = Vec::new();
        for number in 2..=MESSAGES {
            let reply = site.management(Some(&self.identity), package).await.expect(200);
            let message = syncml::read(&reply.body).unwrap();
            replies.push(reply);
            let header = self.header(&session);
            let answered = answer(&mut self.tree, &message, header, number);
            let mut order = None;
            for effect in answered.effects {
                match effect {
                    Effect::Enrol(enrolment) => order = Some(*enrolment),
                    // Microsoft, DMClient CSP: all sessions are aborted, and the command gets no answer.
                    Effect::Unenrol => self.is_sent_away = true,
                    _ => {}
                }
            }
            match answered.package {
                Some(next) if order.is_none() && !self.is_sent_away => package = next,
                last => {
                    self.unsent = last.filter(|_| order.is_some());
                    return (replies, order);
                }
            }
        }
        panic!("the session doesn't end");
    }

    /// What Windows does with the certificate of an enrolment.
    pub fn install(&mut self, unique_id: &str, certificate: &[u8]) {
        let sha1 = lab::device::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref());
        self.tree.set_scep_state(unique_id, 1, 0);
        self.tree.set_scep_text(unique_id, "CertThumbprint", &sha1);
        let path = format!("./Vendor/MSFT/CertificateStore/My/System/{sha1}/EncodedCertificate");
        self.tree.set(path, Format::B64, STANDARD.encode(certificate));
    }

    /// What Windows notes of an enrolment that failed with this HRESULT.
    pub fn fail(&mut self, unique_id: &str, code: i32) {
        self.tree.set_scep_state(unique_id, 16, code);
    }
}

/// The provisioning document of an enrolment's answer.
pub fn provisioning_in(answer: &[u8]) -> Vec<u8> {
    let document = xml::parsed(answer);
    let token = document
        .descendants()
        .find(|node| node.tag_name().name() == "BinarySecurityToken")
        .unwrap_or_else(|| panic!("no token: {}", String::from_utf8_lossy(answer)));
    STANDARD.decode(token.text().unwrap()).unwrap()
}

/// The identity certificate in an enrolment's answer.
pub fn identity_in(answer: &[u8]) -> Vec<u8> {
    let octets = provisioning_in(answer);
    let document = xml::parsed(&octets);
    let container = document
        .descendants()
        .find(|node| node.attribute("type") == Some("PrivateKeyContainer"))
        .unwrap();
    let encoded = container
        .parent()
        .unwrap()
        .descendants()
        .find(|node| node.attribute("name") == Some("EncodedCertificate"))
        .unwrap();
    STANDARD.decode(encoded.attribute("value").unwrap()).unwrap()
}
