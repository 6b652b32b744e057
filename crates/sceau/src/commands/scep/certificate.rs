//! A certificate as a person or a program reads it.

use domain::{Timestamp, certificate::subject_of, thumbprint};
use serde::Serialize;
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer as _, X509Certificate},
    public_key::PublicKey,
};

/// Certificates that end sooner than this are warned about, or sooner than a fifth of their life.
const SOON_SECONDS: i64 = 60 * 86_400;

/// What is shown of a certificate. Parts that can't be read are left out.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shown {
    /// Subject, as Windows writes it.
    pub(super) subject: String,
    pub(super) issuer: String,
    /// Upper-case hexadecimal digits.
    pub(super) serial: String,
    /// RFC 3339.
    pub(super) not_before: String,
    pub(super) not_after: String,
    /// Such as `RSA 2048`.
    pub(super) key: String,
    /// The signature's algorithm.
    pub(super) signature: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
    pub(super) sha1: String,
    pub(super) md5: String,
    pub(super) sha256: String,
    /// What a person should look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) warnings: Vec<String>,
    pub(super) pem: String,
}

impl Shown {
    /// Reads a certificate (DER).
    pub(super) fn of(der: &[u8], now: i64) -> Self {
        let mut shown = Self {
            subject: "(can't be read)".to_owned(),
            issuer: String::new(),
            serial: String::new(),
            not_before: String::new(),
            not_after: String::new(),
            key: String::new(),
            signature: String::new(),
            names: Vec::new(),
            sha1: thumbprint::Sha1::of(der).to_string(),
            md5: thumbprint::md5(der),
            sha256: thumbprint::sha256(der),
            warnings: Vec::new(),
            pem: ca::pem::certificate(der),
        };
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            shown.fill(&certificate, now);
        }
        shown
    }

    fn fill(&mut self, certificate: &X509Certificate<'_>, now: i64) {
        let moment = |seconds| Timestamp::from_seconds(seconds).to_rfc3339();
        let (from, until) = (
            certificate.validity().not_before.timestamp(),
            certificate.validity().not_after.timestamp(),
        );
        self.subject = subject_of(certificate.subject()).to_string();
        self.issuer = subject_of(certificate.issuer()).to_string();
        self.serial = hex(certificate.raw_serial());
        self.not_before = moment(from);
        self.not_after = moment(until);
        self.signature = signature(&certificate.signature_algorithm.algorithm.to_id_string());
        self.names = names(certificate);
        match certificate.public_key().parsed() {
            Ok(PublicKey::RSA(key)) => {
                self.key = format!("RSA {}", key.key_size());
                if key.key_size() < 2048 {
                    self.warnings.push("its key is shorter than 2048 bits".to_owned());
                }
            }
            Ok(PublicKey::EC(point)) => self.key = format!("EC {}", point.key_size()),
            _ => "another kind".clone_into(&mut self.key),
        }
        if self.signature.starts_with("SHA-1") || self.signature.starts_with("MD5") {
            self.warnings
                .push(format!("it is signed with {}, which is broken", self.signature));
        }
        match until.saturating_sub(now) {
            _ if from > now => self
                .warnings
                .push("it isn't valid yet: compare the clocks".to_owned()),
            ..=0 => self.warnings.push("it has expired".to_owned()),
            left if left < SOON_SECONDS.min(until.saturating_sub(from) / 5) => {
                self.warnings
                    .push(format!("it expires in {} days", left.div_euclid(86_400)));
            }
            _ => {}
        }
    }

    /// The lines of the thumbprints and the rest, indented.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("  {name:<9} {value}\n"));
            }
        };
        line("subject", &self.subject);
        line("issuer", &self.issuer);
        line("names", &self.names.join(", "));
        line("serial", &self.serial);
        line("valid", &format!("{} to {}", self.not_before, self.not_after));
        line("key", &format!("{}, signed with {}", self.key, self.signature));
        line("SHA-1", &self.sha1);
        line("MD5", &self.md5);
        line("SHA-256", &self.sha256);
        for warning in &self.warnings {
            text.push_str(&format!("  ! {warning}\n"));
        }
        text
    }
}

/// Upper-case hexadecimal digits.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn signature(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.4" => "MD5 and RSA",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA-1 and RSA",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.113549.1.1.11" => "SHA-256 and RSA",
        "1.2.840.113549.1.1.12" => "SHA-384 and RSA",
        "1.2.840.113549.1.1.13" => "SHA-512 and RSA",
        "1.2.840.10045.4.3.2" => "SHA-256 and ECDSA",
        "1.2.840.10045.4.3.3" => "SHA-384 and ECDSA",
        other => other,
    }
    .to_owned()
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = extension.value.general_names.iter();
    names
        .map(|name| match name {
            GeneralName::RFC822Name(text) => format!("email:{text}"),
            GeneralName::DNSName(text) => format!("dns:{text}"),
            GeneralName::URI(text) => format!("uri:{text}"),
            GeneralName::IPAddress(octets) => format!("ip:{}", address(octets)),
            GeneralName::OtherName(kind, value) => match user_principal_name(&kind.to_id_string(), value) {
                Some(name) => format!("upn:{name}"),
                None => format!("other:{}", kind.to_id_string()),
            },
            _ => "other".to_owned(),
        })
        .collect()
}

/// An iPAddress in words; its digits where it is none.
fn address(octets: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(octets).map(std::net::IpAddr::from);
    let sixteen = || <[u8; 16]>::try_from(octets).map(std::net::IpAddr::from);
    match four.or_else(|_| sixteen()) {
        Ok(address) => address.to_string(),
        Err(_) => hex(octets),
    }
}

/// Microsoft's user principal name: a UTF8String under `[0]`.
pub(super) fn user_principal_name(kind: &str, value: &[u8]) -> Option<String> {
    if kind != "1.3.6.1.4.1.311.20.2.3" {
        return None;
    }
    let is_text = |octets: &[u8]| octets.first() == Some(&0x0c);
    let (_, any) = x509_parser::der_parser::asn1_rs::Any::from_der(value).ok()?;
    let inner = if is_text(value) { value } else { any.data };
    let (_, text) = x509_parser::der_parser::asn1_rs::Any::from_der(inner).ok()?;
    String::from_utf8(text.data.to_vec())
        .ok()
        .filter(|_| is_text(inner))
}
