//! A device's renewal of its identity, as Windows sends it: Microsoft's sample around a PKCS#7 that OpenSSL made.

use std::process::Command;

use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::device::device_request;

use super::{Reply, SOAP, Site, computer::Computer, send};

/// What MS-MDE 3.5.4.1.1.1 calls the PKCS#7, and what Microsoft's sample does.
pub const VALUE_TYPES: [&str; 2] = [
    "http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS7",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#PKCS7",
];
const SAMPLE: &str =
    "certificate-renewal-windows-mdm__01_rst-request_automatic-certificate-renewal-request.xml";
const SAMPLE_MESSAGE: &str = "61a17f2c-42e9-4a45-9c85-f15c1c8baee8";

/// A key of a device and the request for its certificate.
pub struct Key {
    /// PKCS#8.
    pub pkcs8: Vec<u8>,
    /// PKCS#10.
    pub csr: Vec<u8>,
}

impl Key {
    /// The next key of a computer.
    pub fn next(computer: &Computer) -> Self {
        let pkcs8 = ca::IssuingKey::generate(2048).unwrap().to_pkcs8().unwrap();
        let id = "00000000-0000-4000-8000-000000000001";
        Self {
            csr: device_request(&pkcs8, id, &computer.device_id).unwrap(),
            pkcs8: pkcs8.to_vec(),
        }
    }
}

/// A request (PKCS#10) for a key of 1024 bits.
pub fn weak_request() -> Vec<u8> {
    let words = "req -new -newkey rsa:1024 -nodes -keyout /dev/null -subj /CN=weak -outform DER";
    openssl(&words.split(' ').collect::<Vec<_>>())
}

/// Octets, signed by the computer's identity in use. `options` are of `openssl cms -sign`.
pub fn signed(content: &[u8], computer: &Computer, options: &[&str]) -> Vec<u8> {
    signed_by(content, &computer.identity, &computer.key, options)
}

/// Octets, signed by this certificate (DER) and its key (PKCS#8).
pub fn signed_by(content: &[u8], certificate: &[u8], key: &[u8], options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str, octets: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let signer = save("signer.pem", pem("CERTIFICATE", certificate).as_bytes());
    let key = save("key.pem", pem("PRIVATE KEY", key).as_bytes());
    let content = save("content", content);
    let mut arguments = vec![
        "cms", "-sign", "-binary", "-outform", "DER", "-in", &content, "-signer", &signer, "-inkey", &key,
    ];
    arguments.extend(options);
    openssl(&arguments)
}

fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<&str> = (0..encoded.len())
        .step_by(64)
        .map(|at| &encoded[at..encoded.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    output.stdout
}

/// Microsoft's sample of a Renew with this PKCS#7; `number` makes its MessageID.
pub fn renewal(number: u32, value_type: &str, pkcs7: &[u8]) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ms-mdm/tests/fixtures")
        .join(SAMPLE);
    let mut text = std::fs::read_to_string(path).unwrap();
    for (from, to) in [
        (SAMPLE_MESSAGE, format!("00000000-0000-4000-9000-{number:012}")),
        (VALUE_TYPES[1], value_type.to_owned()),
        ("BinarySecurityTokenInsertedHere", STANDARD.encode(pkcs7)),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, &to);
    }
    text
}

impl Site {
    /// What a device sends to the enrolment services of the management listener, over a connection on which it
    /// proved this certificate.
    pub async fn enrolment_at_management(
        &self,
        peer: Option<&[u8]>,
        service: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let request =
            Request::post(format!("/EnrollmentServer/{service}.svc")).header(header::CONTENT_TYPE, SOAP);
        send(self.management_door(peer), request.body(body.into()).unwrap()).await
    }

    /// A Renew as Windows sends it: at the management listener, with the identity in use.
    pub async fn renew(&self, computer: &Computer, number: u32, pkcs7: &[u8]) -> Reply {
        let body = renewal(number, VALUE_TYPES[0], pkcs7);
        self.enrolment_at_management(Some(&computer.identity), "Enrollment", body)
            .await
    }

    /// Whether this certificate opens a session.
    pub async fn lets_in(&self, computer: &Computer, identity: &[u8], session: &str) -> bool {
        let reply = self.management(Some(identity), computer.greeting(session)).await;
        assert!(matches!(reply.status, 200 | 403), "{}", reply.text());
        reply.status == 200
    }
}
