//! The server that takes mail.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The server that takes mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Its name. Empty: no mail is sent.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// Certificates (PEM) trusted there, beside the public ones.
    pub trust_file: Option<PathBuf>,
    /// The account that sends. Empty: none signs in.
    pub username: String,
    /// File with its password on one line.
    pub password_file: Option<PathBuf>,
    /// Whom the mail is from: an address, or `Sceau <sceau@example.com>`.
    pub from: String,
    /// The language of recipients for whom no other is chosen: `en` or `fr`.
    pub language: String,
}

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS begins after STARTTLS, and nothing is sent without (RFC 3207).
    StartTls,
    /// TLS from the first octet (RFC 8314 §3.3).
    Tls,
    /// None.
    None,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            server: String::new(),
            port: 587,
            security: MailSecurity::StartTls,
            trust_file: None,
            username: String::new(),
            password_file: None,
            from: String::new(),
            language: "en".to_owned(),
        }
    }
}

impl MailSettings {
    /// Whether mail is sent.
    pub fn is_on(&self) -> bool {
        !self.server.is_empty()
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            matches!(self.language.as_str(), "en" | "fr"),
            "mail.language is \"en\" or \"fr\", it is {:?}",
            self.language
        );
        anyhow::ensure!(
            self.username.is_empty() == self.password_file.is_none(),
            "mail.username and mail.password_file are given together or not at all"
        );
        anyhow::ensure!(
            self.username.is_empty() || self.security != MailSecurity::None,
            "mail.security is \"none\": the password of mail.username would travel in clear"
        );
        if self.is_on() {
            let from = self.from.parse::<lettre::message::Mailbox>();
            anyhow::ensure!(
                from.is_ok(),
                "mail.from is an address as in sceau@example.com, it is {:?}",
                self.from
            );
        }
        Ok(())
    }
}
