//! A CRL as a person or a program reads it.

use domain::{Timestamp, certificate::subject_of};
use serde::Serialize;
use x509_parser::{prelude::FromDer as _, revocation_list::CertificateRevocationList};

/// What is shown of a CRL.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shown {
    issuer: String,
    /// cRLNumber, upper-case hexadecimal digits.
    number: Option<String>,
    /// RFC 3339.
    this_update: String,
    next_update: Option<String>,
    /// Certificates that it lists.
    revoked: usize,
    /// Whether it lists the certificate that was named.
    lists_the_certificate: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    pub(super) pem: String,
}

impl Shown {
    /// Reads a CRL (DER). `serial`: the content octets of the serial number that is looked for.
    pub(super) fn of(der: &[u8], serial: Option<&[u8]>, now: i64) -> Self {
        let mut shown = Self {
            issuer: "(can't be read)".to_owned(),
            number: None,
            this_update: String::new(),
            next_update: None,
            revoked: 0,
            lists_the_certificate: None,
            warnings: Vec::new(),
            pem: ca::pem::revocation_list(der),
        };
        if let Ok((_, list)) = CertificateRevocationList::from_der(der) {
            shown.fill(&list, serial, now);
        }
        shown
    }

    fn fill(&mut self, list: &CertificateRevocationList<'_>, serial: Option<&[u8]>, now: i64) {
        let moment = |seconds| Timestamp::from_seconds(seconds).to_rfc3339();
        self.issuer = subject_of(list.issuer()).to_string();
        self.number = list.crl_number().map(|number| format!("{number:X}"));
        self.this_update = moment(list.last_update().timestamp());
        self.next_update = list.next_update().map(|time| moment(time.timestamp()));
        self.revoked = list.iter_revoked_certificates().count();
        self.lists_the_certificate = serial.map(|serial| {
            let mut all = list.iter_revoked_certificates();
            all.any(|revoked| revoked.raw_serial() == serial)
        });
        if list.next_update().is_some_and(|time| time.timestamp() < now) {
            self.warnings
                .push("it is out of date: the CA has yet to publish the next one".to_owned());
        }
    }

    /// In words, indented.
    pub(super) fn lines(&self) -> String {
        let number = self.number.as_deref().unwrap_or("none");
        let next = self.next_update.as_deref().unwrap_or("an unknown time");
        let mut text = format!(
            "  issuer    {}\n  number    {number}\n  valid     {} to {next}\n  revoked   {}\n",
            self.issuer, self.this_update, self.revoked
        );
        match self.lists_the_certificate {
            Some(true) => text.push_str("  ! the certificate is revoked\n"),
            Some(false) => text.push_str("  the certificate isn't revoked\n"),
            None => {}
        }
        for warning in &self.warnings {
            text.push_str(&format!("  ! {warning}\n"));
        }
        text
    }
}
