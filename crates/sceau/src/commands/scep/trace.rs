//! `--verbose`: each message in clear words, on standard error. What an envelope holds is never shown.

use domain::certificate::subject_of;
use scep::{CaCertificates, Capabilities, Inspection, RecipientName};
use x509_parser::{
    prelude::{FromDer as _, X509Certificate},
    x509::X509Name,
};

use super::{
    algorithms::{CipherName, DigestName, transport_words},
    certificate::hex,
    note,
    refusal::{Refusal, meaning},
    roles,
};

/// Says what goes over the wire, or nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace {
    is_on: bool,
}

impl Trace {
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    pub(super) fn line(self, text: &str) {
        if self.is_on {
            note(text);
        }
    }

    pub(super) fn capabilities(self, capabilities: &Capabilities) {
        let keywords: Vec<&str> = capabilities.iter().map(scep::Capability::keyword).collect();
        let keywords = if keywords.is_empty() {
            "none".to_owned()
        } else {
            keywords.join(", ")
        };
        self.line(&format!("    keywords: {keywords}"));
    }

    pub(super) fn certificates(self, certificates: &CaCertificates) {
        for one in certificates.all() {
            let roles: Vec<&str> = roles::of(one.der(), certificates)
                .iter()
                .map(|role| role.words())
                .collect();
            self.line(&format!("    {}: {}", roles.join(", "), subject(one.der())));
        }
    }

    pub(super) fn sent(self, message: &[u8], is_post: bool) {
        let method = if is_post { "POST" } else { "GET" };
        self.line(&format!("> {method} PKIOperation, {} octets", message.len()));
        self.message(message);
    }

    pub(super) fn received(self, message: &[u8]) {
        self.message(message);
    }

    fn message(self, message: &[u8]) {
        if !self.is_on {
            return;
        }
        match scep::inspect(message) {
            Ok(inspection) => lines(&inspection)
                .iter()
                .for_each(|line| note(&format!("    {line}"))),
            Err(error) => note(&format!("    it can't be read: {error}")),
        }
    }
}

fn lines(message: &Inspection) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push(format!("{name:<14} {value}"));
    let missing = || "missing, or nothing that RFC 8894 defines".to_owned();
    line(
        "messageType",
        message.message_type.map_or_else(missing, |kind| kind.to_string()),
    );
    line(
        "transactionID",
        message
            .transaction_id
            .as_ref()
            .map_or_else(missing, ToString::to_string),
    );
    line(
        "senderNonce",
        message
            .sender_nonce
            .as_ref()
            .map_or_else(missing, |nonce| hex(nonce.as_bytes())),
    );
    if let Some(nonce) = &message.recipient_nonce {
        line("recipientNonce", hex(nonce.as_bytes()));
    }
    outcome(message, &mut line);
    let verified = match (&message.signer_certificate, message.is_signature_verified) {
        (None, _) => "signed by a certificate that isn't in the message".to_owned(),
        (Some(signer), true) => format!("signed by {}, the signature is right", subject(signer)),
        (Some(signer), false) => format!("! signed by {}, and the signature is WRONG", subject(signer)),
    };
    let digest = DigestName::from(message.digest).words();
    line(
        "signature",
        format!("{digest}, {}; {verified}", message.signature_algorithm),
    );
    for certificate in &message.certificates {
        line("certificate", subject(certificate));
    }
    envelope(message, &mut line);
    if !message.other_attributes.is_empty() {
        line("also signed", message.other_attributes.join(", "));
    }
    lines
}

/// What a reply says of the request.
fn outcome(message: &Inspection, line: &mut impl FnMut(&str, String)) {
    if let Some(status) = message.status {
        line("pkiStatus", format!("{status} ({})", status.number()));
    }
    if let Some(reason) = message.fail_info {
        line(
            "failInfo",
            format!("{reason} ({}): {}", reason.number(), meaning(reason).0),
        );
    }
    if let Some(text) = &message.fail_info_text {
        line("failInfoText", format!("“{text}”"));
    }
    if let Some(code) = message.microsoft_hresult {
        let (hex, name, advice) = Refusal::hresult_words(code);
        line("HRESULT", format!("{hex} {name}: {advice}"));
    }
}

fn envelope(message: &Inspection, line: &mut impl FnMut(&str, String)) {
    let Some(envelope) = &message.envelope else {
        line(
            "content",
            format!("{} octets, no envelope", message.content_length),
        );
        return;
    };
    let cipher = match envelope.cipher {
        Some(cipher) => CipherName::from(cipher).words(),
        None => &envelope.cipher_oid,
    };
    line(
        "envelope",
        format!("{cipher}, {} octets", envelope.encrypted_length),
    );
    for recipient in &envelope.recipients {
        let transport = match recipient.key_transport {
            Some(transport) => transport_words(transport),
            None => &recipient.key_transport_oid,
        };
        let name = match &recipient.name {
            RecipientName::IssuerAndSerial { issuer, serial } => {
                format!("serial {} of {}", hex(serial), name(issuer))
            }
            RecipientName::SubjectKeyIdentifier(identifier) => format!("key {}", hex(identifier)),
        };
        let bits = recipient.encrypted_key_length * 8;
        line("recipient", format!("{name}, {transport}, RSA {bits}"));
    }
}

/// A certificate's subject, or its serial number where it has none.
fn subject(der: &[u8]) -> String {
    match X509Certificate::from_der(der) {
        Ok((_, certificate)) => {
            let serial = hex(certificate.raw_serial());
            format!("{} (serial {serial})", subject_of(certificate.subject()))
        }
        Err(_) => "a certificate that can't be read".to_owned(),
    }
}

fn name(der: &[u8]) -> String {
    match X509Name::from_der(der) {
        Ok((_, name)) => subject_of(&name).to_string(),
        Err(_) => "a name that can't be read".to_owned(),
    }
}
