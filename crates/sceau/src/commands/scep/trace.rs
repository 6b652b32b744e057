//! `--verbose`: each message in clear words, on standard error. What an envelope holds is never shown.

use scep::{CaCertificates, Capabilities};

use super::note;

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
        self.line(&format!("    certificates: {}", certificates.all().len()));
    }

    pub(super) fn sent(self, message: &[u8], is_post: bool) {
        let method = if is_post { "POST" } else { "GET" };
        self.line(&format!("> {method} PKIOperation, {} octets", message.len()));
    }

    pub(super) fn received(self, message: &[u8]) {
        self.line(&format!("    {} octets", message.len()));
    }
}
