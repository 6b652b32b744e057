//! The certificates of a provisioning document.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Characteristic, Identity, Refusal, Trusted, refuse};
use crate::device::hex;
use crate::device::tree::TrustStore;

/// The one certificate under `My/User`: where it goes when the EnrollmentType is Full.
pub(super) fn identity(stores: &[&Characteristic]) -> Result<Identity, Refusal> {
    let mine = stores.iter().flat_map(|store| store.named("My"));
    let mut found = Vec::new();
    for part in mine.flat_map(|my| &my.parts) {
        match part.kind.as_str() {
            "WSTEP" => {}
            "User" => {
                for inner in part
                    .parts
                    .iter()
                    .filter(|inner| inner.kind != "PrivateKeyContainer")
                {
                    let (sha1, der) = certificate(inner)?;
                    found.push(Identity { sha1, der });
                }
                if part.named("PrivateKeyContainer").next().is_none() {
                    return Err(refuse(
                        "PrivateKeyContainer is missing beside the device's certificate",
                    ));
                }
            }
            other => return Err(refuse(format!("My/{other}: a full enrolment has My/User"))),
        }
    }
    match found.pop() {
        Some(identity) if found.is_empty() => Ok(identity),
        _ => Err(refuse("it wants exactly one certificate for the device")),
    }
}

/// The one certificate of a renewal, under `My/User` too; its PrivateKeyContainer stands inside (Microsoft, certificate
/// renewal).
pub(super) fn renewed(stores: &[&Characteristic]) -> Result<Identity, Refusal> {
    let users = stores
        .iter()
        .flat_map(|store| store.named("My"))
        .flat_map(|my| my.named("User"));
    let mut inner = users.flat_map(|user| &user.parts);
    let (Some(only), None) = (inner.next(), inner.next()) else {
        return Err(refuse("it wants exactly one certificate for the device"));
    };
    if only.named("PrivateKeyContainer").next().is_none() {
        return Err(refuse(
            "PrivateKeyContainer is missing in the device's certificate",
        ));
    }
    let (sha1, der) = certificate(only)?;
    Ok(Identity { sha1, der })
}

/// At most one root and one intermediate, under names that are case-sensitive.
pub(super) fn trusted(stores: &[&Characteristic]) -> Result<Vec<Trusted>, Refusal> {
    let mut found = Vec::new();
    for part in stores.iter().flat_map(|store| &store.parts) {
        let store = match part.kind.as_str() {
            "Root" => TrustStore::Root,
            "CA" => TrustStore::Intermediate,
            "My" => continue,
            other => return Err(refuse(format!("there is no store {other}"))),
        };
        for place in &part.parts {
            if place.kind != "System" {
                return Err(refuse(format!(
                    "{}/{} isn't {}/System",
                    part.kind, place.kind, part.kind
                )));
            }
            for inner in &place.parts {
                let (sha1, der) = certificate(inner)?;
                found.push(Trusted { store, sha1, der });
            }
        }
    }
    let is_many = |store| found.iter().filter(|trusted| trusted.store == store).count() > 1;
    if is_many(TrustStore::Root) || is_many(TrustStore::Intermediate) {
        return Err(refuse("more than one certificate for a store of trusted ones"));
    }
    Ok(found)
}

fn certificate(part: &Characteristic) -> Result<(String, Vec<u8>), Refusal> {
    let encoded = part.wanted("EncodedCertificate")?;
    let der = STANDARD
        .decode(encoded)
        .map_err(|_| refuse("EncodedCertificate isn't base64"))?;
    let is_certificate = X509Certificate::from_der(&der).is_ok_and(|(rest, _)| rest.is_empty());
    if !is_certificate {
        return Err(refuse("EncodedCertificate holds no certificate"));
    }
    let sha1 = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &der).as_ref());
    if !sha1.eq_ignore_ascii_case(&part.kind) {
        return Err(refuse(format!(
            "a certificate stands under {}, which isn't its SHA-1",
            part.kind
        )));
    }
    Ok((sha1, der))
}
