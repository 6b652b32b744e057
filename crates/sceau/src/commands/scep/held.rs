//! A certificate that is held, and what is taken over from it.

use std::path::Path;

use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use scep::{ExtendedKeyUsage, GeneralName, KeyUsage, RsaKey};
use x509_parser::{
    extensions::GeneralName as Name,
    prelude::{FromDer as _, X509Certificate},
};

use super::{
    Failure,
    certificate::user_principal_name,
    request::{Contents, Wanted},
};

/// A certificate from a file.
pub(super) struct Held {
    pub(super) der: Vec<u8>,
    /// Its subject, a Name as DER.
    pub(super) subject: Vec<u8>,
    /// The content octets of its serial number.
    pub(super) serial: Vec<u8>,
    public_key: Vec<u8>,
    contents: Contents,
}

impl Held {
    /// Reads a file, PEM or DER.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let octets =
            std::fs::read(path).map_err(|error| Failure::local(format!("{shown} can't be read: {error}")))?;
        let der = match CertificateDer::from_pem_slice(&octets) {
            Ok(certificate) => certificate.to_vec(),
            Err(_) => octets,
        };
        let (_, certificate) = X509Certificate::from_der(&der)
            .map_err(|_| Failure::local(format!("{shown} holds no certificate, neither PEM nor DER")))?;
        Ok(Self {
            subject: certificate.subject().as_raw().to_vec(),
            serial: certificate.raw_serial().to_vec(),
            public_key: certificate.public_key().raw.to_vec(),
            contents: contents(&certificate),
            der,
        })
    }

    /// Whether the key is the certificate's.
    pub(super) fn must_hold(&self, key: &RsaKey, certificate: &Path, file: &Path) -> Result<(), Failure> {
        let modulus = |info: &[u8]| {
            let parsed = x509_parser::x509::SubjectPublicKeyInfo::from_der(info);
            parsed.map(|(_, info)| info.subject_public_key.data.to_vec()).ok()
        };
        if modulus(&self.public_key) == modulus(key.public_key_der()) {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "the key in {} isn't that of the certificate in {}",
            file.display(),
            certificate.display()
        )))
    }

    /// What to ask for: what was named, else what the certificate has.
    pub(super) fn contents(&self, wanted: &Wanted) -> Contents {
        let (names, extended) = (wanted.names(), wanted.extended());
        Contents {
            names: if names.is_empty() {
                self.contents.names.clone()
            } else {
                names
            },
            usage: wanted.usage().unwrap_or(self.contents.usage),
            extended: if extended.is_empty() {
                self.contents.extended.clone()
            } else {
                extended
            },
        }
    }
}

fn contents(certificate: &X509Certificate<'_>) -> Contents {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| extension.value.general_names.iter().filter_map(name).collect());
    let usage = certificate.key_usage().ok().flatten();
    // RFC 5280 §4.2.1.3: the first bit is the lowest here, and the highest in a request.
    let usage = usage.map(|extension| KeyUsage((extension.value.flags as u8).reverse_bits()));
    Contents {
        names: names.unwrap_or_default(),
        usage: usage.filter(|usage| usage.0 != 0),
        extended: extended(certificate),
    }
}

fn name(name: &Name<'_>) -> Option<GeneralName> {
    Some(match name {
        Name::RFC822Name(text) => GeneralName::Email((*text).to_owned()),
        Name::DNSName(text) => GeneralName::Dns((*text).to_owned()),
        Name::URI(text) => GeneralName::Uri((*text).to_owned()),
        Name::IPAddress(octets) => GeneralName::Ip(match octets.len() {
            4 => <[u8; 4]>::try_from(*octets).ok()?.into(),
            _ => <[u8; 16]>::try_from(*octets).ok()?.into(),
        }),
        Name::OtherName(kind, value) => GeneralName::Upn(user_principal_name(&kind.to_id_string(), value)?),
        _ => return None,
    })
}

fn extended(certificate: &X509Certificate<'_>) -> Vec<ExtendedKeyUsage> {
    let Ok(Some(extension)) = certificate.extended_key_usage() else {
        return Vec::new();
    };
    let value = extension.value;
    let known = [
        (value.server_auth, "1.3.6.1.5.5.7.3.1"),
        (value.client_auth, "1.3.6.1.5.5.7.3.2"),
        (value.code_signing, "1.3.6.1.5.5.7.3.3"),
        (value.email_protection, "1.3.6.1.5.5.7.3.4"),
        (value.time_stamping, "1.3.6.1.5.5.7.3.8"),
        (value.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
        (value.any, "2.5.29.37.0"),
    ];
    let known = known
        .into_iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, dotted)| dotted.to_owned());
    let others = value
        .other
        .iter()
        .map(x509_parser::der_parser::oid::Oid::to_id_string);
    known
        .chain(others)
        .filter_map(|dotted| ExtendedKeyUsage::new(&dotted).ok())
        .collect()
}
