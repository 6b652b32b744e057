//! Pasted thumbprints: NDES shows MD5, browsers SHA-256, Windows wants SHA-1.

use aws_lc_rs::digest;
use md5::{Digest, Md5};
use serde::Serialize;
use x509_parser::prelude::{FromDer, Pem, X509Certificate};

use super::Sha1;
use crate::error::Error;

/// Largest certificate file that is read.
const MAX_FILE: usize = 65_536;
/// Longest text that is taken for a thumbprint.
const MAX_TEXT: usize = 512;

/// A certificate of an authority with all its thumbprints, so that a person can compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Its subject.
    pub subject: String,
    /// What Windows wants.
    pub sha1: Sha1,
    /// What NDES shows.
    pub md5: String,
    /// What browsers show.
    pub sha256: String,
}

/// The thumbprints of each certificate of a chain (DER).
pub fn known(chain: &[Vec<u8>]) -> Vec<Known> {
    let subject = |der: &[u8]| {
        X509Certificate::from_der(der)
            .map(|(_, certificate)| certificate.subject().to_string())
            .unwrap_or_default()
    };
    chain
        .iter()
        .map(|der| Known {
            subject: subject(der),
            sha1: Sha1::of(der),
            md5: md5(der),
            sha256: sha256(der),
        })
        .collect()
}

/// Finds the certificate of the chain whose SHA-1, SHA-256 or MD5 was pasted, and gives its SHA-1. Case,
/// blanks, colons and invisible marks between the digits don't matter.
pub fn match_pasted(text: &str, chain: &[Vec<u8>]) -> Result<Sha1, Error> {
    let digits: String = text
        .chars()
        .take(MAX_TEXT)
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-' | '\u{feff}' | '\u{200b}'..='\u{200f}'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let algorithm = match digits.len() {
        _ if !digits.bytes().all(|b| b.is_ascii_hexdigit()) => None,
        32 => Some("MD5"),
        40 => Some("SHA-1"),
        64 => Some("SHA-256"),
        _ => None,
    };
    let Some(algorithm) = algorithm else {
        let detail = "a thumbprint is 40 (SHA-1), 64 (SHA-256) or 32 (MD5) hexadecimal digits";
        return Err(Error::invalid("thumbprint", detail));
    };
    known(chain)
        .into_iter()
        .find(|one| one.sha1.to_string() == digits || one.md5 == digits || one.sha256 == digits)
        .map(|one| one.sha1)
        .ok_or_else(|| not_in_chain(&format!("this {algorithm} thumbprint"), chain))
}

/// The thumbprint of an uploaded certificate (PEM or DER), which must be one of the chain.
pub fn from_certificate(file: &[u8], chain: &[Vec<u8>]) -> Result<Sha1, Error> {
    let unreadable = || {
        Error::invalid("thumbprint", "the file holds no certificate, neither PEM nor DER")
            .keyed("error-thumbprint-file")
    };
    if file.len() > MAX_FILE {
        return Err(unreadable());
    }
    let pem = Pem::iter_from_buffer(file)
        .filter_map(Result::ok)
        .find(|pem| pem.label == "CERTIFICATE")
        .map(|pem| pem.contents);
    let der = pem.unwrap_or_else(|| file.to_vec());
    match X509Certificate::from_der(&der) {
        Ok(([], _)) => {}
        _ => return Err(unreadable()),
    }
    if chain.contains(&der) {
        Ok(Sha1::of(&der))
    } else {
        Err(not_in_chain("this certificate", chain))
    }
}

/// MD5 of a certificate, 32 upper-case hexadecimal digits, as NDES shows it.
pub fn md5(der: &[u8]) -> String {
    hex(&Md5::digest(der))
}

/// SHA-256 of a certificate, 64 upper-case hexadecimal digits.
pub fn sha256(der: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, der).as_ref())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn not_in_chain(what: &str, chain: &[Vec<u8>]) -> Error {
    let has: Vec<String> = known(chain)
        .into_iter()
        .map(|one| format!("{} (SHA-1 {})", one.subject, one.sha1))
        .collect();
    let has = has.join("; ");
    Error::invalid(
        "thumbprint",
        format!("{what} belongs to no certificate of the authority, which has: {has}"),
    )
    .keyed("error-thumbprint-not-in-chain")
    .with("chain", has)
}
